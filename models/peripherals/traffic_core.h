// A programmable source and sink of data behind FIFOs (spec boards 7.5), without bus. Plain C++.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "peripherals/item_fifo.h"
#include "peripherals/traffic_parameters.h"

namespace dmavp::traffic {

/// Item `index` (from 0) of the pattern `seed`, before it is cut to the width of items: the finalizer of
/// SplitMix64 applied to seed + (index + 1) * 0x9E3779B97F4A7C15, modulo 2^64.
std::uint64_t pattern(std::uint32_t seed, std::uint64_t index);

/// Bits of STATUS.
enum Status : std::uint32_t {
  kSinkEmpty = 1 << 0,
  kSinkFull = 1 << 1,
  kSourceEmpty = 1 << 2,
  kSourceFull = 1 << 3,
  kSinkOverrun = 1 << 4,     ///< an item was written to a full FIFO or while off, and lost
  kSinkUnderrun = 1 << 5,    ///< the line side wanted an item and found none
  kSourceOverrun = 1 << 6,   ///< the line side made an item that had no room, and lost it
  kSourceUnderrun = 1 << 7,  ///< SOURCE was read while empty
  kSinkMismatch = 1 << 8,    ///< an item was not that of the pattern
  kSinkDone = 1 << 9,        ///< SINK_LENGTH items have come and left
  kSourceDone = 1 << 10,     ///< SOURCE_LENGTH items have been read
  kSticky = kSinkOverrun | kSinkUnderrun | kSourceOverrun | kSourceUnderrun | kSinkMismatch | kSinkDone |
            kSourceDone,
  kAllStatus = (1 << 11) - 1
};

struct Statistics {
  std::uint64_t sink_items = 0;        ///< taken from the bus into the FIFO
  std::uint64_t sink_drained = 0;      ///< moved on by the line side
  std::uint64_t sink_lost = 0;         ///< written to a full FIFO, or while off
  std::uint64_t sink_starved = 0;      ///< items the line side wanted and did not find
  std::uint64_t mismatches = 0;        ///< items, lost ones included, that were not those of the pattern
  std::uint64_t source_items = 0;      ///< read from the bus
  std::uint64_t source_made = 0;       ///< by the line side, lost ones included
  std::uint64_t source_lost = 0;       ///< made without room for them
  std::uint64_t source_underruns = 0;  ///< reads of an empty FIFO
};

Statistics operator-(const Statistics& now, const Statistics& before);

struct RequestLevels {
  bool burst = false;
  bool single = false;
  bool last = false;
};

/// Whoever gives the core its time.
class CoreOwner {
 public:
  /// Interrupt or DMA levels may have changed; they are those of `at`.
  virtual void outputs_changed(Picoseconds at) = 0;

 protected:
  ~CoreOwner() = default;
};

/// The line side moves BURST items at once every GAP cycles, counted from when its side was switched on: n
/// bursts end exactly n * GAP cycles later. What changes no output (items lost while a FIFO stays full,
/// demand that stays unmet) is not an event; it is counted when somebody looks.
class Core {
 public:
  Core(const Parameters& parameters, const Clock& clock, CoreOwner& owner);

  void advance(Picoseconds to);    ///< everything due at or before `to` happens
  Picoseconds next_event() const;  ///< of an output; kNever if none will come by itself
  Picoseconds now() const { return now_; }

  // --- what registers do, at now() ---
  void reset();
  void set_sink(bool on);  ///< switching it on empties its FIFO and begins the pattern anew
  void set_source(bool on);
  void set_flow_controller(bool on) { flow_controller_ = on; }
  void write_sink(std::uint64_t item);
  std::uint64_t source_head() const;
  void pop_source();
  void clear_status(std::uint32_t bits) { sticky_ &= ~bits; }
  void set_enable(std::uint32_t bits) { enable_ = bits & kAllStatus; }
  void set_watermarks(std::uint32_t sink, std::uint32_t source);    ///< cut to what is possible
  void set_rate(std::uint32_t items_per_burst, std::uint32_t gap);  ///< 0 in either: the line side rests
  void set_seed(std::uint32_t seed) { seed_ = seed; }
  void set_sink_length(std::uint32_t items);  ///< begins a block; 0: endless
  void set_source_length(std::uint32_t items);
  void set_flow_items(std::uint32_t items);  ///< cut to 1..depth

  // --- what registers show ---
  bool sink_on() const { return sink_on_; }
  bool source_on() const { return source_on_; }
  bool flow_controller() const { return flow_controller_; }
  std::uint32_t status() const;  ///< with levels
  std::uint32_t enable() const { return enable_; }
  std::uint32_t sink_watermark() const { return sink_watermark_; }
  std::uint32_t source_watermark() const { return source_watermark_; }
  std::uint32_t items_per_burst() const { return burst_; }
  std::uint32_t gap() const { return gap_; }
  std::uint32_t seed() const { return seed_; }
  std::uint32_t sink_length() const { return sink_length_; }
  std::uint32_t source_length() const { return source_length_; }
  std::uint32_t flow_items() const { return flow_items_; }
  unsigned sink_level() const { return static_cast<unsigned>(sink_.size()); }
  unsigned source_level() const { return static_cast<unsigned>(source_.size()); }

  // --- outputs ---
  bool interrupt() const { return (status() & enable_) != 0; }
  RequestLevels sink_request() const;
  RequestLevels source_request() const;

  const Statistics& statistics() const { return statistics_; }  ///< since the simulation began
  Statistics since_reset() const { return statistics_ - at_reset_; }
  const Parameters& parameters() const { return parameters_; }

 private:
  bool moving() const { return burst_ != 0 && gap_ != 0; }
  Cycle first_beat() const { return moving() ? clock_.cycle_from(now_) + gap_ : kNever; }
  bool source_blocked() const { return source_.full() && (sticky_ & kSourceOverrun) != 0; }
  bool source_complete() const { return source_length_ != 0 && source_entered_ >= source_length_; }
  bool sink_complete() const { return sink_length_ != 0 && sink_written_ >= sink_length_; }
  bool sink_waits() const { return sink_started_ && !sink_complete(); }
  void make_items();
  void drain_items();
  void skip(Cycle to);
  RequestLevels flow_request(std::uint64_t left, unsigned available) const;
  std::uint64_t cut(std::uint64_t item) const { return item & item_mask_; }

  const Parameters parameters_;
  const Clock clock_;
  CoreOwner& owner_;
  const std::uint64_t item_mask_;
  Picoseconds now_ = 0;

  bool sink_on_ = false;
  bool source_on_ = false;
  bool flow_controller_ = false;
  std::uint32_t sticky_ = 0;
  std::uint32_t enable_ = 0;
  std::uint32_t sink_watermark_ = 0;
  std::uint32_t source_watermark_ = 0;
  std::uint32_t burst_ = 0;
  std::uint32_t gap_ = 0;
  std::uint32_t seed_ = 0;
  std::uint32_t sink_length_ = 0;
  std::uint32_t source_length_ = 0;
  std::uint32_t flow_items_ = 0;

  ItemFifo<std::uint64_t> sink_;
  ItemFifo<std::uint64_t> source_;
  Cycle sink_beat_ = kNever;
  Cycle source_beat_ = kNever;
  std::uint64_t sink_index_ = 0;      // of the pattern: next item expected
  std::uint64_t source_index_ = 0;    // of the pattern: next item made
  std::uint64_t sink_written_ = 0;    // of the block, lost ones included
  std::uint64_t source_entered_ = 0;  // of the block, into the FIFO
  std::uint64_t source_read_ = 0;     // of the block
  bool sink_started_ = false;         // an item has come since it was switched on
  std::uint64_t last_read_ = 0;

  Statistics statistics_;
  Statistics at_reset_;
};

}  // namespace dmavp::traffic
