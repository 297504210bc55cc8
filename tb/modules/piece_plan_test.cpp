// Pieces of a list or template, and blocks of a piece where an address stays put. covers: K18
#include "drivers/dw-axi-dmac/piece_plan.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

using namespace dmavp::dw_axi_dmac;

namespace {

struct Free {
  void operator()(dma_interleaved_template* xt) const { std::free(xt); }
};
using Xt = std::unique_ptr<dma_interleaved_template, Free>;

Xt make(std::size_t chunks) {
  void* memory = std::calloc(1, sizeof(dma_interleaved_template) + chunks * sizeof(data_chunk));
  auto* raw = static_cast<dma_interleaved_template*>(memory);
  raw->frame_size = chunks;
  raw->src_inc = raw->dst_inc = true;
  return Xt(raw);
}

template <class List>
std::vector<Piece> pieces(const List& list, std::uint64_t alone) {
  std::vector<Piece> result;
  each_piece(list, alone, [&](const Piece& p) {
    result.push_back(p);
    return true;
  });
  return result;
}

TEST(Pieces, LinesWithoutGapsOnBothSidesBecomeOne) {
  const Xt xt = make(1);
  xt->src_start = 0x1000;
  xt->dst_start = 0xFFFFFFC0;  // across 4 GiB
  xt->numf = 10;
  xt->sgl[0].size = 48;
  const auto joined = pieces(TemplateList(xt.get()), kJoinAll);
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].length, 480u);
  EXPECT_EQ(pieces(TemplateList(xt.get()), kJoinNone).size(), 10u);
  xt->sgl[0].dst_icg = 1;
  const auto apart = pieces(TemplateList(xt.get()), kJoinAll);
  ASSERT_EQ(apart.size(), 10u);
  EXPECT_EQ(apart[9].dst, 0xFFFFFFC0ull + 9 * 49);
  // The peripheral's side has no gap; the other one decides.
  xt->dst_inc = false;
  EXPECT_EQ(pieces(TemplateList(xt.get()), kJoinAll).size(), 1u);
}

TEST(Pieces, EmptyOnesAreDroppedAndJoinTheirNeighbours) {
  dma_vec vecs[] = {{0x100, 0}, {0x200, 3}, {0x900, 0}, {0x203, 5}, {0x300, 1}, {0, 0}};
  const SlaveEnds out{0x40, true};
  const auto joined = pieces(VectorList(out, vecs, 6), kJoinAll);
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_EQ(joined[0].src, 0x200u);
  EXPECT_EQ(joined[0].dst, 0x40u);
  EXPECT_EQ(joined[0].length, 8u);
  EXPECT_EQ(pieces(VectorList(out, vecs, 6), kJoinNone).size(), 3u);
  EXPECT_EQ(pieces(VectorList(out, vecs, 6), 2).size(), 2u);
  vecs[1].len = 4, vecs[3].addr = 0x204;
  EXPECT_EQ(pieces(VectorList(out, vecs, 6), 4).size(), 3u) << "the first fills a register";
  vecs[1].len = 3, vecs[3].addr = 0x203;
  EXPECT_EQ(pieces(VectorList({0x40, false}, vecs, 6), kJoinAll)[1].dst, 0x300u);
  EXPECT_TRUE(pieces(VectorList(out, vecs, 1), kJoinAll).empty());
  // The length of a joined piece does not wrap.
  dma_vec huge[] = {{0, ~std::size_t{0}}, {~0ull, 1}};
  EXPECT_EQ(pieces(VectorList(out, huge, 2), kJoinAll).size(), 2u);
}

TEST(Pieces, BytesOfATemplateAreKnownWithoutWalkingIt) {
  const Xt xt = make(2);
  xt->sgl[0].size = 3;
  xt->sgl[1].size = 5;
  xt->numf = 125;
  EXPECT_EQ(TemplateList(xt.get()).bytes(1000), 1000u);
  EXPECT_EQ(TemplateList(xt.get()).bytes(999), 0u);
  xt->numf = ~std::size_t{0};
  EXPECT_EQ(TemplateList(xt.get()).bytes(~std::uint64_t{0}), 0u);
  xt->sgl[0].size = ~std::size_t{0};
  EXPECT_EQ(TemplateList(xt.get()).bytes(~std::uint64_t{0}), 0u);
  xt->sgl[0].size = xt->sgl[1].size = 0;
  EXPECT_EQ(TemplateList(xt.get()).bytes(1000), 0u);
}

TEST(PiecePlan, BlocksCoverThePieceInTheWidthOfTheAddressThatStaysPut) {
  std::mt19937_64 random(1);
  unsigned done = 0;
  for (int round = 0; round < 20000; round++) {
    const auto bus = static_cast<unsigned>(random() % 7);
    const Steps steps{(random() & 1) != 0, (random() & 3) == 0};
    const FixedWidths fixed{static_cast<u8>(random() % (bus + 1)), static_cast<u8>(random() % (bus + 1))};
    const std::uint64_t mask = ~((std::uint64_t{1} << (random() % 7)) - 1);
    const Piece piece{(random() >> (random() % 60)) & mask, (random() >> (random() % 60)) & mask,
                      (random() % 3000) & mask};
    const auto max_items = static_cast<std::uint32_t>(1 + random() % (random() % 2 ? 5000 : 4));
    SCOPED_TRACE(testing::Message() << "bus " << bus << " steps " << steps.src << steps.dst << " widths "
                                    << unsigned{fixed.src} << ' ' << unsigned{fixed.dst} << " src "
                                    << piece.src << " dst " << piece.dst << " length " << piece.length
                                    << " max " << max_items);
    PiecePlan plan(piece, steps, fixed, bus, max_items);
    const std::uint64_t ws = std::uint64_t{1} << fixed.src, wd = std::uint64_t{1} << fixed.dst;
    const bool fits = piece.length && (steps.src || (piece.src | piece.length) % ws == 0) &&
                      (steps.dst || (piece.dst | piece.length) % wd == 0);
    if (!plan.possible()) {
      // Else one access of the destination does not fit a block.
      ASSERT_TRUE(!fits || max_items < (1u << bus));
      ASSERT_EQ(plan.count(~0u - 1), 0u);
      continue;
    }
    ASSERT_TRUE(fits);
    done++;
    const std::uint32_t announced = plan.count(~0u - 1);
    std::uint64_t at = 0;
    std::uint32_t blocks = 0;
    for (CopyBlock b; plan.next(b); blocks++) {
      ASSERT_EQ(b.src, piece.src + (steps.src ? at : 0));
      ASSERT_EQ(b.dst, piece.dst + (steps.dst ? at : 0));
      ASSERT_TRUE(b.items >= 1 && b.items <= max_items);
      ASSERT_EQ(std::uint64_t{b.items} << b.src_width, b.bytes);
      ASSERT_EQ(b.bytes % (1u << b.dst_width), 0u);
      ASSERT_EQ((b.src | 1u << bus) % (1u << b.src_width), 0u);
      ASSERT_EQ((b.dst | 1u << bus) % (1u << b.dst_width), 0u);
      if (!steps.src) {
        ASSERT_EQ(b.src_width, fixed.src);
      }
      if (!steps.dst) {
        ASSERT_EQ(b.dst_width, fixed.dst);
      }
      if (!steps.src && steps.dst) {
        ASSERT_LE(b.dst_width, b.src_width) << "a stop loses nothing";
      }
      at += b.bytes;
    }
    ASSERT_EQ(at, piece.length);
    ASSERT_EQ(blocks, announced);
  }
  EXPECT_GT(done, 3000u);
}

}  // namespace
