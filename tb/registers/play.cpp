#include "registers/play.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>

#include "registers/attendant.h"
#include "registers/judge.h"

namespace dmavp::tb {

using reference::GlobalStop;
using reference::Launch;
using reference::Model;
using reference::Program;
using reference::ProgramClass;
using reference::Random;
using reference::StopKind;
namespace irq = reference::irq;

namespace {

constexpr Cycle kLimit = 20'000'000;

struct Action {
  enum What { kStart, kStop, kFollowUp, kLastResort, kEndChain, kGlobal } what;
  std::size_t launch;
  Cycle due;
};

class Player {
 public:
  Player(Rig& rig, const Program& program) : rig_(rig), p_(program), random_(program.seed ^ 0xC0FFEE) {
    for (const Launch& l : program.launches) attendants_.emplace_back(rig, program, l);
    judge_.expect(program.predict());
  }

  std::string play() {
    prepare();
    schedule();
    while (!actions_.empty() && fine()) act();
    if (fine()) wait_for_rest();
    if (fine() && p_.kind != ProgramClass::kStopped) repair();
    if (fine()) {
      attend();
      count_blocks();
      judge_.judge();
    }
    rig_.disconnect_all();
    if (problem_.empty()) problem_ = judge_.problem();
    return problem_.empty() ? problem_ : problem_ + "\n" + p_.describe();
  }

 private:
  bool fine() const { return problem_.empty() && judge_.problem().empty(); }
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }

  void prepare() {
    rig_.soft_reset();
    rig_.disconnect_all();
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
      if (l.setup.chain()) actions_.push_back({Action::kEndChain, i, t + l.chain_delay});
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

  void attend() {
    for (Attendant& a : attendants_) a.attend();
  }

  void pass(Cycle cycles) {
    if (cycles == 0) return;
    // Whoever drives request lines, or polls, does so at the present time.
    const bool present = std::any_of(p_.launches.begin(), p_.launches.end(),
                                     [](const Launch& l) { return l.setup.tt_fc != 0; });
    if (std::any_of(attendants_.begin(), attendants_.end(), [](const Attendant& a) { return a.needed(); })) {
      for (Cycle step = 0; cycles != 0; cycles -= step) {
        step = std::min<Cycle>(cycles, 1 + random_.below(60));
        rig_.run(step);
        attend();
      }
    } else if (!present && random_.percent(20)) {
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
        blocks_before_[ch] = rig_.statistics(ch).blocks;
        attendants_[a.launch].start();
        break;
      case Action::kEndChain:
        attendants_[a.launch].end_chain();
        break;
      case Action::kLastResort:
        if (rig_.enabled(ch) && p_.traits.drop_when_silent) fail("a disable waits for a silent destination");
        if (rig_.enabled(ch)) force(l);
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
          judge_.settled = rig_.ram();
        } else {
          rig_.write("DMAC_CFG", 2);
        }
        break;
    }
  }

  void stop(const Action& a, const Launch& l) {
    const unsigned ch = l.setup.channel;
    if (rig_.enabled(ch)) judge_.stop_asked |= 1u << ch;
    switch (l.stop) {
      case StopKind::kNone:
        break;
      case StopKind::kDisable:
        rig_.disable(ch);
        if (silent_sink(l)) {
          actions_.push_back({Action::kLastResort, a.launch, rig_.now() + 5000});
          sort();
        }
        break;
      case StopKind::kAbort:
        abort(ch);
        break;
      default:
        rig_.suspend(ch);
        judge_.suspend_asked |= 1u << ch;
        actions_.push_back({Action::kFollowUp, a.launch, rig_.now()});
        sort();
    }
  }

  static bool silent_sink(const Launch& l) { return l.setup.sink.silent_after != reference::kNeverSilent; }

  void wake(const Launch& l) {
    for (const auto* p : {&l.setup.source, &l.setup.sink})
      if (p->present) rig_.wake(p->interface);
  }

  /// A channel whose destination never asks again can only be aborted (5.4).
  void force(const Launch& l) {
    judge_.forced |= 1u << l.setup.channel;
    abort(l.setup.channel);
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
      if (silent_sink(l) && ++silent_polls_[ch] > 250) {
        if (l.stop == StopKind::kSuspendResume) {
          wake(l);
        } else if (l.stop == StopKind::kSuspendDisable && p_.traits.drop_when_silent) {
          return disable_suspending(ch);
        } else {
          return force(l);
        }
      }
      if (++polls_ > 200'000) return fail("CH_SUSPENDED never came, channel " + std::to_string(ch));
      actions_.push_back({Action::kFollowUp, a.launch, rig_.now() + 20});
      return sort();
    }
    if (!(seen & irq::kSourceSuspended)) fail("CH_SUSPENDED without CH_SRC_SUSPENDED");
    if (!rig_.suspended_bit(ch)) fail("CH_SUSP reads 0 while suspended");
    const u64 dar = rig_.read("DAR", ch), sar = rig_.read("SAR", ch);
    if (l.setup.chain()) count_blocks();
    const auto moved = judge_.moved(l);
    judge_.check_prefix(l, rig_.ram(), true);
    judge_.check_drained(l);
    rig_.run(l.stop_pause);
    if (rig_.read("DAR", ch) != dar || rig_.read("SAR", ch) != sar || judge_.moved(l) != moved)
      fail("a suspended channel moved on");
    judge_.check_prefix(l, rig_.ram(), true);
    switch (l.stop) {
      case StopKind::kSuspendResume:
        rig_.resume(ch);
        wake(l);
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

  void disable_suspending(unsigned ch) {
    rig_.disable(ch);
    rig_.run(200);
    if (rig_.enabled(ch)) fail("a disable of a suspending channel waits for a silent destination");
  }

  bool rests(const Launch& l) {
    const unsigned ch = l.setup.channel;
    if (!rig_.enabled(ch)) return true;
    return (rig_.status(ch) & irq::kInvalid) &&
           attendants_[static_cast<std::size_t>(&l - &p_.launches[0])].finished();
  }

  /// Lets software and controller go on until the condition holds.
  bool run_until(const std::function<bool()>& condition) {
    for (Cycle used = 0; !condition(); used += 200) {
      if (used >= kLimit) return false;
      pass(200);
    }
    return true;
  }

  void wait_for_rest() {
    const auto done = [&] {
      if (p_.noise && random_.percent(20)) make_noise();
      return std::all_of(p_.launches.begin(), p_.launches.end(), [&](const Launch& l) { return rests(l); });
    };
    if (!run_until(done)) {
      std::ostringstream out;
      out << "channels never come to rest:" << std::hex;
      for (const Launch& l : p_.launches) {
        const unsigned ch = l.setup.channel;
        if (rests(l)) continue;
        out << " channel " << ch << " INTSTATUS " << rig_.status(ch) << " SWHSSRC "
            << rig_.read("SWHSSRC", ch) << " SWHSDST " << rig_.read("SWHSDST", ch) << ", bytes moved "
            << judge_.moved(l).first << " and " << judge_.moved(l).second << ";";
      }
      fail(out.str());
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
        if (!run_until([&] { return rests(l); })) return fail("a resumed channel never comes to rest");
      }
    }
  }

  /// When a chain was ended tells how many blocks it has had.
  void count_blocks() {
    std::map<unsigned, unsigned> chains;
    for (const Launch& l : p_.launches) {
      if (!l.setup.chain()) continue;
      const unsigned ch = l.setup.channel;
      const auto blocks = static_cast<unsigned>(rig_.statistics(ch).blocks - blocks_before_[ch]);
      // A stopped or failing chain may have done more than was planned, or a part of one more block.
      const bool done =
          (rig_.status(ch) & irq::kTransferDone) || !(l.setup.status_enable & irq::kTransferDone);
      const bool failed = (rig_.status(ch) & (irq::kErrorsOfDrivers & ~irq::kMultiBlockType)) != 0;
      chains[ch] = done && !failed ? blocks : std::max(blocks + 1, l.setup.blocks);
    }
    judge_.expect(p_.predict(chains));
  }

  Rig& rig_;
  const Program& p_;
  Random random_;
  Judge judge_{rig_, p_};
  std::vector<Attendant> attendants_;
  std::map<unsigned, u64> blocks_before_;
  std::map<unsigned, unsigned> silent_polls_;
  std::vector<Action> actions_;
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
  t.interfaces = p.num_hs_if;
  t.prefetch = p.lli_prefetch_en;
  t.src_stat = p.src_stat_en;
  t.dst_stat = p.dst_stat_en;
  t.lock = p.lock_en;
  t.max_msize = p.max_msize;
  t.flush_residue = p.residue_policy == dmac::ResiduePolicy::kFlush;
  t.rounds_addresses = !p.unaligned_byte_exact;
  t.counts_from_zero = p.cmpltd_counts_from_zero;
  t.drop_when_silent = p.drop_when_silent;
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
