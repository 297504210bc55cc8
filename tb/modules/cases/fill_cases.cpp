// Random constant transfers, lengths around the limit of a block, and addresses across 4 GiB.
// covers: M17 M28 K18
#include <linux/moduleparam.h>
#include <linux/scatterlist.h>

#include "modules/cases/kinds.h"

static uint rounds = 30;
module_param(rounds, uint, 0444);
static uint block_items = 4096;  // of the channel's blocks at most
module_param(block_items, uint, 0444);
static ulong high_memory;  // bus address of memory that software does not see, across a multiple of 4 GiB
module_param(high_memory, ulong, 0444);

namespace dmavp::test {
namespace {

constexpr unsigned kEntries = 40;

void set_one(MemoryBench& b) {
  const u32 value = random_below(256);
  const size_t at = random_below(200), length = 1 + random_below(random_below(2) ? 100 : 20000);
  b.reset();
  memset(b.expected + at, static_cast<int>(value), length);
  // Only the low byte of the value counts.
  b.run(dmaengine_prep_dma_memset(b.chan, b.dst_bus + at, static_cast<int>(value | 0xABCD00), length, 0));
}

/// Entries of any length, in any order, some of them empty.
void set_list(MemoryBench& b) {
  scatterlist sg[kEntries];
  const unsigned entries = 1 + random_below(kEntries);
  const u8 value = static_cast<u8>(random_below(256));
  size_t at = random_below(64);
  b.reset();
  sg_init_table(sg, entries);
  for (unsigned i = 0; i < entries; i++) {
    const unsigned length = random_below(4) ? 1 + random_below(3) * random_below(300) : 0;
    // Half of them go on where the one before has ended.
    at += random_below(2) * random_below(50);
    sg_dma_address(&sg[entries - 1 - i]) = b.dst_bus + at;
    sg_dma_len(&sg[entries - 1 - i]) = length;
    memset(b.expected + at, value, length);
    at += length;
  }
  size_t bytes = 0;
  for (unsigned i = 0; i < entries; i++) bytes += sg_dma_len(&sg[i]);
  dma_async_tx_descriptor* tx = b.chan->device->device_prep_dma_memset_sg(b.chan, sg, entries, value, 0);
  CHECK_EQ(tx != nullptr, bytes != 0);
  if (tx) b.run(tx);
}

dma_async_tx_descriptor* prep_one_chunk(dma_chan* chan, dma_addr_t dst, dma_addr_t src, size_t length) {
  Template xt;
  xt->dir = DMA_MEM_TO_MEM;
  xt->src_inc = xt->dst_inc = true;
  xt->src_start = src;
  xt->dst_start = dst;
  xt.lines(length, 1, 0, 0);
  return dmaengine_prep_interleaved_dma(chan, xt.get(), 0);
}

}  // namespace

void set_anything() {
  MemoryBench b(65536);
  CHECK(dmaengine_prep_dma_memset(b.chan, b.dst_bus, 0, 0, 0) == nullptr);
  for (unsigned round = 0; round < rounds; round++) {
    set_one(b);
    set_list(b);
  }
}

void block_limits() {
  MemoryBench b(5 * 8 * block_items + 256);
  for (unsigned width = 0; width <= 3; width++) {
    for (unsigned delta = 0; delta < 5; delta++) {
      const size_t length = (size_t{block_items} << width) * (delta == 4 ? 2 : 1) + delta - 1;
      const size_t aligned = 64, from = aligned + (delta % 2 << width), to = aligned + (delta / 2 << width);
      b.reset();
      memcpy(b.expected + to, b.src + from, length);
      b.run(dmaengine_prep_dma_memcpy(b.chan, b.dst_bus + to, b.src_bus + from, length, 0));
      b.reset();
      memcpy(b.expected + to, b.src + from, length);
      b.run(prep_one_chunk(b.chan, b.dst_bus + to, b.src_bus + from, length));
      b.reset();
      memset(b.expected + to, 0x11, length);
      b.run(dmaengine_prep_dma_memset(b.chan, b.dst_bus + to, 0x11, length, 0));
    }
  }
}

/// A template for whose items memory does not suffice is refused, and leaves no memory behind.
void out_of_memory() {
  MemoryBench b(4096);
  Template xt;
  xt->dir = DMA_MEM_TO_MEM;
  xt->src_inc = xt->dst_inc = true;
  xt->src_start = b.src_bus;
  xt->dst_start = b.dst_bus;
  xt.lines(1, 700000, 0, 1);
  for (unsigned round = 0; round < 3; round++) {
    CHECK(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0) == nullptr);
    usleep_range(1000, 1000);
    void* large = kmalloc(8u << 20, GFP_KERNEL);
    CHECK(large != nullptr);
    kfree(large);
  }
  // With interrupts off too, and the channel is released before the memory has been freed.
  unsigned long flags;
  local_irq_save(flags);
  CHECK(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0) == nullptr);
  local_irq_restore(flags);
}

/// Out to memory across 4 GiB in one way and back in another.
void across_4gib() {
  MemoryBench b(16384);
  constexpr size_t kLength = 9000;
  for (unsigned round = 0; round < 8; round++) {
    const dma_addr_t high = high_memory - 4500 + round;
    const bool set = round / 2 == 1, lines = round / 4 == 1;
    b.reset();
    Transfer out;
    Template xt;
    xt->dir = DMA_MEM_TO_MEM;
    xt->src_inc = xt->dst_inc = true;
    xt->src_start = b.src_bus;
    xt->dst_start = high;
    xt.lines(90, 100, 7, 0);
    b.start(lines ? dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0)
            : set ? dmaengine_prep_dma_memset(b.chan, high, 0x77, kLength, 0)
                  : dmaengine_prep_dma_memcpy(b.chan, high, b.src_bus, kLength, 0),
            out);
    CHECK(b.wait(out));
    CHECK_EQ(out.result.result, DMA_TRANS_NOERROR);
    for (size_t n = 0; n < kLength; n++)
      b.expected[n] = lines ? b.src[n / 90 * 97 + n % 90] : set ? u8{0x77} : b.src[n];
    b.run(round % 2 ? prep_one_chunk(b.chan, b.dst_bus, high, kLength)
                    : dmaengine_prep_dma_memcpy(b.chan, b.dst_bus, high, kLength, 0));
  }
}

}  // namespace dmavp::test
