/* Integer and address types; on top of the C library's own <linux/types.h>, which it shadows. */
#ifndef DMAVP_LINUX_TYPES_H
#define DMAVP_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef __cplusplus
/* A type and not a macro, as in the kernel: module_param(x, bool, ...) pastes the name. */
#undef bool
typedef _Bool bool;
#endif

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

typedef u64 dma_addr_t; /* bus address */
typedef u64 phys_addr_t;
typedef phys_addr_t resource_size_t;
typedef unsigned int gfp_t;
typedef unsigned int slab_flags_t;
typedef unsigned int fmode_t;
typedef unsigned short umode_t;
typedef unsigned long irq_hw_number_t;
typedef u64 sector_t;
typedef unsigned long pgoff_t;

typedef struct {
  int counter;
} atomic_t;

typedef struct {
  s64 counter;
} atomic64_t;

typedef atomic64_t atomic_long_t;

#define ATOMIC_INIT(i) \
  { (i) }
#define ATOMIC64_INIT(i) \
  { (i) }

struct list_head {
  struct list_head *next, *prev;
};

struct hlist_node {
  struct hlist_node *next, **pprev;
};

struct hlist_head {
  struct hlist_node* first;
};

struct callback_head {
  struct callback_head* next;
  void (*func)(struct callback_head* head);
};
#define rcu_head callback_head

/* DECLARE_BITMAP is here so that types can hold one without the operations. */
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BITS_TO_LONGS(bits) (((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define BITS_TO_U32(bits) (((bits) + 31) / 32)
#define BITS_TO_U64(bits) (((bits) + 63) / 64)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#endif
