// Arbitration of one address path (AR or AW of one master port) among channels (spec dw-axi-dmac 5.8).
//
// Requests are kept, not collected for every grant: a grant changes the request of one channel, and most
// others wait for nothing but the port. So those that are due are a mask, from which the next one is a few
// bit operations away however many contend.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "dmac/parameters.h"

namespace dmavp::dmac {

/// Lowest set bit; `bits` is not 0.
inline unsigned first_of(std::uint32_t bits) { return static_cast<unsigned>(__builtin_ctz(bits)); }

/// Channels as two masks: by index in the lower half, by rank in the upper one.
using ChannelSet = std::uint64_t;

/// The order of the channels by priority. Rank 0 is the highest; among equals the lower index comes first.
class Priorities {
 public:
  Priorities() { rank_all(); }

  /// True if it changed the order, which invalidates every set of channels.
  bool set(unsigned channel, unsigned priority) {
    if (priority_[channel] == priority) return false;
    priority_[channel] = priority;
    rank_all();
    return true;
  }

  ChannelSet only(unsigned channel) const { return only_[channel]; }  ///< the set of one channel

  /// The highest of `set`, which is not empty; among equals the next from that of their level on, in a
  /// circle. `from` has an entry for each level.
  unsigned choose(ChannelSet set, const std::array<std::uint8_t, kMaxChannels>& from) const {
    const unsigned highest = channel_at_[first_of(static_cast<std::uint32_t>(set >> 32))];
    const std::uint32_t equals = static_cast<std::uint32_t>(set) & equals_[highest];
    const std::uint32_t rest = equals & (~0u << from[level(highest)]);
    return first_of(rest != 0 ? rest : equals);
  }

  /// Of the channels of one priority: the lowest of them.
  unsigned level(unsigned channel) const { return first_of(equals_[channel]); }

 private:
  void rank_all() {
    for (unsigned a = 0; a < kMaxChannels; ++a) {
      unsigned rank = 0;
      equals_[a] = 0;
      for (unsigned b = 0; b < kMaxChannels; ++b) {
        if (priority_[b] > priority_[a] || (priority_[b] == priority_[a] && b < a)) ++rank;
        if (priority_[b] == priority_[a]) equals_[a] |= 1u << b;
      }
      only_[a] = ChannelSet{1} << a | ChannelSet{1} << (32 + rank);
      channel_at_[rank] = static_cast<std::uint8_t>(a);
    }
  }

  std::array<unsigned, kMaxChannels> priority_{};
  std::array<ChannelSet, kMaxChannels> only_{};
  std::array<std::uint8_t, kMaxChannels> channel_at_{};
  std::array<std::uint32_t, kMaxChannels> equals_{};
};

/// Keeps who could be granted when, and finds the best: the earliest time first, at equal times the higher
/// priority, among equals round robin (or the lowest index). Granularity: one burst.
class Arbiter {
 public:
  explicit Arbiter(const Priorities& order, TieBreak tie_break = TieBreak::kRoundRobin)
      : order_(&order), tie_break_(tie_break) {
    ready_.fill(kNever);
  }

  /// `channel` can use the path from `ready` on, but not more than `latency` before the data channel is free;
  /// kNever withdraws its request.
  void request(unsigned channel, Cycle ready, Cycle latency) {
    if (ready_[channel] == ready && (ready == kNever || groups_[group_of_[channel]].latency == latency))
      return;
    stale_ = true;
    if (ready_[channel] != kNever) withdraw(channel);
    ready_[channel] = ready;
    if (ready != kNever) enter(channel, latency);
  }

  /// Looks for the best when the path is free from `free` and the data channel from `data_free` on. Neither
  /// ever becomes earlier.
  void find(Cycle free, Cycle data_free) {
    if (!stale_ && free == free_ && data_free == data_free_) return;
    stale_ = false;
    free_ = free;
    data_free_ = data_free;
    time_ = kNever;
    for (std::uint32_t left = used_; left != 0; left &= left - 1) {
      Group& group = groups_[first_of(left)];
      const Cycle data = data_free > group.latency ? data_free - group.latency : 0;
      group.floor = free > data ? free : data;
      if (group.soonest <= group.floor) promote(group);
      const Cycle time = group.due != 0 ? group.floor : group.soonest;
      if (time > time_ || time == kNever) continue;
      const ChannelSet equals = time == time_ ? best_ : 0;
      time_ = time;
      best_ = equals | (group.due != 0 ? group.due : group.next);
    }
  }

  /// As find(), but nobody except `channel` may have the path.
  void find_only(unsigned channel, Cycle free, Cycle data_free) {
    stale_ = true;
    time_ = kNever;
    best_ = 0;
    if (ready_[channel] == kNever) return;
    const Cycle latency = groups_[group_of_[channel]].latency;
    const Cycle data = data_free > latency ? data_free - latency : 0;
    time_ = ready_[channel];
    for (const Cycle bound : {free, data}) time_ = time_ > bound ? time_ : bound;
    best_ = order_->only(channel);
  }

  /// Of the last find().
  Cycle time() const { return time_; }  ///< kNever when nobody asks
  unsigned channel() const { return order_->choose(best_, next_); }

  /// The round robin of its level goes on behind `channel`.
  void granted(unsigned channel) {
    if (tie_break_ == TieBreak::kRoundRobin)
      next_[order_->level(channel)] = static_cast<std::uint8_t>((channel + 1) & (kMaxChannels - 1));
  }

  /// The round robin starts again; requests stay.
  void restart() { next_.fill(0); }

  /// To be called behind every change of the priorities: all requests have to be made again.
  void clear() {
    ready_.fill(kNever);
    used_ = 0;
    stale_ = true;
  }

 private:
  /// Requests of one latency: their order does not depend on the data channel.
  struct Group {
    Cycle latency;
    Cycle floor;            ///< when the path could be had by them, as last looked at
    ChannelSet due;         ///< ready by `floor`
    std::uint32_t waiting;  ///< ready later
    Cycle soonest;          ///< of those waiting
    ChannelSet next;        ///< waiting and ready at `soonest`

    bool empty() const { return due == 0 && waiting == 0; }
  };

  void enter(unsigned channel, Cycle latency) {
    Group& group = group_for(channel, latency);
    if (ready_[channel] <= group.floor) {
      group.due |= order_->only(channel);
    } else {
      group.waiting |= 1u << channel;
      note(group, channel);
    }
  }

  Group& group_for(unsigned channel, Cycle latency) {
    std::uint32_t reusable = ~used_;
    for (std::uint32_t left = used_; left != 0; left &= left - 1) {
      const unsigned index = first_of(left);
      if (groups_[index].latency == latency) {
        group_of_[channel] = static_cast<std::uint8_t>(index);
        return groups_[index];
      }
      if (groups_[index].empty()) reusable |= 1u << index;
    }
    const unsigned index = first_of(reusable);  // there are no more latencies than channels
    group_of_[channel] = static_cast<std::uint8_t>(index);
    used_ |= 1u << index;
    groups_[index] = {latency, 0, 0, 0, kNever, 0};
    return groups_[index];
  }

  void withdraw(unsigned channel) {
    Group& group = groups_[group_of_[channel]];
    const ChannelSet own = order_->only(channel);
    if ((group.due & own) != 0) {
      group.due &= ~own;
      return;
    }
    group.waiting &= ~(1u << channel);
    if ((group.next & own) == 0) return;
    group.next &= ~own;
    if (group.next != 0) return;
    group.soonest = kNever;
    for (std::uint32_t left = group.waiting; left != 0; left &= left - 1) note(group, first_of(left));
  }

  /// Takes a waiting channel into account for `soonest`.
  void note(Group& group, unsigned channel) {
    const Cycle ready = ready_[channel];
    if (ready > group.soonest) return;
    group.next = (ready == group.soonest ? group.next : 0) | order_->only(channel);
    group.soonest = ready;
  }

  /// What is ready by the floor is due.
  void promote(Group& group) {
    std::uint32_t left = group.waiting;
    group.soonest = kNever;
    group.next = 0;
    for (; left != 0; left &= left - 1) {
      const unsigned channel = first_of(left);
      if (ready_[channel] <= group.floor) {
        group.due |= order_->only(channel);
        group.waiting &= ~(1u << channel);
      } else {
        note(group, channel);
      }
    }
  }

  const Priorities* order_;
  TieBreak tie_break_;
  bool stale_ = true;  ///< requests have changed since the last find()
  Cycle free_ = 0;
  Cycle data_free_ = 0;
  Cycle time_ = kNever;
  ChannelSet best_ = 0;
  std::array<std::uint8_t, kMaxChannels> next_{};  ///< by level of priority
  std::uint32_t used_ = 0;                         ///< valid groups
  std::array<Cycle, kMaxChannels> ready_;
  std::array<std::uint8_t, kMaxChannels> group_of_{};
  std::array<Group, kMaxChannels> groups_{};
};

/// The earliest timer of all channels; at equal times the lower index comes first.
class Timers {
 public:
  Timers() { at_.fill(kNever); }

  void set(unsigned channel, Cycle at) {
    if (at_[channel] == at) return;
    at_[channel] = at;
    const std::uint32_t bit = 1u << channel;
    running_ = at == kNever ? running_ & ~bit : running_ | bit;
    if (at < time_ || (at == time_ && channel < channel_)) {
      time_ = at;
      channel_ = channel;
    } else if (channel == channel_) {
      time_ = kNever;
      for (std::uint32_t left = running_; left != 0; left &= left - 1) {
        const unsigned other = first_of(left);
        if (at_[other] >= time_) continue;
        time_ = at_[other];
        channel_ = other;
      }
    }
  }

  Cycle time() const { return time_; }  ///< kNever when none runs
  unsigned channel() const { return channel_; }

 private:
  std::array<Cycle, kMaxChannels> at_;
  std::uint32_t running_ = 0;
  Cycle time_ = kNever;
  unsigned channel_ = 0;
};

}  // namespace dmavp::dmac
