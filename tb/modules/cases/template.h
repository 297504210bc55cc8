// Random interleaved templates and what they mean: the formula of the API, chunk by chunk (K18).
#pragma once

#include <linux/dmaengine.h>
#include <linux/random.h>
#include <linux/slab.h>

namespace dmavp::test {

inline u32 random_below(u32 below) {
  u32 r;
  get_random_bytes(&r, sizeof(r));
  return r % below;
}

/// A template in memory of its own.
class Template {
 public:
  static constexpr unsigned kMaxChunks = 5;

  Template() {
    xt_ = static_cast<dma_interleaved_template*>(
        kzalloc(sizeof(*xt_) + kMaxChunks * sizeof(data_chunk), GFP_KERNEL));
  }
  ~Template() { kfree(xt_); }
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  dma_interleaved_template* operator->() const { return xt_; }
  dma_interleaved_template* get() const { return xt_; }

  /// One chunk in each frame, as pictures have it.
  void lines(size_t width, size_t count, size_t src_gap, size_t dst_gap) {
    xt_->numf = count;
    xt_->frame_size = 1;
    xt_->sgl[0] = {width, 0, dst_gap, src_gap};
  }
  /// Sizes are multiples of `unit` below `most`, some of them none; gaps of all three kinds.
  void shuffle(u32 unit, u32 most) {
    xt_->numf = 1 + random_below(6);
    xt_->frame_size = 1 + random_below(kMaxChunks);
    xt_->src_sgl = random_below(2);
    xt_->dst_sgl = random_below(2);
    for (size_t i = 0; i < xt_->frame_size; i++) {
      data_chunk& c = xt_->sgl[i];
      c.size = i && random_below(8) == 0 ? 0 : unit * (1 + random_below(most / unit));
      c.icg = random_below(2) * random_below(40);
      c.src_icg = random_below(2) * random_below(40);
      c.dst_icg = random_below(2) * random_below(40);
    }
    if (!bytes()) xt_->sgl[0].size = unit;
  }
  size_t bytes() const {
    size_t frame = 0;
    for (size_t i = 0; i < xt_->frame_size; i++) frame += xt_->sgl[i].size;
    return frame * xt_->numf;
  }
  /// visit(src, dst, size) with distances from the starts, in the order in which chunks are moved.
  template <class Visit>
  void each(Visit visit) const {
    size_t src = 0, dst = 0;
    for (size_t frame = 0; frame < xt_->numf; frame++) {
      for (size_t i = 0; i < xt_->frame_size; i++) {
        const data_chunk& c = xt_->sgl[i];
        visit(src, dst, c.size);
        const size_t src_gap = c.src_icg ? c.src_icg : xt_->src_sgl ? c.icg : 0;
        const size_t dst_gap = c.dst_icg ? c.dst_icg : xt_->dst_sgl ? c.icg : 0;
        if (xt_->src_inc) src += c.size + src_gap;
        if (xt_->dst_inc) dst += c.size + dst_gap;
      }
    }
  }
  /// Bytes from the start to the end of the last byte that is touched.
  size_t src_extent() const {
    size_t most = 0;
    each([&](size_t src, size_t, size_t size) { most = src + size > most ? src + size : most; });
    return most;
  }
  size_t dst_extent() const {
    size_t most = 0;
    each([&](size_t, size_t dst, size_t size) { most = dst + size > most ? dst + size : most; });
    return most;
  }

 private:
  dma_interleaved_template* xt_;
};

}  // namespace dmavp::test
