// What the client blit asks of DMA, followed chunk by chunk, against what the CPU says the result is.
#include "clients/blit/operations.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "clients/blit/judge.h"
#include "tier.h"

using namespace dmavp::blit;

namespace {

constexpr Operation kAll[] = {Operation::kCrop, Operation::kPlanes, Operation::kTranspose, Operation::kClear};

/// Memory as bytes from address 0, in which a template moves what the specification of the API says (K18).
struct Mover {
  std::vector<u8> memory;
  unsigned chunks = 0;

  static u64 gap(bool inc, bool sgl, size_t common, size_t own) {
    if (!inc) return 0;
    return own ? own : sgl ? common : 0;
  }
  void move(const dma_interleaved_template& xt) {
    u64 src = xt.src_start, dst = xt.dst_start;
    ASSERT_EQ(xt.dir, DMA_MEM_TO_MEM);
    for (size_t f = 0; f < xt.numf; ++f) {
      for (size_t i = 0; i < xt.frame_size; ++i, ++chunks) {
        const data_chunk& c = xt.sgl[i];
        ASSERT_GT(c.size, 0u);
        ASSERT_LE(src + c.size, memory.size());
        ASSERT_LE(dst + c.size, memory.size());
        for (size_t b = 0; b < c.size; ++b) memory[dst + b] = memory[src + b];
        if (xt.src_inc) src += c.size + gap(xt.src_inc, xt.src_sgl, c.icg, c.src_icg);
        if (xt.dst_inc) dst += c.size + gap(xt.dst_inc, xt.dst_sgl, c.icg, c.dst_icg);
      }
    }
  }
};

struct Free {
  void operator()(void* p) const { std::free(p); }
};

struct Case {
  Frame from, to;
  Task task;
  u32 align;
};

Case random_case(Operation operation, std::mt19937_64& random) {
  Case c{};
  const auto side = [&] { return static_cast<u32>(1 + random() % (random() % 4 ? 12 : 70)); };
  c.align = 1u << random() % 7;
  if (random() % 3 == 0) c.align = static_cast<u32>(1 + random() % 50);
  const bool grey = operation != Operation::kPlanes && random() % 4 == 0;
  c.from = make_frame(side(), side(), grey ? kGrey : kRgb, 255, c.align);
  const auto x = static_cast<u32>(random() % c.from.width), y = static_cast<u32>(random() % c.from.height);
  c.task = {operation, {x, y, 0, 0}, static_cast<u8>(random())};
  if (random() % 2) c.task.rectangle.width = static_cast<u32>(1 + random() % (c.from.width - x));
  if (random() % 2) c.task.rectangle.height = static_cast<u32>(1 + random() % (c.from.height - y));
  EXPECT_TRUE(fit(&c.task.rectangle, c.from));
  c.to = result_of(operation, c.from, c.task.rectangle, c.align);
  return c;
}

/// Each operation as its patterns, in pieces of any size, moves exactly what the CPU computes, and nothing
/// else.
TEST(BlitOperations, TemplatesMoveWhatTheCpuComputes) {
  for (std::uint64_t i = 0; i < dmavp::tb::seeds(); ++i) {
    const std::uint64_t seed = dmavp::tb::seed_base() + i;
    for (int round = 0; round < 400; ++round) {
      std::mt19937_64 random(seed * 1000 + static_cast<std::uint64_t>(round));
      const Operation operation = kAll[round % 3];  // clearing is no pattern
      const Case c = random_case(operation, random);
      const size_t most = 1 + random() % 100;
      SCOPED_TRACE(testing::Message()
                   << "seed " << seed << " round " << round << " " << name_of(operation) << " of "
                   << c.from.width << " x " << c.from.height << ", at most " << most << " chunks");
      const size_t src = 100, dst = src + c.from.bytes() + 100;
      Mover mover;
      mover.memory.resize(dst + c.to.bytes() + 100);
      for (u8& b : mover.memory) b = static_cast<u8>(random());
      std::vector<u8> right = mover.memory;
      for (u32 y = 0; y < c.to.height; ++y)
        for (u32 x = 0; x < c.to.width; ++x)
          for (u32 s = 0; s < c.to.samples; ++s)
            right[dst + c.to.at(x, y, s)] =
                expected(operation, c.from, &mover.memory[src], c.task.rectangle, c.task.value, x, y, s);
      std::unique_ptr<dma_interleaved_template, Free> xt(static_cast<dma_interleaved_template*>(
          std::calloc(1, sizeof(dma_interleaved_template) + 100 * sizeof(data_chunk))));
      for (unsigned p = 0; p < patterns(operation, c.from); ++p) {
        Pieces pieces(pattern(operation, c.from, c.to, c.task.rectangle, p), most);
        Pattern piece;
        while (pieces.next(&piece)) {
          ASSERT_LE(piece.lines * piece.chunks, most);
          ASSERT_GT(piece.lines * piece.chunks, 0u);
          fill_template(piece, src, dst, xt.get());
          mover.move(*xt);
          ASSERT_FALSE(HasFatalFailure());
        }
      }
      ASSERT_EQ(mover.memory, right);
    }
  }
}

/// The CPU's formula itself, on a picture whose bytes say where they are from: 100 y + 10 x + sample.
TEST(BlitOperations, TheCpuComputesWhatTheNamesSay) {
  const Frame from = make_frame(4, 2, kRgb, 255, 16);
  std::vector<u8> source(from.bytes(), 0xEE);
  for (u32 y = 0; y < 2; ++y)
    for (u32 x = 0; x < 4; ++x)
      for (u32 s = 0; s < 3; ++s) source[from.at(x, y, s)] = static_cast<u8>(100 * y + 10 * x + s);
  const auto result = [&](Operation operation, Rectangle r) {
    const Frame to = result_of(operation, from, r, 1);
    std::vector<std::vector<int>> lines(to.height);
    for (u32 y = 0; y < to.height; ++y)
      for (u32 i = 0; i < to.line(); ++i)
        lines[y].push_back(
            expected(operation, from, source.data(), r, 255, i / to.samples, y, i % to.samples));
    return lines;
  };
  using Lines = std::vector<std::vector<int>>;
  EXPECT_EQ(result(Operation::kCrop, {1, 1, 2, 1}), (Lines{{110, 111, 112, 120, 121, 122}}));
  EXPECT_EQ(result(Operation::kTranspose, {0, 0, 4, 2}), (Lines{{0, 1, 2, 100, 101, 102},
                                                                {10, 11, 12, 110, 111, 112},
                                                                {20, 21, 22, 120, 121, 122},
                                                                {30, 31, 32, 130, 131, 132}}));
  EXPECT_EQ(result(Operation::kPlanes, {0, 0, 4, 2}), (Lines{{0, 10, 20, 30},
                                                             {100, 110, 120, 130},
                                                             {1, 11, 21, 31},
                                                             {101, 111, 121, 131},
                                                             {2, 12, 22, 32},
                                                             {102, 112, 122, 132}}));
  EXPECT_EQ(result(Operation::kClear, {2, 0, 1, 2}),
            (Lines{{0, 1, 2, 10, 11, 12, 255, 255, 255, 30, 31, 32},
                   {100, 101, 102, 110, 111, 112, 255, 255, 255, 130, 131, 132}}));
}

TEST(BlitOperations, RectanglesFitOrAreRefused) {
  const Frame frame = make_frame(5, 3, kRgb, 255, 1);
  for (u32 x = 0; x < 8; ++x)
    for (u32 y = 0; y < 6; ++y)
      for (u32 w = 0; w < 8; ++w)
        for (u32 h = 0; h < 6; ++h) {
          Rectangle r = {x, y, w, h};
          const bool inside = x < 5 && y < 3 && x + w <= 5 && y + h <= 3;
          ASSERT_EQ(fit(&r, frame), inside) << x << " " << y << " " << w << " " << h;
          if (!inside) continue;
          ASSERT_EQ(r.width, w ? w : 5 - x);
          ASSERT_EQ(r.height, h ? h : 3 - y);
        }
  Rectangle wraps = {1, 0, 0xFFFFFFFF, 1};
  EXPECT_FALSE(fit(&wraps, frame));
}

TEST(BlitOperations, AreReadFromAList) {
  Operation operations[3];
  size_t bad = 0;
  EXPECT_EQ(read_operations("crop", operations, 3, &bad), 1u);
  EXPECT_EQ(read_operations("clear,planes,transpose", operations, 3, &bad), 3u);
  EXPECT_EQ(operations[0], Operation::kClear);
  EXPECT_EQ(operations[1], Operation::kPlanes);
  EXPECT_EQ(operations[2], Operation::kTranspose);
  for (const auto& [text, at] : {std::pair{"", 0u},
                                 {"crops", 0u},
                                 {"cro", 0u},
                                 {"crop,", 5u},
                                 {",crop", 0u},
                                 {"crop, planes", 5u},
                                 {"crop,crop,crop,crop", 15u}}) {
    EXPECT_EQ(read_operations(text, operations, 3, &bad), 0u) << text;
    EXPECT_EQ(bad, at) << text;
  }
}

}  // namespace
