// The one door between the burst engine and whatever carries bursts: TLM in a platform, an array in a unit
// test.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/observer.h"

namespace dmavp::dmac {

enum class AxiStatus : std::uint8_t { kOkay = 0, kSlvErr = 2, kDecErr = 3 };

/// One burst as planned. `data` belongs to the engine and stays valid until the burst has completed.
struct Burst {
  std::uint64_t address = 0;
  std::uint32_t bytes = 0;  ///< payload; the first and last beat may be partial
  std::uint16_t beats = 1;
  std::uint8_t beat_bytes = 1;
  bool fixed = false;
  bool write = false;
  BurstKind kind = BurstKind::kRead;
  std::uint8_t channel = 0;
  std::uint8_t master = 0;
  std::uint32_t axi_id = 0;
  std::uint8_t qos = 0;
  std::uint32_t position = 0;  ///< of its first byte in the data of its block
  Cycle gap = 0;               ///< dead cycles that the master leaves behind its last beat
  /// Writes: a beat is offered no earlier than so many cycles behind the read beat that brings its last byte;
  /// kNever: all of its data are there.
  Cycle lag = kNever;
  Cycle complete = 0;  ///< writes with a lag: the last beat is offered no earlier, as far as is known
};

/// When the parts of a burst happen, in absolute cycles; kNever where nobody knows yet.
struct BurstTimes {
  Cycle accepted = kNever;  ///< AR or AW handshake
  Cycle first_beat = kNever;
  Cycle last_beat = kNever;
  Cycle response = kNever;  ///< last R beat, or B
};

/// Latency of the path to an address, and memory that may be accessed directly instead of by commit().
/// Valid for [first, last] until the port says otherwise through PortListener::paths_changed.
struct Path {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Cycle latency = 0;            ///< reads: AR accepted to first R beat; writes: last W beat to B
  std::byte* direct = nullptr;  ///< host address of `first`, or null when bursts must be committed
};

/// What the port tells the engine later, in a port that does not answer at once (`at`).
class PortListener {
 public:
  virtual ~PortListener() = default;
  /// These times of burst `tag` are known now. A time once told stays; one that is new does not lie before
  /// the cycle of this call. The data of a read are there when its first beat is told. The report with the
  /// response ends the burst, and its `status` counts. May be called from within request(); the engine acts
  /// on it in its next advance(), which has to come in the same cycle.
  virtual void burst_progress(std::uint32_t tag, const BurstTimes& times, AxiStatus status) = 0;
  virtual void paths_changed() = 0;
};

class AxiPort {
 public:
  virtual ~AxiPort() = default;

  /// True: the port answers at once (`lt`); the engine computes the times of its bursts from path() and calls
  /// commit() when they are due. False: request() carries the burst, and its times and status come later.
  virtual bool immediate() const = 0;

  /// The path to `address` in one direction. Never fails: an address nobody decodes has latency 0 and no
  /// memory.
  virtual Path path(unsigned master, std::uint64_t address, bool write) = 0;

  /// Moves the data of a burst now; `data` holds burst.bytes bytes (read into, or written from).
  virtual AxiStatus commit(const Burst& burst, const BurstTimes& times, std::byte* data) = 0;

  /// Hands over a burst whose address is offered at cycle `at`; a write offers its first beat then too.
  /// `data` stays valid until the burst has ended. Bursts of one channel and direction stay in order. Not
  /// called on an immediate port. Who advances the engine then does not go beyond its next_wake().
  virtual void request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte* data) = 0;
};

}  // namespace dmavp::dmac
