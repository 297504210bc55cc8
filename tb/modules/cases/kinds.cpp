#include "modules/cases/kinds.h"

#include <linux/scatterlist.h>

namespace dmavp::test {
namespace {

constexpr size_t kFrom = 320;  // of the source, aligned as the widest bus
constexpr size_t kTo = 64;
constexpr u8 kValue = 0xc3;
constexpr unsigned kFixedWidth = 4;  // bytes, of an address that stays put

}  // namespace

void Job::plan_template() {
  xt_->dir = DMA_MEM_TO_MEM;
  xt_->src_inc = kind_ != Kind::kFixedSource;
  xt_->dst_inc = true;
  xt_->src_sgl = xt_->dst_sgl = false;
  dma_slave_config cfg = {};
  cfg.src_addr_width = static_cast<dma_slave_buswidth>(kFixedWidth);
  CHECK_EQ(dmaengine_slave_config(b_.chan, &cfg), 0);
  xt_->src_start = b_.src_bus + kFrom;
  xt_->dst_start = b_.dst_bus + kTo;
  if (kind_ == Kind::kChunks) {
    xt_->numf = 3;
    xt_->frame_size = 4;
    const size_t sizes[] = {128, 7, 0, 250};
    // The third frame's destination lies behind the others' gaps, not behind its source.
    for (unsigned i = 0; i < 4; i++) xt_->sgl[i] = {sizes[i], 0, 3 * i, 17 + i};
  } else if (kind_ == Kind::kUpwards) {
    xt_->dst_start += 8 * 128;
    xt_.lines(128, 9, 64, ~size_t{0} - 255);
  } else {
    xt_.lines(128, 9, 64, 32);
  }
  const size_t to = static_cast<size_t>(xt_->dst_start - b_.dst_bus);
  xt_.each([&](size_t src, size_t dst, size_t size) {
    for (size_t i = 0; i < size; i++)
      write(to + dst + i, b_.src[kFrom + (xt_->src_inc ? src + i : i % kFixedWidth)]);
  });
}

void Job::plan_list() {
  const unsigned lengths[kEntries] = {300, 0, 1, 64, 500};
  size_t at = kTo;
  sg_init_table(list_, kEntries);
  for (unsigned i = 0; i < kEntries; i++) {
    sg_dma_address(&list_[i]) = b_.dst_bus + at;
    sg_dma_len(&list_[i]) = lengths[i];
    for (size_t n = 0; n < lengths[i]; n++) write(at + n, kValue);
    at += lengths[i] + 13;
  }
}

void Job::plan() {
  switch (kind_) {
    case Kind::kCopy:
      for (size_t i = 0; i < kLength; i++) write(kTo + i, b_.src[kFrom + i]);
      break;
    case Kind::kSet:
      for (size_t i = 0; i < kLength - 1; i++) write(kTo + 3 + i, kValue);
      break;
    case Kind::kSetList:
      plan_list();
      break;
    default:
      plan_template();
  }
}

dma_async_tx_descriptor* Job::prep(unsigned long flags) {
  dma_chan* chan = b_.chan;
  switch (kind_) {
    case Kind::kCopy:
      return dmaengine_prep_dma_memcpy(chan, b_.dst_bus + kTo, b_.src_bus + kFrom, kLength, flags);
    case Kind::kSet:
      return dmaengine_prep_dma_memset(chan, b_.dst_bus + kTo + 3, kValue, kLength - 1, flags);
    case Kind::kSetList:
      return chan->device->device_prep_dma_memset_sg(chan, list_, kEntries, kValue, flags);
    default:
      return dmaengine_prep_interleaved_dma(chan, xt_.get(), flags);
  }
}

}  // namespace dmavp::test
