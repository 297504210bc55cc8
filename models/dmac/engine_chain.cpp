// Overlapping blocks (block_overlap): the reader goes on with the next block while the writer is still busy
// with the one before, as engines do that queue their transfers. Positions run on through all of them, so
// that a chain is one long block to the planner, whose sides change their addresses at the borders.
#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

constexpr std::uint32_t kLongestChain = 1u << 29;  // positions are 32 bits wide

/// The parts of CTL that a chain cannot change.
constexpr std::uint64_t kShapeBits = 0x3F'FFFF | std::uint64_t{0x3'FFFF} << 38;

}  // namespace

/// The block that has just been set up may be the first of a chain.
void Engine::Impl::begin_chain(Channel& c) {
  c.chain.clear();
  c.written = 0;
  if (!asynchronous || !p.block_overlap || !c.shadow || c.handshakes()) return;
  c.chain.push_back({0, c.rd.total, c.rd.base, c.wr.base, c.ctl, c.block_ts});
}

/// All of a block has been asked for: is there another one to go on with?
bool Engine::Impl::chain_next(Channel& c) {
  if (c.chain.empty() || c.draining() || c.error != 0 || c.set_taken || c.chain.back().ctl.last() ||
      c.rd.pos > kLongestChain || is_reload(c))
    return false;
  if (!client.take_shadow_set(c.index, c.set)) return false;
  c.set_taken = true;
  const Ctl ctl{c.set.ctl.raw & ~kCtlValid};
  const std::uint64_t shape = c.chain.back().ctl.raw ^ ctl.raw;
  const bool aligned = ((c.set.sar & (c.rd.shape.width() - 1)) | (c.set.dar & (c.wr.shape.width() - 1))) == 0;
  const std::uint32_t bytes = ((c.set.block_ts & kItemsMask) + 1) << c.rd.shape.width_log2;
  if ((shape & kShapeBits) != 0 || !aligned || (bytes & (c.wr.shape.width() - 1)) != 0) return false;
  c.set_taken = false;
  const std::uint32_t begin = c.rd.total;
  c.chain.push_back({begin, begin + bytes, (c.set.sar - begin) & address_mask,
                     (c.set.dar - begin) & address_mask, ctl, c.set.block_ts});
  c.rd.base = c.chain.back().sar;
  c.rd.total = begin + bytes;
  return true;
}

/// The writer has asked for all of its block.
bool Engine::Impl::write_next(Channel& c) {
  if (c.written + 1 >= c.chain.size()) return false;
  ++c.written;
  c.wr.base = c.chain[c.written].dar;
  c.wr.total = c.chain[c.written].end;
  return true;
}

/// Ends the blocks of a chain that have been written, but for the last. False if the channel is no longer
/// what it was.
bool Engine::Impl::end_chained(Channel& c, Cycle t) {
  const std::uint32_t generation = c.generation;
  while (c.chain.size() > 1 && c.wr.done >= c.chain.front().end) {
    const ChainedBlock done = c.chain.front();
    c.chain.pop_front();
    --c.written;
    const ChainedBlock& next = c.chain.front();
    ++c.blocks;
    notify(c, BlockPhase::kBlockDone, done.end - done.begin);
    c.ctl = next.ctl;
    c.block_ts = next.block_ts;
    c.block_bytes = next.end - next.begin;
    notify(c, BlockPhase::kBlockStart, c.block_bytes);
    if (done.ctl.ioc()) client.channel_event(c.index, kBlockTfrDone, t);
    if (c.generation != generation) return false;
  }
  return true;
}

/// Address of a position of a side, whichever block it lies in.
std::uint64_t Engine::Impl::address_of(const Channel& c, const Side& side, std::uint32_t position) const {
  for (const ChainedBlock& block : c.chain) {
    if (position >= block.end && &block != &c.chain.back()) continue;
    return ((&side == &c.rd ? block.sar : block.dar) + (side.shape.fixed ? 0 : position)) & address_mask;
  }
  return side.address(position) & address_mask;
}

}  // namespace dmavp::dmac
