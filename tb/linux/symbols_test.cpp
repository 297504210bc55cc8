// Linux's modules on the real boards: what they are bound to, and that nothing of them stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernel/module_file.h"
#include "kernel/module_loader.h"
#include "linux/dmatest_log.h"
#include "system/bindings.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

namespace loader = kernel::loader;
using platform::Outcome;
using testing::HasSubstr;

const char kVirtDma[] = "../linux/linux-virt-dma";
const char kDmatest[] = "../linux/linux-dmatest";

const char kProvider[] = "../linux/linux-dw-axi-dmac";

/// Board, framework.
class LinuxModules : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  static SocOptions options() {
    SocOptions o;
    o.board = std::get<0>(GetParam());
    return o;
  }
  static bool linux_framework() { return std::get<1>(GetParam()); }
  static void load_job(Soc& soc) {
    soc.load(linux_framework() ? "../linux/linux-dmaengine" : "dmaengine");
    for (const char* module : {kVirtDma, "dw-axi-dmac"}) soc.load(module);
    soc.load(kDmatest, "iterations=3 run=1", "judge");
    soc.unload_all();
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, LinuxModules,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) +
                                  (std::get<1>(row.param) ? "_linux" : "_ours");
                         });

/// Runs dmatest with these modules, and finds every symbol of theirs where it belongs.
void expect_own_symbols(const SocOptions& options, bool linux_framework, bool linux_provider) {
  const char* const framework = linux_framework ? "linux_dmaengine" : "dmaengine";
  const char* const provider = linux_provider ? "linux_dw_axi_dmac" : "dw_axi_dmac";
  const std::map<std::string, std::string> files = {
      {framework,
       linux_framework ? LINUX_MODULE_DIR "/linux-dmaengine.so" : DMAVP_MODULE_DIR "/dmaengine.so"},
      {"linux_virt_dma", LINUX_MODULE_DIR "/linux-virt-dma.so"},
      {provider,
       linux_provider ? LINUX_MODULE_DIR "/linux-dw-axi-dmac.so" : DMAVP_MODULE_DIR "/dw-axi-dmac.so"},
      {"linux_dmatest", LINUX_MODULE_DIR "/linux-dmatest.so"}};
  Soc soc(options);
  soc.load(linux_framework ? "../linux/linux-dmaengine" : "dmaengine");
  soc.load(kVirtDma);
  soc.load(linux_provider ? kProvider : "dw-axi-dmac");
  soc.load(kDmatest, "iterations=3 run=1", "judge");
  soc.unload_all();
  std::map<std::string, std::map<std::string, std::string>> bound;  // object by module and symbol
  soc.on_settled([&] {
    if (!bound.empty() || loader::loaded().size() != files.size()) return;
    for (const auto& [module, file] : files) bound[module] = bindings_of(file);
  });
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  ASSERT_EQ(bound.size(), files.size());

  std::map<std::string, std::string> exporter;  // of every symbol a module exports
  std::map<std::string, kernel::ModuleFile> read;
  for (const auto& [module, file] : files) {
    std::string error;
    ASSERT_TRUE(kernel::read_module_file(file, read[module], error)) << error;
    for (const std::string& symbol : read[module].exports) exporter[symbol] = module;
  }
  for (const auto& [module, symbols] : bound) {
    for (const std::string& symbol : read[module].undefined)
      EXPECT_EQ(symbols.count(symbol), 1u) << module << " is not bound to " << symbol;
    for (const auto& [symbol, object] : symbols) {
      if (symbol.rfind("__asan", 0) == 0) continue;
      const auto exported = exporter.find(symbol);
      if (exported != exporter.end()) {
        EXPECT_EQ(object, exported->second) << module << ": " << symbol;
      } else {
        EXPECT_TRUE(object == "kernel" || object.rfind("lib", 0) == 0)
            << module << ": " << symbol << " from " << object;
      }
    }
    for (const std::string& library : read[module].needed)
      EXPECT_EQ(library.rfind("lib", 0), 0u) << module << " links with " << library;
  }
  // All of Linux's virt-dma that a provider asks for, and nothing of ours.
  for (const char* symbol :
       {"vchan_init", "vchan_tx_submit", "vchan_tx_desc_free", "vchan_find_desc", "vchan_dma_desc_free_list"})
    EXPECT_EQ(bound[provider][symbol], "linux_virt_dma") << symbol;
  EXPECT_EQ(bound["linux_dmatest"]["__dma_request_channel"], framework);
  EXPECT_EQ(bound[provider]["dma_get_any_slave_channel"], framework);
  EXPECT_EQ(bound[provider]["of_dma_controller_register"], framework);
  EXPECT_EQ(bound["linux_dmatest"]["get_random_bytes"], "kernel");
}

TEST_P(LinuxModules, EverySymbolComesFromItsProvider) {
  expect_own_symbols(options(), linux_framework(), false);
}

TEST_P(LinuxModules, EverySymbolOfLinuxsProviderComesFromItsProvider) {
  expect_own_symbols(options(), linux_framework(), true);
}

/// What clients and providers may call is what Linux's modules export, no more and no less.
TEST(LinuxExports, AreThoseOfOurModules) {
  const std::pair<const char*, const char*> pairs[] = {
      {DMAVP_MODULE_DIR "/dmaengine.so", LINUX_MODULE_DIR "/linux-dmaengine.so"},
      {DMAVP_MODULE_DIR "/virt-dma.so", LINUX_MODULE_DIR "/linux-virt-dma.so"}};
  for (const auto& [ours, theirs] : pairs) {
    kernel::ModuleFile a, b;
    std::string error;
    ASSERT_TRUE(kernel::read_module_file(ours, a, error)) << error;
    ASSERT_TRUE(kernel::read_module_file(theirs, b, error)) << error;
    EXPECT_THAT(a.exports, testing::UnorderedElementsAreArray(b.exports)) << ours;
  }
}

TEST_P(LinuxModules, ThreeTimesLoadedAndUnloadedLeaveNothingBehind) {
  constexpr unsigned kRounds = 3;
  Soc soc(options());
  for (unsigned round = 0; round < kRounds; ++round) load_job(soc);
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  EXPECT_TRUE(loader::loaded().empty());
  EXPECT_EQ(soc.recorder().statistics().live_allocations, 0u);
  EXPECT_TRUE(soc.recorder().diagnostics().empty()) << soc.recorder().diagnostics()[0].message;
  const DmatestLog log = read_dmatest_log(soc.log());
  EXPECT_EQ(log.summaries.size(), kRounds * soc.board().description().dmacs[0].parameters.num_channels);
  EXPECT_EQ(log.tests(), 3 * log.summaries.size());
  EXPECT_EQ(log.failures(), 0u);
}

TEST_P(LinuxModules, TwoProvidersOfOneSymbolAreRefused) {
  Soc soc(options());
  for (const char* module : {"dmaengine", "virt-dma", kVirtDma}) soc.load(module);
  soc.unload_all();
  soc.run();
  EXPECT_NE(soc.kernel().status(), 0);
  EXPECT_THAT(soc.kernel().error(), HasSubstr("module linux_virt_dma exports vchan_"));
  EXPECT_THAT(soc.kernel().error(), HasSubstr("which module virt_dma provides already"));
}

}  // namespace
}  // namespace dmavp::tb
