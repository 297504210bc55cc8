// Linked-list items, transfer descriptors, and where both come from without touching the heap during
// transfers.
#pragma once

#include <linux/device.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

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
  // Of all but plain copies.
  u64 start;  ///< of the side that tells how far it is (Descriptor::follow)
  u32 bytes;
  u8 src_width;  ///< log2 bytes
  bool ends_period;
};

struct Channel;

/// What tells how far an item is: SAR or DAR, with STATUS for what is between the two sides, or STATUS alone
/// where neither address moves. kCopy: both, through all items.
enum class Follow : u8 { kCopy, kSource, kDestination, kNeither };

/// One transaction. Everything that frees it again is in the descriptor itself, not counted per channel
/// (M01).
struct Descriptor {
  virt_dma_desc vd;
  LliNode* first;
  LliNode* last;
  Follow follow;
  bool to_device;
  bool cyclic;
  bool repeat;           ///< starts again at its end until a descriptor with DMA_PREP_LOAD_EOT waits
  bool held;             ///< repeat: has ended while the channel was paused
  bool ended_by_device;  ///< blocks may be shorter than their items: the peripheral controls the flow
  bool started;          ///< has been on the hardware: items of a reused descriptor need VALID again
  u64 src;               ///< of a copy
  u64 dst;
  u32 length;  ///< bytes; of a cyclic transfer: of its buffer; of one that repeats: of a repetition
  Value<ChCfg> cfg;
  LliNode* oldest;   ///< cyclic: the first item not yet known to be finished
  u32 late;          ///< cyclic: times the controller met an item that was not ready again
  LliNode* scratch;  ///< 64 bytes for data the controller reads or writes, or NULL
  Descriptor* next_free;

  bool goes_round() const { return cyclic || repeat; }
  /// The item behind one of a ring.
  LliNode* following(const LliNode* node) const { return node->next ? node->next : first; }
};

/// Free lists of one channel. They are filled when the channel is allocated, and grow by whole chunks when a
/// burst of descriptors needs more; what a descriptor has used is not given back to the heap before drain().
/// take and put work in any context.
class DescriptorPool {
 public:
  static constexpr unsigned kDescriptorsPerChunk = 16;
  static constexpr unsigned kItemsPerChunk = 64;  // one page

  void init(struct device* dev);
  /// 0 or -ENOMEM. Process context.
  int prefill();
  /// A cleared descriptor with a chain of `items` uninitialised linked-list items, and one more as scratch if
  /// asked for; or NULL when memory is out.
  Descriptor* take(unsigned items, bool scratch = false);
  void put(Descriptor* descriptor);
  /// Memory that did not suffice for a descriptor is free again. Process context.
  void settle();
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
  /// All of `count` items or none.
  bool grow_items(unsigned count, gfp_t gfp);
  void add_items(ItemChunk* chunk);
  static void free_chunks(struct device* dev, ItemChunk* chunks);
  void free_unwanted();
  static void free_later(struct work_struct* work);

  struct device* dev_;
  spinlock_t lock_;
  Descriptor* free_descriptors_;
  LliNode* free_items_;
  unsigned free_item_count_;
  DescriptorChunk* descriptor_chunks_;
  ItemChunk* item_chunks_;
  ItemChunk* unwanted_;  ///< of a growth that failed: memory is freed where interrupts are on
  bool freeing_;         ///< `trim_` has been scheduled
  struct work_struct trim_;
};

}  // namespace dmavp::dw_axi_dmac
