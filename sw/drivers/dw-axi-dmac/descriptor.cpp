#include "drivers/dw-axi-dmac/descriptor.h"

#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

namespace dmavp::dw_axi_dmac {

void DescriptorPool::init(struct device* dev) {
  dev_ = dev;
  spin_lock_init(&lock_);
  free_descriptors_ = nullptr;
  free_items_ = nullptr;
  free_item_count_ = 0;
  descriptor_chunks_ = nullptr;
  item_chunks_ = nullptr;
  unwanted_ = nullptr;
  freeing_ = false;
  INIT_WORK(&trim_, free_later);
}

bool DescriptorPool::grow_descriptors(gfp_t gfp) {
  auto* chunk = static_cast<DescriptorChunk*>(kzalloc(sizeof(DescriptorChunk), gfp));
  if (!chunk) return false;
  unsigned long flags;
  spin_lock_irqsave(&lock_, flags);
  chunk->next = descriptor_chunks_;
  descriptor_chunks_ = chunk;
  for (Descriptor& d : chunk->descriptors) {
    d.next_free = free_descriptors_;
    free_descriptors_ = &d;
  }
  spin_unlock_irqrestore(&lock_, flags);
  return true;
}

void DescriptorPool::add_items(ItemChunk* chunk) {
  chunk->next = item_chunks_;
  item_chunks_ = chunk;
  // Backwards, so that the first items taken are the first of the page.
  for (unsigned i = kItemsPerChunk; i-- > 0;) {
    LliNode& node = chunk->nodes[i];
    node.item = static_cast<Lli*>(chunk->cpu) + i;
    node.address = chunk->bus + i * sizeof(Lli);
    node.next = free_items_;
    free_items_ = &node;
  }
  free_item_count_ += kItemsPerChunk;
}

bool DescriptorPool::grow_items(unsigned count, gfp_t gfp) {
  ItemChunk* fresh = nullptr;
  bool good = true;
  for (unsigned n = 0; good && n < count; n += kItemsPerChunk) {
    auto* chunk = static_cast<ItemChunk*>(kzalloc(sizeof(ItemChunk), gfp));
    if (chunk) chunk->cpu = dma_alloc_coherent(dev_, kItemsPerChunk * sizeof(Lli), &chunk->bus, gfp);
    good = chunk && chunk->cpu;
    if (good) {
      chunk->next = fresh;
      fresh = chunk;
    } else {
      kfree(chunk);
    }
  }
  unsigned long flags;
  spin_lock_irqsave(&lock_, flags);
  while (ItemChunk* chunk = fresh) {
    fresh = chunk->next;
    if (good) {
      add_items(chunk);
    } else {
      chunk->next = unwanted_;
      unwanted_ = chunk;
      freeing_ = true;
    }
  }
  spin_unlock_irqrestore(&lock_, flags);
  if (!good && freeing_) schedule_work(&trim_);
  return good;
}

void DescriptorPool::free_chunks(struct device* dev, ItemChunk* chunks) {
  while (ItemChunk* chunk = chunks) {
    chunks = chunk->next;
    dma_free_coherent(dev, kItemsPerChunk * sizeof(Lli), chunk->cpu, chunk->bus);
    kfree(chunk);
  }
}

void DescriptorPool::free_unwanted() {
  unsigned long flags;
  spin_lock_irqsave(&lock_, flags);
  ItemChunk* chunks = unwanted_;
  unwanted_ = nullptr;
  spin_unlock_irqrestore(&lock_, flags);
  free_chunks(dev_, chunks);
}

void DescriptorPool::free_later(struct work_struct* work) {
  container_of(work, DescriptorPool, trim_)->free_unwanted();
}

void DescriptorPool::settle() {
  if (!freeing_) return;
  cancel_work_sync(&trim_);
  free_unwanted();
  freeing_ = false;
}

int DescriptorPool::prefill() {
  if (!grow_descriptors(GFP_KERNEL) || !grow_items(kItemsPerChunk, GFP_KERNEL)) {
    drain();
    return -ENOMEM;
  }
  return 0;
}

Descriptor* DescriptorPool::take(unsigned items, bool scratch) {
  if (scratch) items++;
  for (;;) {
    unsigned long flags;
    spin_lock_irqsave(&lock_, flags);
    Descriptor* d = free_descriptors_;
    const unsigned missing = free_item_count_ < items ? items - free_item_count_ : 0;
    if (d && !missing) {
      free_descriptors_ = d->next_free;
      LliNode* first = free_items_;
      LliNode* last = first;
      for (unsigned i = 1; i < items; i++) last = last->next;
      free_items_ = last->next;
      free_item_count_ -= items;
      spin_unlock_irqrestore(&lock_, flags);
      last->next = nullptr;
      memset(static_cast<void*>(d), 0, sizeof(*d));
      d->first = scratch ? first->next : first;
      d->last = last;
      d->scratch = scratch ? first : nullptr;
      return d;
    }
    spin_unlock_irqrestore(&lock_, flags);
    // Nothing has been taken yet, so there is nothing to undo when memory is out (M02).
    if (!d && !grow_descriptors(GFP_NOWAIT)) return nullptr;
    if (missing && !grow_items(missing, GFP_NOWAIT)) return nullptr;
  }
}

void DescriptorPool::put(Descriptor* descriptor) {
  unsigned count = 0;
  LliNode* first = descriptor->scratch ? descriptor->scratch : descriptor->first;
  for (LliNode* node = first; node; node = node->next) count++;
  unsigned long flags;
  spin_lock_irqsave(&lock_, flags);
  descriptor->last->next = free_items_;
  free_items_ = first;
  free_item_count_ += count;
  descriptor->next_free = free_descriptors_;
  free_descriptors_ = descriptor;
  spin_unlock_irqrestore(&lock_, flags);
}

void DescriptorPool::drain() {
  while (DescriptorChunk* chunk = descriptor_chunks_) {
    descriptor_chunks_ = chunk->next;
    kfree(chunk);
  }
  free_chunks(dev_, item_chunks_);
  item_chunks_ = nullptr;
  free_descriptors_ = nullptr;
  free_items_ = nullptr;
  free_item_count_ = 0;
}

}  // namespace dmavp::dw_axi_dmac
