#include "drivers/dw-axi-dmac/copy_plan.h"

namespace dmavp::dw_axi_dmac {
namespace {

/// Widest access, in bytes, to which all of `bits` is aligned.
constexpr u64 lowest_bit(u64 bits) { return bits & (~bits + 1); }

u8 log2_of(u64 power) { return static_cast<u8>(__builtin_ctzll(power)); }

}  // namespace

u64 CopyPlan::block_bytes() const {
  const u64 uniform = lowest_bit(src_ | dst_ | left_ | bus_);
  if (left_ / uniform <= kNarrowBeats) return left_;
  const u64 past = src_ & (bus_ - 1);
  if (past) return left_ < bus_ - past ? left_ : bus_ - past;
  return left_ >= bus_ ? left_ & ~(bus_ - 1) : left_;
}

bool CopyPlan::next(CopyBlock& block) {
  if (!left_) return false;
  u64 bytes = block_bytes();
  u64 src_width = lowest_bit(src_ | bytes | bus_);
  if (bytes / src_width > max_items_) bytes = u64{max_items_} * src_width;
  src_width = lowest_bit(src_ | bytes | bus_);
  const u64 dst_width = lowest_bit(dst_ | bytes | bus_);
  block = {src_,
           dst_,
           static_cast<u32>(bytes),
           static_cast<u32>(bytes / src_width),
           log2_of(src_width),
           log2_of(dst_width)};
  src_ += bytes;
  dst_ += bytes;
  left_ -= bytes;
  return true;
}

u32 CopyPlan::count(u32 most) const {
  CopyPlan rest = *this;
  CopyBlock block;
  u32 n = 0;
  while (n <= most && rest.next(block)) n++;
  return n;
}

}  // namespace dmavp::dw_axi_dmac
