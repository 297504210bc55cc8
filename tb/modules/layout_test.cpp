#include "modules/layout.h"

#include <gtest/gtest.h>
#include <linux/of_dma.h>

#include "dmaengine/virt-dma.h"

TEST(Layout, DmaengineHeadersAgreeBetweenCAndCpp) {
  const layout_row rows[] = {LAYOUT_ROWS};
  ASSERT_EQ(sizeof(rows) / sizeof(rows[0]), c_layout_rows);
  for (size_t i = 0; i < c_layout_rows; i++)
    EXPECT_EQ(rows[i].value, c_layout[i].value) << rows[i].what << " #" << i;
}
