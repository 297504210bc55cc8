// Interleaved transfers through the driver and the real controller: cases inside the kernel
// (cases/interleaved_cases.cpp). covers: R12 K18
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "modules/engine_rig.h"
#include "tier.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

class Interleaved : public testing::TestWithParam<std::tuple<const char*, Variant>> {};

TEST_P(Interleaved, Case) {
  const auto& [name, variant] = GetParam();
  const std::uint64_t rounds = tb::programs(3000);
  for (std::uint64_t seed = tb::seed_base(); seed < tb::seed_base() + tb::seeds(); seed++) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EngineRig rig(variant, seed);
    rig.run(std::string("interleaved-cases test=") + name + " rounds=" + std::to_string(rounds));
    if (std::string(name) != "refusals") continue;
    EXPECT_EQ(rig.soc.logged("a template of no bytes, or of more than 4294967295"), 5u);
    EXPECT_EQ(rig.soc.logged("a template of more than 1048576 blocks"), 1u);
    EXPECT_EQ(rig.soc.logged("do not fill accesses of 1 << 2 and 1 << 2 bytes"), 2u);
  }
}

INSTANTIATE_TEST_SUITE_P(Memory, Interleaved,
                         testing::Combine(testing::Values("memory", "fixed"),
                                          testing::Values(kNarrow, kWide, kPlain, kPrefetch)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });
INSTANTIATE_TEST_SUITE_P(Uses, Interleaved,
                         testing::Combine(testing::Values("pictures", "refusals"), testing::Values(kNarrow)),
                         [](const auto& row) { return std::get<0>(row.param); });

class InterleavedSlave : public testing::TestWithParam<std::tuple<Variant, bool>> {};

TEST_P(InterleavedSlave, StreamIsExact) {
  const auto& [variant, to_device] = GetParam();
  for (std::uint64_t seed = tb::seed_base(); seed < tb::seed_base() + tb::seeds(); seed++) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EngineRig rig(variant, seed);
    rig.run(std::string("interleaved-cases test=slave") + (to_device ? " to_device=1" : ""));
    if (!to_device) continue;
    EXPECT_GT(rig.dmac->sunk.size(), 5000u);
    EXPECT_EQ(rig.wrong(), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Traffic, InterleavedSlave,
                         testing::Combine(testing::Values(kNarrow, kWide, kPlain, kPrefetch),
                                          testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  (std::get<1>(row.param) ? "_out" : "_in");
                         });

class Kinds : public testing::TestWithParam<std::tuple<const char*, Variant>> {};

TEST_P(Kinds, Case) {
  const auto& [name, variant] = GetParam();
  EngineRig rig(variant, 1, std::string(name) != "repeat_stops");
  rig.run(std::string("kind-cases test=") + name + (tb::full_tier() ? "" : " step_ns=30"));
}

INSTANTIATE_TEST_SUITE_P(Memory, Kinds,
                         testing::Combine(testing::Values("residue", "pause", "terminate", "reuse", "errors",
                                                          "interrupts", "repeat", "repeat_stops"),
                                          testing::Values(kNarrow, kWide, kPlain, kPrefetch, kSingle)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });

class SlaveKinds : public testing::TestWithParam<std::tuple<const char*, Variant, bool>> {};

TEST_P(SlaveKinds, Case) {
  const auto& [name, variant, to_device] = GetParam();
  const std::string test = name;
  EngineRig rig(variant);
  rig.run("slave-kind-cases test=" + test + (to_device ? " to_device=1" : "") +
          (variant.tree == kWide.tree ? " block_items=512" : ""));
  if (!to_device || test == "errors") return;
  EXPECT_GT(rig.dmac->sunk.size(), 1500u);
  EXPECT_EQ(rig.wrong(test == "repeat" ? 432 : ~std::size_t{0}), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Stream, SlaveKinds,
    testing::Combine(testing::Values("stops", "reuse", "errors", "repeat", "long_list", "block_limits"),
                     testing::Values(kNarrow, kWide, kPlain, kPrefetch), testing::Bool()),
    [](const auto& row) {
      return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name +
             (std::get<2>(row.param) ? "_out" : "_in");
    });

TEST(KindsReuse, ADescriptorThatHasFailedCanSucceed) {
  FakeSoc::Settings s;
  s.device_tree = tree_path("narrow");
  s.dmac.channels = 6;
  FakeSoc soc(s);
  soc.boot();
  soc.dmac.fail_after(0, 100, 1u << 5);
  EXPECT_EQ(soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "kind-cases test=reuse_failed"}), 0);
  EXPECT_EQ(soc.logged("CHECK failed"), 0u);
}

TEST(InterleavedSlaveFixed, MemoryThatStaysPutIsAnItem) {
  for (const char* out : {"", " to_device=1"}) {
    EngineRig rig(kNarrow);
    rig.run(std::string("interleaved-cases test=slave_fixed") + out);
    EXPECT_EQ(rig.dmac->sunk.size(), *out ? 160u : 0u);
    EXPECT_EQ(rig.wrong(4), 0u);
  }
}

TEST(KindsLimits, ARingThatEndsHasBeenAborted) {
  EngineRig rig(kNarrow);
  bool marked = false;
  rig.soc.on_access = [&](std::uint64_t offset, bool write, port::Time now) {
    for (unsigned c = 0; write && offset == 0x18 && !marked && c < 6; c++) {
      const std::uint64_t llp = rig.dmac->read(0x100 + 0x100 * c + 0x28, 8, now);
      if (!llp) continue;
      rig.soc.at(llp & ~std::uint64_t{63})[0x27] |= std::byte{0x40};
      marked = true;
    }
  };
  rig.run("slave-kind-cases test=ring_end");
  EXPECT_TRUE(marked);
}

TEST(KindsLimits, WhatTheDriverOffersIsWhatItHas) {
  EngineRig rig(kNarrow);
  rig.run("kind-cases test=capabilities");
}

TEST(KindsLimits, LengthsAroundABlock) {
  EngineRig(kNarrow).run("kind-cases test=block_limits block_items=4096");
}

TEST(KindsLimits, LengthsAroundABlockOfTheWideLayout) {
  EngineRig(kWide).run("kind-cases test=block_limits block_items=512");
}

TEST(KindsLimits, AddressesAcross4GiB) {
  EngineRig rig(kNarrow);
  rig.run("kind-cases test=across_4gib high_memory=" + std::to_string(HighMemory::kMiddle));
}

TEST(KindsLimits, ListsAcross4GiB) {
  for (const char* out : {"", " to_device=1"}) {
    EngineRig rig(kNarrow);
    rig.run("slave-kind-cases test=across_4gib high_memory=" + std::to_string(HighMemory::kMiddle) + out);
    EXPECT_EQ(rig.dmac->sunk.size(), *out ? 2000u : 0u);
    EXPECT_EQ(rig.wrong(), 0u);
  }
}

TEST(KindsLimits, MemoryThatDoesNotSufficeIsGivenBack) {
  EngineRig(kNarrow).run("kind-cases test=out_of_memory");
}

TEST(KindsSet, RandomPiecesHoldTheValueAndNothingElseIsTouched) {
  for (std::uint64_t seed = tb::seed_base(); seed < tb::seed_base() + tb::seeds(); seed++) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EngineRig rig(seed % 2 ? kNarrow : kWide, seed);
    rig.run("kind-cases test=memset rounds=" + std::to_string(tb::programs(3000)));
  }
}

}  // namespace
