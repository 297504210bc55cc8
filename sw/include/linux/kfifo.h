/* Rings of elements, a power of two of them. One side may fill while the other takes out; more need a lock. A
 * `fifo` below is the address of what one of the DECLARE_KFIFO macros declared. */
#ifndef DMAVP_LINUX_KFIFO_H
#define DMAVP_LINUX_KFIFO_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct __kfifo {
  unsigned int in;    /* elements put in, ever */
  unsigned int out;   /* elements taken out, ever */
  unsigned int mask;  /* elements of the ring - 1; 0 without a ring */
  unsigned int esize; /* bytes of an element */
  void* data;
};

/* `element` only says the type. */
#define STRUCT_KFIFO_PTR(type) \
  struct {                     \
    struct __kfifo kfifo;      \
    type* element;             \
  }
#define DECLARE_KFIFO_PTR(fifo, type) STRUCT_KFIFO_PTR(type) fifo
struct kfifo {
  struct __kfifo kfifo;
  unsigned char* element;
};
/* The ring lies behind; INIT_KFIFO before use. */
#define DECLARE_KFIFO(fifo, type, size) \
  struct {                              \
    struct __kfifo kfifo;               \
    type* element;                      \
    type ring[size];                    \
  } fifo
#define INIT_KFIFO(fifo)                                                                     \
  dmavp_kfifo_init(&(fifo).kfifo, (fifo).ring, sizeof((fifo).ring) / sizeof((fifo).ring[0]), \
                   sizeof((fifo).ring[0]))

static inline int dmavp_kfifo_init(struct __kfifo* fifo, void* data, size_t size, size_t esize) {
  if (size < 2 || !is_power_of_2(size)) return -EINVAL;
  fifo->in = fifo->out = 0;
  fifo->mask = (unsigned int)size - 1;
  fifo->esize = (unsigned int)esize;
  fifo->data = data;
  return 0;
}

static inline int dmavp_kfifo_alloc(struct __kfifo* fifo, unsigned int size, size_t esize, gfp_t gfp) {
  const size_t rounded = roundup_pow_of_two(size);

  fifo->in = fifo->out = fifo->mask = 0;
  fifo->data = NULL;
  if (rounded < 2) return -EINVAL;
  fifo->data = kmalloc_array(rounded, esize, gfp);
  if (!fifo->data) return -ENOMEM;
  return dmavp_kfifo_init(fifo, fifo->data, rounded, esize);
}

static inline void dmavp_kfifo_free(struct __kfifo* fifo) {
  kfree(fifo->data);
  fifo->in = fifo->out = fifo->mask = 0;
  fifo->data = NULL;
}

/* Between the ring from element `at` on and a buffer, around the ring's end. */
static inline void dmavp_kfifo_copy(const struct __kfifo* fifo, unsigned int at, unsigned char* buffer,
                                    unsigned int n, bool put) {
  unsigned char* ring = (unsigned char*)fifo->data;
  const size_t first = fifo->mask + 1 - (at & fifo->mask);
  const size_t here = (n < first ? n : first) * fifo->esize;
  const size_t rest = (size_t)n * fifo->esize - here;
  unsigned char* place = ring + (size_t)(at & fifo->mask) * fifo->esize;

  if (put) {
    memcpy(place, buffer, here);
    memcpy(ring, buffer + here, rest);
  } else {
    memcpy(buffer, place, here);
    memcpy(buffer + here, ring, rest);
  }
}

static inline unsigned int dmavp_kfifo_len(const struct __kfifo* fifo) { return fifo->in - fifo->out; }
static inline unsigned int dmavp_kfifo_avail(const struct __kfifo* fifo) {
  return fifo->data ? fifo->mask + 1 - (fifo->in - fifo->out) : 0;
}
static inline unsigned int dmavp_kfifo_in(struct __kfifo* fifo, const void* from, unsigned int n) {
  const unsigned int space = dmavp_kfifo_avail(fifo);

  if (n > space) n = space;
  if (n) dmavp_kfifo_copy(fifo, fifo->in, (unsigned char*)(uintptr_t)from, n, true);
  fifo->in += n;
  return n;
}
static inline unsigned int dmavp_kfifo_peek(const struct __kfifo* fifo, void* to, unsigned int n) {
  const unsigned int len = dmavp_kfifo_len(fifo);

  if (n > len) n = len;
  if (n) dmavp_kfifo_copy(fifo, fifo->out, (unsigned char*)to, n, false);
  return n;
}
static inline unsigned int dmavp_kfifo_out(struct __kfifo* fifo, void* to, unsigned int n) {
  n = dmavp_kfifo_peek(fifo, to, n);
  fifo->out += n;
  return n;
}

/* A ring of at least `size` elements, a power of two: 0, -EINVAL, -ENOMEM. */
#define kfifo_alloc(fifo, size, gfp) \
  dmavp_kfifo_alloc(&(fifo)->kfifo, (size), sizeof(*(fifo)->element), (gfp))
#define kfifo_free(fifo) dmavp_kfifo_free(&(fifo)->kfifo)
#define kfifo_initialized(fifo) ((fifo)->kfifo.mask != 0)
#define kfifo_reset(fifo) ((void)((fifo)->kfifo.in = (fifo)->kfifo.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->kfifo.out = (fifo)->kfifo.in))
#define kfifo_esize(fifo) ((fifo)->kfifo.esize)
#define kfifo_size(fifo) ((fifo)->kfifo.mask + 1)
#define kfifo_len(fifo) dmavp_kfifo_len(&(fifo)->kfifo)
#define kfifo_avail(fifo) dmavp_kfifo_avail(&(fifo)->kfifo)
#define kfifo_is_empty(fifo) (kfifo_len(fifo) == 0)
#define kfifo_is_full(fifo) (kfifo_avail(fifo) == 0)
/* Elements moved, fewer when the ring is full or empty. */
#define kfifo_in(fifo, from, n) dmavp_kfifo_in(&(fifo)->kfifo, (from), (n))
#define kfifo_out(fifo, to, n) dmavp_kfifo_out(&(fifo)->kfifo, (to), (n))
#define kfifo_out_peek(fifo, to, n) dmavp_kfifo_peek(&(fifo)->kfifo, (to), (n))
#define kfifo_skip(fifo) ((void)(fifo)->kfifo.out++)
/* One element: 1, or 0 when there was no room, or nothing. */
#define kfifo_put(fifo, value)                           \
  __extension__({                                        \
    __typeof__(*(fifo)->element) kfifo_value_ = (value); \
    kfifo_in(fifo, &kfifo_value_, 1);                    \
  })
#define kfifo_get(fifo, to) kfifo_out(fifo, to, 1)
#define kfifo_peek(fifo, to) kfifo_out_peek(fifo, to, 1)
#define DMAVP_KFIFO_LOCKED(call, lock)            \
  __extension__({                                 \
    unsigned long kfifo_flags_;                   \
    spin_lock_irqsave((lock), kfifo_flags_);      \
    const unsigned int kfifo_moved_ = (call);     \
    spin_unlock_irqrestore((lock), kfifo_flags_); \
    kfifo_moved_;                                 \
  })
#define kfifo_in_spinlocked(fifo, from, n, lock) DMAVP_KFIFO_LOCKED(kfifo_in(fifo, from, n), lock)
#define kfifo_out_spinlocked(fifo, to, n, lock) DMAVP_KFIFO_LOCKED(kfifo_out(fifo, to, n), lock)

#ifdef __cplusplus
}
#endif
#endif
