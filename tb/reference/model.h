// Untimed reference model of DW_axi_dmac: every way of going from block to block, memory and peripherals.
// It says what memory, streams and registers may hold when everything has come to rest. Written from the
// specification (sections 2-5 and 7); where time decides, it answers with the set of values that are allowed.
#pragma once

#include <bitset>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference/image.h"
#include "reference/peripheral.h"
#include "reference/spec.h"

namespace dmavp::reference {

/// The instance that is predicted.
struct Traits {
  unsigned channels = 8;
  bool cfg2 = false;
  unsigned masters = 1;
  unsigned bus_bytes = 8;
  unsigned address_bits = 64;
  bool write_back = true;
  unsigned interfaces = 0;  ///< handshake interfaces
  bool prefetch = false, src_stat = false, dst_stat = false, lock = false;
  unsigned max_msize = 1024;      ///< items
  bool flush_residue = false;     ///< bytes that fill no destination item are written, not dropped (7 #8)
  bool rounds_addresses = false;  ///< down to their width, instead of a byte-exact copy (7 #9)
  bool counts_from_zero = false;  ///< CMPLTD_BLK_TFR_SIZE is one less than the items (7 #3)
  bool drop_when_silent = false;  ///< a disable does not wait for a silent destination (7 #10)
};

/// Addresses (inclusive) that answer with an error; an access that touches the range fails as a whole.
struct ErrorRange {
  u64 first = 0, last = 0;
  bool decode = false;  ///< DECERR, otherwise SLVERR
  bool on_read = true, on_write = true;
};

/// What software writes into the shadow registers for one block (3.5).
struct ShadowSet {
  u64 sar = 0, dar = 0;
  u32 block_ts = 0;
  u64 ctl = 0;
};

/// What software has written into a channel's registers when it enables the channel.
struct ChannelSetup {
  unsigned channel = 0;
  u64 sar = 0, dar = 0;
  u32 block_ts = 0;
  u64 ctl = 0;
  u64 llp = 0;
  bool linked_list = false;  ///< both MULTBLK types 3, otherwise those below
  unsigned src_type = kContiguous, dst_type = kContiguous;
  unsigned tt_fc = 0;
  Peripheral source, sink;
  std::vector<ShadowSet> sets;  ///< what software feeds, in order, if a type is shadow
  unsigned blocks = 0;          ///< reload and contiguous: how many until software ends the chain
  bool illegal_at_first =
      false;                 ///< enabled with types that exclude each other, which software then corrects
  bool overwritten = false;  ///< software writes into the shadow set once more while it is valid
  u64 sstatar = 0, dstatar = 0;
  u32 status_enable = irq::kAll;

  unsigned source_type() const { return linked_list ? kLinkedList : src_type; }
  unsigned sink_type() const { return linked_list ? kLinkedList : dst_type; }
  bool uses(MultiBlock type) const { return source_type() == type || sink_type() == type; }
  /// Blocks repeat until software writes CFG.
  bool chain() const { return !uses(kLinkedList) && !uses(kShadow) && uses(kReload); }
};

/// How a channel comes to rest.
enum class End { kDone, kHalted, kError, kEndless };
const char* to_string(End end);

/// One byte that a channel writes. A copied byte knows where it comes from, a descriptor byte does not.
struct ByteWrite {
  static constexpr u64 kNoSource = ~u64{0};
  static constexpr u64 kStream = ~u64{0} - 1;  ///< it came from a peripheral
  u64 address;
  u64 source;
  u8 value;
  u8 other;        ///< a second value the specification leaves room for (equal to `value` if there is none)
  bool any;        ///< the specification does not say
  bool uncertain;  ///< may be lost, because the block fails
};

struct BlockRun {
  u64 item = 0;  ///< address of the linked-list item, 0 for a single block
  u64 sar = 0, dar = 0, ctl = 0, llp_after = 0;
  u64 given_sar = 0, given_dar = 0;  ///< before they were rounded down; seen until the block begins
  u32 items = 0;
  u64 bytes = 0;          ///< read
  u64 written = 0;        ///< written: bytes less what does not fill a destination item
  std::size_t first = 0;  ///< range of ChannelRun::writes that are data of this block
  std::size_t last = 0;
  bool failing = false;
};

/// What registers hold when the channel rests.
struct Outcome {
  End end = End::kDone;
  bool enabled = false;
  u32 int_must = 0;               ///< INTSTATUS bits that are set
  u32 int_may = 0;                ///< bits that may be set
  u32 int_one_of = 0;             ///< at least one of these, unless 0
  u64 sar_low = 0, sar_high = 0;  ///< inclusive
  u64 dar_low = 0, dar_high = 0;
  u32 block_ts = 0;
  u64 llp = 0;
  u64 ctl = 0, ctl_mask = 0;
  bool status_known = false;
  u32 completed_items = 0;  ///< CMPLTD_BLK_TFR_SIZE if known
  bool block_ts_known = true;
  std::optional<u32> sstat, dstat;  ///< what was fetched last
};

/// Everything one channel does from enable to rest.
struct ChannelRun {
  unsigned channel = 0;
  std::vector<ByteWrite> writes;  ///< to memory, in order
  std::vector<ByteWrite> sunk;    ///< to the destination peripheral, in order
  u64 drawn = 0;                  ///< bytes read from the source peripheral
  std::vector<BlockRun> blocks;
  std::vector<std::pair<u64, u64>> data_reads;  ///< inclusive ranges
  std::vector<std::pair<u64, u64>> item_reads;
  bool overlaps_itself = false;  ///< a block whose source and destination overlap
  u64 initial_dar = 0;
  Outcome outcome;
};

class Model {
 public:
  Model(const Traits& traits, Image initial, std::vector<ErrorRange> errors = {});

  /// Enables a channel and follows it until it rests. Channels follow each other in the order of these calls,
  /// which is right for channels that do not touch each other's bytes (see `disjoint`).
  const ChannelRun& start(const ChannelSetup& setup);
  /// Software stores into memory while everything rests (rewriting an item, for example).
  void poke(u64 address, u64 value, unsigned bytes = 8);
  /// BLK_TFR_RESUMEREQ of a halted channel, which is followed until it rests again.
  const ChannelRun& resume(unsigned channel);
  /// Called when INTCLEAR is written.
  void clear_interrupts(unsigned channel, u32 bits);

  /// Register values of a channel that has been started; throws std::out_of_range for another one.
  const Outcome& outcome(unsigned channel) const { return state_.at(channel).outcome; }
  const std::deque<ChannelRun>& runs() const { return runs_; }
  const Image& initial() const { return initial_; }
  /// Memory if every channel ran undisturbed, one after the other.
  const Image& memory() const { return memory_; }
  /// No channel reads or writes what another one writes, and no block overlaps itself: the prediction is
  /// exact.
  bool disjoint() const;
  /// No channel writes over a descriptor that this prediction depends on, except by its own earlier blocks.
  bool predictable() const;

  /// Exact comparison, for disjoint programs: the first byte that differs, as text, or nothing.
  std::optional<std::string> compare(const Image& observed) const;

  /// The values each written byte may have; every other byte must be as at first. `stopped`: channels
  /// (bit mask) that were stopped by software, which may have lost any part of what they would have written.
  std::optional<std::string> compare_allowed(const Image& observed, u32 stopped) const;

  /// What a destination peripheral got, against all runs of its channel. `whole`: all of it must have come,
  /// else any beginning will do. Exact for disjoint programs, otherwise any value its source may have had.
  std::optional<std::string> compare_sunk(unsigned channel, const std::vector<u8>& observed,
                                          bool whole) const;
  /// Bytes of every block of a channel on one side, and what all of them draw from a source peripheral.
  std::vector<u64> block_bytes(unsigned channel, bool source) const;
  u64 drawn(unsigned channel) const;

  /// Numbers of bytes n such that memory looks as if exactly the first n writes of the run had been done; for
  /// disjoint programs. Ranges, inclusive. `ChannelRun::blocks` says which block a number lies in.
  std::vector<std::pair<std::size_t, std::size_t>> prefixes(const ChannelRun& run,
                                                            const Image& observed) const;

  /// The values DAR may show when exactly the first n writes of a run have been done.
  static std::vector<u64> dar_after(const ChannelRun& run, std::size_t n);

 private:
  struct State {
    ChannelSetup setup;
    u64 sar = 0, dar = 0, ctl = 0, llp = 0;
    u32 block_ts = 0;
    u32 latched = 0;
    u32 latched_maybe = 0;
    u64 drawn = 0;          ///< bytes of the source peripheral's stream
    std::size_t block = 0;  ///< blocks begun
    std::size_t next_set = 0;
    std::optional<u32> sstat, dstat;
    Outcome outcome;
  };
  using Values = std::bitset<256>;
  struct Cell;
  class Cells;

  void follow(State& state, ChannelRun& run);
  void follow_list(State& state, ChannelRun& run);
  void follow_shadow(State& state, ChannelRun& run);
  void follow_chain(State& state, ChannelRun& run);
  void measure(const State& state, BlockRun& block) const;
  u32 completed(const BlockRun& block) const;  ///< CMPLTD_BLK_TFR_SIZE
  void move(State& state, ChannelRun& run, const BlockRun& block, u64 limit);
  bool fetch_status(State& state, ChannelRun& run);
  bool run_block(State& state, ChannelRun& run, u64 item, bool last);
  bool write_back(State& state, ChannelRun& run, const BlockRun& block, u64 raw_ctl, bool last);
  void fail(State& state, ChannelRun& run, u32 one_of);
  void finish(State& state, ChannelRun& run, End end);
  u32 latch(const State& state, u32 bits) const { return bits & state.setup.status_enable; }
  /// Error kinds of the accesses to [first, last]: bit 0 SLVERR, bit 1 DECERR; `at` gets the first bad
  /// address.
  unsigned errors_in(u64 first, u64 last, bool write, u64& at) const;
  u64 mask_address(u64 address) const;
  u64 readable_ctl(u64 raw) const;
  Values values_of(const ByteWrite& write, const Cells& cells) const;
  Cells ever() const;

  Traits traits_;
  Image initial_;
  Image memory_;
  std::vector<ErrorRange> errors_;
  std::map<unsigned, State> state_;
  std::deque<ChannelRun> runs_;
  struct Poke {
    u64 address, value;
    std::size_t runs;  ///< before it
  };
  std::vector<Poke> pokes_;
};

}  // namespace dmavp::reference
