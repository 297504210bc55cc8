// The same pieces of memory as a template, a scatter list and vectors, for a peripheral that plays a stream.
#pragma once

#include <linux/scatterlist.h>

#include "modules/cases/slave_bench.h"
#include "modules/cases/template.h"

namespace dmavp::test {

enum class Form : unsigned { kTemplate, kList, kVectors, kForms };

/// One transfer of kBytes. The stream goes on from one transfer to the next; `streamed` is where it is.
class SlaveJob {
 public:
  static constexpr unsigned kChunks = 4, kFrames = 2;

  SlaveJob(SlaveBench& bench, Form f) : b_(bench), form_(f) { plan(); }

  size_t length() const { return n_; }
  void fill(u64 streamed) {
    memset(b_.buffer, kBackground, kExtent);
    for (size_t i = 0; b_.to_device() && i < n_; i++) b_.buffer[at_[i]] = stream_byte(streamed + i);
  }
  dma_async_tx_descriptor* prep(unsigned long flags = DMA_PREP_INTERRUPT);
  /// Towards memory: the first `bytes` are those of the stream and nothing else has been touched.
  bool only(size_t bytes, u64 streamed) const {
    size_t i = 0, wrong = 0;
    for (size_t at = 0; at < kExtent; at++) {
      const bool ours = i < n_ && at_[i] == at;
      wrong += b_.buffer[at] != (ours && i < bytes ? stream_byte(streamed + i) : kBackground);
      i += ours;
    }
    return b_.to_device() || wrong == 0;
  }
  u8 byte(size_t i) const { return b_.buffer[at_[i]]; }

 private:
  static constexpr u8 kBackground = 0x5a;
  static constexpr size_t kExtent = 1024, kMost = 700;
  static constexpr size_t kStart = 24;
  static constexpr unsigned kEntries = 3 * kChunks * kFrames;

  void plan();

  SlaveBench& b_;
  Form form_;
  size_t n_ = 0;
  u16 at_[kMost];
  Template xt_;
  scatterlist list_[kEntries];
  dma_vec vecs_[kEntries];
};

inline void SlaveJob::plan() {
  const size_t sizes[kChunks] = {64, 8, 120, 24}, gaps[kChunks] = {3, 0, 17, 40};
  xt_->dir = b_.direction;
  xt_->src_inc = b_.to_device();
  xt_->dst_inc = !b_.to_device();
  (b_.to_device() ? xt_->src_start : xt_->dst_start) = b_.bus + kStart;
  xt_->numf = kFrames;
  xt_->frame_size = kChunks;
  for (unsigned i = 0; i < kChunks; i++) xt_->sgl[i] = {sizes[i], 0, gaps[i], gaps[i]};
  unsigned entry = 0;
  sg_init_table(list_, kEntries);
  const auto add = [&](size_t at, size_t length) {
    vecs_[entry] = {b_.bus + kStart + at, length};
    sg_dma_address(&list_[entry]) = b_.bus + kStart + at;
    sg_dma_len(&list_[entry++]) = static_cast<unsigned>(length);
  };
  xt_.each([&](size_t src, size_t dst, size_t size) {
    const size_t at = b_.to_device() ? src : dst;
    for (size_t i = 0; i < size; i++) at_[n_++] = static_cast<u16>(kStart + at + i);
    // In lists: an empty entry, and one that ends within a register.
    add(at, 0);
    add(at, 3);
    add(at + 3, size - 3);
  });
}

inline dma_async_tx_descriptor* SlaveJob::prep(unsigned long flags) {
  if (form_ == Form::kTemplate) return dmaengine_prep_interleaved_dma(b_.chan, xt_.get(), flags);
  if (form_ == Form::kList) return dmaengine_prep_slave_sg(b_.chan, list_, kEntries, b_.direction, flags);
  return dmaengine_prep_peripheral_dma_vec(b_.chan, vecs_, kEntries, b_.direction, flags);
}

/// Runs `visit(job)` for each form, up to the first that fails.
template <class Visit>
void each_form(SlaveBench& b, Visit visit) {
  for (unsigned f = 0; f < static_cast<unsigned>(Form::kForms) && !failures; f++) {
    SlaveJob job(b, static_cast<Form>(f));
    visit(job);
    if (failures) pr_err("CHECK failed: this was form %u\n", f);
  }
}

}  // namespace dmavp::test
