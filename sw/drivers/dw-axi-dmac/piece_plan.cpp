#include "drivers/dw-axi-dmac/piece_plan.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr u64 lowest_bit(u64 bits) { return bits & (~bits + 1); }
constexpr u8 log2_of(u64 power) { return static_cast<u8>(__builtin_ctzll(power)); }

}  // namespace

PiecePlan::PiecePlan(const Piece& piece, Steps steps, FixedWidths fixed, unsigned bus_width, u32 max_items)
    : steps_(steps),
      copy_(piece.src, piece.dst, piece.length, bus_width, max_items),
      src_(piece.src),
      dst_(piece.dst),
      left_(piece.length) {
  if (steps.src && steps.dst) {
    possible_ = left_ != 0;
    return;
  }
  const u64 bus = u64{1} << bus_width;
  const u64 src_fixed = u64{1} << fixed.src, dst_fixed = u64{1} << fixed.dst;
  if (!left_ || (!steps.src && (left_ | src_) % src_fixed) || (!steps.dst && (left_ | dst_) % dst_fixed))
    return;
  src_width_ = steps.src ? log2_of(lowest_bit(src_ | left_ | bus)) : fixed.src;
  // Not wider than the source that stays put: a stop then leaves nothing in the FIFO that does not fill an
  // access, and what has been read there cannot be read again.
  dst_width_ = steps.dst ? log2_of(lowest_bit(dst_ | left_ | src_fixed)) : fixed.dst;
  const u64 most = u64{max_items} << src_width_;
  const u64 unit = u64{1} << (src_width_ > dst_width_ ? src_width_ : dst_width_);
  if (most < unit) return;
  step_ = most & ~(unit - 1);
  possible_ = true;
}

bool PiecePlan::next(CopyBlock& block) {
  if (steps_.src && steps_.dst) return copy_.next(block);
  if (!possible_ || !left_) return false;
  const u64 bytes = left_ < step_ ? left_ : step_;
  block = {src_,       dst_,      static_cast<u32>(bytes), static_cast<u32>(bytes >> src_width_),
           src_width_, dst_width_};
  if (steps_.src) src_ += bytes;
  if (steps_.dst) dst_ += bytes;
  left_ -= bytes;
  return true;
}

u32 PiecePlan::count(u32 most) const {
  if (!possible_) return 0;
  PiecePlan rest = *this;
  CopyBlock block;
  u32 n = 0;
  while (n <= most && rest.next(block)) n++;
  return n;
}

}  // namespace dmavp::dw_axi_dmac
