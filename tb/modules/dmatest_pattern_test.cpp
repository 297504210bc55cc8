// What dmatest writes, expects and says about wrong bytes (dmatest specification, sections 5 and 7).
#include "clients/dmatest/pattern.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace dmavp::dmatest;

namespace {

struct Recorder final : Reporter {
  std::vector<Mismatch> items;
  unsigned dropped = 0;
  void mismatch(const Mismatch& m) override { items.push_back(m); }
  void suppressed(unsigned count) override { dropped += count; }
};

/// A source and a destination as dmatest prepares them, and the copy of the region.
struct Pair {
  Region src, dst;
  std::vector<u8> s, d;
  Pair(size_t size, size_t length, size_t src_offset, size_t dst_offset)
      : src{src_offset, length, size}, dst{dst_offset, length, size}, s(size), d(size) {
    fill_source(s.data(), src, false);
    fill_destination(d.data(), dst, false);
  }
  void copy() { std::memcpy(&d[dst.offset], &s[src.offset], src.length); }
  unsigned errors(Recorder& r) const {
    return check_source(s.data(), src, false, r) + check_destination(d.data(), dst, src.offset, false, r);
  }
};

TEST(DmatestPattern, EveryByteIsTheFormula) {
  const Region r{13, 1000, 1500};
  std::vector<u8> buffer(r.size);
  fill_source(buffer.data(), r, false);
  for (size_t i = 0; i < r.size; i++) {
    const bool inside = i >= r.offset && i < r.offset + r.length;
    ASSERT_EQ(buffer[i], static_cast<u8>((inside ? 0xC0 : 0x80) | (~i & 0x1f))) << i;
  }
  fill_destination(buffer.data(), r, true);
  for (size_t i = 0; i < r.size; i++) {
    const bool inside = i >= r.offset && i < r.offset + r.length;
    ASSERT_EQ(buffer[i], (inside ? 0x20 : 0) | 0x1e) << i;
  }
}

TEST(DmatestPattern, AGoodCopyPassesAndAnyChangedByteIsCounted) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; round++) {
    const size_t size = 1 + random() % 700, length = 1 + random() % size;
    Pair pair(size, length, random() % (size - length + 1), random() % (size - length + 1));
    pair.copy();
    Recorder good;
    ASSERT_EQ(pair.errors(good), 0u);
    std::vector<u8>& victim = random() % 2 ? pair.s : pair.d;
    const size_t index = random() % size;
    victim[index] = static_cast<u8>(victim[index] ^ (1u << random() % 8));
    Recorder bad;
    ASSERT_EQ(pair.errors(bad), 1u);
    ASSERT_EQ(bad.items[0].index, index);
    ASSERT_EQ(bad.items[0].source, &victim == &pair.s);
    ASSERT_EQ(bad.items[0].actual, victim[index]);
  }
}

TEST(DmatestPattern, VerdictsSayWhatWentWrong) {
  Pair pair(256, 64, 32, 101);
  pair.copy();
  pair.s[40] ^= 1;            // the transfer wrote into its source
  pair.d[110] = 0x20;         // never copied
  pair.d[100] = 0xC0;         // one byte before the region
  pair.d[102] = pair.d[103];  // right region, wrong place
  Recorder r;
  EXPECT_EQ(pair.errors(r), 4u);
  ASSERT_EQ(r.items.size(), 4u);
  EXPECT_STREQ(r.items[0].verdict, "overwritten");
  EXPECT_STREQ(r.items[1].verdict, "was copied");
  EXPECT_STREQ(r.items[2].verdict, "mismatch");
  EXPECT_STREQ(r.items[3].verdict, "not copied");
}

TEST(DmatestPattern, ThirtyTwoItemsPerPassThenACount) {
  Pair pair(4096, 1000, 0, 0);
  Recorder r;
  EXPECT_EQ(pair.errors(r), 1000u) << "nothing was copied";
  EXPECT_EQ(r.items.size(), 32u);
  EXPECT_EQ(r.dropped, 968u);
}

}  // namespace
