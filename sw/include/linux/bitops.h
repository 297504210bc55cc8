/* Bit operations on arrays of long. Software steps are atomic between preemption points, so the plain
 * operations are. */
#ifndef DMAVP_LINUX_BITOPS_H
#define DMAVP_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

static inline void set_bit(long nr, volatile unsigned long* addr) {
  addr[BIT_WORD((unsigned long)nr)] |= BIT_MASK((unsigned long)nr);
}

static inline void clear_bit(long nr, volatile unsigned long* addr) {
  addr[BIT_WORD((unsigned long)nr)] &= ~BIT_MASK((unsigned long)nr);
}

static inline void change_bit(long nr, volatile unsigned long* addr) {
  addr[BIT_WORD((unsigned long)nr)] ^= BIT_MASK((unsigned long)nr);
}

static inline bool test_bit(long nr, const volatile unsigned long* addr) {
  return (addr[BIT_WORD((unsigned long)nr)] >> ((unsigned long)nr % BITS_PER_LONG)) & 1;
}

static inline bool test_and_set_bit(long nr, volatile unsigned long* addr) {
  const bool old = test_bit(nr, addr);

  set_bit(nr, addr);
  return old;
}

static inline bool test_and_clear_bit(long nr, volatile unsigned long* addr) {
  const bool old = test_bit(nr, addr);

  clear_bit(nr, addr);
  return old;
}

static inline bool test_and_change_bit(long nr, volatile unsigned long* addr) {
  const bool old = test_bit(nr, addr);

  change_bit(nr, addr);
  return old;
}

#define __set_bit set_bit
#define __clear_bit clear_bit
#define __change_bit change_bit
#define __test_and_set_bit test_and_set_bit
#define __test_and_clear_bit test_and_clear_bit
#define test_and_set_bit_lock test_and_set_bit
#define clear_bit_unlock clear_bit
#define assign_bit(nr, addr, value) ((value) ? set_bit((nr), (addr)) : clear_bit((nr), (addr)))

/* Undefined for 0, as the instruction is. */
static inline unsigned long __ffs(unsigned long word) { return (unsigned long)__builtin_ctzl(word); }

static inline unsigned long __fls(unsigned long word) { return (unsigned long)(63 - __builtin_clzl(word)); }

#define ffz(x) __ffs(~(x))

/* 1-based, 0 for 0. */
static inline int fls(unsigned int word) { return word ? 32 - __builtin_clz(word) : 0; }

static inline int fls64(u64 word) { return word ? 64 - __builtin_clzll(word) : 0; }

#ifndef __cplusplus
#define ffs(x) __builtin_ffs(x)
#endif

static inline unsigned int fls_long(unsigned long word) { return (unsigned int)fls64(word); }

static inline unsigned int hweight32(u32 word) { return (unsigned int)__builtin_popcount(word); }
static inline unsigned int hweight16(u16 word) { return (unsigned int)__builtin_popcount(word); }
static inline unsigned int hweight8(u8 word) { return (unsigned int)__builtin_popcount(word); }
static inline unsigned long hweight64(u64 word) { return (unsigned long)__builtin_popcountll(word); }
static inline unsigned long hweight_long(unsigned long word) {
  return (unsigned long)__builtin_popcountl(word);
}

/* Smallest order with 2^order >= count; -1 for 0. */
static inline int get_count_order(unsigned int count) { return count == 0 ? -1 : fls(count - 1); }

static inline int get_count_order_long(unsigned long count) { return count == 0 ? -1 : fls64(count - 1); }

static inline u32 rol32(u32 word, unsigned int shift) {
  return (word << (shift & 31)) | (word >> (-shift & 31));
}
static inline u32 ror32(u32 word, unsigned int shift) {
  return (word >> (shift & 31)) | (word << (-shift & 31));
}
static inline s32 sign_extend32(u32 value, int index) { return (s32)(value << (31 - index)) >> (31 - index); }

#include <linux/find.h>

#endif
