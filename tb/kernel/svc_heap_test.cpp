// The heap in simulated RAM against an interval map, over random programs.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "kernel/ram_heap.h"

using dmavp::kernel::RamHeap;

namespace {

constexpr std::uint64_t kBytes = 1 << 20;

struct Program {
  std::mt19937_64 random;
  RamHeap heap{kBytes};
  std::map<std::uint64_t, std::size_t> live;  // offset -> size asked for
  std::vector<std::uint64_t> trace;

  explicit Program(std::uint64_t seed) : random(seed) {}

  void allocate() {
    static constexpr std::size_t kLimit[] = {64, 300, 4096, 70000};
    const std::size_t size = 1 + random() % kLimit[random() % 4];
    const std::size_t align = std::size_t{1} << (random() % 14);
    const std::uint64_t at = heap.allocate(size, align, reinterpret_cast<void*>(size));
    trace.push_back(at);
    if (at == RamHeap::kNone) return;
    ASSERT_LE(at + size, kBytes);
    EXPECT_EQ(at % RamHeap::kLine, 0u);
    EXPECT_EQ(at % align, 0u) << size;
    if ((size & (size - 1)) == 0 && size <= RamHeap::kPage) {
      EXPECT_EQ(at % size, 0u);
    }
    // Cache lines are never shared: the neighbours' last and first lines differ.
    const auto next = live.lower_bound(at);
    if (next != live.end()) {
      EXPECT_LT((at + size - 1) / 64, next->first / 64);
    }
    if (next != live.begin()) {
      const auto before = std::prev(next);
      EXPECT_LT((before->first + before->second - 1) / 64, at / 64);
    }
    live[at] = size;
  }

  void release() {
    if (live.empty()) return;
    auto it = live.begin();
    std::advance(it, static_cast<long>(random() % live.size()));
    RamHeap::Object object;
    ASSERT_TRUE(heap.find(it->first, object));
    EXPECT_EQ(object.size, it->second);
    EXPECT_EQ(object.site, reinterpret_cast<void*>(it->second));
    EXPECT_FALSE(heap.release(it->first + 1));
    EXPECT_TRUE(heap.release(it->first));
    EXPECT_FALSE(heap.release(it->first));
    EXPECT_TRUE(heap.was_freed(it->first));
    live.erase(it);
  }

  void check() {
    EXPECT_EQ(heap.objects(), live.size());
    std::map<std::uint64_t, std::size_t> seen;
    heap.for_each([&](const RamHeap::Object& o) { seen[o.offset] = o.size; });
    EXPECT_EQ(seen, live);
  }

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); i++) {
      // Phases of growing and shrinking, so that the heap fills up and empties.
      if (random() % 100 < (i / 300 % 2 == 0 ? 70u : 30u))
        allocate();
      else
        release();
      if (i % 97 == 0) check();
    }
  }
};

TEST(RamHeap, ObjectsNeverOverlapAndAreFoundAgain) {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 0; seed < 20; seed++) {
    SCOPED_TRACE(seed);
    Program p(seed);
    p.run(3000);
    for (const std::uint64_t at : p.trace) refused += at == RamHeap::kNone;
    while (!p.live.empty()) p.release();
    p.check();
    EXPECT_EQ(p.heap.used_bytes(), 0u);
    // Everything has come back and has joined: all but the pages kept for small objects is one piece again.
    EXPECT_NE(p.heap.allocate(kBytes / 2, 1, nullptr), RamHeap::kNone);
  }
  EXPECT_GT(refused, 0u) << "the programs must fill the heap";
}

TEST(RamHeap, AddressesDependOnTheCallsAlone) {
  Program a(5), b(5), c(6);
  std::vector<std::vector<char>> noise(100, std::vector<char>(12345));  // other host addresses for b
  a.run(2000);
  b.run(2000);
  c.run(2000);
  EXPECT_EQ(a.trace, b.trace);
  EXPECT_NE(a.trace, c.trace);
}

TEST(RamHeap, WholeRangeAndBeyond) {
  RamHeap heap(kBytes);
  EXPECT_EQ(heap.allocate(0, 1, nullptr), RamHeap::kNone);
  EXPECT_EQ(heap.allocate(kBytes + 1, 1, nullptr), RamHeap::kNone);
  EXPECT_EQ(heap.allocate(~std::size_t{0}, 1, nullptr), RamHeap::kNone);
  EXPECT_EQ(heap.allocate(kBytes, 1, nullptr), 0u);
  EXPECT_EQ(heap.allocate(1, 1, nullptr), RamHeap::kNone);
  EXPECT_TRUE(heap.release(0));
  EXPECT_FALSE(heap.release(kBytes * 4));
  EXPECT_EQ(heap.allocate(kBytes, 1, nullptr), 0u);
}

}  // namespace
