#include "platform/report/timeline_dmac.h"

#include <algorithm>
#include <cstring>

#include "platform/report/filter.h"
#include "platform/report/trace.h"

namespace dmavp::platform {
namespace {

// Places of the tracks of a process: of a channel, and behind them those of the controller.
constexpr unsigned kOfChannel = 10'000;
constexpr unsigned kLanes = 3'000;
constexpr unsigned kInterruptPlace = 1, kReaderPlace = 2, kWriterPlace = 3, kFirstLane = 100;
constexpr std::uint64_t kPsPerUs = 1'000'000;
constexpr std::size_t kDescriptors = 0, kReads = 1, kWrites = 2;

std::size_t lanes_of(BurstKind kind) {
  return kind == BurstKind::kRead ? kReads : kind == BurstKind::kWrite ? kWrites : kDescriptors;
}

}  // namespace

DmacTimeline::DmacTimeline(TraceEvents& events, DescriptorFlows& flows, const DmacDescription& d,
                           unsigned first_channel, const Shown& shown)
    : events_(events),
      flows_(flows),
      clock_(d.clock_hz),
      process_(events.add_process(d.name)),
      first_channel_(first_channel),
      numbers_(d.interrupts) {
  const auto track = [&](const char* kind, int channel, unsigned place, const std::string& title) {
    return shown(kind, channel) ? events_.add_track(process_, place, title) : TraceEvents::kHidden;
  };
  bool activity = false;
  for (unsigned n = 0; n < d.parameters.num_channels; ++n) {
    const int ch = static_cast<int>(n);
    const unsigned place = n * kOfChannel;
    const std::string title = "ch" + std::to_string(n);
    const bool counted = shown("counter", ch);
    const bool bursts = shown("burst", ch);
    const bool waits = shown("wait", ch);
    channels_.push_back(
        {title,
         bursts,
         track("transfer", ch, place, title),
         {Side{track("wait", ch, place + kReaderPlace, title + " reader")},
          Side{track("wait", ch, place + kWriterPlace, title + " writer")}},
         {Lanes{place + kFirstLane, "descriptor"}, Lanes{place + kFirstLane + kLanes, "reads"},
          Lanes{place + kFirstLane + 2 * kLanes, "writes"}},
         events_.add_counter(process_, title + " FIFO", {"bytes"}),
         events_.add_counter(process_, title + " outstanding", {"reads", "writes"}),
         events_.add_counter(process_, title + " bytes per us", {"read", "written"}),
         counted});
    lines_[n] = {track("interrupt", ch, place + kInterruptPlace, title + " interrupt")};
    if (bursts || counted) interests_ |= kBursts;
    if (bursts || shown("transfer", ch) || shown("flow", ch)) interests_ |= kBlocks;
    activity = activity || counted || waits;
  }
  lines_[dmac::kCommonLine] = {
      track("interrupt", kNoChannel, d.parameters.num_channels * kOfChannel, "common interrupt")};
  if (activity) interests_ |= kActivity;
  if (interests_ != 0 || shown("interrupt", kNoChannel)) interests_ |= kInterrupts | kBlocks;
  if (interests_ != 0) events_.show_process(process_);
}

// --- transfers and blocks
// ---------------------------------------------------------------------------------------

void DmacTimeline::block(const BlockEvent& e) {
  Channel& c = channels_[e.channel];
  const unsigned channel = first_channel_ + e.channel;
  switch (e.phase) {
    case BlockPhase::kChannelEnabled: {
      events_.end_to(c.transfers, 0, e.time);
      c.last_write.reset();
      c.first = {};
      const auto descriptor = flows_.started(channel, {c.transfers, e.time});
      Arguments arguments;
      if (descriptor)
        arguments.signed_number("cookie", descriptor->cookie).number("bytes", descriptor->bytes);
      events_.begin(c.transfers, e.time,
                    descriptor ? "descriptor #" + std::to_string(descriptor->cookie) : "transfer", arguments);
      break;
    }
    case BlockPhase::kBlockStart:
      events_.end_to(c.transfers, 1, e.time);
      events_.begin(c.transfers, e.time, "block",
                    Arguments().address("descriptor", e.descriptor).number("bytes", e.bytes));
      break;
    case BlockPhase::kBlockDone:
      events_.end_to(c.transfers, 1, e.time);
      break;
    case BlockPhase::kSuspended:
    case BlockPhase::kResumed:
    case BlockPhase::kInvalidItem:
      events_.instant(c.transfers, e.time, to_string(e.phase));
      break;
    case BlockPhase::kDisabled:
    case BlockPhase::kAborted:
    case BlockPhase::kError:
      events_.instant(c.transfers, e.time, to_string(e.phase), Arguments().number("bytes", e.bytes));
      [[fallthrough]];
    case BlockPhase::kTransferDone:
      events_.end_to(c.transfers, 0, e.time);
      last_write(e.channel);
      flows_.finished(channel);
      break;
  }
}

// --- bursts
// -----------------------------------------------------------------------------------------------------

DescriptorFlows::Place DmacTimeline::lane_for(unsigned channel, Lanes& lanes, std::uint64_t from,
                                              std::uint64_t to) {
  auto lane = std::find_if(lanes.lanes.begin(), lanes.lanes.end(),
                           [from](const Lane& candidate) { return candidate.free <= from; });
  if (lane == lanes.lanes.end()) {
    const auto number = static_cast<unsigned>(lanes.lanes.size());
    std::string title = channels_[channel].name + " " + lanes.name;
    if (number != 0) title += " " + std::to_string(number + 1);
    lanes.lanes.push_back(
        {events_.add_track(process_, lanes.place + std::min(number, kLanes - 1), title), 0});
    lane = lanes.lanes.end() - 1;
  }
  lane->free = to;
  return {lane->track, from};
}

void DmacTimeline::burst(const BurstEvent& e) {
  Channel& c = channels_[e.channel];
  const std::uint64_t response = clock_.time_of(e.response);
  if (c.counted && e.status == 0 && (e.kind == BurstKind::kRead || e.kind == BurstKind::kWrite))
    count_bytes(c, response, e.kind == BurstKind::kWrite, e.bytes);
  if (!c.bursts) return;
  const std::uint64_t from = clock_.time_of(e.accepted);
  const std::uint64_t to = clock_.time_of(e.response + 1);
  const Place place = lane_for(e.channel, c.lanes[lanes_of(e.kind)], from, to);
  Arguments arguments;
  arguments.address("address", e.address).number("bytes", e.bytes).number("beats", e.beats);
  arguments.number("master", e.master).number("accepted", e.accepted).number("first", e.first_beat);
  arguments.number("last", e.last_beat).number("response", e.response);
  if (e.fixed) arguments.number("fixed", 1);
  if (e.status != 0) arguments.text("status", e.status == 2 ? "slverr" : "decerr");
  events_.slice(place.track, from, to, to_string(e.kind), arguments);

  if (e.kind == BurstKind::kWrite) {
    c.last_write = place;
  } else if (e.kind == BurstKind::kRead) {
    first_burst(e.channel, c.first[1], place);
  } else if (e.kind == BurstKind::kDescriptorFetch) {
    first_burst(e.channel, c.first[0], place);
  }
}

void DmacTimeline::first_burst(unsigned channel, First& first, Place place) {
  const Channel& c = channels_[channel];
  const DescriptorFlows::Id running = flows_.running(first_channel_ + channel);
  if (running == 0) return;
  if (first.of == running) {
    if (c.interrupted == running && !first.early) first.early = place;
    return;
  }
  flows_.step(first_channel_ + channel, first.early.value_or(place));
  first = {running, std::nullopt};
}

void DmacTimeline::last_write(unsigned channel) {
  Channel& c = channels_[channel];
  for (First& first : c.first) {
    if (first.early) first_burst(channel, first, *first.early);
  }
  if (c.last_write) flows_.step(first_channel_ + channel, *c.last_write);
  c.last_write.reset();
}

// --- interrupts
// -------------------------------------------------------------------------------------------------

void DmacTimeline::interrupt(const InterruptEvent& e) {
  if (e.line >= lines_.size() || (e.line != dmac::kCommonLine && e.line >= channels_.size())) return;
  Line& line = lines_[e.line];
  if (line.level == e.level) return;
  line.level = e.level;
  if (!e.level) {
    events_.end_to(line.track, 0, e.time);
    return;
  }
  events_.begin(line.track, e.time, "interrupt");
  if (e.line == dmac::kCommonLine) return;
  last_write(e.line);
  line.flow = flows_.step(first_channel_ + e.line, {line.track, e.time});
  channels_[e.line].interrupted = line.flow;
}

void DmacTimeline::handler(std::uint64_t number, Place place) {
  for (unsigned ch = 0; ch < channels_.size(); ++ch) {
    Line& line = lines_[ch];
    const std::size_t index = numbers_.size() > 1 ? ch : 0;
    if (line.flow == 0 || index >= numbers_.size() || numbers_[index] != number) continue;
    flows_.step(first_channel_ + ch, line.flow, place);
    line.flow = 0;
  }
}

// --- counters
// ---------------------------------------------------------------------------------------------------

void DmacTimeline::fifo(const FifoEvent& e) {
  const Channel& c = channels_[e.channel];
  if (c.counted) events_.count(c.fifo, clock_.time_of(e.at), 0, e.bytes);
}

void DmacTimeline::outstanding(unsigned channel, bool write, bool begins, std::uint64_t time) {
  Channel& c = channels_[channel];
  if (!c.counted) return;
  std::uint64_t& count = c.on_the_way[write ? 1 : 0];
  count += begins ? 1 : std::uint64_t{0} - 1;
  events_.count(c.outstanding, time, write ? 1 : 0, count);
}

void DmacTimeline::count_bytes(Channel& c, std::uint64_t time, bool write, std::uint32_t bytes) {
  const std::uint64_t microsecond = time / kPsPerUs;
  if (microsecond != c.microsecond) {
    end_rate(c);
    c.microsecond = microsecond;
  }
  c.bytes[write ? 1 : 0] += bytes;
}

void DmacTimeline::end_rate(Channel& c) {
  for (std::size_t series = 0; series < c.bytes.size(); ++series) {
    events_.count(c.rate, c.microsecond * kPsPerUs, series, c.bytes[series]);
  }
  // Until more comes there is nothing.
  for (std::size_t series = 0; series < c.bytes.size(); ++series) {
    events_.count(c.rate, (c.microsecond + 1) * kPsPerUs, series, 0);
    c.bytes[series] = 0;
  }
}

// --- sides
// ------------------------------------------------------------------------------------------------------

void DmacTimeline::side(const SideEvent& e) {
  Side& side = channels_[e.channel].sides[e.writer ? 1 : 0];
  if (side.track == TraceEvents::kHidden) return;
  const std::uint64_t from = clock_.time_of(e.from);
  std::vector<Piece>& pieces = side.pieces;
  while (!pieces.empty() && pieces.back().from >= from) pieces.pop_back();
  if (pieces.empty() || std::strcmp(pieces.back().cause, e.cause) != 0) pieces.push_back({from, e.cause});
}

/// The last piece goes on, and one that ends later than `time` may be told anew.
void DmacTimeline::write_pieces(Side& side, std::uint64_t time) {
  std::size_t written = 0;
  for (; written + 1 < side.pieces.size() && side.pieces[written + 1].from <= time; ++written) {
    const Piece& piece = side.pieces[written];
    if (std::strcmp(piece.cause, "idle") != 0)
      events_.slice(side.track, piece.from, side.pieces[written + 1].from, piece.cause);
  }
  side.pieces.erase(side.pieces.begin(), side.pieces.begin() + static_cast<std::ptrdiff_t>(written));
}

void DmacTimeline::settle(std::uint64_t time) {
  for (Channel& c : channels_) {
    for (Side& side : c.sides) write_pieces(side, time);
  }
}

void DmacTimeline::close(std::uint64_t end) {
  for (Channel& c : channels_) {
    for (Side& side : c.sides) {
      while (!side.pieces.empty() && side.pieces.back().from >= end) side.pieces.pop_back();
      if (side.pieces.empty()) continue;
      side.pieces.push_back({end, "idle"});
      write_pieces(side, end);
    }
    if (c.counted) end_rate(c);
  }
}

std::size_t DmacTimeline::size() const {
  std::size_t size = 0;
  for (const Channel& c : channels_) {
    for (const Side& side : c.sides) size += side.pieces.size();
  }
  return size;
}

}  // namespace dmavp::platform
