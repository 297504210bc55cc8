// Random programs for the engine, and what playing one leaves behind.
#pragma once

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "dmac/activity.h"
#include "dmac/engine_rig.h"
#include "dmac/planner.h"

namespace dmavp::dmac::test {

enum class Stop { kSuspendResume, kDisable, kAbort, kSuspendDisable };

struct Action {
  Cycle at;
  unsigned channel;
  Stop stop;
  Cycle resume_after;
};

struct Copy {
  std::uint64_t src, dst;
  std::uint32_t bytes;
  Control control;
};

struct ChannelProgram {
  unsigned channel;
  Cycle start;
  unsigned outstanding;
  unsigned priority;
  bool list;
  std::uint64_t items;
  std::vector<Copy> copies;
};

struct Program {
  Parameters p;
  Cycle read_latency, write_latency;
  std::vector<ChannelProgram> channels;
  std::vector<Action> actions;
};

inline constexpr std::size_t kMemory = std::size_t{1} << 19;

/// `racing`: ranges of channels may overlap each other and themselves.
inline Program random_program(std::uint64_t seed, bool racing, bool stops) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Program g;
  g.p = default_parameters();
  g.p.data_width_bytes = 1u << (2 + below(4));
  g.p.fifo_depth = 4u << below(7);
  g.p.max_burst_len = 1u << below(9);
  g.p.start_latency = below(6);
  g.p.done_latency = below(4);
  g.p.issue_interval = 1 + below(3);
  g.p.burst_overhead = below(3);
  g.p.cut_through_delay = below(3);
  g.p.write_start = below(2) ? WriteStart::kCutThrough : WriteStart::kStoreAndForward;
  g.p.write_slot_release = below(2) ? SlotRelease::kResponse : SlotRelease::kLastBeat;
  g.p.lli_decode_latency = below(4);
  g.p.lli_wb_en = below(2) != 0;
  g.p.shared_data_port = below(4) == 0;
  g.p.residue_policy = below(2) ? ResiduePolicy::kFlush : ResiduePolicy::kDrop;
  g.p.tie_break = below(4) ? TieBreak::kRoundRobin : TieBreak::kLowestIndex;
  g.p.granule_bytes = 64u << below(8);
  if (below(3) == 0) {  // what other engines do otherwise
    g.p.start_threshold = static_cast<unsigned>(below(2) ? below(4) : below(100));
    g.p.write_overhead = below(2) != 0;
    g.p.read_limit = static_cast<unsigned>(below(2) ? below(20) : 0);
    g.p.write_limit = static_cast<unsigned>(below(2) ? below(20) : 0);
    g.p.copy_limit = static_cast<unsigned>(below(2) ? below(20) : 0);
    g.p.read_slot_release = below(2) ? SlotRelease::kLastWriteBeat : SlotRelease::kLastBeat;
    g.p.read_slot_latency = below(5);
    g.p.fifo_credit = below(2) ? FifoCredit::kBeat : FifoCredit::kBurst;
    g.p.fifo_release = below(2) ? FifoRelease::kWriteBeat : FifoRelease::kResponse;
    g.p.fifo_latency = 1 + below(3);
    g.p.write_address = static_cast<WriteAddress>(below(3));
    g.p.read_address = static_cast<ReadAddress>(below(2));
  }
  g.read_latency = below(40);
  g.write_latency = below(20);
  const unsigned count = 1 + static_cast<unsigned>(below(below(2) ? 8 : 2));
  const std::uint64_t room = kMemory / 8;
  for (unsigned i = 0; i < count; ++i) {
    ChannelProgram c;
    c.channel = i;
    c.start = below(200);
    c.outstanding = 1 + static_cast<unsigned>(below(16));
    c.priority = static_cast<unsigned>(below(3));
    c.list = below(2) != 0;
    const std::uint64_t base = i * room;
    c.items = base;
    std::uint64_t src = base + 1024;
    std::uint64_t dst = base + room / 2;
    const unsigned blocks = c.list ? 1 + static_cast<unsigned>(below(5)) : 1;
    for (unsigned b = 0; b < blocks; ++b) {
      Copy copy;
      copy.control.src_width = static_cast<unsigned>(below(7));
      copy.control.dst_width = static_cast<unsigned>(below(7));
      copy.control.burst = below(2) ? static_cast<unsigned>(1 + below(64)) : 0;
      copy.control.ioc = below(2) != 0;
      copy.control.last = b + 1 == blocks;
      copy.control.src_master = static_cast<unsigned>(below(2));
      copy.control.dst_master = static_cast<unsigned>(below(2));
      if (racing) {
        copy.control.src_fixed = below(8) == 0;
        copy.control.dst_fixed = below(8) == 0;
      }
      copy.bytes = static_cast<std::uint32_t>(1 + below(below(2) ? 200 : 5000)) & ~63u;
      copy.bytes = std::max(copy.bytes, 64u);
      const std::uint64_t align = below(3) ? 64 : 1;
      copy.src = (src + below(64)) / align * align;
      copy.dst = (dst + below(64)) / align * align;
      src += copy.bytes + 128;
      dst += copy.bytes + 128;
      if (racing && below(3) == 0) {
        copy.src = kMemory / 2 + 1024 + below(2000);
      }
      if (racing && below(3) == 0) {
        copy.dst = kMemory / 2 + 1024 + below(2000);
      }
      c.copies.push_back(copy);
    }
    g.channels.push_back(c);
  }
  if (stops) {
    for (unsigned n = static_cast<unsigned>(1 + below(4)); n != 0; --n) {
      g.actions.push_back(
          {below(3000), static_cast<unsigned>(below(count)), static_cast<Stop>(below(4)), 1 + below(600)});
    }
  }
  return g;
}

struct Outcome {
  std::vector<std::byte> memory;
  std::vector<Event> events;
  std::vector<std::uint64_t> numbers;  ///< registers and counters
  std::vector<Cycle> cycles;           ///< accounts
};

enum class Slicing { kWakes, kOneGo, kFine, kRandom };

class Watcher final : public Observer {
 public:
  void burst(const BurstEvent& e) override {
    ++bursts;
    EXPECT_LE(e.accepted, e.first_beat);
    EXPECT_EQ(e.last_beat, e.first_beat + e.beats - 1);
    EXPECT_GE(e.response, e.last_beat);
    if (e.fixed) return;
    EXPECT_EQ(e.address / kAxiBoundary, (e.address + e.bytes - 1) / kAxiBoundary) << "crosses 4 KiB";
  }
  unsigned bursts = 0;
};

enum class Watch { kNothing, kBursts, kActivity };

/// Rig_: Rig, or one whose port answers later.
template <class Rig_ = Rig>
Outcome play(const Program& g, bool direct, Slicing slicing, Watch watch = Watch::kNothing,
             std::uint64_t seed = 0) {
  Rig_ rig(g.p, kMemory);
  rig.fill_random(7);
  rig.port.read_latency = g.read_latency;
  rig.port.write_latency = g.write_latency;
  rig.port.direct = direct;
  Watcher watcher;
  Activity activity;
  if (watch == Watch::kBursts) rig.engine.set_observer(&watcher);
  if (watch == Watch::kActivity) rig.engine.set_observer(&activity);
  std::mt19937_64 random(seed);

  struct Step {
    Cycle at;
    std::function<void()> run;
  };
  std::vector<Step> steps;
  for (const ChannelProgram& c : g.channels) {
    if (c.list) {
      for (std::size_t i = 0; i < c.copies.size(); ++i) {
        const Copy& copy = c.copies[i];
        rig.write_item(c.items + 64 * i, copy.src, copy.dst, copy.bytes, c.items + 64 * (i + 1),
                       copy.control);
      }
      rig.program_list(c.channel, c.items, c.outstanding, c.priority);
    } else {
      const Copy& copy = c.copies[0];
      rig.program(c.channel, copy.src, copy.dst, copy.bytes, copy.control, c.outstanding, c.priority);
    }
    steps.push_back({c.start, [&rig, ch = c.channel] { rig.engine.enable(ch); }});
  }
  Engine& engine = rig.engine;
  for (const Action& a : g.actions) {
    switch (a.stop) {
      case Stop::kSuspendResume:
        steps.push_back({a.at, [&engine, a] { engine.suspend(a.channel); }});
        steps.push_back({a.at + a.resume_after, [&engine, a] { engine.resume(a.channel); }});
        break;
      case Stop::kDisable:
        steps.push_back({a.at, [&engine, a] { engine.disable(a.channel); }});
        break;
      case Stop::kAbort:
        steps.push_back({a.at, [&engine, a] { engine.abort(a.channel); }});
        break;
      case Stop::kSuspendDisable:
        steps.push_back({a.at, [&engine, a] { engine.suspend(a.channel); }});
        steps.push_back({a.at + a.resume_after, [&engine, a] { engine.disable(a.channel); }});
        break;
    }
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
  const Cycle end = 2'000'000;
  steps.push_back({end, [] {}});
  for (const Step& step : steps) {
    while (engine.now() < step.at) {
      Cycle to = step.at;
      // A port that answers later must hear of a request before its time is over.
      if (slicing == Slicing::kWakes || !rig.port.immediate())
        to = std::min(to, std::max(engine.next_wake(), engine.now()));
      if (slicing == Slicing::kFine && engine.next_wake() != kNever) to = std::min(to, engine.now() + 1);
      if (slicing == Slicing::kRandom && engine.next_wake() != kNever) {
        to = std::min(to, engine.now() + random() % (random() % 8 == 0 ? 2000 : 20));
      }
      const Cycle before = engine.now();
      to = rig.port.answer(to);
      engine.advance(to);
      if (slicing == Slicing::kWakes && to == before) {
        EXPECT_GT(engine.next_wake(), before) << "a wake that does nothing";
        if (engine.next_wake() <= before) break;
      }
    }
    step.run();
    if (watch == Watch::kActivity) activity.compare(engine, g.p);
  }
  if (watch == Watch::kActivity) activity.compare_data(engine, g.p);
  EXPECT_EQ(rig.port.under_way(), 0u);
  Outcome outcome;
  outcome.memory = rig.port.memory;
  outcome.events = rig.client.events;
  for (const ChannelProgram& c : g.channels) {
    const ChannelStatistics s = engine.channel_statistics(c.channel);
    for (std::uint64_t n :
         {engine.sar(c.channel), engine.dar(c.channel), engine.llp(c.channel), engine.status(c.channel),
          std::uint64_t{engine.block_ts(c.channel)}, std::uint64_t{engine.enabled(c.channel)}, s.bytes_read,
          s.bytes_written, s.blocks, s.read_bursts, s.write_bursts, s.lli_fetches}) {
      outcome.numbers.push_back(n);
    }
    for (const SideStatistics* side : {&s.reader, &s.writer}) {
      EXPECT_EQ(std::accumulate(side->cycles.begin(), side->cycles.end(), Cycle{0}), engine.now());
      outcome.cycles.insert(outcome.cycles.end(), side->cycles.begin(), side->cycles.end());
    }
  }
  for (unsigned m = 0; m < 2; ++m) {
    const PortStatistics s = engine.port_statistics(m);
    for (const PortStatistics::Wire& w : {s.ar, s.r, s.aw, s.w, s.b}) {
      outcome.cycles.push_back(w.busy);
      outcome.cycles.push_back(w.stalled);
      EXPECT_LE(w.busy + w.stalled, engine.now());
    }
  }
  return outcome;
}

/// The same things happened at the same time.
inline void expect_same_course(const Outcome& a, const Outcome& b, const char* what) {
  EXPECT_EQ(a.events, b.events) << what;
  EXPECT_EQ(a.numbers, b.numbers) << what;
  EXPECT_TRUE(a.memory == b.memory) << what;
}

inline void expect_same(const Outcome& a, const Outcome& b, const char* what) {
  expect_same_course(a, b, what);
  EXPECT_EQ(a.cycles, b.cycles) << what;
}

}  // namespace dmavp::dmac::test
