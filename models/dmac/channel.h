// State of one channel inside the burst engine. Private to the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/dma_request.h"
#include "dmac/engine.h"
#include "dmac/lli.h"
#include "dmac/planner.h"
#include "dmac/steady_state.h"

namespace dmavp::dmac {

inline constexpr std::uint64_t kResetCtl = 0x1200;  ///< both widths 32 bits (spec 7 #17)

/// A burst on its way: positions [begin, end) of its block.
struct Flight {  // no initializers: rings of them are copied on the fast path
  Cycle accepted;
  Cycle first;
  Cycle last;
  Cycle response;  ///< reads: the last beat
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t tag;  ///< on a port that answers later
  std::uint32_t beats;
  // The gap before the beats (counted_from), as attributed: a constraint, then arbitration, then memory.
  std::uint32_t gap;
  std::uint32_t gap_memory;
  std::uint32_t gap_arbitration;
  Cause gap_cause;
};

/// From here on the beats of a burst are counted: those that come with pauses as if at its end, without.
inline Cycle counted_from(const Flight& flight) { return flight.last + 1 - flight.beats; }

/// What grants and completions change of a side. Positions count bytes from the start of the block:
/// done <= pos <= total, and [done, pos) is in flight.
struct SideProgress {
  // The next request: when it could be made, as far as the channel itself is concerned.
  Cycle ready = kNever;
  Cycle latency = 0;        ///< of the path to the next burst
  std::uint32_t bytes = 0;  ///< of the next burst
  std::uint32_t beats = 0;
  Cause wait = Cause::kMemory;  ///< what `ready` waits for

  std::uint32_t pos = 0;
  std::uint32_t done = 0;
  std::uint32_t done_issue = 0;  ///< end of the last burst retired; `done` stops at an error

  // Bursts issued and retired in this block; ring[i & mask] holds burst i while it is in flight.
  std::uint32_t count = 0;
  std::uint32_t head = 0;
  std::uint32_t accounted = 0;  ///< bursts whose cycles are attributed, on a port that answers later

  Cycle since = 0;   ///< last issue, or when the side could start
  Cycle cursor = 0;  ///< cycles before it are attributed
  std::array<Cycle, kCauses> cycles{};
  Path path{1, 0, 0, nullptr};  ///< empty range: nothing cached
};

/// How the peripheral of a side asks for data (spec 5.6, 5.7). Positions as in SideProgress.
struct Handshake {
  bool on = false;        ///< the side is a peripheral
  bool software = false;  ///< HS_SEL: requests come from SWHSSRC or SWHSDST
  bool controls = false;  ///< the peripheral is flow controller
  bool open = false;      ///< a transaction is under way
  std::uint8_t interface = 0;
  std::uint32_t burst_bytes = 1;  ///< MSIZE items
  std::uint32_t end = 0;          ///< behind the open transaction, or the last one
  Cycle from = 0;                 ///< when its first request can be made
};

inline constexpr std::uint32_t kUnknownTotal = 1u
                                               << 31;  ///< until its flow controller says where a block ends

/// Reader or writer of a channel.
struct Side : SideProgress {
  std::uint8_t master = 0;
  SideShape shape;

  std::uint64_t base = 0;  ///< address of position 0
  std::uint64_t address_mask = ~std::uint64_t{0};
  std::uint32_t total = 0;
  bool failed = false;

  Handshake handshake;

  std::uint32_t limit = 1;
  std::uint32_t mask = 0;
  std::vector<Flight> ring = std::vector<Flight>(64);

  std::uint64_t bytes_before = 0;  ///< moved in earlier blocks
  std::uint64_t bursts_before = 0;

  std::uint64_t address(std::uint32_t position) const {
    return shape.fixed ? base : (base + position) & address_mask;
  }
  bool in_flight() const { return head != count; }
  Flight& flight(std::uint32_t index) { return ring[index & mask]; }
  const Flight& flight(std::uint32_t index) const { return ring[index & mask]; }
  Flight& newest() { return ring[(count - 1) & mask]; }
};

enum class Phase : std::uint8_t {
  kOff,
  kStarting,   ///< start latency
  kFetchWait,  ///< asks for AR to fetch an item or a status
  kFetching,
  kPrefetchWait,   ///< the next item is on its way already
  kDecoding,       ///< item read, block not yet begun
  kRunning,        ///< a block moves
  kWriteBackWait,  ///< asks for AW to write the item back
  kWritingBack,
  kDone,       ///< done latency
  kHalted,     ///< invalid item or shadow set: waits for RESUMEREQ
  kTypeHalted  ///< illegal pair of multi-block types: waits for CFG
};

/// A descriptor or status on its way between memory and the channel, in one burst or several.
struct ItemAccess {
  BurstKind kind = BurstKind::kDescriptorFetch;
  std::uint64_t address = 0;
  std::uint32_t length = 0;
  std::uint32_t done = 0;  ///< bytes that have been moved
  std::uint8_t master = 0;
};

inline constexpr std::uint8_t kSourceStatus = 1;
inline constexpr std::uint8_t kDestinationStatus = 2;

/// The item behind the one whose block runs (ch_lli_prefetch_en, 3.3).
struct Prefetch {
  enum State : std::uint8_t { kNone, kWanted, kFlying, kHeld, kFailed };

  State state = kNone;
  bool delays_suspension = false;  ///< nothing is on the bus once CH_SUSPENDED is set
  AxiStatus error = AxiStatus::kOkay;
  Cycle ready = kNever;
  Flight flight{};
  PlannedBurst burst;
  Path path{1, 0, 0, nullptr};
  ItemAccess access;
  std::array<std::byte, kLliBytes> item{};

  Cycle due() const { return state == kFlying ? flight.last : kNever; }
  bool under_way() const { return state == kWanted || state == kFlying; }
};

/// A block of a chain whose blocks overlap: what its registers were, and where it lies in the chain.
struct ChainedBlock {
  std::uint32_t begin, end;  ///< positions
  std::uint64_t sar, dar;
  Ctl ctl;
  std::uint32_t block_ts;
};

struct Channel {
  // Registers.
  std::uint64_t sar = 0;
  std::uint64_t dar = 0;
  std::uint64_t llp = 0;
  Ctl ctl{kResetCtl};
  std::uint32_t block_ts = 0;
  std::uint32_t completed_items = 0;
  std::uint32_t left_items = 0;
  std::uint64_t axi_id = 0;
  std::uint64_t axi_qos = 0;
  ChannelConfig config;

  unsigned index = 0;
  Phase phase = Phase::kOff;
  std::uint32_t generation = 0;  ///< changes whenever what is in flight becomes void
  Cycle wake = kNever;           ///< next timed event that is not a grant

  bool enabled = false;
  bool suspend = false;         ///< CH_SUSP
  bool source_stopped = false;  ///< CH_SRC_SUSPENDED reported
  bool suspended = false;       ///< CH_SUSPENDED reported
  bool disabling = false;
  bool held = false;     ///< a step waits for the end of the suspension
  bool exact = false;    ///< burst by burst through the FIFO; else copied directly at the end of advance()
  bool aligned = false;  ///< every burst but the last is of full length
  bool uniform = false;  ///< each side of the block lies within one path
  IntStatus error = 0;   ///< first error of the transfer

  Side rd;
  Side wr;

  // Data. Bytes [wr.done, sampled) have been taken into the ring, [sampled, rd.done) still lie in the source.
  std::vector<std::byte> fifo;
  std::uint32_t fifo_mask = 0;
  std::uint32_t sampled = 0;
  std::uint32_t copied = 0;         ///< visible at the destination
  std::byte* direct_src = nullptr;  ///< of position 0; null: commit
  std::byte* direct_dst = nullptr;

  // Linked list.
  std::uint64_t item_address = 0;
  std::uint8_t item_master = 0;
  bool list = false;    ///< the block came from an item
  bool shadow = false;  ///< the block came from the shadow registers
  ItemAccess access;
  std::array<std::byte, kLliBytes> item{};
  Prefetch prefetch;
  std::array<std::uint64_t, 2> status_address{};  ///< SSTATAR, DSTATAR
  std::array<std::uint32_t, 2> fetched_status{};  ///< SSTAT, DSTAT
  std::uint8_t status_due = 0;                    ///< still to be fetched: kSourceStatus, kDestinationStatus
  std::uint64_t reload_sar = 0;
  std::uint64_t reload_dar = 0;

  // Overlapping blocks: the first is the one whose responses are awaited, the last the one that is read.
  std::deque<ChainedBlock> chain;
  std::size_t written = 0;  ///< index of the one that is written
  bool set_taken = false;   ///< `set` is that of the next block, which does not overlap
  ShadowSet set;

  SteadyState steady;

  std::uint32_t block_bytes = 0;  ///< length of the block that runs or ran last
  std::uint64_t blocks = 0;
  std::uint64_t lli_fetches = 0;

  std::array<DmaRequest, 2> software_request{};  ///< of source and destination

  bool draining() const { return suspend || disabling; }
  bool handshakes() const { return rd.handshake.on || wr.handshake.on; }
  bool complete() const { return rd.pos == rd.total && wr.pos == wr.total; }
};

}  // namespace dmavp::dmac
