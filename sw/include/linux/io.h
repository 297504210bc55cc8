/* Register access. An __iomem pointer is the bus address itself. Each access is a bus transaction at the
 * CPU's local time and a preemption point; a bus error reads all ones and is the diagnostic kernel.bus-error.
 */
#ifndef LINUX_IO_H
#define LINUX_IO_H

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

u64 dmavp_mmio_read(u64 address, unsigned int bytes);
void dmavp_mmio_write(u64 address, unsigned int bytes, u64 value);

#define DMAVP_IO(suffix, type, bytes)                                                                     \
  static inline type read##suffix(const volatile void __iomem* addr) {                                    \
    return (type)dmavp_mmio_read((u64)(uintptr_t)addr, bytes);                                            \
  }                                                                                                       \
  static inline void write##suffix(type value, volatile void __iomem* addr) {                             \
    dmavp_mmio_write((u64)(uintptr_t)addr, bytes, value);                                                 \
  }                                                                                                       \
  static inline type read##suffix##_relaxed(const volatile void __iomem* addr) {                          \
    return read##suffix(addr);                                                                            \
  }                                                                                                       \
  static inline void write##suffix##_relaxed(type value, volatile void __iomem* addr) {                   \
    write##suffix(value, addr);                                                                           \
  }                                                                                                       \
  static inline type __raw_read##suffix(const volatile void __iomem* addr) { return read##suffix(addr); } \
  static inline void __raw_write##suffix(type value, volatile void __iomem* addr) {                       \
    write##suffix(value, addr);                                                                           \
  }
DMAVP_IO(b, u8, 1)
DMAVP_IO(w, u16, 2)
DMAVP_IO(l, u32, 4)
DMAVP_IO(q, u64, 8)
#undef DMAVP_IO
#define readq readq
#define writeq writeq

#define ioread8(addr) readb(addr)
#define ioread16(addr) readw(addr)
#define ioread32(addr) readl(addr)
#define ioread64(addr) readq(addr)
#define iowrite8(value, addr) writeb(value, addr)
#define iowrite16(value, addr) writew(value, addr)
#define iowrite32(value, addr) writel(value, addr)
#define iowrite64(value, addr) writeq(value, addr)

void memcpy_fromio(void* to, const volatile void __iomem* from, size_t bytes);
void memcpy_toio(volatile void __iomem* to, const void* from, size_t bytes);
void memset_io(volatile void __iomem* to, int value, size_t bytes);

/* The cookie is the address; nothing is reserved. */
static inline void __iomem* ioremap(u64 address, size_t bytes) {
  (void)bytes;
  return (void __iomem*)(uintptr_t)address;
}
#define ioremap_wc(address, bytes) ioremap(address, bytes)
static inline void iounmap(volatile void __iomem* addr) { (void)addr; }

#ifdef __cplusplus
}
#endif
#endif
