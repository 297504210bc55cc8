// Transactions of peripheral sides (spec dw-axi-dmac 5.6, 5.7).
//
// A request opens a transaction: so many bytes may be moved, in as many bursts as it takes. When the last of
// them has completed the transaction is closed and acknowledged, and a new request is looked for.
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

/// Items of an MSIZE code: 1, 4, 8, 16, ... 1024.
std::uint32_t items_of(unsigned msize_code) {
  return msize_code == 0 ? 1 : 1u << (std::min(msize_code, 9u) + 1);
}

/// What TT_FC says (4.4): the sides that are peripherals, and the one that is flow controller.
struct Flow {
  bool from_peripheral, to_peripheral;
  bool source_controls, destination_controls;
};
constexpr Flow kFlows[8] = {
    {false, false, false, false}, {false, true, false, false}, {true, false, false, false},
    {true, true, false, false},   {true, false, true, false},  {true, true, true, false},
    {false, true, false, true},   {true, true, false, true},
};

}  // namespace

/// What TT_FC, HS_SEL and MSIZE say of the block that starts.
void Engine::Impl::start_handshakes(Channel& c) {
  const Flow& flow = kFlows[c.config.tt_fc & 7];
  c.rd.handshake = c.wr.handshake = Handshake{};
  c.rd.handshake.on = flow.from_peripheral;
  c.wr.handshake.on = flow.to_peripheral;
  c.rd.handshake.controls = flow.source_controls;
  c.wr.handshake.controls = flow.destination_controls;
  c.rd.handshake.software = c.config.hs_sel_src;
  c.wr.handshake.software = c.config.hs_sel_dst;
  c.rd.handshake.interface = c.config.src_per & (kMaxInterfaces - 1);
  c.wr.handshake.interface = c.config.dst_per & (kMaxInterfaces - 1);
  // An item of a list may have more bits set than the registers have.
  const auto burst_items = [this](unsigned code) {
    return std::min(items_of(code & msize_mask(p)), p.max_msize);
  };
  c.rd.handshake.burst_bytes = burst_items(c.ctl.src_msize_code()) << c.rd.shape.width_log2;
  c.wr.handshake.burst_bytes = burst_items(c.ctl.dst_msize_code()) << c.wr.shape.width_log2;
  if (c.rd.handshake.controls || c.wr.handshake.controls) c.rd.total = c.wr.total = kUnknownTotal;
}

/// Where the block ends for a side, as far as is known now.
std::uint32_t Engine::Impl::length_known(const Channel& c, const Side& side) const {
  if (side.total != kUnknownTotal) return side.total;
  if (&side == &c.wr) return std::min(c.rd.handshake.end, side.total);
  const std::uint32_t item = side.shape.width();
  return (c.wr.handshake.end + item - 1) / item * item;
}

/// The flow controller has asked for its last transaction: now the length of the block is known.
void Engine::Impl::end_at(Channel& c, const Side& controller) {
  const std::uint32_t end = controller.handshake.end;
  if (&controller == &c.rd) {
    c.rd.total = end;
    c.wr.total = p.residue_policy == ResiduePolicy::kDrop ? end & ~(c.wr.shape.width() - 1) : end;
    if (c.wr.total != end)
      diagnose(c, Severity::kWarning, "dmac.residue-dropped",
               "The block is no multiple of DST_TR_WIDTH; its last bytes are dropped");
  } else {
    c.rd.total = length_known(c, c.rd);
    c.wr.total = end;
  }
  c.block_bytes = c.rd.total;
}

/// Opens a transaction of a side if its peripheral asks for one that can be served.
bool Engine::Impl::open_transaction(Channel& c, Side& side, Cycle t) {
  Handshake& h = side.handshake;
  const bool from_source = &side == &c.rd;
  if (!h.on || h.open || side.done_issue != h.end || c.error != 0 || (from_source && c.draining()))
    return false;
  const DmaRequest asked = h.software ? c.software_request[from_source ? 0 : 1] : levels[h.interface];
  const std::uint32_t item = side.shape.width();
  std::uint32_t bytes = 0;
  bool last = false;
  if (h.controls) {
    if (!asked.burst || side.total != kUnknownTotal) return false;
    bytes = asked.single ? item : h.burst_bytes;
    last = asked.last;
    if (!last && h.end >= kUnknownTotal - 2 * h.burst_bytes) {  // else the next would look unknown
      diagnose(c, Severity::kError, "dmac.block-too-long",
               "the flow controller has asked for 2 GiB without ending the block; it is ended here");
      last = true;
    }
  } else {
    const std::uint32_t known = length_known(c, side);
    std::uint32_t left = known - std::min(known, h.end);
    if (side.total == kUnknownTotal) left -= left % item;  // more is to come
    if (left == 0) return false;
    if (left >= h.burst_bytes) {
      if (!asked.burst) return false;
      bytes = h.burst_bytes;
    } else if (asked.burst) {
      bytes = left;
    } else if (asked.single) {
      bytes = std::min(item, left);
    } else {
      return false;
    }
  }
  h.open = true;
  h.end += bytes;
  h.from = t + p.handshake_latency;
  if (last) end_at(c, side);
  return true;
}

/// Looks for requests of both sides; each may be what the other waits for.
void Engine::Impl::open_transactions(Channel& c, Cycle t) {
  if (c.phase != Phase::kRunning || c.suspended || !c.handshakes()) return;
  const std::uint32_t generation = c.generation;
  bool opened = open_transaction(c, c.rd, t);
  if (c.generation != generation) return;
  opened = open_transaction(c, c.wr, t) || opened;
  if (c.generation != generation) return;
  // A destination in control lets the source ask for more.
  if (c.wr.handshake.controls) opened = open_transaction(c, c.rd, t) || opened;
  if (opened && c.generation == generation) replan(c, t);
}

/// The open transaction of a side is over if all its bursts have completed. False if the channel is no longer
/// what it was.
bool Engine::Impl::close_transaction(Channel& c, Side& side, Cycle t) {
  Handshake& h = side.handshake;
  if (!h.open || side.done_issue != h.end || c.error != 0) return true;
  const bool from_source = &side == &c.rd;
  const std::uint32_t generation = c.generation;
  h.open = false;
  const bool finish = side.done_issue == side.total;
  if (h.software) {
    c.software_request[from_source ? 0 : 1] = {};
    client.software_handshake_done(c.index, !from_source);
  } else {
    // What the peripheral said before it knew of the acknowledge is void, even of a later cycle: it answers
    // with its levels of then.
    levels[h.interface] = {};
    const auto of_interface = [&](const LevelChange& change) { return change.hs == h.interface; };
    level_changes.erase(std::remove_if(level_changes.begin(), level_changes.end(), of_interface),
                        level_changes.end());
    client.acknowledge(h.interface, finish, t);
  }
  if (c.generation != generation) return false;
  client.channel_event(c.index, from_source ? kSrcTransComp : kDstTransComp, t);
  return c.generation == generation;
}

/// A level has changed: whoever is connected to the interface looks at it.
void Engine::Impl::take_request(unsigned hs, Cycle t) {
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    Channel& c = channels[first_of(left)];
    for (const Side* side : {&c.rd, &c.wr}) {
      if (c.phase != Phase::kRunning || !side->handshake.on || side->handshake.software) continue;
      if (side->handshake.interface != hs) continue;
      touch(c);
      open_transactions(c, t);
    }
  }
}

/// All changes due by now.
void Engine::Impl::change_levels() {
  while (level_change_due() <= now) {
    // Levels that change twice in a cycle have not been seen in between.
    std::uint64_t changed = 0;
    std::size_t count = 0;
    for (; count < level_changes.size() && level_changes[count].at <= now; ++count) {
      levels[level_changes[count].hs] = level_changes[count].levels;
      changed |= std::uint64_t{1} << level_changes[count].hs;
    }
    level_changes.erase(level_changes.begin(), level_changes.begin() + static_cast<std::ptrdiff_t>(count));
    for (unsigned hs = 0; changed != 0; ++hs, changed >>= 1)
      if ((changed & 1) != 0) take_request(hs, now);
  }
}

void Engine::request(unsigned hs, DmaRequest levels, Cycle at) {
  Impl& e = state();
  if (hs >= kMaxInterfaces) return;
  const auto behind = [](Cycle cycle, const Impl::LevelChange& change) { return cycle < change.at; };
  const auto place = std::upper_bound(e.level_changes.begin(), e.level_changes.end(), at, behind);
  e.level_changes.insert(place, {at, hs, levels});
  e.foreseen = 0;
}

void Engine::software_request(unsigned ch, bool destination, DmaRequest levels) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  c.software_request[destination ? 1 : 0] = levels;
  e.touch(c);
  e.open_transactions(c, e.now);
}

}  // namespace dmavp::dmac
