// Interleaved transfers on the real controller, against the formula of the API.
// covers: R12 R13 K14 K18
#include "modules/cases/case_module.h"
#include "modules/cases/memory_bench.h"
#include "modules/cases/slave_bench.h"

static bool to_device;
module_param(to_device, bool, 0444);
static uint rounds = 30;
module_param(rounds, uint, 0444);

namespace dmavp::test {

namespace {

constexpr size_t kSize = 65536;

/// Between places in memory, both of which move on: any sizes, alignments and gaps; nothing else is touched
/// (R12 K18).
void memory() {
  MemoryBench b(kSize);
  for (unsigned round = 0; round < rounds; round++) {
    b.reset();
    Template xt;
    xt->dir = DMA_MEM_TO_MEM;
    xt->src_inc = xt->dst_inc = true;
    xt.shuffle(1, round % 3 ? 100 : 1500);
    const size_t from = random_below(64), to = random_below(64);
    CHECK(from + xt.src_extent() <= kSize && to + xt.dst_extent() <= kSize);
    xt->src_start = b.src_bus + from;
    xt->dst_start = b.dst_bus + to;
    xt.each([&](size_t src, size_t dst, size_t size) {
      memcpy(b.expected + to + dst, b.src + from + src, size);
    });
    dma_async_tx_descriptor* tx = dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT);
    memset(static_cast<void*>(xt.get()), 0xff, sizeof(*xt.get()));  // K13
    b.run(tx);
  }
}

/// Crop, de-interleave and transpose: the uses that the template was made for.
void pictures() {
  MemoryBench b(kSize);
  constexpr size_t kStride = 240, kWidth = 90, kLines = 50;
  Template xt;
  xt->dir = DMA_MEM_TO_MEM;
  xt->src_inc = xt->dst_inc = true;
  xt->src_start = b.src_bus + 3 * kStride + 7;
  xt->dst_start = b.dst_bus;
  xt.lines(kWidth, kLines, kStride - kWidth, 0);
  for (size_t y = 0; y < kLines; y++) memcpy(b.expected + y * kWidth, b.src + (y + 3) * kStride + 7, kWidth);
  b.run(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0));

  b.reset();
  xt->src_start = b.src_bus + 1;
  xt.lines(1, 500, 2, 0);  // the second of three channels
  for (size_t n = 0; n < 500; n++) b.expected[n] = b.src[3 * n + 1];
  b.run(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0));

  b.reset();
  constexpr size_t kSide = 12;  // columns to lines, by gaps that lead back
  for (size_t x = 0; x < kSide; x++) {
    xt->src_start = b.src_bus + 4 * x;
    xt->dst_start = b.dst_bus + 4 * x * kSide;
    xt.lines(4, kSide, 4 * (kSide - 1), 0);
    for (size_t y = 0; y < kSide; y++)
      memcpy(b.expected + 4 * (x * kSide + y), b.src + 4 * (y * kSide + x), 4);
    b.run(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0));
  }

  b.reset();
  xt->src_start = b.src_bus + 4096;
  xt->dst_start = b.dst_bus;
  xt.lines(64, 16, ~size_t{0} - 127, 0);  // lines bottom up
  for (size_t y = 0; y < 16; y++) memcpy(b.expected + 64 * y, b.src + 4096 - 64 * y, 64);
  b.run(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0));
}

void set_widths(MemoryBench& b, unsigned src, unsigned dst) {
  dma_slave_config cfg = {};
  cfg.src_addr_width = static_cast<dma_slave_buswidth>(src);
  cfg.dst_addr_width = static_cast<dma_slave_buswidth>(dst);
  CHECK_EQ(dmaengine_slave_config(b.chan, &cfg), 0);
}

/// An address that stays put is accessed in the configured width, by bytes if there is none.
void fixed() {
  MemoryBench b(kSize);
  for (unsigned round = 0; round < rounds; round++) {
    b.reset();
    const unsigned named[] = {0, 1, 2, 4, 8};
    dma_slave_caps caps;
    CHECK_EQ(dma_get_slave_caps(b.chan, &caps), 0);
    const unsigned wish = named[round % 5], width = caps.src_addr_widths & 1u << wish ? wish : 0;
    const unsigned w = width ? width : 1;
    const bool src_moves = round % 3 == 1, dst_moves = round % 3 == 0;
    set_widths(b, width, width);
    Template xt;
    xt->dir = DMA_MEM_TO_MEM;
    xt->src_inc = src_moves;
    xt->dst_inc = dst_moves;
    xt.shuffle(w, 400);
    const size_t from = src_moves ? random_below(64) : 8 * random_below(8);
    const size_t to = dst_moves ? random_below(64) : 8 * random_below(8);
    xt->src_start = b.src_bus + from;
    xt->dst_start = b.dst_bus + to;
    xt.each([&](size_t src, size_t dst, size_t size) {
      for (size_t n = 0; n < size; n++)
        b.expected[to + dst + (dst_moves ? n : n % w)] = b.src[from + src + (src_moves ? n : n % w)];
    });
    b.run(dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT));
  }
}

dma_async_tx_descriptor* prep_lines(MemoryBench& b, Template& xt, size_t width, size_t lines) {
  xt.lines(width, lines, 16, 16);
  return dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0);
}

/// What cannot be is refused and leaves the channel usable.
void refusals() {
  MemoryBench b(kSize);
  Template xt;
  xt->dir = DMA_MEM_TO_MEM;
  xt->src_inc = xt->dst_inc = true;
  xt->src_start = b.src_bus;
  xt->dst_start = b.dst_bus;
  CHECK(prep_lines(b, xt, 64, 0) == nullptr);
  CHECK(prep_lines(b, xt, 0, 64) == nullptr);
  CHECK(prep_lines(b, xt, 0, ~size_t{0}) == nullptr);
  CHECK(prep_lines(b, xt, 65536, 65536) == nullptr);  // 4 GiB: residue has 32 bits
  CHECK(prep_lines(b, xt, ~size_t{0}, 2) == nullptr);
  CHECK(prep_lines(b, xt, 1, 2u << 20) == nullptr);  // more items than a descriptor may have
  xt->dst_inc = false;
  set_widths(b, 4, 4);
  CHECK(prep_lines(b, xt, 6, 4) == nullptr);  // an access of a half
  xt->dst_start++;
  CHECK(prep_lines(b, xt, 8, 4) == nullptr);
  xt->dst_start--;
  xt->dir = DMA_DEV_TO_DEV;
  CHECK(prep_lines(b, xt, 64, 4) == nullptr);
  xt->dir = DMA_MEM_TO_DEV;  // not requested for a peripheral
  CHECK(prep_lines(b, xt, 64, 4) == nullptr);
  xt->dir = DMA_MEM_TO_MEM;
  xt->dst_inc = true;
  for (size_t y = 0; y < 4; y++) memcpy(b.expected + 80 * y, b.src + 80 * y, 64);
  b.run(prep_lines(b, xt, 64, 4));
}

/// Between memory and a stream: the host looks at what was given away (R12).
void slave() {
  SlaveBench b(to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM);
  u64 streamed = 0;
  for (unsigned round = 0; round < rounds; round++) {
    const unsigned width = 1u << round % 4;
    CHECK_EQ(b.configure(width, random_below(40)), 0);
    Template xt;
    xt->dir = b.direction;
    xt->src_inc = to_device;
    xt->dst_inc = !to_device;
    if (round % 3 == 0) (to_device ? xt->dst_start : xt->src_start) = kRegister;
    xt.shuffle(width, round % 4 ? 100 : 600);
    const size_t at = random_below(64);
    (to_device ? xt->src_start : xt->dst_start) = b.bus + at;
    memset(b.buffer, 0x5a, b.size);
    size_t n = 0;
    const auto memory_of = [&](size_t src, size_t dst) { return b.buffer + at + (to_device ? src : dst); };
    xt.each([&](size_t src, size_t dst, size_t size) {
      for (size_t i = 0; to_device && i < size; i++) memory_of(src, dst)[i] = stream_byte(streamed + n++);
    });
    Transfer t;
    b.submit(dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, 0);
    size_t wrong = 0, end = 0;
    n = 0;
    xt.each([&](size_t src, size_t dst, size_t size) {
      const u8* place = memory_of(src, dst);
      if (to_device) return;
      for (const u8* p = b.buffer + end; p < place; p++) wrong += *p != 0x5a;
      for (size_t i = 0; i < size; i++) wrong += place[i] != stream_byte(streamed + n++);
      end = static_cast<size_t>(place - b.buffer) + size;
    });
    for (size_t i = end; !to_device && i < b.size; i++) wrong += b.buffer[i] != 0x5a;
    CHECK_EQ(wrong, 0);
    streamed += xt.bytes();
  }
  Template xt;
  xt->dir = b.direction;
  xt->src_inc = xt->dst_inc = true;
  xt->src_start = xt->dst_start = b.bus;
  xt.lines(64, 2, 0, 0);
  CHECK(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0) == nullptr);  // a register that moves
}

/// Memory that stays put is one item: the same is given away again and again, or the last one is kept.
void slave_fixed() {
  SlaveBench b(to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM);
  CHECK_EQ(b.configure(4, 8), 0);
  Template xt;
  xt->dir = b.direction;
  xt.lines(40, 4, 8, 8);
  (to_device ? xt->src_start : xt->dst_start) = b.bus + 32;
  for (size_t i = 0; to_device && i < 4; i++) b.buffer[32 + i] = stream_byte(i);
  Transfer t;
  b.submit(dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT), t);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t));
  CHECK_EQ(t.result.residue, 0);
  size_t wrong = 0;
  for (size_t i = 0; i < b.size; i++) {
    const bool item = i >= 32 && i < 36;
    wrong += b.buffer[i] != (!item ? 0x5a : stream_byte(to_device ? i - 32 : 156 + i - 32));
  }
  CHECK_EQ(wrong, 0);
  (to_device ? xt->src_start : xt->dst_start)++;
  CHECK(dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0) == nullptr);
}

const Case kCases[] = {{"memory", memory},     {"pictures", pictures}, {"fixed", fixed},
                       {"refusals", refusals}, {"slave", slave},       {"slave_fixed", slave_fixed}};

}  // namespace
}  // namespace dmavp::test

CASE_MODULE(dmavp::test::kCases);
