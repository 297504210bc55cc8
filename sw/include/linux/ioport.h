/* Ranges of bus addresses and interrupts. */
#ifndef DMAVP_LINUX_IOPORT_H
#define DMAVP_LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
  resource_size_t start;
  resource_size_t end; /* last address */
  const char* name;
  unsigned long flags;
};

#define IORESOURCE_IO 0x00000100ul
#define IORESOURCE_MEM 0x00000200ul
#define IORESOURCE_IRQ 0x00000400ul
#define IORESOURCE_DMA 0x00000800ul

static inline resource_size_t resource_size(const struct resource* res) { return res->end - res->start + 1; }
static inline unsigned long resource_type(const struct resource* res) { return res->flags & 0x00001f00ul; }

#endif
