#include "components/axi_checker.h"

#include <sstream>

namespace dmavp::tb {
namespace {

constexpr std::uint64_t kBoundary = 4096;

bool power_of_two(unsigned value) { return value != 0 && (value & (value - 1)) == 0; }

// Beats of `width` bytes that carry the bytes of a burst; the first may be partial.
std::uint64_t beats_of(const AxiBurst& b, unsigned width) {
  const std::uint64_t offset = b.type == AxiBurst::Type::kFixed ? 0 : b.address % width;
  return (offset + b.bytes + width - 1) / width;
}

}  // namespace

void AxiChecker::violate(const char* rule, const AxiBurst& b, const std::string& what) {
  const char* const types[] = {"FIXED", "INCR", "WRAP"};
  std::ostringstream text;
  text << what << " (" << types[static_cast<unsigned>(b.type)] << (b.write ? " write" : " read")
       << " of channel " << b.channel << ", master " << b.master << ", ID " << b.id << ": " << b.bytes
       << " bytes in " << b.beats << " beats at 0x" << std::hex << b.address << std::dec << ", accepted "
       << b.accepted << ", beats " << b.first_beat << ".." << b.last_beat << ", response " << b.response
       << ")";
  violations_.push_back({rule, text.str()});
}

void AxiChecker::burst(const AxiBurst& b) {
  ++bursts_;
  check_shape(b);
  check_times(b);
  check_stream(b);
}

void AxiChecker::check_shape(const AxiBurst& b) {
  if (b.type == AxiBurst::Type::kWrap) violate("axi.wrap", b, "a WRAP burst");
  const bool fixed = b.type == AxiBurst::Type::kFixed;
  const unsigned longest = fixed ? limits_.fixed_beats : limits_.incr_beats;
  if (b.beats == 0 || b.bytes == 0) {
    violate("axi.length", b, "an empty burst");
    return;
  }
  if (b.beats > longest) violate("axi.length", b, "more than " + std::to_string(longest) + " beats");
  if (!fixed && b.address % kBoundary + b.bytes > kBoundary) violate("axi.boundary", b, "crosses 4 KiB");

  if (b.beat_bytes == 0) {
    bool possible = false;
    for (unsigned width = 1; width <= limits_.bus_bytes; width *= 2) {
      possible = possible || beats_of(b, width) == b.beats;
    }
    if (!possible) violate("axi.beats", b, "beats of no width carry these bytes");
    return;
  }
  if (!power_of_two(b.beat_bytes) || b.beat_bytes > limits_.bus_bytes) {
    violate("axi.width", b,
            "beats of " + std::to_string(b.beat_bytes) + " bytes on a bus of " +
                std::to_string(limits_.bus_bytes));
    return;
  }
  if (beats_of(b, b.beat_bytes) != b.beats) {
    violate("axi.beats", b, "beats of " + std::to_string(b.beat_bytes) + " bytes do not carry these bytes");
  }
  if (fixed && b.address % b.beat_bytes != 0) {
    violate("axi.alignment", b, "not aligned to its " + std::to_string(b.beat_bytes) + " bytes");
  }
}

void AxiChecker::check_times(const AxiBurst& b) {
  if (b.first_beat < b.accepted) violate("axi.times", b, "data before the address");
  if (b.last_beat < b.first_beat || b.last_beat - b.first_beat + 1 < b.beats) {
    violate("axi.times", b, "more beats than cycles");
  }
  if (b.response < b.last_beat) violate("axi.times", b, "answered before its last beat");
}

void AxiChecker::check_stream(const AxiBurst& b) {
  auto [entry, fresh] = streams_.try_emplace({b.master, b.channel, b.id, b.write});
  History& history = entry->second;
  if (!fresh) {
    const AxiBurst& before = history.last;
    if (b.accepted < before.accepted || b.response < before.response) {
      violate("axi.order", b, "overtakes the burst before it of its ID");
    } else if (b.first_beat <= before.last_beat) {
      violate("axi.order", b, "its beats lie among those of the burst before it of its ID");
    }
  }
  history.last = b;
  if (!b.data) return;
  // The burst `outstanding` places before it has to be over when this one is accepted.
  if (history.answered.size() == limits_.outstanding) {
    if (history.answered.front() > b.accepted) {
      violate("axi.outstanding", b, "more than " + std::to_string(limits_.outstanding) + " are unanswered");
    }
    history.answered.pop_front();
  }
  history.answered.push_back(b.response);
}

}  // namespace dmavp::tb
