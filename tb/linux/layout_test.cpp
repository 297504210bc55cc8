// A provider that was compiled against our virt-dma.h works with Linux's virt-dma.c.
#include <gtest/gtest.h>

#include "dmaengine/virt-dma.h"
#include "layout_rows.h"

TEST(LinuxLayout, OfVirtualChannelsIsOurs) {
  const layout_row ours[] = {LAYOUT_ROWS};
  ASSERT_EQ(sizeof(ours) / sizeof(ours[0]), linux_layout_rows);
  for (size_t i = 0; i < linux_layout_rows; i++) {
    EXPECT_STREQ(ours[i].what, linux_layout[i].what);
    EXPECT_EQ(ours[i].value, linux_layout[i].value) << ours[i].what;
  }
  // Descriptors are the provider's memory; virt-dma.c knows what lies before this.
  EXPECT_GE(offsetof(virt_dma_desc, completed), linux_descriptor_size);
}
