#include "modules/engine_dmac.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "modules/fake_dmac.h"

namespace dmavp::test {
namespace {

constexpr Time kCycle = 1000;  // ps
constexpr std::uint64_t kRegister = 0x40001000;

}  // namespace

EngineDmac::EngineDmac(const dmac::Parameters& parameters, std::function<std::byte*(std::uint64_t)> memory)
    : memory_(std::move(memory)), registers_(parameters, Clock(1'000'000'000), {"dmac0"}, *this, *this) {}

Cycle EngineDmac::cycle_of(Time now) const {
  return std::max<Cycle>(now / kCycle, registers_.engine().now());
}

std::uint64_t EngineDmac::read(std::uint64_t offset, unsigned bytes, Time now) {
  advance(now);
  std::uint64_t value = 0;
  registers_.read(offset, bytes, value, RegisterBank::kAllLanes, cycle_of(now));
  return value;
}

void EngineDmac::write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) {
  advance(now);
  registers_.write(offset, bytes, value, RegisterBank::kAllLanes, cycle_of(now));
}

void EngineDmac::advance(Time now) {
  const Cycle to = cycle_of(now);
  for (; next_tick_ <= to; next_tick_ += kGroupCycles) {
    registers_.advance(std::max(next_tick_, registers_.engine().now()));
    tick(registers_.engine().now());
  }
  registers_.advance(to);
}

Time EngineDmac::next_event() const {
  const Cycle wake = registers_.engine().next_wake();
  const bool lines_idle = silent_ || (source_.size() >= kFifo && sink_ == 0);
  const Cycle next = lines_idle ? wake : std::min(wake, next_tick_);
  return next >= kNever / kCycle ? kNever : next * kCycle;
}

void EngineDmac::tick(Cycle at) {
  if (source_.size() + kGroup <= kFifo) {
    for (std::size_t i = 0; i < kGroup; i++) source_.push_back(std::byte{FakeDmac::stream_byte(given_++)});
    drive(kSourceInterface, at);
  }
  if (sink_ > 0) {
    sink_ -= std::min(sink_, kGroup);
    drive(kSinkInterface, at);
  }
  if (given_ == kGroup) drive(kSinkInterface, at);
}

void EngineDmac::drive(unsigned hs, Cycle at) {
  if (silent_) return;
  DmaRequest levels;
  if (hs == kSourceInterface) {
    levels.burst = source_.size() >= kThreshold;
    levels.single = source_.size() >= kGroup;
  } else {
    levels.burst = sink_ + kThreshold <= kFifo;
    levels.single = sink_ + kGroup <= kFifo;
  }
  registers_.engine().request(hs, levels, at);
}

void EngineDmac::acknowledge(unsigned hs, bool, Cycle cycle) {
  if (hs == kSourceInterface || hs == kSinkInterface) drive(hs, cycle + 1);
}

dmac::Path EngineDmac::path(unsigned, std::uint64_t address, bool) {
  return {address & ~std::uint64_t{0xFFF}, address | 0xFFF, latency, nullptr};
}

dmac::AxiStatus EngineDmac::commit(const dmac::Burst& burst, const dmac::BurstTimes&, std::byte* data) {
  if (std::byte* place = memory_(burst.address)) {
    // Each beat of a fixed burst goes to the same bytes.
    const std::uint32_t step = burst.fixed ? burst.beat_bytes : burst.bytes;
    for (std::uint32_t at = 0; at < burst.bytes; at += step)
      std::memcpy(burst.write ? place : data + at, burst.write ? data + at : place, step);
    return dmac::AxiStatus::kOkay;
  }
  if (burst.address != kRegister || !burst.fixed) return dmac::AxiStatus::kDecErr;
  if (burst.write) {
    sunk.insert(sunk.end(), data, data + burst.bytes);
    sink_ += burst.bytes;
    misuses += sink_ > kFifo;
    return dmac::AxiStatus::kOkay;
  }
  for (std::uint32_t i = 0; i < burst.bytes; i++) {
    misuses += source_.empty();
    if (source_.empty()) return dmac::AxiStatus::kSlvErr;
    data[i] = source_.front();
    source_.pop_front();
  }
  return dmac::AxiStatus::kOkay;
}

}  // namespace dmavp::test
