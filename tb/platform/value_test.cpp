#include "platform/config/value.h"

#include <gtest/gtest.h>

namespace dmavp::platform {
namespace {

constexpr std::uint64_t kUs = 1'000'000;

TEST(Value, SizesAreExactAndRefusedWhenTheyDoNotFit) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("64KiB"), 65536u);
  EXPECT_EQ(parse_size("1MiB"), 1048576u);
  EXPECT_EQ(parse_size("2MB"), 2'000'000u);
  EXPECT_EQ(parse_size("0x1F"), 31u);
  EXPECT_EQ(parse_size("18446744073709551615"), ~std::uint64_t{0});
  for (const char* bad :
       {"", "KiB", "1 KiB", "-1", "1.5", "18446744073709551616", "17179869184GiB", "0x", "12q"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Value, TimesNeedAUnit) {
  EXPECT_EQ(parse_time_ps("10us"), 10 * kUs);
  EXPECT_EQ(parse_time_ps("1.5ms"), 1500 * kUs);
  EXPECT_EQ(parse_time_ps("0.001ns"), 1u);
  EXPECT_EQ(parse_time_ps("7ps"), 7u);
  EXPECT_EQ(parse_time_ps("2s"), 2'000'000 * kUs);
  for (const char* bad : {"", "10", "us", "1.us", "-1us", "1 us", "99999999999999s", "1h"}) {
    EXPECT_FALSE(parse_time_ps(bad)) << bad;
  }
}

TEST(Value, QuantitiesTakeTheUnitOfTheirProperty) {
  EXPECT_EQ(parse_quantity("10us", 1000), 10'000u);
  EXPECT_EQ(parse_quantity("12", 1000), 12u);
}

}  // namespace
}  // namespace dmavp::platform
