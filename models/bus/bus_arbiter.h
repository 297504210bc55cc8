// Who of several masters that contend for one target goes next. Starts no simulation.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace dmavp {

enum class Arbitration : std::uint8_t {
  kFixed,       ///< the lowest index
  kRoundRobin,  ///< in turn, one burst each
  kWeighted,    ///< beats in proportion to the weights
  kQos          ///< the highest AxQOS; in turn among equals
};

/// Granularity: one burst. Each master has at most one request: that of its oldest burst.
class BusArbiter {
 public:
  static constexpr unsigned kMaxMasters = 64;

  /// `weights` has one entry of 1 .. 1024 for each master; only kWeighted looks at them.
  /// @throws std::invalid_argument naming the weight, or for a number of masters that is not in 1 .. 64
  BusArbiter(Arbitration policy, const std::vector<unsigned>& weights);

  /// `qos` 0 .. 15, `beats` 1 .. 256: of the burst that `master` wants to send.
  void request(unsigned master, unsigned qos, unsigned beats);

  bool pending() const { return waiting_ != 0; }

  /// Takes the request that wins; there must be one. A few bit operations; kWeighted looks at each waiting
  /// master once.
  unsigned grant();

 private:
  using Masters = std::uint64_t;
  struct Master {
    std::uint64_t cost = 1;    ///< virtual time of one beat
    std::uint64_t finish = 0;  ///< virtual time at which what it asks for would be served
    std::uint8_t qos = 0;
  };
  static unsigned first_of(Masters masters) { return static_cast<unsigned>(__builtin_ctzll(masters)); }
  unsigned in_turn(Masters among);
  unsigned least_finish();

  Arbitration policy_;
  std::vector<Master> masters_;
  Masters waiting_ = 0;
  std::uint32_t levels_ = 0;  ///< QoS values that wait
  std::array<Masters, 16> by_qos_{};
  unsigned next_ = 0;          ///< where the round begins
  std::uint64_t virtual_ = 0;  ///< finish of the latest grant
};

}  // namespace dmavp
