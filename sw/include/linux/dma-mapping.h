/*
 * Memory that devices reach. Between map and unmap the device owns the buffer; the sync functions lend it to
 * the CPU and back. A DMA address is the physical address.
 */
#ifndef DMAVP_LINUX_DMA_MAPPING_H
#define DMAVP_LINUX_DMA_MAPPING_H

#include <linux/cache.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DMA_MAPPING_ERROR (~(dma_addr_t)0)
#define DMA_BIT_MASK(n) (((n) == 64) ? ~0ull : ((1ull << (n)) - 1))

#define DMA_ATTR_WEAK_ORDERING (1ul << 1)
#define DMA_ATTR_WRITE_COMBINE (1ul << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING (1ul << 4)
#define DMA_ATTR_SKIP_CPU_SYNC (1ul << 5)
#define DMA_ATTR_FORCE_CONTIGUOUS (1ul << 6)
#define DMA_ATTR_NO_WARN (1ul << 8)

/* Any context. DMA_MAPPING_ERROR on failure: no dma_mask, memory out of the device's reach or no RAM. */
dma_addr_t dma_map_single_attrs(struct device* dev, void* ptr, size_t size, enum dma_data_direction dir,
                                unsigned long attrs);
void dma_unmap_single_attrs(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                            unsigned long attrs);
dma_addr_t dma_map_page_attrs(struct device* dev, struct page* page, size_t offset, size_t size,
                              enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_page_attrs(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                          unsigned long attrs);
/* Segments made (at most nents), 0 on failure. Unmap and sync with the nents given here. */
unsigned int dma_map_sg_attrs(struct device* dev, struct scatterlist* sg, int nents,
                              enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_sg_attrs(struct device* dev, struct scatterlist* sg, int nents, enum dma_data_direction dir,
                        unsigned long attrs);
/* 0, -EINVAL or -EIO; stores the number of segments. */
int dma_map_sgtable(struct device* dev, struct sg_table* sgt, enum dma_data_direction dir,
                    unsigned long attrs);
/* Registers of another device as source or target. */
dma_addr_t dma_map_resource(struct device* dev, phys_addr_t phys, size_t size, enum dma_data_direction dir,
                            unsigned long attrs);
void dma_unmap_resource(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                        unsigned long attrs);
/* 0 or -ENOMEM; the only way to tell. */
int dma_mapping_error(struct device* dev, dma_addr_t addr);

void dma_sync_single_for_cpu(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir);
void dma_sync_single_for_device(struct device* dev, dma_addr_t addr, size_t size,
                                enum dma_data_direction dir);
void dma_sync_sg_for_cpu(struct device* dev, struct scatterlist* sg, int nents, enum dma_data_direction dir);
void dma_sync_sg_for_device(struct device* dev, struct scatterlist* sg, int nents,
                            enum dma_data_direction dir);

#define dma_map_single(dev, ptr, size, dir) dma_map_single_attrs(dev, ptr, size, dir, 0)
#define dma_unmap_single(dev, addr, size, dir) dma_unmap_single_attrs(dev, addr, size, dir, 0)
#define dma_map_page(dev, page, offset, size, dir) dma_map_page_attrs(dev, page, offset, size, dir, 0)
#define dma_unmap_page(dev, addr, size, dir) dma_unmap_page_attrs(dev, addr, size, dir, 0)
#define dma_map_sg(dev, sg, nents, dir) dma_map_sg_attrs(dev, sg, nents, dir, 0)
#define dma_unmap_sg(dev, sg, nents, dir) dma_unmap_sg_attrs(dev, sg, nents, dir, 0)
#define dma_unmap_sgtable(dev, sgt, dir, attrs) \
  dma_unmap_sg_attrs(dev, (sgt)->sgl, (int)(sgt)->orig_nents, dir, attrs)
#define dma_sync_single_range_for_cpu(dev, addr, offset, size, dir) \
  dma_sync_single_for_cpu(dev, (addr) + (offset), size, dir)
#define dma_sync_single_range_for_device(dev, addr, offset, size, dir) \
  dma_sync_single_for_device(dev, (addr) + (offset), size, dir)

/* Zeroed, page aligned, no syncing needed; NULL without memory. Freed with the same four. */
void* dma_alloc_attrs(struct device* dev, size_t size, dma_addr_t* handle, gfp_t gfp, unsigned long attrs);
void dma_free_attrs(struct device* dev, size_t size, void* cpu, dma_addr_t handle, unsigned long attrs);
void* dmam_alloc_coherent(struct device* dev, size_t size, dma_addr_t* handle, gfp_t gfp);
#define dma_alloc_coherent(dev, size, handle, gfp) dma_alloc_attrs(dev, size, handle, gfp, 0)
#define dma_free_coherent(dev, size, cpu, handle) dma_free_attrs(dev, size, cpu, handle, 0)
#define dma_alloc_wc(dev, size, handle, gfp) dma_alloc_attrs(dev, size, handle, gfp, DMA_ATTR_WRITE_COMBINE)
#define dma_free_wc(dev, size, cpu, handle) dma_free_attrs(dev, size, cpu, handle, DMA_ATTR_WRITE_COMBINE)

/* 0 or -EIO: no storage for a mask, or no RAM within it. */
int dma_set_mask(struct device* dev, u64 mask);
int dma_set_coherent_mask(struct device* dev, u64 mask);
int dma_set_mask_and_coherent(struct device* dev, u64 mask);
int dma_coerce_mask_and_coherent(struct device* dev, u64 mask);
bool dma_capable(struct device* dev, dma_addr_t addr, size_t size);

static inline u64 dma_get_mask(struct device* dev) {
  return dev->dma_mask && *dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32);
}
/* -EIO without dma_parms. */
static inline int dma_set_max_seg_size(struct device* dev, unsigned int size) {
  if (!dev->dma_parms) return -EIO;
  dev->dma_parms->max_segment_size = size;
  return 0;
}
static inline unsigned int dma_get_max_seg_size(struct device* dev) {
  return dev->dma_parms && dev->dma_parms->max_segment_size ? dev->dma_parms->max_segment_size : 65536u;
}
static inline int dma_set_seg_boundary(struct device* dev, unsigned long mask) {
  if (!dev->dma_parms) return -EIO;
  dev->dma_parms->segment_boundary_mask = mask;
  return 0;
}
static inline unsigned long dma_get_seg_boundary(struct device* dev) {
  return dev->dma_parms && dev->dma_parms->segment_boundary_mask ? dev->dma_parms->segment_boundary_mask
                                                                 : 0xfffffffful;
}
static inline size_t dma_max_mapping_size(struct device* dev) {
  (void)dev;
  return (size_t)-1;
}

#define DEFINE_DMA_UNMAP_ADDR(name) dma_addr_t name
#define DEFINE_DMA_UNMAP_LEN(name) __u32 name
#define dma_unmap_addr(ptr, name) ((ptr)->name)
#define dma_unmap_addr_set(ptr, name, value) ((ptr)->name = (value))
#define dma_unmap_len(ptr, name) ((ptr)->name)
#define dma_unmap_len_set(ptr, name, value) ((ptr)->name = (value))

#ifdef __cplusplus
}
#endif
#endif
