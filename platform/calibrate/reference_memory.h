// The memory behind the engine when it is calibrated: exactly defined, beat by beat (docs/accuracy.md).
//
// Reads: an address accepted in cycle t, first beat offered in t + L or one cycle after the last beat of the
// burst before it, then one beat a cycle; at most N bursts accepted and unfinished. Writes: address and beats
// are taken as offered, the response comes Lw cycles after the later of the address and the last beat. With a
// shared data port one beat a cycle is read or written, in turn when both want it; beats read pass a buffer
// of two entries.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "dmac/axi_port.h"

namespace dmavp::platform {

struct MemoryTiming {
  Cycle read_latency = 1;       ///< L, 1 or more
  Cycle write_latency = 1;      ///< Lw, 1 or more
  unsigned outstanding = 1000;  ///< N; kUnlimited or more: no limit
  bool shared = false;

  static constexpr unsigned kUnlimited = 1000;
};

/// Carries no data: what it answers are times. Of one master and one channel.
class ReferenceMemory final : public dmac::AxiPort {
 public:
  explicit ReferenceMemory(const MemoryTiming& timing) : timing_(timing) {}

  void set_listener(dmac::PortListener* listener) { listener_ = listener; }

  bool immediate() const override { return false; }
  dmac::Path path(unsigned master, std::uint64_t address, bool write) override;
  dmac::AxiStatus commit(const dmac::Burst& burst, const dmac::BurstTimes& times, std::byte* data) override;
  void request(std::uint32_t tag, const dmac::Burst& burst, Cycle at, std::byte* data) override;

  /// Simulates the cycles before `to`, but none behind the first in which there is something to tell. Returns
  /// the cycle up to which the engine may be advanced now.
  Cycle advance(Cycle to);

 private:
  struct Transaction {
    std::uint32_t tag;
    dmac::Burst burst;
    Cycle offered;
    unsigned beats = 0;  ///< over
    dmac::BurstTimes times;
  };
  struct Arrival {
    std::uint32_t end;  ///< position behind the beat
    Cycle at;
  };

  bool step();
  bool deliver_read();
  bool take_write_beat();
  bool beat_ready() const;
  bool read_wanted() const;
  Cycle next_event() const;
  bool tell(Transaction& t);
  static std::uint32_t position_behind(const dmac::Burst& burst, unsigned beats);

  const MemoryTiming timing_;
  dmac::PortListener* listener_ = nullptr;
  Cycle now_ = 0;                      ///< the next cycle to be simulated
  std::deque<Transaction> addresses_;  ///< of reads, not accepted yet: at most one
  std::deque<Transaction> reads_;      ///< accepted, their last beat not delivered
  unsigned fetching_ = 0;              ///< of reads_: index of the one whose beats the shared port reads next
  unsigned fetched_ = 0;               ///< beats of it
  std::deque<Cycle> buffer_;           ///< beats read by the shared port: when they can be offered
  Cycle ready_from_ = 0;               ///< the master takes read beats again
  Cycle last_end_ = kNever;            ///< cycle of the newest last read beat
  bool read_first_ = true;             ///< who has the shared port when both want it
  std::deque<Transaction> writes_;     ///< not all beats taken
  std::deque<Transaction> responses_;  ///< awaited
  Cycle last_response_ = 0;
  std::deque<Arrival> arrivals_;  ///< of read beats whose bytes have not been written
};

}  // namespace dmavp::platform
