/* Searching bit maps. All return `size` when nothing is found. */
#ifndef DMAVP_LINUX_FIND_H
#define DMAVP_LINUX_FIND_H

#include <linux/bits.h>
#include <linux/types.h>

static inline unsigned long dmavp_find_bit(const unsigned long* addr, unsigned long size,
                                           unsigned long offset, unsigned long invert) {
  while (offset < size) {
    const unsigned long word = (addr[BIT_WORD(offset)] ^ invert) >> (offset % BITS_PER_LONG);

    if (word) {
      offset += (unsigned long)__builtin_ctzl(word);
      break;
    }
    offset = (BIT_WORD(offset) + 1) * BITS_PER_LONG;
  }
  return offset < size ? offset : size;
}

static inline unsigned long find_next_bit(const unsigned long* addr, unsigned long size,
                                          unsigned long offset) {
  return dmavp_find_bit(addr, size, offset, 0);
}

static inline unsigned long find_next_zero_bit(const unsigned long* addr, unsigned long size,
                                               unsigned long offset) {
  return dmavp_find_bit(addr, size, offset, ~0ul);
}

static inline unsigned long find_first_bit(const unsigned long* addr, unsigned long size) {
  return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long* addr, unsigned long size) {
  return find_next_zero_bit(addr, size, 0);
}

static inline unsigned long find_last_bit(const unsigned long* addr, unsigned long size) {
  unsigned long i = size;

  while (i-- > 0)
    if ((addr[BIT_WORD(i)] >> (i % BITS_PER_LONG)) & 1) return i;
  return size;
}

#define for_each_set_bit(bit, addr, size)                                                        \
  for ((bit) = (__typeof__(bit))find_first_bit((addr), (size)); (bit) < (__typeof__(bit))(size); \
       (bit) = (__typeof__(bit))find_next_bit((addr), (size), (unsigned long)(bit) + 1))
#define for_each_clear_bit(bit, addr, size)                                                           \
  for ((bit) = (__typeof__(bit))find_first_zero_bit((addr), (size)); (bit) < (__typeof__(bit))(size); \
       (bit) = (__typeof__(bit))find_next_zero_bit((addr), (size), (unsigned long)(bit) + 1))

#endif
