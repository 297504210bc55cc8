// Linux's bcm2835-dma.c, a provider of another controller, on a model of it (bcm2835/): cases inside the
// kernel (bcm2835/cases.cpp), what the peripheral got and the controller saw from here.
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <tuple>

#include "linux/bcm2835/bcm2835_dma.h"
#include "modules/fake_soc.h"

namespace dmavp::test {
namespace {

/// Framework, virtual channels and provider; the provider is compiled against Linux's virt-dma.h or ours.
struct Side {
  const char *name, *framework, *virt_dma, *provider;
};
constexpr char kOurFramework[] = "dmaengine", kLinuxFramework[] = "../linux/linux-dmaengine";
constexpr char kOurVirtDma[] = "virt-dma", kLinuxVirtDma[] = "../linux/linux-virt-dma";
constexpr char kAsItLies[] = "../linux/linux-bcm2835-dma",
               kWithOurHeader[] = "../linux/linux-bcm2835-dma-ours";
const Side kSides[] = {
    {"ours", kOurFramework, kOurVirtDma, kWithOurHeader},
    {"linux_virt_dma", kOurFramework, kLinuxVirtDma, kAsItLies},
    {"linux_framework", kLinuxFramework, kOurVirtDma, kWithOurHeader},
    {"linux_both", kLinuxFramework, kLinuxVirtDma, kAsItLies},
    {"linux_both_our_header", kLinuxFramework, kLinuxVirtDma, kWithOurHeader},
};

struct Rig {
  Bcm2835Dma* dma = nullptr;
  FakeSoc soc;
  explicit Rig(std::uint64_t seed = 1) : soc(make(seed)) { soc.boot(); }

  FakeSoc::Settings make(std::uint64_t seed) {
    FakeSoc::Settings s;
    s.device_tree = BCM2835_TREE;
    s.dmac.channels = Bcm2835Dma::kChannels;  // lines
    s.controller = [this](std::function<std::byte*(std::uint64_t)> memory) {
      auto made = std::make_unique<Bcm2835Dma>(std::move(memory));
      dma = made.get();
      return made;
    };
    s.seed = seed;
    return s;
  }
  void run(const Side& side, const std::string& parameters) {
    const int status =
        soc.run({side.framework, side.virt_dma, side.provider, "bcm2835-cases test=" + parameters});
    for (const std::string& line : soc.log_lines)
      if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
    EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
    // Removing the driver leaves its entry for lookups in the device tree: it never calls
    // of_dma_controller_free(). Nothing else stays.
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 1u);
    EXPECT_EQ(soc.logged("kernel.leak"), 1u);
    EXPECT_EQ(soc.logged("leaves 1 objects"), 1u);
    EXPECT_EQ(dma->misuses, 0u);
  }
  std::size_t wrong(std::size_t period = ~std::size_t{0}) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < dma->sunk.size(); i++)
      n += std::to_integer<std::uint8_t>(dma->sunk[i]) != Bcm2835Dma::stream_byte(i % period);
    return n;
  }
};

class Bcm2835 : public testing::TestWithParam<Side> {};
INSTANTIATE_TEST_SUITE_P(Sides, Bcm2835, testing::ValuesIn(kSides),
                         [](const auto& row) { return row.param.name; });

TEST_P(Bcm2835, CopiesOnEveryChannel) {
  Rig rig;
  rig.run(GetParam(), "copies");
  EXPECT_GT(rig.dma->lite_blocks, 4u * 2 * 3) << "a lite channel needs several blocks for long copies";
}

TEST_P(Bcm2835, ListsFollowTheRequests) {
  for (const bool to_device : {true, false}) {
    Rig rig(to_device ? 1 : 2);
    rig.run(GetParam(), to_device ? "lists to_device=1" : "lists");
    EXPECT_EQ(rig.wrong(), 0u);
    EXPECT_EQ(rig.dma->sunk.empty(), !to_device);
    EXPECT_EQ(rig.dma->given == 0, to_device);
  }
}

TEST_P(Bcm2835, ResidueFollowsTheClock) {
  for (const char* const way : {"residue to_device=1", "residue"}) Rig().run(GetParam(), way);
}

TEST_P(Bcm2835, RingsGoRoundUntilTheyAreTerminated) {
  constexpr std::size_t kRing = 1600;
  Rig out;
  out.run(GetParam(), "ring to_device=1");
  ASSERT_GT(out.dma->sunk.size(), 5 * kRing);
  out.dma->sunk.resize(4 * kRing);  // behind these the second ring begins somewhere
  EXPECT_EQ(out.wrong(kRing), 0u);
  Rig().run(GetParam(), "ring");
}

TEST_P(Bcm2835, ZerosComeFromNoMemory) {
  Rig rig;
  rig.run(GetParam(), "zeros");
  EXPECT_EQ(rig.dma->memory_read, 0u);
  ASSERT_GE(rig.dma->sunk.size(), 4096u);
  for (const std::byte b : rig.dma->sunk) ASSERT_EQ(b, std::byte{0});
}

TEST_P(Bcm2835, StopsAtAnyMoment) {
  for (const char* const way : {"terminate to_device=1", "terminate"}) Rig().run(GetParam(), way);
}

TEST_P(Bcm2835, RecoversFromAnErrorByTerminate) {
  Rig rig;
  rig.run(GetParam(), "error");
  EXPECT_EQ(rig.dma->errors, 3u);
}

TEST_P(Bcm2835, RefusesWhatItCannotDo) {
  for (const char* const way : {"refusals to_device=1", "refusals", "capabilities"})
    Rig().run(GetParam(), way);
}

/// Files that the headers were not made for: each registers its driver, finds no device, and leaves nothing.
TEST(LinuxFiles, LoadAndUnload) {
  std::istringstream names(LINUX_FILE_MODULES);
  unsigned loaded = 0;
  for (std::string name; std::getline(names, name, ',');) {
    // Half a driver, without an entry; and one that Linux never unloads.
    if (name == "linux-hidma_ll" || name == "linux-stm32-dma") continue;
    SCOPED_TRACE(name);
    Rig rig;
    EXPECT_EQ(rig.soc.run({kOurFramework, kLinuxVirtDma, "../linux/" + name}), 0)
        << kernel::Kernel::instance().error();
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(rig.soc.logged("kernel.leak"), 0u);
    loaded++;
  }
  EXPECT_EQ(loaded, 11u);
}

}  // namespace
}  // namespace dmavp::test
