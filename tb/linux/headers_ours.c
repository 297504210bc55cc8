/* The layout that our <linux/dmaengine.h> and <linux/of_dma.h> give to C. */
#include <linux/dmaengine.h>
#include <linux/of_dma.h>

#include "header_rows.h"

const struct layout_row our_headers[] = {HEADER_ROWS};
const size_t our_header_rows = sizeof(our_headers) / sizeof(our_headers[0]);
