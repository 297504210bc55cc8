#include "platform/config/assumed.h"

#include <optional>

#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

struct AssumedRate {
  const char* controller;  ///< compatible of the clock controller
  NodeKind consumer;
  std::uint32_t hz;
};

// After reset and the boot loaders of the usual boards.
constexpr AssumedRate kRates[] = {
    {"canaan,k210-clk", NodeKind::kDmac, 390'000'000},
    {"canaan,k210-clk", NodeKind::kUart, 195'000'000},
    {"canaan,k210-clk", NodeKind::kSpi, 390'000'000},
    {"canaan,k210-clk", NodeKind::kI2s, 1'536'000},
    {"starfive,jh7110-stgcrg", NodeKind::kDmac, 198'000'000},
    {"starfive,jh7110-syscrg", NodeKind::kUart, 24'000'000},
    {"starfive,jh7110-syscrg", NodeKind::kI2s, 3'072'000},
    {"starfive,jh7110-syscrg", NodeKind::kSpi, 198'000'000},
    {"intel,agilex5-clkmgr", NodeKind::kDmac, 400'000'000},
    {"intel,agilex5-clkmgr", NodeKind::kUart, 100'000'000},
    {"intel,agilex5-clkmgr", NodeKind::kSpi, 400'000'000},
};

std::optional<std::uint32_t> assumed_rate(const DeviceTree& tree, int node, NodeKind kind) {
  for (const std::uint32_t phandle : tree.cells(node, "clocks")) {
    const auto controller = tree.by_phandle(phandle);
    if (!controller) continue;
    for (const AssumedRate& rate : kRates) {
      if (rate.consumer == kind && tree.compatible(*controller, rate.controller)) return rate.hz;
    }
  }
  return std::nullopt;
}

}  // namespace

void assume_clock_rates(DeviceTree& tree, std::vector<std::string>& notes) {
  // An edit moves nodes: paths stay.
  std::vector<std::pair<std::string, std::uint32_t>> found;
  for (const int node : tree.all()) {
    NodeKind kind{};
    if (!tree.has(node, "clocks") || !tree.enabled(node) || !kind_of(tree, node, kind)) continue;
    if (tree.has(node, "clock-frequency") || tree.clock_hz(node, "")) continue;
    if (const auto hz = assumed_rate(tree, node, kind)) found.emplace_back(tree.path(node), *hz);
  }
  for (const auto& [path, hz] : found) {
    tree.set_cells(path, "dmavp,clock-frequency", {hz});
    notes.push_back(path + ": clocks: the tree names no rate, " + std::to_string(hz) + " Hz assumed");
  }
}

}  // namespace dmavp::platform
