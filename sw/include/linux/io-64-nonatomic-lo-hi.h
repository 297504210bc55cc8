/* 64-bit registers by two 32-bit accesses, low half first. */
#ifndef LINUX_IO_64_NONATOMIC_LO_HI_H
#define LINUX_IO_64_NONATOMIC_LO_HI_H

#include <linux/io.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline u64 lo_hi_readq(const volatile void __iomem* addr) {
  u32 low = readl(addr);
  u32 high = readl((const volatile char __iomem*)addr + 4);

  return low | ((u64)high << 32);
}
static inline void lo_hi_writeq(u64 value, volatile void __iomem* addr) {
  writel((u32)value, addr);
  writel((u32)(value >> 32), (volatile char __iomem*)addr + 4);
}
#define lo_hi_readq_relaxed(addr) lo_hi_readq(addr)
#define lo_hi_writeq_relaxed(value, addr) lo_hi_writeq(value, addr)

#ifdef __cplusplus
}
#endif
#endif
