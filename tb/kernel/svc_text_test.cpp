// Formatting against the host's printf, numbers from text, checksums.
#include <gtest/gtest.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <climits>
#include <cstdio>
#include <string>

#include "svc_world.h"

using dmavp::tb::ServiceWorld;

namespace {

template <typename... Args>
std::string ours(const char* format, Args... args) {
  char text[300];
  const int n = (dmavp_snprintf)(text, sizeof(text), format, args...);
  EXPECT_EQ(static_cast<std::size_t>(n), std::strlen(text));
  return text;
}

template <typename... Args>
std::string host(const char* format, Args... args) {
  char text[300];
  std::snprintf(text, sizeof(text), format, args...);
  return text;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

TEST(Format, IsWhatTheHostPrints) {
  const char* flags[] = {"", "-", "0", "+", " ", "#", "-#", "+0", "#0"};
  const char* widths[] = {"", "1", "7", "20"};
  const char* precisions[] = {"", ".0", ".3", ".12"};
  const long long values[] = {0, 1, -1, 9, 12345, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN};
  int checked = 0;
  for (const char* flag : flags)
    for (const char* width : widths)
      for (const char* precision : precisions)
        for (const char* conversion : {"d", "i", "u", "x", "X", "o"})
          for (const char* length : {"", "h", "hh", "l", "ll", "z"})
            for (const long long value : values) {
              const std::string f = std::string("[%") + flag + width + precision + length + conversion + "]";
              const bool wide = length[0] == 'l' || length[0] == 'z';
              if (wide)
                ASSERT_EQ(ours(f.c_str(), value), host(f.c_str(), value)) << f << " " << value;
              else
                ASSERT_EQ(ours(f.c_str(), static_cast<int>(value)), host(f.c_str(), static_cast<int>(value)))
                    << f << " " << value;
              checked++;
            }
  EXPECT_GT(checked, 20000);
  for (const char* f : {"[%s]", "[%10s]", "[%-10s]", "[%.2s]", "[%10.3s]"})
    EXPECT_EQ(ours(f, "hello"), host(f, "hello")) << f;
  EXPECT_EQ(ours("%c%5c%-3c|%%", 'a', 'b', 'c'), host("%c%5c%-3c|%%", 'a', 'b', 'c'));
  EXPECT_EQ(ours("%*d|%-*d|%.*d", 5, 1, 5, 2, 3, 3), host("%*d|%-*d|%.*d", 5, 1, 5, 2, 3, 3));
  EXPECT_EQ(ours("%s", static_cast<const char*>(nullptr)), "(null)");
}

TEST(Format, TruncatesLikeTheHostAndCountsEverything) {
  char a[8], b[8];
  for (std::size_t size = 0; size <= sizeof(a); size++) {
    std::memset(a, 'x', sizeof(a));
    std::memset(b, 'x', sizeof(b));
    EXPECT_EQ((dmavp_snprintf)(a, size, "%d-%s", 1234, "tail"),
              std::snprintf(b, size, "%d-%s", 1234, "tail"));
    EXPECT_EQ(std::memcmp(a, b, sizeof(a)), 0) << size;
  }
  const char* longer = "longer";
  EXPECT_EQ(scnprintf(a, 4, "%s", std::string(longer).c_str()), 3);
}

TEST(Format, KernelExtensions) {
  ServiceWorld world;
  const u64 address = 0x80001234;
  EXPECT_EQ(ours("%pad", &address), "0x0000000080001234");
  EXPECT_EQ(ours("%pap.", &address), "0x0000000080001234.");
  struct device_node* node = of_find_node_by_path("widget1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(ours("%pOF", node), "/bus@40000000/widget@100");
  EXPECT_EQ(ours("%pOFn", node), "widget");
  EXPECT_EQ(ours("%pe", ERR_PTR(-22)), "-22");
  const unsigned char bytes[] = {1, 0xab, 3};
  EXPECT_EQ(ours("%3ph", bytes), "01 ab 03");
  EXPECT_EQ(ours("%3phC", bytes), "01:ab:03");
  // Addresses of RAM show where it is on the bus, host addresses never show.
  void* p = kmalloc(10, GFP_ATOMIC);
  EXPECT_EQ(ours("%p", p), ours("0x%016llx", static_cast<unsigned long long>(virt_to_phys(p))));
  kfree(p);
  int local = 0;
  EXPECT_EQ(ours("%px", &local), "<?>");
}
#pragma GCC diagnostic pop

TEST(Log, LinesLevelsAndContinuation) {
  ServiceWorld world;
  pr_info("one\ntwo\n");
  pr_info("three");
  pr_cont(" and four\n");
  pr_info("no newline");
  pr_info("next\n");
  const std::vector<std::string> expected = {"one", "two", "three and four", "no newline", "next"};
  EXPECT_EQ(world.machine.lines, expected);
}

TEST(Numbers, StrictParsing) {
  struct Case {
    const char* text;
    unsigned base;
    int ret;
    long long value;
  };
  const Case cases[] = {{"0", 0, 0, 0},
                        {"17", 10, 0, 17},
                        {"0x1F", 0, 0, 31},
                        {"017", 0, 0, 15},
                        {"-5", 10, 0, -5},
                        {"+5\n", 10, 0, 5},
                        {"2147483647", 10, 0, INT_MAX},
                        {"2147483648", 10, -ERANGE, 0},
                        {"-2147483648", 10, 0, INT_MIN},
                        {"", 10, -EINVAL, 0},
                        {"-", 10, -EINVAL, 0},
                        {"5x", 10, -EINVAL, 0},
                        {" 5", 10, -EINVAL, 0},
                        {"5\n\n", 10, -EINVAL, 0},
                        {"0x", 0, -EINVAL, 0},
                        {"99999999999999999999", 10, -ERANGE, 0},
                        {"08", 0, -EINVAL, 0}};
  for (const Case& c : cases) {
    int value = 0;
    EXPECT_EQ(kstrtoint(c.text, c.base, &value), c.ret) << c.text;
    if (c.ret == 0) {
      EXPECT_EQ(value, c.value) << c.text;
    }
  }
  unsigned long long wide;
  EXPECT_EQ(kstrtoull("18446744073709551615", 10, &wide), 0);
  EXPECT_EQ(wide, ~0ull);
  EXPECT_EQ(kstrtoull("18446744073709551616", 10, &wide), -ERANGE);
  EXPECT_EQ(kstrtoull("-1", 10, &wide), -EINVAL);
  bool flag = false;
  EXPECT_EQ(kstrtobool("on", &flag), 0);
  EXPECT_TRUE(flag);
  EXPECT_EQ(kstrtobool("maybe", &flag), -EINVAL);
}

TEST(Strings, CopyTrimAndCompare) {
  char buffer[5];
  EXPECT_EQ(strscpy(buffer, "abc"), 3);
  EXPECT_EQ(strscpy(buffer, "abcdefgh"), -E2BIG);
  EXPECT_STREQ(buffer, "abcd");
  char padded[] = "  \t text \n";
  EXPECT_STREQ(strim(padded), "text");
  EXPECT_TRUE(sysfs_streq("on\n", "on"));
  EXPECT_FALSE(sysfs_streq("on", "off"));
  const unsigned char same[] = {7, 7, 7, 8};
  EXPECT_EQ(memchr_inv(same, 7, 3), nullptr);
  EXPECT_EQ(memchr_inv(same, 7, 4), same + 3);
  EXPECT_EQ(~crc32_le(~0u, "123456789", 9), 0xcbf43926u);
}

TEST(Ids, LowestFreeFirst) {
  ServiceWorld world;
  DEFINE_IDA(ida);
  for (int i = 0; i < 2000; i++) ASSERT_EQ(ida_alloc(&ida, GFP_ATOMIC), i);
  ida_free(&ida, 700);
  ida_free(&ida, 3);
  EXPECT_EQ(ida_alloc(&ida, GFP_ATOMIC), 3);
  EXPECT_EQ(ida_alloc(&ida, GFP_ATOMIC), 700);
  EXPECT_EQ(ida_alloc_range(&ida, 10, 20, GFP_ATOMIC), -ENOSPC);
  ida_free(&ida, 5000);
  EXPECT_TRUE(world.machine.saw("kernel.bad-free"));
  for (unsigned i = 0; i < 2000; i++) ida_free(&ida, i);
  EXPECT_TRUE(ida_is_empty(&ida));
  EXPECT_EQ(world.live(), 0u);
}

}  // namespace
