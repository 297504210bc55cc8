/* Reference counts; misuse (from zero, below zero) is a diagnostic kernel.refcount and saturates. */
#ifndef LINUX_REFCOUNT_H
#define LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct refcount_struct {
  atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n) \
  { ATOMIC_INIT(n) }
#define REFCOUNT_SATURATED (-1073741824)

void dmavp_refcount_bad(const char* what);

static inline void refcount_set(refcount_t* r, int n) { atomic_set(&r->refs, n); }
static inline unsigned int refcount_read(const refcount_t* r) { return (unsigned int)atomic_read(&r->refs); }
static inline void refcount_inc(refcount_t* r) {
  int old = atomic_fetch_add(1, &r->refs);

  if (old <= 0) {
    refcount_set(r, REFCOUNT_SATURATED);
    dmavp_refcount_bad("increment of a count that was zero or saturated");
  }
}
static inline bool refcount_inc_not_zero(refcount_t* r) { return atomic_inc_not_zero(&r->refs); }
static inline bool refcount_dec_and_test(refcount_t* r) {
  int old = atomic_fetch_sub(1, &r->refs);

  if (old <= 0) {
    refcount_set(r, REFCOUNT_SATURATED);
    dmavp_refcount_bad("decrement below zero");
  }
  return old == 1;
}
static inline void refcount_dec(refcount_t* r) {
  if (refcount_dec_and_test(r)) dmavp_refcount_bad("decrement to zero without a test");
}

#ifdef __cplusplus
}
#endif
#endif
