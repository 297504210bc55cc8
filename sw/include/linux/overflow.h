/* Arithmetic that notices overflow; the size_ family saturates, so that the allocation fails. */
#ifndef DMAVP_LINUX_OVERFLOW_H
#define DMAVP_LINUX_OVERFLOW_H

#include <linux/compiler.h>
#include <linux/types.h>

#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define check_mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)

static inline size_t size_mul(size_t a, size_t b) {
  size_t bytes;

  return __builtin_mul_overflow(a, b, &bytes) ? (size_t)-1 : bytes;
}

static inline size_t size_add(size_t a, size_t b) {
  size_t bytes;

  return __builtin_add_overflow(a, b, &bytes) ? (size_t)-1 : bytes;
}

#define array_size(a, b) size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
/* Bytes of an object with a flexible array of `count` elements. */
#define struct_size(p, member, count) size_add(sizeof(*(p)), size_mul((size_t)(count), sizeof(*(p)->member)))
#define struct_size_t(type, member, count) struct_size((type*)NULL, member, count)
#define flex_array_size(p, member, count) size_mul((size_t)(count), sizeof(*(p)->member))

#endif
