// Registers of DW_axi_dmac as the driver uses them: offsets and typed fields. A field knows its register, so
// a value cannot be built from fields of another one.
#pragma once

#include <linux/types.h>

namespace dmavp::dw_axi_dmac {

/// A (partial) value of the register tagged `Reg`.
template <class Reg>
struct Value {
  u64 raw = 0;
  constexpr Value operator|(Value other) const { return {raw | other.raw}; }
  constexpr bool operator==(Value other) const { return raw == other.raw; }
  constexpr bool operator!=(Value other) const { return raw != other.raw; }
};

/// Bits Lsb .. Lsb+Width-1 of register `Reg`. `field(v)` places v, `field.of(value)` extracts it.
template <class Reg, unsigned Lsb, unsigned Width = 1>
struct Field {
  static_assert(Width >= 1 && Lsb + Width <= 64);
  static constexpr u64 kMax = Width == 64 ? ~u64{0} : (u64{1} << Width) - 1;
  constexpr Value<Reg> operator()(u64 v) const { return {(v & kMax) << Lsb}; }
  constexpr u64 of(Value<Reg> value) const { return (value.raw >> Lsb) & kMax; }
};

/// Offsets in bytes from the controller's base.
namespace reg {
inline constexpr u32 kCfg = 0x010;        // DMAC_CFG
inline constexpr u32 kChEn = 0x018;       // DMAC_CHEN
inline constexpr u32 kChSusp = 0x020;     // DMAC_CHSUSP, more than 8 channels
inline constexpr u32 kChAbort = 0x028;    // DMAC_CHABORT, more than 8 channels
inline constexpr u32 kIntStatus = 0x030;  // DMAC_INTSTATUS
inline constexpr u32 kCommonIntClear = 0x038;
inline constexpr u32 kCommonIntStatus = 0x050;
inline constexpr u32 kReset = 0x058;
inline constexpr u32 kChannelBase = 0x100;
inline constexpr u32 kChannelStride = 0x100;
// From a channel's base.
inline constexpr u32 kSar = 0x00;
inline constexpr u32 kDar = 0x08;
inline constexpr u32 kChCfg = 0x20;  // CHn_CFG or CHn_CFG2
inline constexpr u32 kLlp = 0x28;
inline constexpr u32 kStatus = 0x30;
inline constexpr u32 kResumeReq = 0x48;
inline constexpr u32 kIntStatusEna = 0x80;
inline constexpr u32 kChIntStatus = 0x88;
inline constexpr u32 kIntSignalEna = 0x90;
inline constexpr u32 kIntClear = 0x98;
}  // namespace reg

/// Second window of intel,kmb-axi-dma: registers of 32 bits.
namespace select {
inline constexpr u32 kHandshake = 0x10;  // a byte for each channel
inline constexpr u32 kByteWrite = 0x1C;  // a bit for each channel
inline constexpr u32 kHalfwordWrite = 0x20;
}  // namespace select
inline constexpr u32 kSelectUnused = 0x3F;  ///< request number of a channel without one

struct Cfg;  ///< DMAC_CFG
inline constexpr Field<Cfg, 0> kDmacEn;
inline constexpr Field<Cfg, 1> kIntEn;

inline constexpr u64 kResetBit = 1;  ///< DMAC_RESET.DMAC_RST

/// DMAC_COMMON_INTSTATUS: every bit an access error can set.
inline constexpr u64 kCommonErrors = 0x1FFF8F;

struct Ctl;  ///< CHn_CTL and the CTL word of a linked-list item
inline constexpr Field<Ctl, 0> kSms;
inline constexpr Field<Ctl, 2> kDms;
inline constexpr Field<Ctl, 4> kSrcFixed;
inline constexpr Field<Ctl, 6> kDstFixed;
inline constexpr Field<Ctl, 8, 3> kSrcTrWidth;  // log2 bytes
inline constexpr Field<Ctl, 11, 3> kDstTrWidth;
inline constexpr Field<Ctl, 14, 4> kSrcMsize;
inline constexpr Field<Ctl, 18, 4> kDstMsize;
inline constexpr Field<Ctl, 30> kNonpostedLastWrite;
inline constexpr Field<Ctl, 38> kArlenEn;
inline constexpr Field<Ctl, 39, 8> kArlen;  // beats - 1
inline constexpr Field<Ctl, 47> kAwlenEn;
inline constexpr Field<Ctl, 48, 8> kAwlen;
inline constexpr Field<Ctl, 58> kIocBlock;  // the end of this block sets BLOCK_TFR_DONE
inline constexpr Field<Ctl, 62> kLliLast;
inline constexpr Field<Ctl, 63> kLliValid;

struct ChCfg;  ///< CHn_CFG and CHn_CFG2: fields that both layouts have in one place
inline constexpr Field<ChCfg, 0, 2> kSrcMultblk;
inline constexpr Field<ChCfg, 2, 2> kDstMultblk;
inline constexpr Field<ChCfg, 32, 3> kTtFc;
inline constexpr Field<ChCfg, 55, 4> kSrcOsrLmt;  // requests - 1
inline constexpr Field<ChCfg, 59, 4> kDstOsrLmt;
inline constexpr Field<ChCfg, 49, 3> kChPriorV1;
inline constexpr Field<ChCfg, 47, 5> kChPriorV2;
inline constexpr Field<ChCfg, 35> kHsSelSrc;  // 0 = hardware handshake
inline constexpr Field<ChCfg, 36> kHsSelDst;
inline constexpr Field<ChCfg, 39, 4> kSrcPerV1;
inline constexpr Field<ChCfg, 44, 4> kDstPerV1;
inline constexpr Field<ChCfg, 4, 6> kSrcPerV2;
inline constexpr Field<ChCfg, 11, 6> kDstPerV2;
inline constexpr u64 kMultblkLinkedList = 3;
inline constexpr u64 kTtFcMemoryToMemory = 0;
inline constexpr u64 kTtFcMemoryToDevice = 1;  // the controller controls the flow
inline constexpr u64 kTtFcDeviceToMemory = 2;
inline constexpr u64 kTtFcDeviceToMemoryByDevice = 4;  // the peripheral does
inline constexpr u64 kTtFcMemoryToDeviceByDevice = 6;

struct ChStatus;  ///< CHn_STATUS, of the block that runs or ran last, in items of the source width
inline constexpr Field<ChStatus, 0, 22> kCompletedItems;
inline constexpr Field<ChStatus, 32, 15> kItemsInFifo;

/// CHn_INTSTATUS and its enable, signal and clear registers: all in the low word.
namespace irq {
inline constexpr u32 kBlockDone = 1u << 0;
inline constexpr u32 kTransferDone = 1u << 1;
inline constexpr u32 kInvalidItem = 1u << 13;  // halted, goes on after BLK_TFR_RESUMEREQ
inline constexpr u32 kSrcErrors = 1u << 5 | 1u << 7 | 1u << 9 | 1u << 11 | 1u << 13 | 1u << 14;
inline constexpr u32 kDstErrors = 1u << 6 | 1u << 8 | 1u << 10 | 1u << 12;
inline constexpr u32 kTransferErrors = kSrcErrors | kDstErrors;
inline constexpr u32 kAccessErrors = 0x3F0000;  // SLVIF_*: software touched a register it should not
inline constexpr u32 kSuspended = 1u << 29;
inline constexpr u32 kDisabled = 1u << 30;
inline constexpr u32 kAborted = 1u << 31;
inline constexpr u32 kAll = ~0u;
/// What raises the line; access errors fail nothing and are only worth a line in the log. The end of a stop
/// lets queued work start.
inline constexpr u32 kSignalled =
    kBlockDone | kTransferDone | kTransferErrors | kAccessErrors | kDisabled | kAborted;
inline constexpr u32 kLatched = kSignalled | kSuspended;
}  // namespace irq

/// Where enable, suspend and abort of a channel live: one register up to 8 channels, three above.
struct Layout {
  bool wide = false;  ///< more than 8 channels
  bool cfg2 = false;  ///< CHn_CFG2: priority of 5 bits

  constexpr unsigned bit(unsigned channel) const {
    return !wide ? channel : channel < 16 ? channel : channel + 16;
  }
  constexpr unsigned write_enable(unsigned channel) const { return bit(channel) + (wide ? 16 : 8); }
  constexpr unsigned suspend_shift() const { return wide ? 0 : 16; }
  constexpr unsigned abort_shift() const { return wide ? 0 : 32; }
  constexpr u32 suspend_register() const { return wide ? reg::kChSusp : reg::kChEn; }
  constexpr u32 abort_register() const { return wide ? reg::kChAbort : reg::kChEn; }

  /// Value that sets or clears one channel's bit and, by the write enables, touches nothing else.
  constexpr u64 write(unsigned channel, bool on, unsigned shift = 0) const {
    return (u64{on} << bit(channel) | u64{1} << write_enable(channel)) << shift;
  }
  constexpr bool is_set(u64 value, unsigned channel) const { return (value >> bit(channel)) & 1; }
  /// Common-register interrupt in DMAC_INTSTATUS.
  constexpr u64 common_interrupt() const { return u64{1} << (wide ? 32 : 16); }
  constexpr Value<ChCfg> priority(unsigned p) const { return cfg2 ? kChPriorV2(p) : kChPriorV1(p); }
  /// Handshake interface of the source or destination; numbers that the field holds.
  constexpr unsigned handshakes() const { return cfg2 ? 64 : 16; }
  constexpr Value<ChCfg> source(unsigned number) const {
    return cfg2 ? kSrcPerV2(number) : kSrcPerV1(number);
  }
  constexpr Value<ChCfg> destination(unsigned number) const {
    return cfg2 ? kDstPerV2(number) : kDstPerV1(number);
  }
};

}  // namespace dmavp::dw_axi_dmac
