/* Operations on whole bit maps; bits beyond nbits in the last word are unspecified in results and ignored in
 * tests. */
#ifndef DMAVP_LINUX_BITMAP_H
#define DMAVP_LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/find.h>
#include <linux/types.h>
#include <string.h>

#define BITMAP_LAST_WORD_MASK(nbits) (~0ul >> (-(unsigned long)(nbits) & (BITS_PER_LONG - 1)))
#define BITMAP_FIRST_WORD_MASK(start) (~0ul << ((start) & (BITS_PER_LONG - 1)))

static inline void bitmap_zero(unsigned long* dst, unsigned int nbits) {
  memset(dst, 0, BITS_TO_LONGS((unsigned long)nbits) * sizeof(long));
}

static inline void bitmap_fill(unsigned long* dst, unsigned int nbits) {
  memset(dst, 0xff, BITS_TO_LONGS((unsigned long)nbits) * sizeof(long));
}

static inline void bitmap_copy(unsigned long* dst, const unsigned long* src, unsigned int nbits) {
  memcpy(dst, src, BITS_TO_LONGS((unsigned long)nbits) * sizeof(long));
}

/* True when the result has a bit set. */
static inline bool bitmap_and(unsigned long* dst, const unsigned long* a, const unsigned long* b,
                              unsigned int nbits) {
  unsigned long any = 0;
  const unsigned int words = (unsigned int)BITS_TO_LONGS((unsigned long)nbits);

  for (unsigned int i = 0; i < words; i++) {
    dst[i] = a[i] & b[i];
    any |= i + 1 == words ? dst[i] & BITMAP_LAST_WORD_MASK(nbits) : dst[i];
  }
  return any != 0;
}

static inline void bitmap_or(unsigned long* dst, const unsigned long* a, const unsigned long* b,
                             unsigned int nbits) {
  for (unsigned int i = 0; i < BITS_TO_LONGS((unsigned long)nbits); i++) dst[i] = a[i] | b[i];
}

static inline void bitmap_xor(unsigned long* dst, const unsigned long* a, const unsigned long* b,
                              unsigned int nbits) {
  for (unsigned int i = 0; i < BITS_TO_LONGS((unsigned long)nbits); i++) dst[i] = a[i] ^ b[i];
}

static inline void bitmap_complement(unsigned long* dst, const unsigned long* src, unsigned int nbits) {
  for (unsigned int i = 0; i < BITS_TO_LONGS((unsigned long)nbits); i++) dst[i] = ~src[i];
}

static inline bool bitmap_equal(const unsigned long* a, const unsigned long* b, unsigned int nbits) {
  unsigned int i = 0;

  for (; i < nbits / BITS_PER_LONG; i++)
    if (a[i] != b[i]) return false;
  return nbits % BITS_PER_LONG == 0 || !((a[i] ^ b[i]) & BITMAP_LAST_WORD_MASK(nbits));
}

static inline bool bitmap_subset(const unsigned long* a, const unsigned long* b, unsigned int nbits) {
  unsigned int i = 0;

  for (; i < nbits / BITS_PER_LONG; i++)
    if (a[i] & ~b[i]) return false;
  return nbits % BITS_PER_LONG == 0 || !(a[i] & ~b[i] & BITMAP_LAST_WORD_MASK(nbits));
}

static inline bool bitmap_intersects(const unsigned long* a, const unsigned long* b, unsigned int nbits) {
  unsigned int i = 0;

  for (; i < nbits / BITS_PER_LONG; i++)
    if (a[i] & b[i]) return true;
  return nbits % BITS_PER_LONG != 0 && (a[i] & b[i] & BITMAP_LAST_WORD_MASK(nbits));
}

static inline bool bitmap_empty(const unsigned long* src, unsigned int nbits) {
  return find_first_bit(src, nbits) == nbits;
}

static inline bool bitmap_full(const unsigned long* src, unsigned int nbits) {
  return find_first_zero_bit(src, nbits) == nbits;
}

static inline unsigned int bitmap_weight(const unsigned long* src, unsigned int nbits) {
  unsigned int weight = 0, i = 0;

  for (; i < nbits / BITS_PER_LONG; i++) weight += (unsigned int)__builtin_popcountl(src[i]);
  if (nbits % BITS_PER_LONG)
    weight += (unsigned int)__builtin_popcountl(src[i] & BITMAP_LAST_WORD_MASK(nbits));
  return weight;
}

static inline void bitmap_set(unsigned long* map, unsigned int start, unsigned int nbits) {
  for (unsigned int i = 0; i < nbits; i++) set_bit((long)start + i, map);
}

static inline void bitmap_clear(unsigned long* map, unsigned int start, unsigned int nbits) {
  for (unsigned int i = 0; i < nbits; i++) clear_bit((long)start + i, map);
}

#endif
