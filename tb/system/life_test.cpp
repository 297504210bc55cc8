// Modules on the real boards: what they are bound to, and that nothing of them stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernel/module_file.h"
#include "kernel/module_loader.h"
#include "system/bindings.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

namespace loader = kernel::loader;
using platform::Outcome;

class ModuleLife : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Boards, ModuleLife, testing::Values("k210", "generic32"),
                         [](const auto& board) { return std::string(board.param); });

TEST_P(ModuleLife, ThreeTimesLoadedAndUnloadedLeavesNothingBehind) {
  constexpr unsigned kRounds = 3;
  SocOptions options;
  options.board = GetParam();
  Soc soc(options);
  for (unsigned round = 0; round < kRounds; ++round) soc.load_main_job();
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  EXPECT_EQ(soc.recorder().statistics().live_allocations, 0u);
  EXPECT_TRUE(soc.recorder().diagnostics().empty()) << soc.recorder().diagnostics()[0].message;
  EXPECT_TRUE(loader::loaded().empty());
  ASSERT_EQ(soc.recorder().clients().size(), 2u);
  for (const auto& client : soc.recorder().clients()) {
    EXPECT_EQ(client.errors, 0u) << client.name;
    EXPECT_EQ(client.result, 0) << client.name;
    // dmatest takes the channels that filecopy has not, or no longer.
    const std::uint64_t same = client.name == "dmatest" ? Soc::kIterations : kRounds;
    EXPECT_EQ(client.transfers % same, 0u) << client.name << ": every round does the same work";
  }
  std::size_t copies = 0;
  for (std::size_t at = 0; (at = soc.log().find("copied and equal", at)) != std::string::npos; ++at) ++copies;
  EXPECT_EQ(copies, kRounds);
}

/// The addresses that the dynamic linker has put into the modules lie where the symbol is provided, and
/// nowhere else: nothing binds to a namesake in the host program or in another module.
TEST_P(ModuleLife, EverySymbolComesFromItsProvider) {
  SocOptions options;
  options.board = GetParam();
  Soc soc(options);
  soc.load_main_job();
  const std::vector<std::string> files = {"dmaengine", "virt-dma", "dw-axi-dmac", "filecopy", "dmatest"};
  std::map<std::string, std::map<std::string, std::string>> bound;  // by module and symbol
  soc.on_settled([&] {
    if (!bound.empty() || loader::loaded().size() != files.size()) return;
    for (const std::string& file : files)
      bound[file] = bindings_of(std::string(DMAVP_MODULE_DIR) + "/" + file + ".so");
  });
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  ASSERT_EQ(bound.size(), files.size());

  std::map<std::string, std::string> provider;  // of every symbol a module exports
  const std::vector<std::string> names = {"dmaengine", "virt_dma", "dw_axi_dmac", "filecopy", "dmatest"};
  std::map<std::string, kernel::ModuleFile> read;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::string error;
    ASSERT_TRUE(kernel::read_module_file(std::string(DMAVP_MODULE_DIR) + "/" + files[i] + ".so",
                                         read[files[i]], error))
        << error;
    for (const std::string& symbol : read[files[i]].exports) provider[symbol] = names[i];
  }
  std::map<std::string, std::set<std::string>> from;  // objects each module is bound to
  for (const auto& [file, symbols] : bound) {
    for (const std::string& symbol : read[file].undefined)
      EXPECT_TRUE(symbols.count(symbol) == 1) << file << " is not bound to " << symbol;
    for (const auto& [symbol, object] : symbols) {
      if (symbol.rfind("__asan", 0) == 0)
        continue;  // a sanitizer's runtime may define its options in the program
      from[file].insert(object);
      const auto exported = provider.find(symbol);
      if (exported != provider.end()) {
        EXPECT_EQ(object, exported->second) << file << ": " << symbol;
      } else {
        EXPECT_TRUE(object == "kernel" || object.rfind("lib", 0) == 0)
            << file << ": " << symbol << " from " << object;
      }
    }
  }
  using testing::Contains;
  EXPECT_THAT(from["virt-dma"], Contains("dmaengine"));
  EXPECT_THAT(from["dw-axi-dmac"], testing::IsSupersetOf({"dmaengine", "virt_dma", "kernel"}));
  EXPECT_THAT(from["filecopy"], testing::IsSupersetOf({"dmaengine", "kernel"}));
  EXPECT_EQ(bound["dw-axi-dmac"]["dma_async_device_register"], "dmaengine");
  EXPECT_EQ(bound["dw-axi-dmac"]["vchan_init"], "virt_dma");
  EXPECT_EQ(bound["dmatest"]["kfree"], "kernel");
}

}  // namespace
}  // namespace dmavp::tb
