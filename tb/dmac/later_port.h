// A port over an array that answers later: what an interconnect does in `at`, without SystemC.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

#include "dmac/engine_rig.h"

namespace dmavp::dmac::test {

/// Latencies as those of ArrayPort. Reads of a master share one data channel, in the order of their
/// addresses.
class LaterPort : public ArrayPort {
 public:
  using ArrayPort::ArrayPort;

  enum class Tell { kAtOnce, kInTime };
  Tell tell = Tell::kInTime;
  unsigned jitter = 0;  ///< up to so many more cycles of every latency, drawn
  std::uint64_t seed = 0;

  bool immediate() const override { return false; }
  void set_listener(PortListener* listener) { listener_ = listener; }

  void request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte* data) override {
    BurstTimes times;
    const Cycle latency = path(burst.master, burst.address, burst.write).latency + more();
    times.accepted = at + (burst.write ? 0 : more());
    Wires& wires = wires_[burst.master];
    if (burst.write) {
      EXPECT_GE(at, wires.w_free) << "W is taken";
      times.first_beat = at;
    } else {
      EXPECT_GE(at, wires.ar_free) << "AR is taken";
      wires.ar_free = times.accepted + 1;
      times.first_beat = std::max(times.accepted + latency, wires.r_free);
    }
    times.last_beat = times.first_beat + burst.beats * (burst.write ? 1 : pace) - 1;
    (burst.write ? wires.w_free : wires.r_free) = times.last_beat + 1 + burst.gap;
    Cycle& newest = newest_[burst.channel];
    times.response = times.last_beat;
    if (burst.write) times.response = newest = std::max(times.last_beat + latency, newest);
    if (tell == Tell::kAtOnce) {
      const AxiStatus status = commit(burst, times, data);
      listener_->burst_progress(tag, times, status);
      return;
    }
    BurstTimes told;
    told.accepted = times.accepted;
    if (burst.write) told.first_beat = at;
    if (burst.write && jitter == 0) told.last_beat = times.last_beat;
    listener_->burst_progress(tag, told, AxiStatus::kOkay);
    ++under_way_;
    const Pending pending{tag, burst, times, told, data, AxiStatus::kOkay};
    if (burst.write) {
      if (told.last_beat == kNever && times.last_beat != times.response)
        due_.emplace(times.last_beat, pending);
      due_.emplace(times.response, pending);
    } else {
      due_.emplace(times.first_beat, pending);
    }
  }

  Cycle answer(Cycle to) override {
    if (due_.empty() || due_.begin()->first > to) return to;
    const Cycle now = due_.begin()->first;
    while (!due_.empty() && due_.begin()->first == now) {
      Pending p = due_.begin()->second;
      due_.erase(due_.begin());
      const bool ends = now == (p.burst.write ? p.times.response : p.times.last_beat);
      if (ends == p.burst.write || (!p.burst.write && p.told.first_beat == kNever))
        if (ends || !p.burst.write) p.status = commit(p.burst, p.times, p.data);
      if (now >= p.times.first_beat) p.told.first_beat = p.times.first_beat;
      if (now >= p.times.last_beat || jitter == 0) p.told.last_beat = p.times.last_beat;
      if (ends) p.told.response = p.times.response;
      listener_->burst_progress(p.tag, p.told, p.status);
      if (ends) {
        --under_way_;
      } else if (!p.burst.write) {
        due_.emplace(p.times.last_beat, p);
      }
    }
    return now;
  }
  std::size_t under_way() const override { return under_way_; }

 private:
  struct Wires {
    Cycle ar_free = 0, r_free = 0, w_free = 0;
  };
  struct Pending {
    std::uint32_t tag;
    Burst burst;
    BurstTimes times, told;
    std::byte* data;
    AxiStatus status;
  };
  Cycle more() { return jitter == 0 ? 0 : random_() % (jitter + 1); }

  PortListener* listener_ = nullptr;
  std::mt19937_64 random_{seed};
  std::array<Wires, 2> wires_;
  std::array<Cycle, kMaxChannels> newest_{};
  std::multimap<Cycle, Pending> due_;  ///< equal cycles in the order of the requests
  std::size_t under_way_ = 0;
};

}  // namespace dmavp::dmac::test
