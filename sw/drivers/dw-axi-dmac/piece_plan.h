// How one piece of a transfer between two places in memory becomes blocks, where an address may stay put.
// Pure arithmetic, no hardware.
#pragma once

#include <linux/types.h>

#include "drivers/dw-axi-dmac/copy_plan.h"
#include "drivers/dw-axi-dmac/pieces.h"

namespace dmavp::dw_axi_dmac {

/// Width of the accesses to an address that stays put, log2 bytes: it decides which bytes are touched, so the
/// client chooses it. Ignored where the address moves.
struct FixedWidths {
  u8 src;
  u8 dst;
};

class PiecePlan {
 public:
  /// bus_width: log2 bytes, 0..6. max_items: per block, at least 1. Where both addresses move it is a
  /// CopyPlan.
  PiecePlan(const Piece& piece, Steps steps, FixedWidths fixed, unsigned bus_width, u32 max_items);

  /// False when hardware cannot move it: nothing, an address that stays put and is not aligned to its width
  /// or does not divide the length, or a block too short for one access of each side.
  bool possible() const { return possible_; }
  bool next(CopyBlock& block);
  /// Blocks still to come, 0 when it is not possible. Stops counting above `most`.
  u32 count(u32 most) const;

 private:
  Steps steps_;
  CopyPlan copy_;
  u64 src_;
  u64 dst_;
  u64 left_;
  u64 step_ = 1;  ///< bytes of all blocks but the last
  u8 src_width_ = 0;
  u8 dst_width_ = 0;
  bool possible_ = false;
};

}  // namespace dmavp::dw_axi_dmac
