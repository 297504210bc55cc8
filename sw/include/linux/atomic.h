/* Atomic integers. Software between preemption points is atomic, so these are plain operations. */
#ifndef LINUX_ATOMIC_H
#define LINUX_ATOMIC_H

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define DMAVP_ATOMIC_OPS(prefix, type, base)                                                           \
  static inline base prefix##_read(const type* v) { return *(const volatile base*)&v->counter; }       \
  static inline void prefix##_set(type* v, base i) { v->counter = i; }                                 \
  static inline void prefix##_add(base i, type* v) { v->counter = (base)(v->counter + i); }            \
  static inline void prefix##_sub(base i, type* v) { v->counter = (base)(v->counter - i); }            \
  static inline void prefix##_inc(type* v) { prefix##_add(1, v); }                                     \
  static inline void prefix##_dec(type* v) { prefix##_sub(1, v); }                                     \
  static inline base prefix##_add_return(base i, type* v) {                                            \
    prefix##_add(i, v);                                                                                \
    return v->counter;                                                                                 \
  }                                                                                                    \
  static inline base prefix##_sub_return(base i, type* v) {                                            \
    prefix##_sub(i, v);                                                                                \
    return v->counter;                                                                                 \
  }                                                                                                    \
  static inline base prefix##_inc_return(type* v) { return prefix##_add_return(1, v); }                \
  static inline base prefix##_dec_return(type* v) { return prefix##_sub_return(1, v); }                \
  static inline base prefix##_fetch_add(base i, type* v) {                                             \
    base o = v->counter;                                                                               \
    prefix##_add(i, v);                                                                                \
    return o;                                                                                          \
  }                                                                                                    \
  static inline base prefix##_fetch_sub(base i, type* v) {                                             \
    base o = v->counter;                                                                               \
    prefix##_sub(i, v);                                                                                \
    return o;                                                                                          \
  }                                                                                                    \
  static inline base prefix##_fetch_inc(type* v) { return prefix##_fetch_add(1, v); }                  \
  static inline base prefix##_fetch_dec(type* v) { return prefix##_fetch_sub(1, v); }                  \
  static inline bool prefix##_dec_and_test(type* v) { return prefix##_dec_return(v) == 0; }            \
  static inline bool prefix##_inc_and_test(type* v) { return prefix##_inc_return(v) == 0; }            \
  static inline bool prefix##_sub_and_test(base i, type* v) { return prefix##_sub_return(i, v) == 0; } \
  static inline bool prefix##_add_negative(base i, type* v) { return prefix##_add_return(i, v) < 0; }  \
  static inline void prefix##_or(base i, type* v) { v->counter |= i; }                                 \
  static inline void prefix##_and(base i, type* v) { v->counter &= i; }                                \
  static inline void prefix##_andnot(base i, type* v) { v->counter &= ~i; }                            \
  static inline base prefix##_xchg(type* v, base n) {                                                  \
    base o = v->counter;                                                                               \
    v->counter = n;                                                                                    \
    return o;                                                                                          \
  }                                                                                                    \
  static inline base prefix##_cmpxchg(type* v, base o, base n) {                                       \
    base was = v->counter;                                                                             \
    if (was == o) v->counter = n;                                                                      \
    return was;                                                                                        \
  }                                                                                                    \
  static inline bool prefix##_try_cmpxchg(type* v, base* o, base n) {                                  \
    base was = v->counter;                                                                             \
    if (was == *o) {                                                                                   \
      v->counter = n;                                                                                  \
      return true;                                                                                     \
    }                                                                                                  \
    *o = was;                                                                                          \
    return false;                                                                                      \
  }                                                                                                    \
  static inline base prefix##_fetch_add_unless(type* v, base a, base u) {                              \
    base o = v->counter;                                                                               \
    if (o != u) prefix##_add(a, v);                                                                    \
    return o;                                                                                          \
  }                                                                                                    \
  static inline bool prefix##_add_unless(type* v, base a, base u) {                                    \
    return prefix##_fetch_add_unless(v, a, u) != u;                                                    \
  }                                                                                                    \
  static inline bool prefix##_inc_not_zero(type* v) { return prefix##_add_unless(v, 1, 0); }           \
  static inline base prefix##_read_acquire(const type* v) { return prefix##_read(v); }                 \
  static inline void prefix##_set_release(type* v, base i) { prefix##_set(v, i); }                     \
  static inline base prefix##_dec_if_positive(type* v) {                                               \
    base d = (base)(v->counter - 1);                                                                   \
    if (d >= 0) v->counter = d;                                                                        \
    return d;                                                                                          \
  }

DMAVP_ATOMIC_OPS(atomic, atomic_t, int)
DMAVP_ATOMIC_OPS(atomic64, atomic64_t, s64)
#undef DMAVP_ATOMIC_OPS

#define ATOMIC_LONG_INIT(i) ATOMIC64_INIT(i)
#define atomic_long_read(v) ((long)atomic64_read(v))
#define atomic_long_set(v, i) atomic64_set(v, i)
#define atomic_long_inc(v) atomic64_inc(v)
#define atomic_long_dec(v) atomic64_dec(v)

#define xchg(pointer, value)                   \
  __extension__({                              \
    __typeof__(pointer) xchg_p_ = (pointer);   \
    __typeof__(*xchg_p_) xchg_old_ = *xchg_p_; \
    *xchg_p_ = (value);                        \
    xchg_old_;                                 \
  })
#define cmpxchg(pointer, old_value, new_value)            \
  __extension__({                                         \
    __typeof__(pointer) xchg_p_ = (pointer);              \
    __typeof__(*xchg_p_) xchg_old_ = *xchg_p_;            \
    if (xchg_old_ == (old_value)) *xchg_p_ = (new_value); \
    xchg_old_;                                            \
  })

#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()

#endif
