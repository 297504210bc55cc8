#include "registers/play.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace dmavp::tb {

using reference::GlobalStop;
using reference::Launch;
using reference::Model;
using reference::Outcome;
using reference::Program;
using reference::ProgramClass;
using reference::Random;
using reference::StopKind;
namespace irq = reference::irq;

namespace {

constexpr Cycle kLimit = 20'000'000;

struct Action {
  enum What { kStart, kStop, kFollowUp, kGlobal } what;
  std::size_t launch;
  Cycle due;
};

class Player {
 public:
  Player(Rig& rig, const Program& program)
      : rig_(rig), p_(program), random_(program.seed ^ 0xC0FFEE), model_(program.predict()) {}

  std::string play() {
    prepare();
    schedule();
    while (!actions_.empty() && problem_.empty()) act();
    if (problem_.empty()) wait_for_rest();
    if (problem_.empty() && p_.kind != ProgramClass::kStopped) repair();
    if (problem_.empty()) judge();
    if (problem_.empty()) return {};
    return problem_ + "\n" + p_.describe();
  }

 private:
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }

  void prepare() {
    rig_.soft_reset();
    rig_.set_errors({});
    std::memcpy(rig_.ram().data(), p_.memory.data(), p_.memory.size());
    rig_.set_errors(p_.errors);
    rig_.accesses().clear();
    rig_.edges().clear();
    rig_.power_up();
  }

  void schedule() {
    Cycle t = rig_.now();
    for (std::size_t i = 0; i < p_.launches.size(); ++i) {
      const Launch& l = p_.launches[i];
      t += l.start_delay;
      actions_.push_back({Action::kStart, i, t});
      if (l.stop != StopKind::kNone) actions_.push_back({Action::kStop, i, t + l.stop_delay});
    }
    if (p_.global_stop != GlobalStop::kNone) actions_.push_back({Action::kGlobal, 0, t + p_.global_delay});
    sort();
  }

  void sort() {
    std::stable_sort(actions_.begin(), actions_.end(),
                     [](const Action& a, const Action& b) { return a.due < b.due; });
  }

  void let_pass(Cycle cycles) {
    if (p_.noise) {
      const Cycle before = random_.below(cycles + 1);
      pass(before);
      make_noise();
      cycles -= before;
    }
    pass(cycles);
  }

  void pass(Cycle cycles) {
    if (cycles == 0) return;
    if (random_.percent(20)) {
      rig_.annotate(cycles);
    } else {
      rig_.run(cycles);
    }
  }

  /// Accesses that change nothing.
  void make_noise() {
    const auto& r = kRegisters[random_.below(std::size(kRegisters))];
    const auto ch = static_cast<unsigned>(random_.below(rig_.options().parameters.num_channels));
    if (r.access != Access::kWriteOnly && !r.optional) {
      if (random_.percent(50)) {
        rig_.read(r.name, ch);
      } else {
        rig_.access(false, offset_of(r.name, ch) + 4 * random_.below(2), 4);
      }
    }
    switch (random_.below(5)) {
      case 0:
        rig_.write("DMAC_CHEN", rig_.read("DMAC_CHEN"));
        break;
      case 1:
        if (rig_.enabled(ch)) rig_.enable(ch);
        break;
      case 2:
        rig_.write("INTCLEAR", ch, 0);
        break;
      case 3:
        rig_.write("DMAC_RESET", 0);
        break;
      default:
        rig_.debug_read(offset_of(r.name, ch));
        break;
    }
  }

  void act() {
    const Action a = actions_.front();
    actions_.erase(actions_.begin());
    if (a.due > rig_.now()) let_pass(a.due - rig_.now());
    const Launch& l = p_.launches[a.launch];
    const unsigned ch = l.setup.channel;
    switch (a.what) {
      case Action::kStart:
        program_channel(rig_, l.setup, l.cfg.encode(p_.traits.cfg2));
        rig_.write("INTSIGNAL_ENA", ch, random_.percent(50) ? ~u64{0} : random_.next());
        rig_.enable(ch);
        break;
      case Action::kStop:
        stop(a, l);
        break;
      case Action::kFollowUp:
        follow_up(a, l);
        break;
      case Action::kGlobal:
        if (p_.global_stop == GlobalStop::kSoftReset) {
          rig_.soft_reset();
          settled_ = rig_.ram();
        } else {
          rig_.write("DMAC_CFG", 2);
        }
        break;
    }
  }

  void stop(const Action& a, const Launch& l) {
    const unsigned ch = l.setup.channel;
    switch (l.stop) {
      case StopKind::kNone:
        break;
      case StopKind::kDisable:
        rig_.disable(ch);
        break;
      case StopKind::kAbort:
        abort(ch);
        break;
      default:
        rig_.suspend(ch);
        suspend_asked_ |= 1u << ch;
        actions_.push_back({Action::kFollowUp, a.launch, rig_.now()});
        sort();
    }
  }

  void abort(unsigned ch) {
    const bool was = rig_.enabled(ch);
    rig_.abort(ch);
    if (rig_.enabled(ch)) fail("CH_EN still reads 1 right after CH_ABORT, channel " + std::to_string(ch));
    if (was && !(rig_.status(ch) & irq::kAborted)) fail("CH_ABORTED is not set after an abort");
  }

  /// Waits for CH_SUSPENDED, checks what it promises, then does what comes next.
  void follow_up(const Action& a, const Launch& l) {
    const unsigned ch = l.setup.channel;
    const u32 seen = rig_.status(ch);
    if (!rig_.enabled(ch)) return;  // it ended before the suspend took hold
    if (!(seen & irq::kSuspended)) {
      if (++polls_ > 200'000) return fail("CH_SUSPENDED never came, channel " + std::to_string(ch));
      actions_.push_back({Action::kFollowUp, a.launch, rig_.now() + 20});
      return sort();
    }
    if (!(seen & irq::kSourceSuspended)) fail("CH_SUSPENDED without CH_SRC_SUSPENDED");
    if (!rig_.suspended_bit(ch)) fail("CH_SUSP reads 0 while suspended");
    const u64 dar = rig_.read("DAR", ch), sar = rig_.read("SAR", ch);
    check_prefix(l, rig_.ram(), true);
    rig_.run(l.stop_pause);
    if (rig_.read("DAR", ch) != dar || rig_.read("SAR", ch) != sar) fail("a suspended channel moved on");
    check_prefix(l, rig_.ram(), true);
    switch (l.stop) {
      case StopKind::kSuspendResume:
        rig_.resume(ch);
        break;
      case StopKind::kSuspendDisable:
        rig_.disable(ch);
        if (rig_.enabled(ch)) rig_.run(200);
        if (rig_.enabled(ch)) fail("a suspended channel does not disable");
        break;
      default:
        abort(ch);
        break;
    }
  }

  bool rests(unsigned ch) { return !rig_.enabled(ch) || (rig_.status(ch) & irq::kInvalid); }

  void wait_for_rest() {
    const auto done = [&] {
      if (p_.noise && random_.percent(20)) make_noise();
      return std::all_of(p_.launches.begin(), p_.launches.end(),
                         [&](const Launch& l) { return rests(l.setup.channel); });
    };
    if (!rig_.run_until(done, kLimit, 200)) {
      fail("channels never come to rest; CH_EN " + std::to_string(rig_.enabled_mask()));
    }
    if (p_.global_stop == GlobalStop::kControllerDisable) {
      rig_.run(200);
      if (rig_.read("DMAC_CFG") != 2) fail("DMAC_EN never reads 0 although every channel has stopped");
      if (rig_.read("DMAC_CHEN") != 0) fail("CHEN is not 0 with DMAC_EN = 0");
    }
  }

  void repair() {
    for (const Launch& l : p_.launches) {
      const unsigned ch = l.setup.channel;
      for (std::size_t round = 0; round < l.invalid_items.size(); ++round) {
        const u64 item = rig_.read("LLP", ch) & ~u64{0x3F};
        if (!rig_.enabled(ch) ||
            std::find(l.invalid_items.begin(), l.invalid_items.end(), item) == l.invalid_items.end())
          break;
        const u64 word = item + reference::lli::kCtl;
        rig_.write("INTCLEAR", ch, irq::kInvalid);
        rig_.ram().store(word, rig_.ram().load(word) | reference::kCtlValid);
        rig_.write("BLK_TFR_RESUMEREQ", ch, random_.below(2));
        if (!rig_.run_until([&] { return rests(ch); }, kLimit, 200))
          return fail("a resumed channel never comes to rest");
      }
    }
  }

  void judge() {
    const Image rest = rig_.ram();
    rig_.run(3000);
    if (std::memcmp(rest.data(), rig_.ram().data(), rest.size()) != 0)
      fail("memory changes after everything rests");
    if (settled_.size() != 0 && std::memcmp(settled_.data(), rest.data(), rest.size()) != 0)
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
    const bool exact = stopped == 0 && model_.disjoint() && p_.errors.empty() &&
                       std::none_of(model_.runs().begin(), model_.runs().end(),
                                    [](const auto& r) { return r.outcome.end == reference::End::kError; });
    if (exact) {
      if (const auto wrong = model_.compare(rest)) fail(*wrong);
    } else if (const auto wrong = model_.compare_allowed(rest, stopped)) {
      fail(*wrong);
    }
    for (const std::string& v : rig_.violations()) fail("bus rule: " + v);
    judge_interrupts();
  }

  void expect(const char* what, u64 value, u64 low, u64 high, unsigned ch) {
    if (value >= low && value <= high) return;
    std::ostringstream out;
    out << "channel " << ch << ": " << what << std::hex << " is 0x" << value << ", expected 0x" << low;
    if (high != low) out << "..0x" << high;
    fail(out.str());
  }

  /// Registers of a channel that nobody stopped for good.
  void judge_complete(const Launch& l) {
    const unsigned ch = l.setup.channel;
    const Outcome& o = model_.outcome(ch);
    const u32 seen = rig_.status(ch);
    u32 may = o.int_may;
    if (suspend_asked_ >> ch & 1) may |= irq::kSourceSuspended | irq::kSuspended | irq::kLockCleared;
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
    if (!o.enabled) expect("BLOCK_TS", rig_.read("BLOCK_TS", ch), o.block_ts, o.block_ts, ch);
    if (l.setup.linked_list) expect("LLP", rig_.read("LLP", ch), o.llp, o.llp, ch);
    const u64 ctl = o.ctl & o.ctl_mask;
    expect("CTL", rig_.read("CTL", ch) & o.ctl_mask, ctl, ctl, ch);
    if (o.status_known) expect("STATUS", rig_.read("STATUS", ch), o.completed_items, o.completed_items, ch);
  }

  const reference::ChannelRun& run_of(unsigned ch) const {
    return *std::find_if(model_.runs().begin(), model_.runs().end(),
                         [&](const auto& r) { return r.channel == ch; });
  }

  /// Memory must look as if the channel had been cut off after some byte, the one DAR names.
  void check_prefix(const Launch& l, const Image& seen, bool dar_known) {
    const auto& run = run_of(l.setup.channel);
    const auto fits = model_.prefixes(run, seen);
    if (fits.empty())
      return fail("channel " + std::to_string(l.setup.channel) +
                  ": memory is no beginning of what it would write");
    if (!dar_known) return;
    const u64 dar = rig_.read("DAR", l.setup.channel);
    for (const auto& [first, last] : fits) {
      for (std::size_t n = first; n <= last; ++n) {
        const auto dars = Model::dar_after(run, n);
        if (std::find(dars.begin(), dars.end(), dar) != dars.end()) return;
      }
    }
    std::ostringstream out;
    out << "channel " << l.setup.channel << ": DAR 0x" << std::hex << dar << " does not fit the " << std::dec
        << fits.front().first << ".." << fits.back().second << " of " << run.writes.size()
        << " bytes written";
    fail(out.str());
  }

  void judge_stopped(const Launch& l, const Image& rest) {
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
    const bool aborted = l.stop == StopKind::kAbort || l.stop == StopKind::kSuspendAbort;
    const u32 must = aborted ? irq::kAborted : irq::kDisabled;
    u32 may = must | irq::kBlockDone | irq::kInvalid | irq::kLockCleared;
    if (suspend_asked_ >> ch & 1) may |= irq::kSourceSuspended | irq::kSuspended;
    const u32 enabled = l.setup.status_enable;
    if ((seen & must & enabled) != (must & enabled) || (seen & ~may)) {
      std::ostringstream out;
      out << "channel " << ch << " stopped" << std::hex << ": INTSTATUS 0x" << seen << ", must 0x" << must
          << ", may 0x" << may;
      fail(out.str());
    }
    check_prefix(l, rest, true);
  }

  /// DMAC_INTSTATUS and the lines follow from what the channels show (5.5).
  void judge_interrupts() {
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

  Rig& rig_;
  const Program& p_;
  Random random_;
  Model model_;
  std::vector<Action> actions_;
  Image settled_;
  u32 suspend_asked_ = 0;
  unsigned polls_ = 0;
  std::string problem_;
};

}  // namespace

reference::Traits traits_of(const RigOptions& options) {
  const dmac::Parameters& p = options.parameters;
  reference::Traits t;
  t.channels = p.num_channels;
  t.cfg2 = p.num_channels > 8 || p.num_hs_if > 16 || p.force_cfg2;
  t.masters = p.num_masters;
  t.bus_bytes = p.data_width_bytes;
  t.address_bits = p.addr_width;
  t.write_back = p.lli_wb_en;
  return t;
}

void program_channel(Rig& rig, const reference::ChannelSetup& s, u64 cfg) {
  const unsigned ch = s.channel;
  rig.write("INTCLEAR", ch, ~u64{0});
  rig.write("CFG", ch, cfg);
  rig.write("SAR", ch, s.sar);
  rig.write("DAR", ch, s.dar);
  rig.write("BLOCK_TS", ch, s.block_ts);
  rig.write("CTL", ch, s.ctl);
  rig.write("LLP", ch, s.llp);
  rig.write("INTSTATUS_ENA", ch, s.status_enable);
}

std::string play(Rig& rig, const Program& program) { return Player(rig, program).play(); }

}  // namespace dmavp::tb
