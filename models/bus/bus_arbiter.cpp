#include "bus/bus_arbiter.h"

#include <stdexcept>
#include <string>

namespace dmavp {
namespace {

constexpr unsigned kLargestWeight = 1024;
constexpr std::uint64_t kVirtualBeat = 1u << 20;  // fine enough that a quotient by a weight is exact to 0.1 %

}  // namespace

BusArbiter::BusArbiter(Arbitration policy, const std::vector<unsigned>& weights)
    : policy_(policy), masters_(weights.size()) {
  if (weights.empty() || weights.size() > kMaxMasters) {
    throw std::invalid_argument("arbiter: " + std::to_string(weights.size()) + " masters are not in 1 .. 64");
  }
  for (std::size_t m = 0; m < weights.size(); ++m) {
    if (weights[m] == 0 || weights[m] > kLargestWeight) {
      throw std::invalid_argument("arbiter: weight " + std::to_string(weights[m]) + " of master " +
                                  std::to_string(m) + " is not in 1 .. 1024");
    }
    masters_[m].cost = kVirtualBeat / weights[m];
  }
}

void BusArbiter::request(unsigned master, unsigned qos, unsigned beats) {
  Master& m = masters_[master];
  const Masters own = Masters{1} << master;
  if ((waiting_ & own) != 0) return;
  waiting_ |= own;
  if (policy_ == Arbitration::kQos) {
    m.qos = static_cast<std::uint8_t>(qos & 15);
    levels_ |= 1u << m.qos;
    by_qos_[m.qos] |= own;
  } else if (policy_ == Arbitration::kWeighted) {
    // Who was silent gets no credit for it.
    m.finish = (m.finish > virtual_ ? m.finish : virtual_) + beats * m.cost;
  }
}

unsigned BusArbiter::grant() {
  unsigned winner = 0;
  switch (policy_) {
    case Arbitration::kFixed:
      winner = first_of(waiting_);
      break;
    case Arbitration::kRoundRobin:
      winner = in_turn(waiting_);
      break;
    case Arbitration::kWeighted:
      winner = least_finish();
      break;
    case Arbitration::kQos: {
      const unsigned level = 31u - static_cast<unsigned>(__builtin_clz(levels_));
      winner = in_turn(by_qos_[level]);
      by_qos_[level] &= ~(Masters{1} << winner);
      if (by_qos_[level] == 0) levels_ &= ~(1u << level);
      break;
    }
  }
  waiting_ &= ~(Masters{1} << winner);
  return winner;
}

unsigned BusArbiter::in_turn(Masters among) {
  const Masters rest = among & (~Masters{0} << next_);
  const unsigned winner = first_of(rest != 0 ? rest : among);
  next_ = (winner + 1) % kMaxMasters;
  return winner;
}

unsigned BusArbiter::least_finish() {
  unsigned winner = first_of(waiting_);
  for (Masters left = waiting_; left != 0; left &= left - 1) {
    const unsigned m = first_of(left);
    if (masters_[m].finish < masters_[winner].finish) winner = m;
  }
  if (masters_[winner].finish > virtual_) virtual_ = masters_[winner].finish;
  return winner;
}

}  // namespace dmavp
