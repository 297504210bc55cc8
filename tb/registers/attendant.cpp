#include "registers/attendant.h"

#include "registers/fifo_peripheral.h"
#include "registers/play.h"

namespace dmavp::tb {

using namespace reference;

namespace {

// SWHSSRC and SWHSDST (2.5)
constexpr u64 kReq = 1, kReqWe = 2, kSglReq = 4, kSglReqWe = 8, kLst = 16, kLstWe = 32;

}  // namespace

void Attendant::start() {
  if (l_.setup.source.present) rig_.connect(l_.setup.source);
  if (l_.setup.sink.present) rig_.connect(l_.setup.sink);
  program();
  rig_.write("INTSIGNAL_ENA", ch_, random_.percent(50) ? ~u64{0} : random_.next());
  rig_.enable(ch_);
  started_ = true;
}

void Attendant::program() {
  const ChannelSetup& s = l_.setup;
  if (!s.uses(kShadow)) {
    program_channel(rig_, s, cfg());
  } else {
    rig_.write("INTCLEAR", ch_, ~u64{0});
    rig_.write("CFG", ch_, cfg());
    rig_.write("INTSTATUS_ENA", ch_, s.status_enable);
    if (s.source_type() != kShadow) rig_.write("SAR", ch_, s.sar);
    if (s.sink_type() != kShadow) rig_.write("DAR", ch_, s.dar);
    if (!l_.withhold_first) write_set();
    if (s.overwritten) rig_.write(s.source_type() == kShadow ? "SAR" : "DAR", ch_, random_.next());
  }
  if (p_.traits.src_stat) rig_.write("SSTATAR", ch_, s.sstatar);
  if (p_.traits.dst_stat) rig_.write("DSTATAR", ch_, s.dstatar);
  if (!s.illegal_at_first) return;
  const u64 types = random_.percent(50) ? kShadow << 2 | kLinkedList : kLinkedList << 2 | kShadow;
  rig_.write("CFG", ch_, (cfg() & ~u64{0xF}) | types);
  wrong_types_ = true;
}

/// In the order of 3.5: CTL with VALID comes last.
void Attendant::write_set() {
  const ShadowSet& set = l_.setup.sets[next_set_++];
  if (l_.setup.source_type() == kShadow) rig_.write("SAR", ch_, set.sar);
  if (l_.setup.sink_type() == kShadow) rig_.write("DAR", ch_, set.dar);
  rig_.write("BLOCK_TS", ch_, set.block_ts);
  if (random_.percent(50)) {
    rig_.write("CTL", ch_, set.ctl);
  } else {
    rig_.write_at(offset_of("CTL", ch_), set.ctl & 0xFFFFFFFF, 4);
    rig_.write_at(offset_of("CTL", ch_) + 4, set.ctl >> 32, 4);
  }
}

void Attendant::attend() {
  if (!started_) return;
  if (wrong_types_ && (rig_.status(ch_) & irq::kMultiBlockType)) {
    rig_.write("CFG", ch_, cfg());
    wrong_types_ = false;
  }
  if (!wrong_types_) feed();
  handshake(l_.setup.source, "SWHSSRC", source_pending_);
  handshake(l_.setup.sink, "SWHSDST", sink_pending_);
}

void Attendant::feed() {
  if (next_set_ == l_.setup.sets.size() || !rig_.enabled(ch_)) return;
  const bool halted = (rig_.status(ch_) & irq::kInvalid) != 0;
  if ((rig_.read("CTL", ch_) & kCtlValid) || (next_set_ == 0 && !halted)) return;
  write_set();
  if (halted) rig_.write("INTCLEAR", ch_, irq::kInvalid);
  if (halted || random_.percent(50)) rig_.write("BLK_TFR_RESUMEREQ", ch_, random_.below(2));
}

void Attendant::handshake(const Peripheral& peripheral, const char* name, bool& pending) {
  if (!asks(peripheral)) return;
  FifoPeripheral& fifo = *rig_.peripheral(peripheral.interface);
  const u64 raised = rig_.read(name, ch_) & (kReq | kSglReq | kLst);
  if (pending && raised == 0) {  // the controller clears the bits when the transaction is over
    pending = false;
    if (fifo.open_bytes() != 0) fifo.acknowledged(false);
  }
  if (!rig_.enabled(ch_) || (peripheral.controls && pending)) return;
  const DmaRequest levels = fifo.levels();
  const bool burst = levels.burst && !(raised & kReq);
  const bool single = levels.single && !(raised & kSglReq);
  if (!burst && !single) return;
  fifo.asked(levels);
  pending = true;
  rig_.write(
      name, ch_,
      (burst ? kReq | kReqWe : 0) | (single ? kSglReq | kSglReqWe : 0) | (levels.last ? kLst | kLstWe : 0));
}

void Attendant::end_chain() { rig_.write("CFG", ch_, rig_.read("CFG", ch_) & ~u64{0xF}); }

}  // namespace dmavp::tb
