// The calls of the API by which a transfer between memory and a peripheral can be prepared.
#include <linux/string.h>

#include "clients/traffic/flow.h"

namespace dmavp::traffic {
namespace {

enum dma_transfer_direction direction(const Flow* f) { return f->out ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM; }

/// visit(index, bus address, bytes) of each piece.
template <class Visit>
void each(const Flow* f, const Layout& pieces, dma_addr_t at, Visit visit) {
  for (u32 i = 0; i < pieces.pieces; at += pieces.length(i) + f->settings->spacing, i++)
    visit(i, at, pieces.length(i));
}

struct dma_async_tx_descriptor* prepare_list(Flow* f, Description* description, const Layout& pieces,
                                             dma_addr_t bus) {
  struct scatterlist* list = description->list;
  sg_init_table(list, pieces.pieces);
  each(f, pieces, bus, [list](u32 i, dma_addr_t at, u32 bytes) {
    sg_dma_address(&list[i]) = at;
    sg_dma_len(&list[i]) = bytes;
  });
  return dmaengine_prep_slave_sg(f->chan, list, pieces.pieces, direction(f), DMA_PREP_INTERRUPT);
}

struct dma_async_tx_descriptor* prepare_vector(Flow* f, Description* description, const Layout& pieces,
                                               dma_addr_t bus) {
  struct dma_vec* vector = description->vector;
  each(f, pieces, bus, [vector](u32 i, dma_addr_t at, u32 bytes) { vector[i] = {at, bytes}; });
  return dmaengine_prep_peripheral_dma_vec(f->chan, vector, pieces.pieces, direction(f), DMA_PREP_INTERRUPT);
}

/// One frame of chunks; the address of the peripheral stays put and is the configured one.
struct dma_async_tx_descriptor* prepare_interleaved(Flow* f, Description* description, const Layout& pieces,
                                                    dma_addr_t bus) {
  auto* xt = reinterpret_cast<dma_interleaved_template*>(description->interleaved);
  memset(static_cast<void*>(xt), 0, sizeof(*xt));
  xt->dir = direction(f);
  (f->out ? xt->src_start : xt->dst_start) = bus;
  (f->out ? xt->src_inc : xt->dst_inc) = true;
  (f->out ? xt->src_sgl : xt->dst_sgl) = true;
  xt->numf = 1;
  xt->frame_size = pieces.pieces;
  for (u32 i = 0; i < pieces.pieces; i++) xt->sgl[i] = {pieces.length(i), f->settings->spacing, 0, 0};
  return dmaengine_prep_interleaved_dma(f->chan, xt, DMA_PREP_INTERRUPT);
}

}  // namespace

Layout layout(const Settings* settings, u32 bytes, u32 width) {
  const u32 items = bytes / width;
  const u32 wanted = settings->cyclic ? 1 : settings->pieces;
  const u32 pieces = wanted < items ? wanted : items;
  const u32 piece = items / pieces * width;
  return {pieces, piece, bytes - (pieces - 1) * piece};
}

u64 slot(const Settings* settings) {
  const u64 gaps = settings->cyclic ? 0 : settings->pieces - 1;
  return settings->transfer + gaps * settings->spacing;
}

struct dma_async_tx_descriptor* prepare(Flow* f, Description* description, const Layout& pieces,
                                        dma_addr_t bus) {
  switch (f->settings->call) {
    case Call::kVector:
      return prepare_vector(f, description, pieces, bus);
    case Call::kInterleaved:
      return prepare_interleaved(f, description, pieces, bus);
    case Call::kList:
      break;
  }
  return prepare_list(f, description, pieces, bus);
}

}  // namespace dmavp::traffic
