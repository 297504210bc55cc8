#include "modules/layout.h"

#include <linux/of_dma.h>

#include "dmaengine/virt-dma.h"

const struct layout_row c_layout[] = {LAYOUT_ROWS};
const size_t c_layout_rows = sizeof(c_layout) / sizeof(c_layout[0]);
