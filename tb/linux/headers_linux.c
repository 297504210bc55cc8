/* The layout that Linux's own <linux/dmaengine.h> and <linux/of_dma.h> give, with the members that ours
 * always has. */
#define CONFIG_DEBUG_FS 1
#include <include/linux/dmaengine.h>
#include <include/linux/of_dma.h>

#include "header_rows.h"

const struct layout_row linux_headers[] = {HEADER_ROWS};
const size_t linux_header_rows = sizeof(linux_headers) / sizeof(linux_headers[0]);
