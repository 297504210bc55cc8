/* Pages and addresses. Physical address = bus address; pages are 4 KiB. */
#ifndef DMAVP_LINUX_MM_H
#define DMAVP_LINUX_MM_H

#include <linux/align.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAGE_SHIFT 12
#define PAGE_SIZE (1ul << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address) IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
#define PFN_DOWN(x) ((unsigned long)((x) >> PAGE_SHIFT))
#define PFN_UP(x) ((unsigned long)(((x) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define PFN_PHYS(x) ((phys_addr_t)(x) << PAGE_SHIFT)

/* A handle of one page; its contents mean nothing. */
struct page;

/* RAM only; an address outside is the diagnostic "kernel.bad-address" and yields 0 or NULL. */
phys_addr_t virt_to_phys(const volatile void* address);
void* phys_to_virt(phys_addr_t address);
struct page* virt_to_page(const void* address);
void* page_address(const struct page* page);
phys_addr_t page_to_phys(const struct page* page);
struct page* phys_to_page(phys_addr_t address);
unsigned long page_to_pfn(const struct page* page);
struct page* pfn_to_page(unsigned long pfn);
/* Is it an address in RAM? */
bool virt_addr_valid(const void* address);
#define __pa(x) virt_to_phys((const void*)(x))
#define __va(x) phys_to_virt(x)
#define is_vmalloc_addr(x) (!virt_addr_valid(x))

/* 2^order pages, aligned to their size. */
struct page* alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page* page, unsigned int order);
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long address, unsigned int order);
#define alloc_page(gfp) alloc_pages((gfp), 0)
#define __free_page(page) __free_pages((page), 0)
#define __get_free_page(gfp) __get_free_pages((gfp), 0)
#define get_zeroed_page(gfp) __get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(address) free_pages((address), 0)
/* Smallest order whose pages hold `size` bytes. */
static inline int get_order(unsigned long size) {
  const unsigned long pages = size ? (size - 1) >> PAGE_SHIFT : 0;

  return pages ? 64 - __builtin_clzl(pages) : 0;
}
/* A page of zeros that nobody writes and nobody frees. NULL without memory. */
struct page* dmavp_zero_page(void);
#define ZERO_PAGE(address) ((void)(address), dmavp_zero_page())
#define nth_page(page, n) pfn_to_page(page_to_pfn(page) + (n))

#ifdef __cplusplus
}
#endif
#endif
