// A provider that was compiled against our headers works with Linux's virt-dma.c and dmaengine.c, and the
// other way round.
#include <gtest/gtest.h>

#include "dmaengine/virt-dma.h"
#include "header_rows.h"
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

/// Linux's files are compiled against our headers here; these are the ones that they were written for.
TEST(LinuxLayout, OfTheClientAndProviderInterfaceIsOurs) {
  ASSERT_EQ(our_header_rows, linux_header_rows);
  for (size_t i = 0; i < linux_header_rows; i++) {
    EXPECT_STREQ(our_headers[i].what, linux_headers[i].what);
    EXPECT_EQ(our_headers[i].value, linux_headers[i].value) << our_headers[i].what;
  }
}
