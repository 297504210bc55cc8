#include "platform/calibrate/reference_memory.h"

#include <algorithm>

namespace dmavp::platform {

using dmac::AxiStatus;
using dmac::Burst;
using dmac::BurstTimes;

dmac::Path ReferenceMemory::path(unsigned, std::uint64_t, bool write) {
  return {0, ~std::uint64_t{0}, write ? timing_.write_latency : timing_.read_latency, nullptr};
}

AxiStatus ReferenceMemory::commit(const Burst&, const BurstTimes&, std::byte*) { return AxiStatus::kOkay; }

void ReferenceMemory::request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte*) {
  Transaction t{tag, burst, at, 0, {}};
  if (burst.write) {
    t.times.accepted = at;
    writes_.push_back(t);
    listener_->burst_progress(tag, t.times, AxiStatus::kOkay);
  } else {
    addresses_.push_back(t);
  }
}

bool ReferenceMemory::tell(Transaction& t) {
  listener_->burst_progress(t.tag, t.times, AxiStatus::kOkay);
  return true;
}

/// Position in the block behind the first `beats` of a burst.
std::uint32_t ReferenceMemory::position_behind(const Burst& burst, unsigned beats) {
  const std::uint32_t offset = static_cast<std::uint32_t>(burst.address) & (burst.beat_bytes - 1u);
  return burst.position + std::min(burst.bytes, beats * burst.beat_bytes - offset);
}

/// The next beat of the oldest write is offered now.
bool ReferenceMemory::beat_ready() const {
  if (writes_.empty()) return false;
  const Transaction& w = writes_.front();
  if (now_ < w.offered) return false;
  if (w.burst.lag == kNever) return true;
  const std::uint32_t needed = position_behind(w.burst, w.beats + 1);
  for (const Arrival& a : arrivals_) {
    if (a.end >= needed) return now_ >= a.at + w.burst.lag;
  }
  return false;
}

/// The shared port could read a beat now.
bool ReferenceMemory::read_wanted() const {
  constexpr std::size_t kBuffer = 2;
  return fetching_ < reads_.size() && buffer_.size() < kBuffer &&
         now_ >= reads_[fetching_].times.accepted + std::max<Cycle>(1, timing_.read_latency - 1);
}

/// A read beat reaches the master, if one is offered and taken.
bool ReferenceMemory::deliver_read() {
  if (reads_.empty() || now_ < ready_from_) return false;
  Transaction& r = reads_.front();
  const bool offered = timing_.shared ? !buffer_.empty() && buffer_.front() <= now_
                                      : now_ >= r.times.accepted + timing_.read_latency;
  if (!offered) return false;
  if (timing_.shared) buffer_.pop_front();
  ++r.beats;
  arrivals_.push_back({position_behind(r.burst, r.beats), now_});
  if (r.beats == 1) r.times.first_beat = now_;
  if (r.beats < r.burst.beats) return r.beats == 1 && tell(r);
  r.times.last_beat = r.times.response = last_end_ = now_;
  tell(r);
  ready_from_ = now_ + 1 + r.burst.gap;
  reads_.pop_front();
  if (timing_.shared) --fetching_;
  return true;
}

bool ReferenceMemory::take_write_beat() {
  Transaction& w = writes_.front();
  ++w.beats;
  if (w.beats == 1) w.times.first_beat = now_;
  const std::uint32_t written = position_behind(w.burst, w.beats);
  while (!arrivals_.empty() && arrivals_.front().end <= written) arrivals_.pop_front();
  if (w.beats < w.burst.beats) return w.beats == 1 && tell(w);
  w.times.last_beat = now_;
  tell(w);
  last_response_ = std::max(now_ + timing_.write_latency, last_response_ + 1);
  w.offered = last_response_;
  responses_.push_back(w);
  writes_.pop_front();
  return true;
}

/// One cycle. True if there was something to tell.
bool ReferenceMemory::step() {
  bool told = false;
  if (!responses_.empty() && responses_.front().offered == now_) {
    responses_.front().times.response = now_;
    told = tell(responses_.front());
    responses_.pop_front();
  }
  const bool room = timing_.outstanding >= MemoryTiming::kUnlimited || reads_.size() < timing_.outstanding;
  if (!addresses_.empty() && addresses_.front().offered <= now_ && room) {
    Transaction& r = addresses_.front();
    r.times.accepted = now_;
    reads_.push_back(r);
    told = tell(r);
    addresses_.pop_front();
  }
  told = deliver_read() || told;
  bool writes = beat_ready();
  if (timing_.shared) {
    const bool reads = read_wanted() && !(writes && !read_first_);
    if (writes && read_wanted()) read_first_ = !read_first_;
    if (reads) {
      writes = false;
      buffer_.push_back(now_ + 1);
      if (++fetched_ == reads_[fetching_].burst.beats) {
        ++fetching_;
        fetched_ = 0;
      }
    }
  }
  if (writes) told = take_write_beat() || told;
  return told;
}

/// The next cycle in which anything can happen, at or behind now_.
Cycle ReferenceMemory::next_event() const {
  Cycle next = kNever;
  if (!responses_.empty()) next = std::min(next, responses_.front().offered);
  if (!addresses_.empty()) next = std::min(next, std::max(now_, addresses_.front().offered));
  if (!reads_.empty()) {
    const Transaction& r = reads_.front();
    const Cycle earliest = r.times.accepted + std::max<Cycle>(1, timing_.read_latency - 1);
    next = std::min(next, r.beats == 0 && fetched_ == 0 && buffer_.empty() ? std::max(now_, earliest) : now_);
  }
  if (!writes_.empty()) next = std::min(next, std::max(now_, writes_.front().offered));
  return next;
}

Cycle ReferenceMemory::advance(Cycle to) {
  for (;;) {
    now_ = std::max(now_, std::min(next_event(), to));
    if (now_ >= to || now_ == kNever) return to;
    const bool told = step();
    ++now_;
    if (told) return now_ - 1;
  }
}

}  // namespace dmavp::platform
