/* Fields of registers, named by their mask: a constant whose set bits are one run. */
#ifndef DMAVP_LINUX_BITFIELD_H
#define DMAVP_LINUX_BITFIELD_H

#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/* The lowest bit of the mask, as a number of places. */
#define __bf_shf(mask) __builtin_ctzll(mask)
/* Largest value, whether one fits, the value at its place, and back. */
#define FIELD_MAX(mask) ((__typeof__(mask))((mask) >> __bf_shf(mask)))
#define FIELD_FIT(mask, value) (!((((__typeof__(mask))(value)) << __bf_shf(mask)) & ~(mask)))
#define FIELD_PREP(mask, value) ((((__typeof__(mask))(value)) << __bf_shf(mask)) & (mask))
#define FIELD_PREP_CONST(mask, value) FIELD_PREP(mask, value)
#define FIELD_GET(mask, reg) ((__typeof__(mask))(((reg) & (mask)) >> __bf_shf(mask)))

/* The same as functions of a width: xx_encode_bits(value, field), xx_get_bits(word, field), and in place. */
#define DMAVP_BITS_OF(type)                                                       \
  static inline type type##_encode_bits(type value, type field) {                 \
    return (type)((type)(value << __bf_shf(field)) & field);                      \
  }                                                                               \
  static inline type type##_get_bits(type word, type field) {                     \
    return (type)((type)(word & field) >> __bf_shf(field));                       \
  }                                                                               \
  static inline type type##_replace_bits(type old, type value, type field) {      \
    return (type)((type)(old & (type)~field) | type##_encode_bits(value, field)); \
  }                                                                               \
  static inline void type##p_replace_bits(type* word, type value, type field) {   \
    *word = type##_replace_bits(*word, value, field);                             \
  }
DMAVP_BITS_OF(u8)
DMAVP_BITS_OF(u16)
DMAVP_BITS_OF(u32)
DMAVP_BITS_OF(u64)
#undef DMAVP_BITS_OF

#endif
