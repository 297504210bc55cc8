// What registers DW_axi_dmac has [2.2, 2.3, 2.5, 4]. Behaviour is in registers.cpp.
#include "dmac/registers.h"

namespace dmavp::dmac {

namespace {

constexpr Access kRo = Access::kRo;
constexpr Access kRw = Access::kRw;
constexpr Access kWo = Access::kWo;

constexpr unsigned kChannelBase = 0x100;
constexpr unsigned kChannelStride = 0x100;

/// Fields of a feature that was not synthesized read 0.
constexpr Access present(bool feature) { return feature ? kRw : kRo; }

unsigned bit_width(std::uint64_t value) {
  unsigned bits = 0;
  for (; value != 0; value >>= 1) ++bits;
  return bits;
}

}  // namespace

void Registers::declare_common() {
  bank_.add(0x000, "DMAC_ID", "Identification of this instance")
      .access(kRo)
      .reset(parameters_.dmac_id)
      .field(31, 0, "DMAC_ID", "configured number");
  bank_.add(0x008, "DMAC_COMPVER", "Component version")
      .access(kRo)
      .reset(parameters_.compver)
      .field(31, 0, "DMAC_COMPVER", "four ASCII characters, e.g. \"101*\"");
  bank_.add(0x010, "DMAC_CFG", "Enables of the controller")
      .bit(0, "DMAC_EN",
           "1: the controller works. Cleared while channels are active, it disables them and reads 1 until "
           "all "
           "have stopped")
      .bit(1, "INT_EN", "gates every interrupt output, but no status register")
      .live<&Registers::cfg>(this)
      .on_write<&Registers::write_cfg>(this);
  declare_enables();
  declare_interrupt_map();
  bank_.add(0x058, "DMAC_RESET", "Soft reset")
      .bit(0, "DMAC_RST", Access::kSelfClearing,
           "writing 1 aborts every channel, drops all interrupts and puts every register at its reset value")
      .on_write<&Registers::write_reset>(this);
  bank_.add(0x060, "DMAC_LOWPOWER_CFG", "Clock gating; stored without effect")
      .reset(0x0040'4040'0000'000F)
      .bit(0, "GBL_CSLP_EN", "global clock gating")
      .bit(1, "CHNL_CSLP_EN", "clock gating of channels")
      .bit(2, "SBIU_CSLP_EN", "clock gating of the slave bus interface")
      .bit(3, "MXIF_CSLP_EN", "clock gating of the AXI master interfaces")
      .field(39, 32, "GLCH_LPDLY", "idle cycles before global and channel gating")
      .field(47, 40, "SBIU_LPDLY", "idle cycles before slave interface gating")
      .field(55, 48, "MXIF_LPDLY", "idle cycles before master interface gating");
}

void Registers::declare_enables() {
  const unsigned n = parameters_.num_channels;
  const bool abort = parameters_.abort_en;
  if (!chen_v2()) {
    Register& chen = bank_.add(0x018, "DMAC_CHEN", "Channel enable, suspend and abort, one bit per channel");
    chen.guarded(n - 1, 0, "CH_EN", 8,
                 "1 starts, 0 disables gracefully; cleared by hardware when a channel stops")
        .guarded(16 + n - 1, 16, "CH_SUSP", 24, "1 suspends, 0 resumes; cleared when the channel stops")
        .live<&Registers::chen>(this)
        .on_write<&Registers::write_chen>(this);
    if (abort) {
      chen.guarded(32 + n - 1, 32, "CH_ABORT", 40,
                   "1 stops at once, losing what is in the FIFO; clears itself");
    } else {
      chen.field(32 + n - 1, 32, "CH_ABORT", kRo, "reads 0: built without abort");
    }
    return;
  }

  const unsigned low = n < 16 ? n : 16;
  const auto halves = [n, low](Register& reg, const std::string& field, const char* text) -> Register& {
    reg.guarded(low - 1, 0, field + "_LO", 16, std::string(text) + "; channels 0..15");
    if (n > 16) reg.guarded(32 + n - 17, 32, field + "_HI", 48, std::string(text) + "; channels 16..31");
    return reg;
  };
  halves(bank_.add(0x018, "DMAC_CHEN2", "Channel enable"), "CH_EN",
         "1 starts, 0 disables gracefully; cleared by hardware when a channel stops")
      .live<&Registers::chen2>(this)
      .on_write<&Registers::write_chen2>(this);
  halves(bank_.add(0x020, "DMAC_CHSUSP", "Channel suspend"), "CH_SUSP",
         "1 suspends, 0 resumes; cleared when the channel stops")
      .live<&Registers::chsusp>(this)
      .on_write<&Registers::write_chsusp>(this);
  Register& chabort = bank_.add(0x028, "DMAC_CHABORT", "Channel abort");
  if (abort) {
    halves(chabort, "CH_ABORT", "1 stops at once, losing what is in the FIFO; clears itself")
        .live<&Registers::chabort>(this)
        .on_write<&Registers::write_chabort>(this);
  } else {
    chabort.access(kRo).field(63, 0, "CH_ABORT", "reads 0: built without abort");
  }
}

void Registers::declare_interrupt_map() {
  const unsigned n = parameters_.num_channels;
  bank_
      .add(0x030, chen_v2() ? "DMAC_INTSTATUS2" : "DMAC_INTSTATUS",
           "Who requests an interrupt; not gated by INT_EN")
      .access(kRo)
      .field(n - 1, 0, "CH_INTSTAT", "(CHn_INTSTATUS & CHn_INTSIGNAL_ENA) is not 0, one bit per channel")
      .bit(chen_v2() ? 32 : 16, "COMMONREG_INTSTAT",
           "(DMAC_COMMON_INTSTATUS & DMAC_COMMON_INTSIGNAL_ENA) is not 0")
      .live<&Registers::intstatus>(this);

  struct Event {
    unsigned bit;
    const char* name;
    const char* text;
  };
  static constexpr Event kEvents[] = {
      {0, "SLVIF_COMMONREG_DEC_ERR", "access to a hole among the common registers"},
      {1, "SLVIF_COMMONREG_WR2RO_ERR", "write to a read-only common register"},
      {2, "SLVIF_COMMONREG_RD2WO_ERR", "read of a write-only common register"},
      {3, "SLVIF_COMMONREG_WRONHOLD_ERR", "write while the controller is held; has no cause in this model"},
      {8, "SLVIF_UNDEFINEDREG_DEC_ERR", "access outside every register block"},
  };
  const auto events = [](Register& reg) -> Register& {
    for (const Event& e : kEvents) reg.bit(e.bit, e.name, e.text);
    return reg;
  };
  events(
      bank_.add(0x038, "DMAC_COMMON_INTCLEAR", "Writing 1 clears bits of DMAC_COMMON_INTSTATUS").access(kWo))
      .on_write<&Registers::write_common_intclear>(this);
  common_enable_ =
      &events(bank_.add(0x040, "DMAC_COMMON_INTSTATUS_ENA", "Which events DMAC_COMMON_INTSTATUS latches")
                  .reset(0x10F));
  common_signal_ =
      &events(bank_.add(0x048, "DMAC_COMMON_INTSIGNAL_ENA", "Which latched events request an interrupt")
                  .reset(0x10F))
           .on_write<&Registers::common_changed>(this);
  events(bank_.add(0x050, "DMAC_COMMON_INTSTATUS", "Latched events of the slave interface").access(kRo))
      .live<&Registers::common_intstatus>(this);
}

void Registers::declare_ctl(RegisterBank::Group& ch) {
  const Access second_master = present(parameters_.num_masters > 1);
  const unsigned msize = bit_width(msize_mask(parameters_));
  Register& ctl = ch.add(0x18, "CTL", "Control of the block").reset(0x1200);
  ctl.bit(0, "SMS", second_master, "master port of the source: 0 first, 1 second")
      .bit(2, "DMS", second_master, "master port of the destination")
      .bit(4, "SINC", "source address: 0 increments, 1 is fixed")
      .bit(6, "DINC", "destination address: 0 increments, 1 is fixed")
      .field(10, 8, "SRC_TR_WIDTH", "width of a source item: 0..6 = 8, 16, 32, 64, 128, 256, 512 bits")
      .field(13, 11, "DST_TR_WIDTH", "width of a destination item, likewise");
  if (msize > 0) {
    ctl.field(14 + msize - 1, 14, "SRC_MSIZE",
              "items of a source transaction: 0 = 1, 1 = 4, 2 = 8, ... 9 = 1024")
        .field(18 + msize - 1, 18, "DST_MSIZE", "items of a destination transaction, likewise");
  }
  ctl.field(25, 22, "AR_CACHE", "AxCACHE of source reads")
      .field(29, 26, "AW_CACHE", "AxCACHE of destination writes")
      .bit(30, "NONPOSTED_LASTWRITE_EN", "the last write of a block waits for its response; here all do")
      .field(34, 32, "AR_PROT", "AxPROT of source reads")
      .field(37, 35, "AW_PROT", "AxPROT of destination writes")
      .bit(38, "ARLEN_EN", "1: ARLEN limits source bursts")
      .field(46, 39, "ARLEN", "beats of a source burst - 1")
      .bit(47, "AWLEN_EN", "1: AWLEN limits destination bursts")
      .field(55, 48, "AWLEN", "beats of a destination burst - 1")
      .bit(56, "SRC_STAT_EN", present(parameters_.src_stat_en), "fetch the source status at block end")
      .bit(57, "DST_STAT_EN", present(parameters_.dst_stat_en), "fetch the destination status at block end")
      .bit(58, "IOC_BLKTFR", "1: the end of this block sets BLOCK_TFR_DONE")
      .bit(62, "SHADOWREG_OR_LLI_LAST", "last block of the transfer")
      .bit(63, "SHADOWREG_OR_LLI_VALID", "the item or shadow set is ready")
      .live<&Registers::ctl>(this)
      .locked<&Registers::lock_ctl>(this)
      .on_write<&Registers::write_ctl>(this);
}

void Registers::declare_cfg(RegisterBank::Group& ch) {
  const bool v2 = cfg_v2();
  const Access multi = present(parameters_.multi_blk_en);
  const Access lock = present(parameters_.lock_en);
  Register& cfg = ch.add(0x20, v2 ? "CFG2" : "CFG", "Configuration of the transfer");
  cfg.field(1, 0, "SRC_MULTBLK_TYPE", multi, "0 contiguous, 1 reload, 2 shadow registers, 3 linked list")
      .field(3, 2, "DST_MULTBLK_TYPE", multi, "likewise for the destination")
      .field(21, 18, "RD_UID", kRo, "unique ID of reads")
      .field(28, 25, "WR_UID", kRo, "unique ID of writes")
      .field(34, 32, "TT_FC",
             "0 memory to memory, 1 memory to peripheral, 2 peripheral to memory, 3 peripheral to "
             "peripheral; 4 and "
             "5: source, 6 and 7: destination peripheral controls the flow")
      .bit(35, "HS_SEL_SRC", "handshake of a peripheral source: 0 hardware, 1 software")
      .bit(36, "HS_SEL_DST", "likewise for the destination")
      .bit(37, "SRC_HWHS_POL", kRo, "polarity of the source handshake: active high")
      .bit(38, "DST_HWHS_POL", kRo, "polarity of the destination handshake: active high");
  if (v2) {
    cfg.field(9, 4, "SRC_PER", "handshake interface of the source")
        .field(16, 11, "DST_PER", "handshake interface of the destination")
        .field(51, 47, "CH_PRIOR", "priority; the higher number wins");
  } else {
    cfg.field(42, 39, "SRC_PER", "handshake interface of the source")
        .field(47, 44, "DST_PER", "handshake interface of the destination")
        .field(51, 49, "CH_PRIOR", "priority; the higher number wins");
  }
  cfg.bit(52, "LOCK_CH", lock, "lock arbitration to this channel")
      .field(54, 53, "LOCK_CH_L", lock, "lock for 0 the whole transfer, 1 one block")
      .field(58, 55, "SRC_OSR_LMT", "outstanding reads - 1")
      .field(62, 59, "DST_OSR_LMT", "outstanding writes - 1")
      .live<&Registers::ch_cfg>(this)
      .locked<&Registers::lock_cfg>(this)
      .on_write<&Registers::write_ch_cfg>(this);
  for (unsigned n = 0; n < parameters_.num_channels; ++n) {
    const unsigned given = parameters_.reset_priority[n];
    const std::uint64_t priority = given == kDefaultPriority ? parameters_.num_channels - 1 - n : given;
    // TT_FC 3, both handshakes by software.
    cfg.reset_of(n, (std::uint64_t{0x1B} << 32) | (priority << (v2 ? 47 : 49)));
  }
}

void Registers::declare_interrupts(RegisterBank::Group& ch) {
  struct Event {
    unsigned bit;
    const char* name;
    const char* text;
  };
  static constexpr Event kEvents[] = {
      {0, "BLOCK_TFR_DONE", "a block with IOC_BLKTFR ended"},
      {1, "DMA_TFR_DONE", "the transfer ended; CH_EN is already 0"},
      {3, "SRC_TRANSCOMP", "a source transaction ended; peripherals only"},
      {4, "DST_TRANSCOMP", "a destination transaction ended; peripherals only"},
      {5, "SRC_DEC_ERR", "nobody decodes the source address"},
      {6, "DST_DEC_ERR", "nobody decodes the destination address"},
      {7, "SRC_SLV_ERR", "the source answered with an error"},
      {8, "DST_SLV_ERR", "the destination answered with an error"},
      {9, "LLI_RD_DEC_ERR", "nobody decodes the address of a linked-list item"},
      {10, "LLI_WR_DEC_ERR", "nobody decodes the address of a write-back"},
      {11, "LLI_RD_SLV_ERR", "fetching an item was answered with an error"},
      {12, "LLI_WR_SLV_ERR", "a write-back was answered with an error"},
      {13, "SHADOWREG_OR_LLI_INVALID_ERR",
       "an item or shadow set had VALID = 0; waits for BLK_TFR_RESUMEREQ"},
      {14, "SLVIF_MULTIBLKTYPE_ERR", "illegal combination of multi-block types; waits for a legal one"},
      {16, "SLVIF_DEC_ERR", "access to a hole in this block"},
      {17, "SLVIF_WR2RO_ERR", "write to a read-only register"},
      {18, "SLVIF_RD2RWO_ERR", "read of a write-only register"},
      {19, "SLVIF_WRONCHEN_ERR", "write to a protected register while CH_EN = 1; the write is dropped"},
      {20, "SLVIF_SHADOWREG_WRON_VALID_ERR", "shadow set written while it is VALID; the write is dropped"},
      {21, "SLVIF_WRONHOLD_ERR", "write while the channel is held; has no cause in this model"},
      {27, "CH_LOCK_CLEARED", "the channel lock was lifted by a suspend, disable or abort"},
      {28, "CH_SRC_SUSPENDED", "the source side has stopped"},
      {29, "CH_SUSPENDED", "the FIFO has drained, the channel is suspended"},
      {30, "CH_DISABLED", "a software disable is complete"},
      {31, "CH_ABORTED", "an abort is complete"},
  };
  const auto events = [](Register& reg) -> Register& {
    for (const Event& e : kEvents) reg.bit(e.bit, e.name, e.text);
    return reg;
  };
  events(ch.add(0x80, "INTSTATUS_ENA", "Which events INTSTATUS latches").reset(kAllImplemented))
      .live<&Registers::ch_intstatus_ena>(this)
      .on_write<&Registers::write_intstatus_ena>(this);
  events(ch.add(0x88, "INTSTATUS", "Latched events").access(kRo)).live<&Registers::ch_intstatus>(this);
  events(ch.add(0x90, "INTSIGNAL_ENA", "Which latched events request an interrupt").reset(kAllImplemented))
      .live<&Registers::ch_intsignal_ena>(this)
      .on_write<&Registers::write_intsignal_ena>(this);
  events(ch.add(0x98, "INTCLEAR", "Writing 1 clears bits of INTSTATUS").access(kWo))
      .on_write<&Registers::write_intclear>(this);
}

void Registers::declare_channels() {
  RegisterBank::Group ch = bank_.group("CH", parameters_.num_channels, kChannelBase, kChannelStride);
  const unsigned top = parameters_.addr_width - 1;
  unsigned block_bits = 0;
  for (unsigned n = 0; n < parameters_.num_channels; ++n) {
    const unsigned bits = bit_width(block_ts_mask(n));
    if (bits > block_bits) block_bits = bits;
  }

  ch.add(0x00, "SAR", "Current source address")
      .field(top, 0, "SAR", "advances with every source burst")
      .live<&Registers::sar>(this)
      .locked<&Registers::lock_sar>(this)
      .on_write<&Registers::write_sar>(this);
  ch.add(0x08, "DAR", "Current destination address")
      .field(top, 0, "DAR", "advances with every write response")
      .live<&Registers::dar>(this)
      .locked<&Registers::lock_dar>(this)
      .on_write<&Registers::write_dar>(this);
  ch.add(0x10, "BLOCK_TS", "Length of the block")
      .field(block_bits - 1, 0, "BLOCK_TS",
             "items of SRC_TR_WIDTH - 1; while a block runs, items already read")
      .live<&Registers::block_ts>(this)
      .locked<&Registers::lock_block_ts>(this)
      .on_write<&Registers::write_block_ts>(this);
  declare_ctl(ch);
  declare_cfg(ch);
  ch.add(0x28, "LLP", "Linked-list pointer")
      .bit(0, "LMS", present(parameters_.num_masters > 1), "master port of the next fetch")
      .field(top, 6, "LOC", "address of the next item / 64")
      .live<&Registers::llp>(this)
      .locked<&Registers::lock_always>(this)
      .on_write<&Registers::write_llp>(this);
  ch.add(0x30, "STATUS", "Progress of the block")
      .access(kRo)
      .field(21, 0, "CMPLTD_BLK_TFR_SIZE", "items moved without error")
      .field(46, 32, "DATA_LEFT_IN_FIFO", "what an ended block left in the FIFO")
      .live<&Registers::status>(this);

  const auto handshake = [](Register& reg) -> Register& {
    return reg.guarded(0, 0, "REQ", 1, "request; can be set only while CH_EN = 1")
        .guarded(2, 2, "SGLREQ", 3, "the request is a single")
        .guarded(4, 4, "LST", 5, "last transaction of the block");
  };
  handshake(ch.add(0x38, "SWHSSRC", "Software handshake of the source"))
      .live<&Registers::swhssrc>(this)
      .on_write<&Registers::write_swhssrc>(this);
  handshake(ch.add(0x40, "SWHSDST", "Software handshake of the destination"))
      .live<&Registers::swhsdst>(this)
      .on_write<&Registers::write_swhsdst>(this);
  ch.add(0x48, "BLK_TFR_RESUMEREQ", "Resume request")
      .access(kWo)
      .field(31, 0, "BLK_TFR_RESUMEREQ", "writing any value resumes a channel that met an invalid item")
      .on_write<&Registers::write_resumereq>(this);
  ch.add(0x50, "AXI_ID", "AXI ID suffixes")
      .field(15, 0, "AXI_READ_ID_SUFFIX", "of reads")
      .field(31, 16, "AXI_WRITE_ID_SUFFIX", "of writes")
      .locked<&Registers::lock_always>(this)
      .on_write<&Registers::write_axi_id>(this);
  ch.add(0x58, "AXI_QOS", "AXI quality of service")
      .field(3, 0, "AXI_AWQOS", "of writes")
      .field(7, 4, "AXI_ARQOS", "of reads")
      .locked<&Registers::lock_always>(this)
      .on_write<&Registers::write_axi_qos>(this);

  // Without the status feature nothing is ever fetched: the status reads 0 and its address is only stored.
  ch.add(0x60, "SSTAT", "Source status")
      .access(kRo)
      .field(31, 0, "SSTAT", "as fetched from SSTATAR")
      .live<&Registers::sstat>(this);
  ch.add(0x68, "DSTAT", "Destination status")
      .access(kRo)
      .field(31, 0, "DSTAT", "as fetched from DSTATAR")
      .live<&Registers::dstat>(this);
  ch.add(0x70, "SSTATAR", "Where the source status is fetched")
      .field(top, 0, "SSTATAR", "address")
      .locked<&Registers::lock_always>(this)
      .on_write<&Registers::write_sstatar>(this);
  ch.add(0x78, "DSTATAR", "Where the destination status is fetched")
      .field(top, 0, "DSTATAR", "address")
      .locked<&Registers::lock_always>(this)
      .on_write<&Registers::write_dstatar>(this);
  declare_interrupts(ch);
}

}  // namespace dmavp::dmac
