// Interleaved templates and ragged lists with the traffic source and sink: every item is counted, and nothing
// else is touched. covers: R10 R12 K18
#include "modules/cases/template.h"
#include "modules/cases/traffic_bench.h"

namespace dmavp::test {
namespace {

using namespace traffic;

constexpr u32 kMostMaxburst = 33;

/// Plays a transfer whose pieces, in ascending order, are what `each` tells a visitor (place, bytes).
template <class Each>
void play(TrafficBench& b, dma_async_tx_descriptor* tx, size_t total, Each each) {
  size_t n = 0;
  if (b.to_device()) {
    each([&](size_t at, size_t size) {
      b.fill(at, size, n);
      n += size;
    });
  }
  Transfer t;
  b.submit(tx, t);
  b.write(b.to_device() ? kSinkLength : kSourceLength, static_cast<u32>(total / b.width));
  b.switch_on();
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t));
  CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
  CHECK_EQ(t.result.residue, 0);
  CHECK_EQ(b.moved(), total);
  b.check_exact();
  size_t wrong = 0, end = 0;
  n = 0;
  each([&](size_t at, size_t size) {
    for (size_t i = end; i < at; i++) wrong += b.buffer[i] != kUntouched;
    for (size_t i = 0; i < size; i++) wrong += b.buffer[at + i] != b.pattern(n++);
    end = at + size;
  });
  for (size_t i = end; i < b.size; i++) wrong += b.buffer[i] != kUntouched;
  CHECK_EQ(wrong, 0);
}

/// Pieces of whole items with gaps between them, each cut into entries of a few bytes, some of them empty.
class Ragged {
 public:
  static constexpr unsigned kPieces = 300, kCuts = 12;

  explicit Ragged(TrafficBench& b) {
    vecs_ = static_cast<dma_vec*>(kcalloc(kPieces * kCuts, sizeof(dma_vec), GFP_KERNEL));
    at_ = static_cast<size_t*>(kcalloc(2 * kPieces, sizeof(size_t), GFP_KERNEL));
    const unsigned most = random_below(6) ? 20 : kPieces;
    size_t at = random_below(64);
    for (; pieces_ < most; pieces_++) {
      const size_t length = b.width * (1 + random_below(random_below(20) ? 8 : 300));
      if (at + length > b.size) break;
      at_[2 * pieces_] = at;
      at_[2 * pieces_ + 1] = length;
      cut(b.bus + at, length, b.width);
      bytes_ += length;
      at += length + random_below(20);
    }
  }
  ~Ragged() {
    kfree(at_);
    kfree(vecs_);
  }
  Ragged(const Ragged&) = delete;
  Ragged& operator=(const Ragged&) = delete;

  size_t bytes() const { return bytes_; }
  const dma_vec* vecs() const { return vecs_; }
  unsigned entries() const { return entries_; }
  template <class Visit>
  void each(Visit visit) const {
    for (unsigned i = 0; i < pieces_; i++) visit(at_[2 * i], at_[2 * i + 1]);
  }

 private:
  void cut(dma_addr_t bus, size_t length, unsigned width) {
    size_t left = length;
    for (unsigned i = 0; i < kCuts && left; i++) {
      size_t piece = random_below(3) * random_below(width + 2);
      if (piece > left || i == kCuts - 1) piece = left;
      vecs_[entries_++] = {bus + (length - left), piece};
      left -= piece;
    }
  }

  dma_vec* vecs_;
  size_t* at_;  ///< place and length of each piece
  unsigned pieces_ = 0, entries_ = 0;
  size_t bytes_ = 0;
};

}  // namespace

void templates(dma_transfer_direction direction) {
  TrafficBench b(direction, 65536);
  const bool out = b.to_device();
  for (u32 maxburst = 0; maxburst <= kMostMaxburst; maxburst++) {
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
    CHECK(start + (out ? xt.src_extent() : xt.dst_extent()) <= b.size);
    play(b, dmaengine_prep_interleaved_dma(b.chan, xt.get(), DMA_PREP_INTERRUPT), xt.bytes(),
         [&](auto visit) {
           xt.each([&](size_t src, size_t dst, size_t size) { visit(start + (out ? src : dst), size); });
         });
  }
}

void ragged_lists(dma_transfer_direction direction) {
  TrafficBench b(direction, 32768);
  for (u32 maxburst = 0; maxburst <= kMostMaxburst; maxburst++) {
    memset(b.buffer, kUntouched, b.size);
    b.begin(maxburst, 1, b.to_device() ? 2 : 60);
    const Ragged list(b);
    play(
        b,
        dmaengine_prep_peripheral_dma_vec(b.chan, list.vecs(), list.entries(), direction, DMA_PREP_INTERRUPT),
        list.bytes(), [&](auto visit) { list.each(visit); });
  }
}

}  // namespace dmavp::test
