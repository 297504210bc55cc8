/* The layout that Linux's virt-dma.h and private dmaengine.h give. */
#include <virt-dma.h>

#include "layout_rows.h"

const struct layout_row linux_layout[] = {LAYOUT_ROWS};
const size_t linux_layout_rows = sizeof(linux_layout) / sizeof(linux_layout[0]);
const size_t linux_descriptor_size = sizeof(struct virt_dma_desc);
