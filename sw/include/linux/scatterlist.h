/* Lists of memory pieces. */
#ifndef DMAVP_LINUX_SCATTERLIST_H
#define DMAVP_LINUX_SCATTERLIST_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One piece. Bit 0 of page_link: the link to the next array; bit 1: last piece. Sizes in bytes. */
struct scatterlist {
  unsigned long page_link;
  unsigned int offset;
  unsigned int length;
  dma_addr_t dma_address;
  unsigned int dma_length;
  unsigned int dma_flags;
};

struct sg_table {
  struct scatterlist* sgl;
  unsigned int nents;      /* mapped for DMA */
  unsigned int orig_nents; /* of memory */
};

#define SG_CHAIN 0x01ul
#define SG_END 0x02ul
#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg) ((sg)->dma_length)

static inline bool sg_is_chain(struct scatterlist* sg) { return (sg->page_link & SG_CHAIN) != 0; }
static inline bool sg_is_last(struct scatterlist* sg) { return (sg->page_link & SG_END) != 0; }
static inline struct scatterlist* sg_chain_ptr(struct scatterlist* sg) {
  return (struct scatterlist*)(sg->page_link & ~(SG_CHAIN | SG_END));
}
static inline void sg_assign_page(struct scatterlist* sg, struct page* page) {
  sg->page_link = (sg->page_link & (SG_CHAIN | SG_END)) | (unsigned long)page;
}
static inline void sg_set_page(struct scatterlist* sg, struct page* page, unsigned int len,
                               unsigned int offset) {
  sg_assign_page(sg, page);
  sg->offset = offset;
  sg->length = len;
}
static inline struct page* sg_page(struct scatterlist* sg) {
  return (struct page*)(sg->page_link & ~(SG_CHAIN | SG_END));
}
static inline void sg_set_buf(struct scatterlist* sg, const void* buf, unsigned int len) {
  sg_set_page(sg, virt_to_page(buf), len, (unsigned int)offset_in_page(buf));
}
static inline phys_addr_t sg_phys(struct scatterlist* sg) { return page_to_phys(sg_page(sg)) + sg->offset; }
static inline void* sg_virt(struct scatterlist* sg) { return (char*)page_address(sg_page(sg)) + sg->offset; }
static inline void sg_mark_end(struct scatterlist* sg) {
  sg->page_link = (sg->page_link | SG_END) & ~SG_CHAIN;
}
static inline void sg_unmark_end(struct scatterlist* sg) { sg->page_link &= ~SG_END; }
static inline void sg_init_table(struct scatterlist* sgl, unsigned int nents) {
  memset(sgl, 0, sizeof(*sgl) * nents);
  sg_mark_end(&sgl[nents - 1]);
}
static inline void sg_init_one(struct scatterlist* sg, const void* buf, unsigned int len) {
  sg_init_table(sg, 1);
  sg_set_buf(sg, buf, len);
}
/* The last entry of an array of `prv_nents` becomes the link to `sgl`. */
static inline void sg_chain(struct scatterlist* prv, unsigned int prv_nents, struct scatterlist* sgl) {
  prv[prv_nents - 1].offset = 0;
  prv[prv_nents - 1].length = 0;
  prv[prv_nents - 1].page_link = ((unsigned long)sgl | SG_CHAIN) & ~SG_END;
}
/* NULL behind the last. */
static inline struct scatterlist* sg_next(struct scatterlist* sg) {
  if (sg_is_last(sg)) return NULL;
  sg++;
  return sg_is_chain(sg) ? sg_chain_ptr(sg) : sg;
}
static inline struct scatterlist* sg_last(struct scatterlist* sgl, unsigned int nents) {
  struct scatterlist* last = sgl;

  for (unsigned int i = 0; i < nents && sgl; i++, sgl = sg_next(sgl)) last = sgl;
  return last;
}
static inline int sg_nents(struct scatterlist* sg) {
  int nents = 0;

  for (; sg; sg = sg_next(sg)) nents++;
  return nents;
}
/* Entries that hold the first len bytes, -EINVAL when there are fewer bytes. */
int sg_nents_for_len(struct scatterlist* sg, u64 len);
/* Entries after splitting into pieces of at most max bytes. */
int sg_nents_for_dma(struct scatterlist* sgl, unsigned int sglen, size_t max);

#define for_each_sg(sglist, sg, nr, i) for ((i) = 0, (sg) = (sglist); (i) < (nr); (i)++, (sg) = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)

/* 0, -EINVAL for 0 entries or -ENOMEM. */
int sg_alloc_table(struct sg_table* table, unsigned int nents, gfp_t gfp);
void sg_free_table(struct sg_table* table);
/* Bytes copied, skipping the first `skip`. */
size_t sg_copy_from_buffer(struct scatterlist* sgl, unsigned int nents, const void* buf, size_t len);
size_t sg_copy_to_buffer(struct scatterlist* sgl, unsigned int nents, void* buf, size_t len);
size_t sg_pcopy_from_buffer(struct scatterlist* sgl, unsigned int nents, const void* buf, size_t len,
                            off_t skip);
size_t sg_pcopy_to_buffer(struct scatterlist* sgl, unsigned int nents, void* buf, size_t len, off_t skip);

#ifdef __cplusplus
}
#endif

DMAVP_STATIC_ASSERT(sizeof(struct scatterlist) == 32, "layout of struct scatterlist");

#endif
