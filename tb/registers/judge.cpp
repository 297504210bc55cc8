#include "registers/judge.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace dmavp::tb {

using reference::GlobalStop;
using reference::Launch;
using reference::Model;
using reference::Outcome;
using reference::StopKind;
namespace irq = reference::irq;

void Judge::judge() {
  const Image rest = rig_.ram();
  rig_.run(3000);
  if (std::memcmp(rest.data(), rig_.ram().data(), rest.size()) != 0)
    fail("memory changes after everything rests");
  if (settled.size() != 0 && std::memcmp(settled.data(), rest.data(), rest.size()) != 0)
    fail("memory changes after a soft reset");
  u32 stopped = 0;
  for (const Launch& l : p_.launches) {
    const unsigned ch = l.setup.channel;
    const bool cut = p_.global_stop != GlobalStop::kNone ||
                     (l.stop != StopKind::kNone && l.stop != StopKind::kSuspendResume);
    const bool done_all_the_same =
        cut && p_.global_stop != GlobalStop::kSoftReset && (rig_.status(ch) & irq::kTransferDone);
    if (cut && !done_all_the_same) {
      stopped |= 1u << ch;
      judge_stopped(l, rest);
    } else {
      judge_complete(l);
    }
  }
  const bool exact = stopped == 0 && model_->disjoint() && p_.errors.empty() &&
                     std::none_of(model_->runs().begin(), model_->runs().end(),
                                  [](const auto& r) { return r.outcome.end == reference::End::kError; });
  if (exact) {
    if (const auto wrong = model_->compare(rest)) fail(*wrong);
  } else if (const auto wrong = model_->compare_allowed(rest, stopped)) {
    fail(*wrong);
  }
  for (const std::string& v : rig_.violations()) fail("bus rule: " + v);
  judge_interrupts();
}

void Judge::expect(const char* what, u64 value, u64 low, u64 high, unsigned ch) {
  if (value >= low && value <= high) return;
  std::ostringstream out;
  out << "channel " << ch << ": " << what << std::hex << " is 0x" << value << ", expected 0x" << low;
  if (high != low) out << "..0x" << high;
  fail(out.str());
}

/// Registers of a channel that nobody stopped for good.
void Judge::judge_complete(const Launch& l) {
  const unsigned ch = l.setup.channel;
  const Outcome& o = model_->outcome(ch);
  const u32 seen = rig_.status(ch);
  u32 may = o.int_may;
  if (suspend_asked >> ch & 1) may |= irq::kSourceSuspended | irq::kSuspended;
  if (stop_asked >> ch & 1) may |= irq::kLockCleared;
  const bool one = o.int_one_of == 0 || (seen & o.int_one_of);
  if ((seen & o.int_must) != o.int_must || (seen & ~may) || !one) {
    std::ostringstream out;
    out << "channel " << ch << " (" << to_string(o.end) << ")" << std::hex << ": INTSTATUS 0x" << seen
        << ", must 0x" << o.int_must << ", may 0x" << may << ", one of 0x" << o.int_one_of;
    fail(out.str());
  }
  if (rig_.enabled(ch) != o.enabled) fail("channel " + std::to_string(ch) + ": CH_EN is wrong at the end");
  if (!o.enabled && rig_.suspended_bit(ch)) fail("CH_SUSP stays set on a disabled channel");
  expect("SAR", rig_.read("SAR", ch), o.sar_low, o.sar_high, ch);
  expect("DAR", rig_.read("DAR", ch), o.dar_low, o.dar_high, ch);
  if (!o.enabled && o.block_ts_known)
    expect("BLOCK_TS", rig_.read("BLOCK_TS", ch), o.block_ts, o.block_ts, ch);
  if (l.setup.uses(reference::kLinkedList)) expect("LLP", rig_.read("LLP", ch), o.llp, o.llp, ch);
  const u64 ctl = o.ctl & o.ctl_mask;
  expect("CTL", rig_.read("CTL", ch) & o.ctl_mask, ctl, ctl, ch);
  if (o.status_known) expect("STATUS", rig_.read("STATUS", ch), o.completed_items, o.completed_items, ch);
  if (o.sstat) expect("SSTAT", rig_.read("SSTAT", ch), *o.sstat, *o.sstat, ch);
  if (o.dstat) expect("DSTAT", rig_.read("DSTAT", ch), *o.dstat, *o.dstat, ch);
  if (!o.enabled) {
    expect("SWHSSRC", rig_.read("SWHSSRC", ch), 0, 0, ch);
    expect("SWHSDST", rig_.read("SWHSDST", ch), 0, 0, ch);
  }
  judge_streams(l, o.end != reference::End::kError);
  judge_lock(l, seen);
}

std::pair<u64, u64> Judge::moved(const Launch& l) {
  const auto of = [&](const reference::Peripheral& p) -> u64 {
    const FifoPeripheral* fifo = p.present ? rig_.peripheral(p.interface) : nullptr;
    return fifo ? fifo->moved().size() : 0;
  };
  return {of(l.setup.source), of(l.setup.sink)};
}

void Judge::check_drained(const Launch& l) {
  const reference::ChannelSetup& s = l.setup;
  if (reference::sink_controls(s.tt_fc)) return;  // it asks for less than an item of the source
  const auto& blocks = run_of(s.channel).blocks;
  const auto [given, taken] = moved(l);
  const u64 sar = rig_.read("SAR", s.channel), dar = rig_.read("DAR", s.channel);
  // Streams and addresses tell how far each side has got, unless an address is fixed.
  for (const auto& block : blocks) {
    const auto ctl = reference::CtlFields::decode(block.ctl);
    if ((!s.source.present && ctl.src_fixed) || (!s.sink.present && ctl.dst_fixed)) return;
  }
  u64 read_before = 0, written_before = 0;
  u64 sar_end = s.sar, dar_end = s.dar;  // of the block before
  for (const auto& block : blocks) {
    const bool read_between = s.source.present ? given == read_before
                                               : sar == sar_end || sar == block.sar || sar == block.given_sar;
    const bool written_between = s.sink.present
                                     ? taken == written_before
                                     : dar == dar_end || dar == block.dar || dar == block.given_dar;
    if (read_between && written_between) return;
    const u64 read = s.source.present ? given - read_before : sar - block.sar;
    const u64 written = s.sink.present ? taken - written_before : dar - block.dar;
    const u64 item = u64{1} << reference::CtlFields::decode(block.ctl).dst_width;
    if (read <= block.bytes && written <= read && read - written < item) return;
    read_before += block.bytes;
    written_before += block.written;
    sar_end = block.sar + block.bytes;
    dar_end = block.dar + block.written;
  }
  const bool all_read = s.source.present ? given == read_before : sar == sar_end || sar == s.sar;
  const bool all_written = s.sink.present ? taken == written_before : dar == dar_end || dar == s.dar;
  if (all_read && all_written) return;
  std::ostringstream out;
  out << "channel " << s.channel << " stopped gracefully, but not all that was read is written: SAR 0x"
      << std::hex << sar << " DAR 0x" << dar << std::dec << ", bytes at its peripherals " << given << " and "
      << taken;
  fail(out.str());
}

/// What went over the bus at the peripherals of a channel, and in which transactions.
void Judge::judge_streams(const Launch& l, bool whole) {
  const unsigned ch = l.setup.channel;
  for (const reference::Peripheral* p : {&l.setup.source, &l.setup.sink}) {
    FifoPeripheral* fifo = p->present ? rig_.peripheral(p->interface) : nullptr;
    if (!fifo) continue;
    const std::string who = "channel " + std::to_string(ch) + (p->source ? ", source: " : ", sink: ");
    if (p->source) {
      const u64 most = model_->drawn(ch), got = fifo->moved().size();
      if (got > most || (whole && got != most))
        fail(who + std::to_string(got) + " bytes were read, expected " + std::to_string(most));
    } else if (const auto wrong = model_->compare_sunk(ch, fifo->moved(), whole)) {
      fail(*wrong);
    }
    // Of a stopped channel software cannot tell whether its last transaction has ended.
    if (!whole && p->software) continue;
    const unsigned flow = l.setup.tt_fc;
    const bool following = p->source ? reference::sink_controls(flow) : reference::source_controls(flow);
    if (const auto wrong = reference::check_transactions(*p, following, model_->block_bytes(ch, p->source),
                                                         fifo->transactions(), whole))
      fail(who + *wrong);
  }
}

/// Stopping clears the lock of a channel and says so (5.4); nothing else does.
void Judge::judge_lock(const Launch& l, u32 seen) {
  const unsigned ch = l.setup.channel;
  const bool locks = p_.traits.lock && l.cfg.lock;
  const bool cleared = (seen & irq::kLockCleared) != 0;
  if (cleared && !locks) fail("CH_LOCK_CLEARED without a lock");
  const bool stopped = (seen & (irq::kSuspended | irq::kDisabled | irq::kAborted)) != 0;
  if (locks && stopped && !cleared) fail("no CH_LOCK_CLEARED when a locked channel stopped");
  const bool stays = locks && !(stop_asked >> ch & 1) && p_.global_stop == GlobalStop::kNone;
  const bool reads = (rig_.read("CFG", ch) & reference::bit64(52)) != 0;
  if (reads != stays && (stays || cleared || !locks)) fail("LOCK_CH reads wrong at the end");
}

const reference::ChannelRun& Judge::run_of(unsigned ch) const {
  return *std::find_if(model_->runs().begin(), model_->runs().end(),
                       [&](const auto& r) { return r.channel == ch; });
}

/// Memory must look as if the channel had been cut off after some byte, the one DAR names.
void Judge::check_prefix(const Launch& l, const Image& seen, bool dar_known) {
  const auto& run = run_of(l.setup.channel);
  judge_streams(l, false);
  const auto fits = model_->prefixes(run, seen);
  if (fits.empty())
    return fail("channel " + std::to_string(l.setup.channel) +
                ": memory is no beginning of what it would write");
  if (!dar_known || l.setup.sink.present) return;
  const u64 dar = rig_.read("DAR", l.setup.channel);
  for (const auto& [first, last] : fits) {
    for (std::size_t n = first; n <= last; ++n) {
      const auto dars = Model::dar_after(run, n);
      if (std::find(dars.begin(), dars.end(), dar) != dars.end()) return;
    }
  }
  std::ostringstream out;
  out << "channel " << l.setup.channel << ": DAR 0x" << std::hex << dar << " does not fit the " << std::dec
      << fits.front().first << ".." << fits.back().second << " of " << run.writes.size() << " bytes written";
  fail(out.str());
}

void Judge::judge_stopped(const Launch& l, const Image& rest) {
  const unsigned ch = l.setup.channel;
  const u32 seen = rig_.status(ch);
  if (rig_.enabled(ch)) fail("channel " + std::to_string(ch) + " is still enabled after its stop");
  if (rig_.suspended_bit(ch)) fail("CH_SUSP stays set on a disabled channel");
  if (p_.global_stop == GlobalStop::kSoftReset) {
    expect("INTSTATUS after reset", seen, 0, 0, ch);
    expect("SAR after reset", rig_.read("SAR", ch), 0, 0, ch);
    expect("LLP after reset", rig_.read("LLP", ch), 0, 0, ch);
    return check_prefix(l, rest, false);
  }
  const bool aborted = (forced >> ch & 1) || l.stop == StopKind::kAbort || l.stop == StopKind::kSuspendAbort;
  const u32 must = aborted ? irq::kAborted : irq::kDisabled;
  u32 may = must | irq::kBlockDone | irq::kInvalid | irq::kLockCleared;
  if (suspend_asked >> ch & 1) may |= irq::kSourceSuspended | irq::kSuspended;
  if (l.setup.source.present) may |= irq::kSrcTransComp;
  if (l.setup.sink.present) may |= irq::kDstTransComp;
  if (l.setup.overwritten) may |= irq::kShadowOnValid;
  const u32 enabled = l.setup.status_enable;
  if ((seen & must & enabled) != (must & enabled) || (seen & ~may)) {
    std::ostringstream out;
    out << "channel " << ch << " stopped" << std::hex << ": INTSTATUS 0x" << seen << ", must 0x" << must
        << ", may 0x" << may;
    fail(out.str());
  }
  const bool may_drop = p_.traits.drop_when_silent && l.setup.sink.present;
  if ((seen & irq::kDisabled) && !(seen & irq::kAborted) && !may_drop) check_drained(l);
  judge_lock(l, seen);
  check_prefix(l, rest, true);
}

/// DMAC_INTSTATUS and the lines follow from what the channels show (5.5).
void Judge::judge_interrupts() {
  u64 expected = 0;
  for (unsigned ch = 0; ch < rig_.options().parameters.num_channels; ++ch) {
    const u64 signal = rig_.read("INTSIGNAL_ENA", ch);
    if (rig_.read("INTSTATUS", ch) & signal) expected |= u64{1} << ch;
  }
  expect("DMAC_INTSTATUS", rig_.read("DMAC_INTSTATUS"), expected, expected, 0);
  const bool gate = (rig_.read("DMAC_CFG") & 2) != 0;
  rig_.run(1);
  for (unsigned ch = 0; ch < rig_.options().parameters.num_channels; ++ch)
    if (rig_.line(static_cast<int>(ch)) != (gate && (expected >> ch & 1)))
      fail("interrupt line " + std::to_string(ch) + " is wrong");
  if (rig_.line(kCombinedLine) != (gate && expected != 0)) fail("the combined interrupt line is wrong");
}

}  // namespace dmavp::tb
