// How one memory copy becomes blocks of the controller. Pure arithmetic, no hardware.
#pragma once

#include <linux/types.h>

namespace dmavp::dw_axi_dmac {

/// One block: `items` accesses of the source width; both addresses are aligned to their width and the length
/// is a multiple of both.
struct CopyBlock {
  u64 src;
  u64 dst;
  u32 bytes;
  u32 items;     ///< bytes / source width
  u8 src_width;  ///< log2 bytes
  u8 dst_width;
};

/// Cuts a copy into blocks with the widest accesses that fit: a head up to the alignment of the source, a
/// body at full width, a tail. So one odd byte costs one more block instead of making all of it byte-wide. A
/// copy short enough that a single narrow block takes no more than kNarrowBeats accesses stays in one piece.
class CopyPlan {
 public:
  static constexpr u32 kNarrowBeats = 16;

  /// bus_width: log2 bytes, 0..6. max_items: per block, at least 1.
  CopyPlan(u64 src, u64 dst, u64 length, unsigned bus_width, u32 max_items)
      : src_(src), dst_(dst), left_(length), bus_(u64{1} << bus_width), max_items_(max_items) {}

  bool next(CopyBlock& block);
  /// Blocks still to come. Stops counting above `most`.
  u32 count(u32 most = ~u32{0} - 1) const;

 private:
  u64 block_bytes() const;

  u64 src_;
  u64 dst_;
  u64 left_;
  u64 bus_;
  u32 max_items_;
};

}  // namespace dmavp::dw_axi_dmac
