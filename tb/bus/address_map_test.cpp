#include "bus/address_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>

namespace dmavp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(AddressMap, EndsAreExact) {
  AddressMap map;
  EXPECT_EQ(map.add("high", 0x2000, 0x100), 0u);
  EXPECT_EQ(map.add("low", 0x1000, 0x1000), 1u);  // ends where the other begins
  EXPECT_EQ(map.add("top", ~std::uint64_t{0} - 0xff, 0x100), 2u);
  EXPECT_EQ(map.find(0xfff), AddressMap::kNone);
  EXPECT_EQ(map.find(0x1000), 1u);
  EXPECT_EQ(map.find(0x1fff), 1u);
  EXPECT_EQ(map.find(0x2000), 0u);
  EXPECT_EQ(map.find(0x20ff), 0u);
  EXPECT_EQ(map.find(0x2100), AddressMap::kNone);
  EXPECT_EQ(map.find(~std::uint64_t{0}), 2u);
  unsigned hint = 0;
  EXPECT_EQ(map.find_span(0x20f0, 0x10, hint), 0u);
  EXPECT_EQ(map.find_span(0x20f0, 0x11, hint), AddressMap::kNone);
  EXPECT_EQ(map.find_span(0x1ff0, 0x20, hint), AddressMap::kNone);  // across two neighbours
  EXPECT_EQ(map.find_span(~std::uint64_t{0}, 1, hint), 2u);
  EXPECT_EQ(map.find_span(~std::uint64_t{0}, 2, hint), AddressMap::kNone);
}

TEST(AddressMap, OverlapNamesBothRanges) {
  AddressMap map;
  map.add("sram", 0x1000, 0x1000);
  for (const auto& [base, size] : {std::pair{0x1fffu, 2u}, {0x800u, 0x801u}, {0x1800u, 1u}, {0u, 0x10000u}}) {
    const auto add = [&map, base = base, size = size] { map.add("uart", base, size); };
    EXPECT_THAT(add, ThrowsMessage<std::invalid_argument>(AllOf(HasSubstr("'sram' [0x1000, 0x1fff]"),
                                                                HasSubstr("'uart'"), HasSubstr("overlap"))));
  }
  EXPECT_THAT([&] { map.add("none", 0, 0); }, ThrowsMessage<std::invalid_argument>(HasSubstr("'none'")));
  EXPECT_THAT([&] { map.add("past", ~std::uint64_t{0}, 2); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'past'")));
  EXPECT_EQ(map.size(), 1u);  // a refused range leaves no trace
  EXPECT_EQ(map.add("next", 0x2000, 1), 1u);
}

/// Random maps against a linear search, with and without the last-hit cache.
TEST(AddressMap, AgreesWithLinearSearch) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    AddressMap map;
    std::vector<AddressRange> ranges;
    for (int tries = 0; tries < 60; ++tries) {
      const std::uint64_t base = random() % 4096;
      const std::uint64_t size = 1 + random() % 64;
      const AddressRange range{"r", base, base + size - 1};
      bool free = true;
      for (const auto& other : ranges) free = free && (range.last < other.first || range.first > other.last);
      if (free) {
        ASSERT_EQ(map.add("r", base, size), ranges.size());
        ranges.push_back(range);
      } else {
        ASSERT_THROW(map.add("r", base, size), std::invalid_argument);
      }
    }
    unsigned hint = 0;
    for (int i = 0; i < 5000; ++i) {
      const std::uint64_t address = random() % 4300;
      const std::uint64_t bytes = 1 + random() % 16;
      unsigned expected = AddressMap::kNone;
      unsigned spanned = AddressMap::kNone;
      for (unsigned k = 0; k < ranges.size(); ++k) {
        if (address < ranges[k].first || address > ranges[k].last) continue;
        expected = k;
        if (address + bytes - 1 <= ranges[k].last) spanned = k;
      }
      ASSERT_EQ(map.find(address), expected);
      ASSERT_EQ(map.find_span(address, bytes, hint), spanned);
    }
  }
}

}  // namespace
}  // namespace dmavp
