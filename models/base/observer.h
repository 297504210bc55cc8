// The typed event stream of the hardware half (design decision 18). One observer receives what happens, with
// its simulated time; without an observer nothing is computed for it.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace dmavp {

/// Where an event comes from: instance name as in the board ("dmac0"), valid for the whole simulation.
struct EventSource {
  const char* name;
};

enum class BurstKind : std::uint8_t { kRead, kWrite, kDescriptorFetch, kDescriptorWriteBack, kStatusFetch };

/// One AXI burst of a DMA channel. Reported once, when its fate is known; before its data are committed the
/// same record is given to `burst_begins`.
struct BurstEvent {
  EventSource source;
  unsigned channel;  ///< 0-based
  BurstKind kind;
  unsigned master;  ///< AXI master port, 0-based
  std::uint64_t address;
  std::uint32_t bytes;
  std::uint16_t beats;
  bool fixed;      ///< FIXED burst (address does not increment)
  Cycle accepted;  ///< AR or AW accepted
  Cycle first_beat;
  Cycle last_beat;
  Cycle response;       ///< last R beat, or B
  std::uint8_t status;  ///< 0 OKAY, 2 SLVERR, 3 DECERR (AXI encoding)
};

/// An address of a DMA channel was accepted at an AXI port, and when the beats and the response follow; told
/// at that moment, so parts of it lie ahead. A burst of a channel that is stopped meanwhile keeps its cycles
/// on the bus although its data are dropped.
struct GrantEvent {
  EventSource source;
  unsigned channel;  ///< 0-based
  BurstKind kind;
  unsigned master;  ///< AXI master port, 0-based
  bool write;       ///< AW, W and B; else AR and R
  Cycle accepted;
  Cycle first_beat;
  Cycle last_beat;
  Cycle response;  ///< last R beat, or B
};

/// From cycle `from` on the reader or writer of a channel spends its cycles on `cause`, until the next of
/// these of the same side. What was told of `from` and later is void. May tell of the past: the cause of a
/// wait is known when it ends.
struct SideEvent {
  EventSource source;
  unsigned channel;
  bool writer;
  const char* cause;  ///< as in the result file, valid for ever
  Cycle from;
};

/// Bytes in the FIFO of a channel from cycle `at` on: read from the source and not yet responded to as
/// written.
struct FifoEvent {
  EventSource source;
  unsigned channel;
  std::uint32_t bytes;
  Cycle at;
};

enum class BlockPhase : std::uint8_t {
  kChannelEnabled,
  kBlockStart,
  kBlockDone,
  kTransferDone,
  kSuspended,
  kResumed,
  kDisabled,
  kAborted,
  kError,
  kInvalidItem
};

struct BlockEvent {
  EventSource source;
  unsigned channel;
  BlockPhase phase;
  Picoseconds time;
  std::uint64_t descriptor;  ///< address of the linked-list item, 0 if none
  std::uint64_t bytes;  ///< length of the block, at its start and done; written of it when stopped; else 0
};

struct RegisterEvent {
  EventSource source;
  Picoseconds time;
  std::uint64_t offset;
  std::uint64_t value;
  std::uint8_t bytes;
  bool write;
  const char* name;  ///< register name, "?" for a hole
};

struct InterruptEvent {
  EventSource source;
  Picoseconds time;
  unsigned line;
  bool level;
};

/// New levels of one DMA handshake interface, as the peripheral `source` drives them from `time` on. `line`
/// is the interface within the peripheral: 0 receive, 1 transmit.
struct DmaRequestEvent {
  EventSource source;
  Picoseconds time;
  unsigned line;
  bool burst;
  bool single;
  bool last;
};

enum class Severity : std::uint8_t { kNote, kWarning, kError };

/// Something a user should know. `kind` is area.kebab-case and stable ("dmac.unaligned-address").
struct DiagnosticEvent {
  EventSource source;
  Picoseconds time;
  Severity severity;
  const char* kind;
  const char* message;  ///< one sentence; copied by whoever keeps it
};

/// Kinds of events an observer can be told of, as bits.
enum Interest : unsigned {
  kBursts = 1,
  kBlocks = 2,
  kRegisterAccesses = 4,
  kInterrupts = 8,
  kDiagnostics = 16,
  kDmaRequests = 32,
  kEverything = 63,  ///< all of the above
  /// Grants, sides and FIFOs. To be asked for by name: nothing is skipped for whom every single one matters.
  kActivity = 64
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// What it wants to be told of; asked once, when it is attached. Nothing is computed for the rest: bursts
  /// of direct memory that nobody wants to see are copied granule by granule.
  virtual unsigned interests() const { return kEverything; }
  virtual void burst_begins(const BurstEvent&) {}
  virtual void burst(const BurstEvent&) {}
  virtual void block(const BlockEvent&) {}
  virtual void register_access(const RegisterEvent&) {}
  virtual void interrupt(const InterruptEvent&) {}
  virtual void diagnostic(const DiagnosticEvent&) {}
  virtual void dma_request(const DmaRequestEvent&) {}
  virtual void grant(const GrantEvent&) {}
  virtual void side(const SideEvent&) {}
  virtual void fifo(const FifoEvent&) {}
};

/// The observer as far as it is interested in `kind`, else null.
inline Observer* interested(Observer* observer, Interest kind) {
  return observer != nullptr && (observer->interests() & kind) != 0 ? observer : nullptr;
}

}  // namespace dmavp
