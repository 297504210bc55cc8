#include "peripherals/traffic_core.h"

#include <algorithm>
#include <string>

namespace dmavp::traffic {

std::vector<ParameterProblem> validate(const Parameters& p) {
  ParameterCheck check;
  check.range("fifo_depth", p.fifo_depth, 1, 1024, " items");
  if (p.item_bytes != 1 && p.item_bytes != 2 && p.item_bytes != 4 && p.item_bytes != 8) {
    check.add("item_bytes", "is " + std::to_string(p.item_bytes) + ", must be 1, 2, 4 or 8");
  }
  check.range("items_per_burst", p.items_per_burst, 0, 65535, " items");
  check.range("sink_watermark", p.sink_watermark, 0, p.fifo_depth - 1, " items");
  check.range("source_watermark", p.source_watermark, 1, p.fifo_depth, " items");
  check.range("flow_items", p.flow_items, 1, p.fifo_depth, " items");
  check.range("register_latency", p.register_latency, 0, 1'000'000, " cycles");
  return check.take();
}

std::uint64_t pattern(std::uint32_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9E37'79B9'7F4A'7C15u;
  z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9u;
  z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBu;
  return z ^ (z >> 31);
}

Statistics operator-(const Statistics& now, const Statistics& before) {
  Statistics d;
  d.sink_items = now.sink_items - before.sink_items;
  d.sink_drained = now.sink_drained - before.sink_drained;
  d.sink_lost = now.sink_lost - before.sink_lost;
  d.sink_starved = now.sink_starved - before.sink_starved;
  d.mismatches = now.mismatches - before.mismatches;
  d.source_items = now.source_items - before.source_items;
  d.source_made = now.source_made - before.source_made;
  d.source_lost = now.source_lost - before.source_lost;
  d.source_underruns = now.source_underruns - before.source_underruns;
  return d;
}

Core::Core(const Parameters& parameters, const Clock& clock, CoreOwner& owner)
    : parameters_(parameters),
      clock_(clock),
      owner_(owner),
      item_mask_(parameters.item_bytes >= 8 ? ~std::uint64_t{0}
                                            : (std::uint64_t{1} << (8 * parameters.item_bytes)) - 1),
      sink_(parameters.fifo_depth),
      source_(parameters.fifo_depth) {
  reset();
}

void Core::reset() {
  sink_on_ = source_on_ = false;
  flow_controller_ = parameters_.flow_controller;
  sticky_ = enable_ = 0;
  sink_watermark_ = parameters_.sink_watermark;
  source_watermark_ = parameters_.source_watermark;
  burst_ = parameters_.items_per_burst;
  gap_ = parameters_.gap;
  seed_ = parameters_.seed;
  sink_length_ = source_length_ = 0;
  flow_items_ = parameters_.flow_items;
  sink_.clear();
  source_.clear();
  sink_beat_ = source_beat_ = kNever;
  sink_index_ = source_index_ = 0;
  sink_written_ = source_entered_ = source_read_ = 0;
  sink_started_ = false;
  last_read_ = 0;
  at_reset_ = statistics_;
}

// --- time ---

Picoseconds Core::next_event() const {
  const bool source_acts = !source_complete() && !source_blocked();
  const bool sink_acts = !sink_.empty() || (sink_waits() && (sticky_ & kSinkUnderrun) == 0);
  return clock_.time_of(std::min(source_acts ? source_beat_ : kNever, sink_acts ? sink_beat_ : kNever));
}

void Core::advance(Picoseconds to) {
  for (Picoseconds next = next_event(); next <= to && next != kNever; next = next_event()) {
    const Cycle cycle = clock_.cycle_from(next);
    now_ = std::max(now_, next);
    skip(cycle - 1);  // what the other side did not need an event for
    // The line takes before it gives, so that room it makes can be used at once.
    if (sink_beat_ <= cycle) drain_items();
    if (source_beat_ <= cycle) make_items();
    owner_.outputs_changed(now_);
  }
  now_ = std::max(now_, to);
  skip(clock_.cycle_at(now_));
}

/// Counts the beats up to `to` that change no output.
void Core::skip(Cycle to) {
  if (source_beat_ <= to) {
    const std::uint64_t beats = (to - source_beat_) / gap_ + 1;
    source_beat_ += beats * gap_;
    if (!source_complete()) {
      source_index_ += beats * burst_;
      statistics_.source_made += beats * burst_;
      statistics_.source_lost += beats * burst_;
    }
  }
  if (sink_beat_ <= to) {
    const std::uint64_t beats = (to - sink_beat_) / gap_ + 1;
    sink_beat_ += beats * gap_;
    if (sink_waits()) statistics_.sink_starved += beats * burst_;
  }
}

void Core::make_items() {
  source_beat_ += gap_;
  for (std::uint32_t i = 0; i < burst_ && !source_complete(); ++i) {
    const std::uint64_t item = cut(pattern(seed_, source_index_++));
    ++statistics_.source_made;
    if (source_.full()) {
      ++statistics_.source_lost;
      sticky_ |= kSourceOverrun;
    } else {
      source_.push(item);
      ++source_entered_;
    }
  }
}

void Core::drain_items() {
  sink_beat_ += gap_;
  const auto found = static_cast<std::uint32_t>(std::min<std::size_t>(burst_, sink_.size()));
  for (std::uint32_t i = 0; i < found; ++i) sink_.pop();
  statistics_.sink_drained += found;
  if (found < burst_ && sink_waits()) {
    statistics_.sink_starved += burst_ - found;
    sticky_ |= kSinkUnderrun;
  }
  if (found != 0 && sink_.empty() && sink_complete()) sticky_ |= kSinkDone;
}

// --- control ---

void Core::set_sink(bool on) {
  if (on == sink_on_) return;
  sink_on_ = on;
  sink_beat_ = on ? first_beat() : kNever;
  if (!on) return;
  sink_.clear();
  sink_index_ = sink_written_ = 0;
  sink_started_ = false;
}

void Core::set_source(bool on) {
  if (on == source_on_) return;
  source_on_ = on;
  source_beat_ = on ? first_beat() : kNever;
  if (!on) return;
  source_.clear();
  source_index_ = source_entered_ = source_read_ = 0;
}

void Core::write_sink(std::uint64_t item) {
  if (sink_on_ && cut(item) != cut(pattern(seed_, sink_index_))) {
    ++statistics_.mismatches;
    sticky_ |= kSinkMismatch;
  }
  if (!sink_on_ || sink_.full()) {
    ++statistics_.sink_lost;
    sticky_ |= kSinkOverrun;
  } else {
    sink_.push(cut(item));
    ++statistics_.sink_items;
  }
  if (!sink_on_) return;
  // A lost item has its place in pattern and block.
  ++sink_index_;
  ++sink_written_;
  sink_started_ = true;
}

std::uint64_t Core::source_head() const { return source_.empty() ? last_read_ : source_.front(); }

void Core::pop_source() {
  if (source_.empty()) {
    ++statistics_.source_underruns;
    sticky_ |= kSourceUnderrun;
    return;
  }
  last_read_ = source_.pop();
  ++statistics_.source_items;
  ++source_read_;
  if (source_length_ != 0 && source_read_ == source_length_) sticky_ |= kSourceDone;
}

void Core::set_watermarks(std::uint32_t sink, std::uint32_t source) {
  sink_watermark_ = std::min(sink, parameters_.fifo_depth - 1);
  source_watermark_ = std::clamp(source, 1u, parameters_.fifo_depth);
}

void Core::set_rate(std::uint32_t items_per_burst, std::uint32_t gap) {
  burst_ = std::min(items_per_burst, 65535u);
  gap_ = gap;
  sink_beat_ = sink_on_ ? first_beat() : kNever;
  source_beat_ = source_on_ ? first_beat() : kNever;
}

void Core::set_sink_length(std::uint32_t items) {
  sink_length_ = items;
  sink_written_ = 0;
}

/// Items that wait in the FIFO belong to the new block.
void Core::set_source_length(std::uint32_t items) {
  source_length_ = items;
  source_entered_ = source_.size();
  source_read_ = 0;
}

void Core::set_flow_items(std::uint32_t items) {
  flow_items_ = std::clamp(items, 1u, parameters_.fifo_depth);
}

std::uint32_t Core::status() const {
  const auto level = [](std::size_t items) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(items, 255));
  };
  return sticky_ | (sink_.empty() ? kSinkEmpty : 0u) | (sink_.full() ? kSinkFull : 0u) |
         (source_.empty() ? kSourceEmpty : 0u) | (source_.full() ? kSourceFull : 0u) |
         level(sink_.size()) << 16 | level(source_.size()) << 24;
}

// --- DMA ---

/// The transaction a flow controller asks for next: a burst of FLOW_ITEMS, or single ones for what is left.
RequestLevels Core::flow_request(std::uint64_t left, unsigned available) const {
  if (left >= flow_items_)
    return {available >= flow_items_, false, available >= flow_items_ && left == flow_items_};
  const bool one = left != 0 && available != 0;
  return {one, one, one && left == 1};
}

RequestLevels Core::sink_request() const {
  if (!sink_on_ || sink_complete()) return {};
  const auto room = static_cast<unsigned>(sink_.depth() - sink_.size());
  if (!flow_controller_) return {sink_.size() <= sink_watermark_, room != 0, false};
  return flow_request(sink_length_ == 0 ? ~std::uint64_t{0} : sink_length_ - sink_written_, room);
}

RequestLevels Core::source_request() const {
  if (!source_on_) return {};
  const auto level = static_cast<unsigned>(source_.size());
  if (!flow_controller_) return {level >= source_watermark_, level != 0, false};
  const std::uint64_t left = source_length_ == 0              ? ~std::uint64_t{0}
                             : source_read_ >= source_length_ ? 0
                                                              : source_length_ - source_read_;
  return flow_request(left, level);
}

}  // namespace dmavp::traffic
