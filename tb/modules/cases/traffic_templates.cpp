// Interleaved templates with the traffic source and sink: every item counted, nothing else touched.
// covers: R12 K18
#include "modules/cases/template.h"
#include "modules/cases/traffic_bench.h"

namespace dmavp::test {

using namespace traffic;

void templates(dma_transfer_direction direction) {
  TrafficBench b(direction, 65536);
  const bool out = b.to_device();
  for (u32 maxburst = 0; maxburst <= 33; maxburst++) {
    memset(b.buffer, kUntouched, b.size);
    b.begin(maxburst, 1, out ? 2 : 60);
    Template xt;
    xt->dir = direction;
    xt->src_inc = out;
    xt->dst_inc = !out;
    xt.shuffle(b.width, 30 * b.width);
    const size_t start = random_below(64);
    (out ? xt->src_start : xt->dst_start) = b.bus + start;
    // The register that the template names counts, and none means the configured one.
    (out ? xt->dst_start : xt->src_start) = maxburst % 2 ? b.address : 0;
    size_t n = 0;
    xt.each([&](size_t src, size_t dst, size_t size) {
      if (out) b.fill(start + src, size, n);
      n += size;
      CHECK(start + (out ? src : dst) + size <= b.size);
    });
    Transfer t;
    b.submit(dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT), t);
    b.write(out ? kSinkLength : kSourceLength, static_cast<u32>(n / b.width));
    b.switch_on();
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, 0);
    CHECK_EQ(b.moved(), xt.bytes());
    b.check_exact();
    size_t wrong = 0, end = 0;
    n = 0;
    xt.each([&](size_t src, size_t dst, size_t size) {
      const size_t at = start + (out ? src : dst);
      for (size_t i = end; i < at; i++) wrong += b.buffer[i] != kUntouched;
      for (size_t i = 0; i < size; i++) wrong += b.buffer[at + i] != b.pattern(n++);
      end = at + size;
    });
    for (size_t i = end; i < b.size; i++) wrong += b.buffer[i] != kUntouched;
    CHECK_EQ(wrong, 0);
  }
}

}  // namespace dmavp::test
