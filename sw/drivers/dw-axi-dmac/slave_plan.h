// How one piece of memory, moved to or from a peripheral's register, becomes blocks. Pure arithmetic, no
// hardware.
#pragma once

#include <linux/types.h>

namespace dmavp::dw_axi_dmac {

/// Largest burst transaction the controller has a code for that is not longer than `maxburst` items: 1, 4, 8,
/// 16, ... (4.1). 0 counts as 1; `limit` is the largest the controller implements, 1..1024.
u32 legal_burst(u32 maxburst, u32 limit);
/// Value of an MSIZE field for a legal burst.
u32 msize_code(u32 burst);

/// One block: the memory address is aligned to memory_width, `bytes` is a multiple of both widths.
struct SlaveBlock {
  u64 memory;
  u32 bytes;
  u32 items;        ///< bytes / source width
  u8 memory_width;  ///< log2 bytes
};

class SlavePlan {
 public:
  struct Device {
    bool destination;           ///< memory to peripheral
    u8 width;                   ///< log2 bytes of a register access
    u32 burst;                  ///< items per burst transaction, a power of two
    bool flow_control = false;  ///< it says where a block ends
  };
  /// bus_width: log2 bytes, 0..6. max_items: per block, at least 1.
  SlavePlan(const Device& device, u64 address, u64 length, unsigned bus_width, u32 max_items);

  /// False when hardware cannot move it: nothing, a length that is no multiple of the register width (what is
  /// left over would be lost), or a block too short for one access of each side.
  bool possible() const { return possible_; }
  /// Only the last block may end within a burst transaction, so the peripheral sees whole bursts as long as
  /// there is data for one.
  bool next(SlaveBlock& block);
  u32 count() const { return possible_ ? static_cast<u32>((left_ + step_ - 1) / step_) : 0; }

 private:
  u64 address_;
  u64 left_;
  u64 step_ = 1;  ///< bytes of all blocks but the last
  u8 memory_width_ = 0;
  u8 src_width_ = 0;
  bool possible_ = false;
};

}  // namespace dmavp::dw_axi_dmac
