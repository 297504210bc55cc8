#include "platform/config/board_checks.h"

#include <algorithm>
#include <utility>

#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

struct Region {
  std::string what;
  std::uint64_t base, size;
};

std::string extent(const Region& r) {
  return r.what + " (" + hex(r.base) + " .. " + hex(r.base + (r.size - 1)) + ")";
}

// Whole pages of `range` outside of `hole`.
void cut(const DeviceTree::Range& range, const DeviceTree::Range& hole,
         std::vector<DeviceTree::Range>& left) {
  const std::uint64_t last = range.base + (range.size - 1);
  const std::uint64_t hole_last = hole.base + (hole.size - 1);
  if (hole_last < range.base || hole.base > last) return left.push_back(range);
  const std::uint64_t below = hole.base > range.base ? (hole.base - range.base) / kPageBytes * kPageBytes : 0;
  if (below > 0) left.push_back({range.base, below});
  const std::uint64_t above = (hole_last / kPageBytes + 1) * kPageBytes;
  if (above != 0 && above <= last) left.push_back({above, last - above + 1});
}

void check_interrupts(const BoardDescription& board, std::vector<std::string>& problems) {
  std::vector<std::string> owner(board.plic.sources + 1);
  const auto claim = [&](const std::string& path, std::uint32_t irq) {
    if (irq == 0 || irq > board.plic.sources) {
      problems.push_back(path + ": interrupts: " + std::to_string(irq) + " is out of range (1 .. " +
                         std::to_string(board.plic.sources) + " of " + board.plic.name + ")");
    } else if (!owner[irq].empty()) {
      problems.push_back(path + ": interrupts: " + std::to_string(irq) + " is already used by " + owner[irq]);
    } else {
      owner[irq] = path;
    }
  };
  for (const DmacDescription& dmac : board.dmacs) {
    for (const std::uint32_t irq : dmac.interrupts) claim(dmac.path, irq);
  }
  for (const PeripheralDescription& p : board.peripherals) {
    if (p.interrupt) claim(p.path, *p.interrupt);
  }
}

void check_overlaps(const BoardDescription& board, std::vector<std::string>& problems) {
  std::vector<Region> regions;
  for (const auto& m : board.memories) regions.push_back({m.name, m.base, m.size});
  for (const auto& d : board.dmacs) regions.push_back({d.name, d.base, d.size});
  for (const auto& s : board.request_selects) regions.push_back({s.name, s.base, s.size});
  for (const auto& p : board.peripherals) regions.push_back({p.name, p.base, p.size});
  if (board.plic.size != 0) regions.push_back({board.plic.name, board.plic.base, board.plic.size});
  std::stable_sort(regions.begin(), regions.end(),
                   [](const Region& a, const Region& b) { return a.base < b.base; });
  for (std::size_t i = 0; i + 1 < regions.size(); ++i) {
    const Region& a = regions[i];
    const Region& b = regions[i + 1];
    if (b.base - a.base < a.size)
      problems.push_back("address ranges overlap: " + extent(a) + " and " + extent(b));
  }
}

}  // namespace

std::vector<DeviceTree::Range> without_reserved(const DeviceTree& tree,
                                                std::vector<DeviceTree::Range> ranges) {
  const auto reserved = tree.node("/reserved-memory");
  if (!reserved) return ranges;
  for (const int child : tree.children(*reserved)) {
    if (!tree.enabled(child) || !tree.has(child, "no-map")) continue;
    for (const auto& hole : tree.reg(child)) {
      std::vector<DeviceTree::Range> left;
      for (const auto& range : ranges) cut(range, hole, left);
      ranges = std::move(left);
    }
  }
  return ranges;
}

std::vector<std::string> conflicts(const BoardDescription& board) {
  std::vector<std::string> problems;
  check_interrupts(board, problems);
  check_overlaps(board, problems);
  return problems;
}

}  // namespace dmavp::platform
