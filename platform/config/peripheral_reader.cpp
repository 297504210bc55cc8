#include "platform/config/peripheral_reader.h"

#include <map>
#include <utility>

#include "platform/config/problem.h"

namespace dmavp::platform {
namespace {

constexpr const char* kLoopback = "dmavp,spi-loopback";

PeripheralKind kind_from(NodeKind kind) {
  switch (kind) {
    case NodeKind::kSpi:
      return PeripheralKind::kSpi;
    case NodeKind::kI2s:
      return PeripheralKind::kI2s;
    case NodeKind::kTraffic:
      return PeripheralKind::kTraffic;
    default:
      return PeripheralKind::kUart;
  }
}

class PeripheralReader {
 public:
  PeripheralReader(const DeviceTree& tree, int node, BoardDescription& board,
                   std::vector<std::string>& problems)
      : tree_(tree), node_(node), board_(board), problems_(problems) {}

  void read(NodeKind kind) {
    const std::size_t before = problems_.size();
    NodeSettings settings = read_settings(tree_, node_, kind, problems_);
    p_.kind = kind_from(kind);
    p_.name = tree_.label(node_);
    p_.path = tree_.path(node_);
    p_.where = tree_.source() + ": " + p_.path;
    p_.uart = std::move(settings.uart);
    p_.spi = settings.spi;
    p_.i2s = std::move(settings.i2s);
    p_.traffic = settings.traffic;
    read_place();
    read_clocks();
    read_interrupt();
    read_dmas();
    if (kind == NodeKind::kSpi) read_chips();
    if (problems_.size() == before) board_.peripherals.push_back(std::move(p_));
  }

 private:
  void complain(const char* property, const std::string& text) {
    problems_.push_back(tree_.where(node_, property, text));
  }

  void read_place() {
    const auto reg = tree_.reg(node_);
    if (reg.empty()) return complain("reg", "required and missing");
    p_.base = reg[0].base;
    p_.size = reg[0].size;
    if (p_.base % 8 != 0) complain("reg", "the address is not a multiple of 8");
  }

  // The functional clock, and that of the bus, which is the board's when the node does not name it.
  void read_clocks() {
    const char* functional = p_.kind == PeripheralKind::kUart  ? "baudclk"
                             : p_.kind == PeripheralKind::kI2s ? "i2sclk"
                                                               : "ssi_clk";
    auto hz = tree_.clock_hz(node_, functional);
    if (!hz) hz = tree_.cell(node_, "clock-frequency");
    const bool own_rate = tree_.has(node_, "dmavp,clock-frequency");
    for (const char* bus : {"apb_pclk", "pclk", "apb"}) {
      if (p_.bus_hz == 0 && !own_rate && tree_.has_clock(node_, bus))
        p_.bus_hz = tree_.clock_hz(node_, bus).value_or(0);
    }
    if (p_.kind == PeripheralKind::kTraffic) {
      p_.bus_hz = hz.value_or(0);
      return;
    }
    p_.clock_hz = hz.value_or(0);
    if (p_.clock_hz == 0) {
      complain("clocks",
               std::string("no rate found for ") + functional + " (a fixed-clock, or dmavp,clock-frequency)");
    }
  }

  void read_interrupt() {
    const auto numbers = tree_.interrupts(node_);
    if (numbers.size() > 1)
      complain("interrupts", "has " + std::to_string(numbers.size()) + " entries, the model has one line");
    if (!numbers.empty()) p_.interrupt = numbers[0];
  }

  // An entry that is 0 is a hole: nothing is wired, its name counts.
  void read_dmas() {
    const auto cells = tree_.cells(node_, "dmas");
    const auto names = tree_.strings(node_, "dma-names");
    std::size_t entry = 0;
    for (std::size_t at = 0; at < cells.size(); ++entry) {
      const std::uint32_t phandle = cells[at++];
      std::optional<DmaLink> link;
      if (phandle != 0) {
        const auto controller = tree_.by_phandle(phandle);
        if (!controller) {
          return complain("dmas", "entry " + std::to_string(entry) + " is no phandle of a node");
        }
        const std::uint32_t width = tree_.cell(*controller, "#dma-cells").value_or(1);
        if (width > cells.size() - at) {
          return complain("dmas", "entry " + std::to_string(entry) + " is cut off, " +
                                      tree_.path(*controller) + " has #dma-cells = " + std::to_string(width));
        }
        link = DmaLink{tree_.path(*controller), 0, width > 0 ? cells[at] : 0};
        at += width;
      }
      if (entry >= names.size()) {
        return complain("dma-names", "has " + std::to_string(names.size()) + " entries, fewer than dmas");
      }
      take_link(names[entry], link);
    }
  }

  void take_link(const std::string& name, const std::optional<DmaLink>& link) {
    if (name != "rx" && name != "tx") {
      return complain("dma-names", "\"" + name + "\" is neither \"rx\" nor \"tx\"");
    }
    if (!link) return;
    auto& side = name == "rx" ? p_.rx : p_.tx;
    if (side) return complain("dma-names", "\"" + name + "\" stands there twice");
    side = link;
  }

  void read_chips() {
    for (const int child : tree_.children(node_)) {
      if (!tree_.enabled(child) || !is_spi_chip(tree_, child)) continue;
      SpiChip chip;
      chip.name = tree_.label(child);
      chip.path = tree_.path(child);
      chip.flash = !tree_.compatible(child, kLoopback);
      if (chip.flash) chip.settings = read_settings(tree_, child, NodeKind::kFlash, problems_).flash;
      const auto select = tree_.cell(child, "reg");
      if (!select || *select >= p_.spi.num_cs) {
        problems_.push_back(tree_.where(child, "reg",
                                        select
                                            ? "chip select " + std::to_string(*select) + " of " + p_.path +
                                                  ", which has " + std::to_string(p_.spi.num_cs) + " (num-cs)"
                                            : "required and missing"));
        continue;
      }
      for (const SpiChip& other : p_.chips) {
        if (other.select != *select) continue;
        problems_.push_back(tree_.where(
            child, "reg", "chip select " + std::to_string(*select) + " is already used by " + other.path));
      }
      chip.select = *select;
      p_.chips.push_back(std::move(chip));
    }
  }

  const DeviceTree& tree_;
  int node_;
  BoardDescription& board_;
  std::vector<std::string>& problems_;
  PeripheralDescription p_;
};

class Finisher {
 public:
  Finisher(const DeviceTree& tree, BoardDescription& board, std::vector<std::string>& problems)
      : tree_(tree), board_(board), problems_(problems) {}

  void finish() {
    for (PeripheralDescription& p : board_.peripherals) {
      if (p.bus_hz == 0) p.bus_hz = board_.clock_hz;
      wire(p, p.rx, "rx");
      wire(p, p.tx, "tx");
      if (p.kind == PeripheralKind::kI2s && p.i2s.backend == I2sBackend::kPeer) find_peer(p);
    }
  }

 private:
  void complain(const PeripheralDescription& p, const std::string& text) {
    problems_.push_back(p.where + ": " + text);
  }

  void wire(const PeripheralDescription& p, std::optional<DmaLink>& link, const char* name) {
    if (!link) return;
    const std::string what = std::string("dmas: ") + name + ": ";
    while (link->dmac < board_.dmacs.size() && board_.dmacs[link->dmac].path != link->controller)
      ++link->dmac;
    if (link->dmac == board_.dmacs.size()) {
      board_.notes.push_back(p.path + ": " + what + link->controller + " has no model here, not wired");
      link.reset();
      return;
    }
    const DmacDescription& dmac = board_.dmacs[link->dmac];
    const std::string number = "request " + std::to_string(link->number);
    if (selected_by_software(link->dmac)) {
      if (link->number >= request_select::kKeemBayUnused)
        complain(p, what + number + " is beyond the 63 of the second window of " + dmac.path);
    } else if (link->number >= dmac.parameters.num_hs_if) {
      return complain(p, what + number + " is beyond the " + std::to_string(dmac.parameters.num_hs_if) +
                             " handshake interfaces of " + dmac.path + " (dmavp,num-hs-if)");
    }
    const auto [owner, fresh] =
        owners_.emplace(std::make_pair(link->dmac, link->number), p.path + " " + name);
    if (!fresh) complain(p, what + number + " of " + dmac.path + " is already used by " + owner->second);
  }

  // Then the number is not that of an interface of the controller.
  bool selected_by_software(unsigned dmac) const {
    for (const RequestSelectDescription& s : board_.request_selects) {
      if (s.dmac == dmac && s.layout == request_select::Layout::kKeemBay) return true;
    }
    return false;
  }

  void find_peer(PeripheralDescription& p) {
    const auto node = tree_.node(p.i2s.peer);
    const std::string path = node ? tree_.path(*node) : std::string();
    for (std::size_t i = 0; i < board_.peripherals.size(); ++i) {
      const PeripheralDescription& other = board_.peripherals[i];
      if (other.path != path || other.kind != PeripheralKind::kI2s || other.path == p.path) continue;
      if (other.i2s.parameters.master) {
        return complain(p, "dmavp,peer: " + other.path + " makes its own clock (dmavp,master)");
      }
      p.peer = static_cast<unsigned>(i);
      return;
    }
    complain(p, "dmavp,peer: \"" + p.i2s.peer + "\" is no other I2S of the board");
  }

  const DeviceTree& tree_;
  BoardDescription& board_;
  std::vector<std::string>& problems_;
  std::map<std::pair<unsigned, unsigned>, std::string> owners_;
};

}  // namespace

const char* to_string(PeripheralKind kind) {
  switch (kind) {
    case PeripheralKind::kUart:
      return "uart";
    case PeripheralKind::kSpi:
      return "spi";
    case PeripheralKind::kI2s:
      return "i2s";
    case PeripheralKind::kTraffic:
      return "traffic";
  }
  return "?";
}

void read_peripheral(const DeviceTree& tree, int node, NodeKind kind, BoardDescription& board,
                     std::vector<std::string>& problems) {
  PeripheralReader(tree, node, board, problems).read(kind);
}

bool is_spi_chip(const DeviceTree& tree, int node) {
  if (!tree.compatible(node, "jedec,spi-nor") && !tree.compatible(node, kLoopback)) return false;
  NodeKind above{};
  const int parent = tree.parent(node);
  return parent > 0 && kind_of(tree, parent, above) && above == NodeKind::kSpi;
}

void finish_peripherals(const DeviceTree& tree, BoardDescription& board, std::vector<std::string>& problems) {
  Finisher(tree, board, problems).finish();
}

}  // namespace dmavp::platform
