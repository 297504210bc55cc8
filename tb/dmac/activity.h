// What an observer of the activity is told, held against the accounts of the engine.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/observer.h"
#include "dmac/engine.h"

namespace dmavp::dmac::test {

class Activity final : public Observer {
 public:
  unsigned interests() const override { return kActivity; }

  void grant(const GrantEvent& e) override {
    EXPECT_EQ(e.write, e.kind == BurstKind::kWrite || e.kind == BurstKind::kDescriptorWriteBack);
    EXPECT_LE(e.accepted, e.first_beat);
    EXPECT_LE(e.first_beat, e.last_beat);
    EXPECT_LE(e.last_beat, e.response);
    grants_.push_back(e);
  }
  void side(const SideEvent& e) override {
    auto& spans = sides_[{e.channel, e.writer}];
    while (!spans.empty() && spans.back().first >= e.from) spans.pop_back();
    spans.emplace_back(e.from, e.cause);
  }
  void fifo(const FifoEvent& e) override { levels_[e.channel] = e.bytes; }

  /// Everything up to now.
  void compare(const Engine& engine, const Parameters& p) {
    compare_sides(engine, p);
    for (unsigned m = 0; m < p.num_masters; ++m) {
      const PortStatistics s = engine.port_statistics(m);
      EXPECT_EQ(addresses(m, false), s.ar.busy);
      EXPECT_EQ(addresses(m, true), s.aw.busy);
    }
  }
  /// What readers and writers spend their cycles on.
  void compare_sides(const Engine& engine, const Parameters& p) {
    engine.tell_waits();
    for (unsigned ch = 0; ch < p.num_channels; ++ch) {
      EXPECT_EQ(levels_[ch], engine.fifo_bytes(ch)) << "channel " << ch;
      const ChannelStatistics s = engine.channel_statistics(ch);
      for (const bool writer : {false, true}) {
        const SideStatistics& side = writer ? s.writer : s.reader;
        std::map<std::string, Cycle> told = cycles_of(ch, writer, engine.now());
        for (unsigned i = 0; i < kCauses; ++i) {
          const char* cause = to_string(static_cast<Cause>(i));
          EXPECT_EQ(told[cause], side.cycles[i])
              << "channel " << ch << (writer ? " writer " : " reader ") << cause;
        }
      }
    }
  }
  /// When nothing is under way any more.
  void compare_data(const Engine& engine, const Parameters& p) const {
    for (unsigned m = 0; m < p.num_masters; ++m) {
      const PortStatistics s = engine.port_statistics(m);
      Cycle read = 0;
      Cycle written = 0;
      for (const GrantEvent& e : grants_) {
        if (e.master == m) (e.write ? written : read) += e.last_beat + 1 - e.first_beat;
      }
      EXPECT_EQ(read, s.r.busy);
      EXPECT_EQ(written, s.w.busy);
      EXPECT_EQ(addresses(m, true), s.b.busy);
    }
  }

 private:
  std::map<std::string, Cycle> cycles_of(unsigned ch, bool writer, Cycle now) {
    std::map<std::string, Cycle> cycles;
    const auto& spans = sides_[{ch, writer}];
    Cycle from = 0;
    std::string cause = "idle";
    for (const auto& [next, name] : spans) {
      if (next >= now) break;
      cycles[cause] += next - from;
      from = next;
      cause = name;
    }
    cycles[cause] += now - from;
    return cycles;
  }
  Cycle addresses(unsigned master, bool write) const {
    return static_cast<Cycle>(std::count_if(grants_.begin(), grants_.end(), [&](const GrantEvent& e) {
      return e.master == master && e.write == write;
    }));
  }

  std::vector<GrantEvent> grants_;
  std::map<std::pair<unsigned, bool>, std::vector<std::pair<Cycle, std::string>>> sides_;
  std::map<unsigned, std::uint32_t> levels_;
};

}  // namespace dmavp::dmac::test
