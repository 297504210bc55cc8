// Linked-list items, transfer descriptors, and where both come from without touching the heap during
// transfers.
#pragma once

#include <linux/device.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "dmaengine/virt-dma.h"
#include "drivers/dw-axi-dmac/registers.h"

namespace dmavp::dw_axi_dmac {

/// A linked-list item as the controller reads it: 64 bytes, 64-byte aligned, little-endian.
struct Lli {
  __le64 sar;
  __le64 dar;
  __le64 block_ts;  ///< items - 1
  __le64 llp;       ///< next item; bit 0 = master that fetches it
  __le64 ctl;
  __le32 sstat;
  __le32 dstat;
  __le64 status;
  __le64 reserved;
};
static_assert(sizeof(Lli) == 64);

/// The driver's handle of an item; items of a descriptor are chained by `next`, the last has NULL also when
/// the controller sees a ring.
struct LliNode {
  Lli* item;
  dma_addr_t address;
  LliNode* next;
  // Of transfers with a peripheral only.
  u64 memory;  ///< first byte of its piece of memory
  u32 bytes;
  u8 src_width;  ///< log2 bytes
  bool ends_period;
};

struct Channel;

enum class TransferKind : u8 { kCopy, kToDevice, kFromDevice };

/// One transaction. Everything that frees it again is in the descriptor itself, not counted per channel
/// (M01).
struct Descriptor {
  virt_dma_desc vd;
  LliNode* first;
  LliNode* last;
  TransferKind kind;
  bool cyclic;
  bool ended_by_device;  ///< blocks may be shorter than their items: the peripheral controls the flow
  bool started;          ///< has been on the hardware: items of a reused descriptor need VALID again
  u64 src;               ///< of a copy
  u64 dst;
  u32 length;  ///< bytes; of a cyclic transfer: of its buffer
  Value<ChCfg> cfg;
  LliNode* oldest;  ///< cyclic: the first item not yet known to be finished
  u32 late;         ///< cyclic: times the controller met an item that was not ready again
  Descriptor* next_free;

  bool is_slave() const { return kind != TransferKind::kCopy; }
  /// The item behind one of a ring.
  LliNode* following(const LliNode* node) const { return node->next ? node->next : first; }
};

/// Free lists of one channel. They are filled when the channel is allocated, and grow by whole chunks when a
/// burst of descriptors needs more; nothing is given back to the heap before drain(). take and put work in
/// any context.
class DescriptorPool {
 public:
  static constexpr unsigned kDescriptorsPerChunk = 16;
  static constexpr unsigned kItemsPerChunk = 64;  // one page

  void init(struct device* dev);
  /// 0 or -ENOMEM. Process context.
  int prefill();
  /// A cleared descriptor with a chain of `items` uninitialised linked-list items, or NULL when memory is
  /// out.
  Descriptor* take(unsigned items);
  void put(Descriptor* descriptor);
  /// Frees all memory; every descriptor must be back. Process context.
  void drain();

 private:
  struct DescriptorChunk {
    DescriptorChunk* next;
    Descriptor descriptors[kDescriptorsPerChunk];
  };
  struct ItemChunk {
    ItemChunk* next;
    void* cpu;
    dma_addr_t bus;
    LliNode nodes[kItemsPerChunk];
  };

  bool grow_descriptors(gfp_t gfp);
  bool grow_items(gfp_t gfp);

  struct device* dev_;
  spinlock_t lock_;
  Descriptor* free_descriptors_;
  LliNode* free_items_;
  unsigned free_item_count_;
  DescriptorChunk* descriptor_chunks_;
  ItemChunk* item_chunks_;
};

}  // namespace dmavp::dw_axi_dmac
