#include "platform/config/board_description.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "platform/config/assumed.h"
#include "platform/config/board_checks.h"
#include "platform/config/peripheral_reader.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"
#include "platform/config/request_lines.h"
#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

constexpr std::uint64_t kDefaultRamBase = 0x8000'0000;
constexpr std::uint64_t kDefaultRamBytes = 256u << 20;
constexpr std::uint64_t kDefaultReadLatency = 8;
constexpr std::uint64_t kDefaultWriteLatency = 6;
constexpr std::uint64_t kStandInBytes = 0x40'0000;  // of the PLIC in the place of another controller
constexpr unsigned kStandInSources = 1023;
constexpr const char* kGic = "arm,gic-v3";
constexpr const char* kAlwaysOnReset = "dmavp,always-on-reset";  // its lines are released for ever
constexpr std::uint64_t kPlicContexts = 0x20'0000;  // threshold and claim of context 0 (PLIC map)
constexpr std::uint64_t kPlicContextStride = 0x1000;

class Reader {
 public:
  explicit Reader(const DeviceTree& tree) : tree_(tree) {}

  BoardDescription read() {
    const auto models = tree_.strings(0, "model");
    board_.model = models.empty() ? "unnamed board" : models[0];
    read_tunables();
    for (const int node : tree_.all()) {
      try {
        visit(node);
      } catch (const InputError& error) {
        problems_.emplace_back(error.what());
      }
    }
    check_whole();
    if (!problems_.empty()) throw InputError(problems_);
    for (std::size_t i = 0; i < board_.cpus.size(); ++i) board_.tunables.costs[i] = board_.cpus[i].costs;
    return std::move(board_);
  }

 private:
  void complain(const std::string& text) { problems_.push_back(tree_.source() + ": " + text); }

  void check_base(int node, std::uint64_t base, std::uint64_t alignment) {
    if (base % alignment == 0) return;
    problems_.push_back(
        tree_.where(node, "reg", hex(base) + " is not a multiple of " + std::to_string(alignment)));
  }

  void read_tunables() {
    const auto cpus = tree_.node("/cpus");
    if (!cpus) return complain("the tree has no node /cpus");
    const NodeSettings settings = read_settings(tree_, *cpus, NodeKind::kCpus, problems_);
    board_.quantum_ps = settings.quantum_ps;
    board_.tunables.time_slice = settings.time_slice_ps;
    board_.tunables.defer_softirq_percent = settings.defer_softirq_percent;
    board_.tunables.hz = settings.hz;
    board_.tunables.interrupt_latency_max = settings.interrupt_latency_max_ps;
  }

  // A node below a disabled one does not exist either.
  bool exists(int node) const {
    for (int at = node; at > 0; at = tree_.parent(at)) {
      if (!tree_.enabled(at)) return false;
    }
    return true;
  }

  void visit(int node) {
    if (node == 0 || !exists(node)) return;
    NodeKind kind{};
    if (!kind_of(tree_, node, kind)) return is_spi_chip(tree_, node) ? void() : note_unknown(node);
    switch (kind) {
      case NodeKind::kCpus:
        return;
      case NodeKind::kCpu:
        return add_cpu(node);
      case NodeKind::kMemory:
        return add_memory(node);
      case NodeKind::kPlic:
        return add_plic(node);
      case NodeKind::kDmac:
        return add_dmac(node);
      case NodeKind::kBus:
        return add_bus(node);
      case NodeKind::kRequestSelect:
        return add_request_select(node);
      case NodeKind::kTrafficGenerator:
        return add_load(node);
      case NodeKind::kFlash:
        if (!is_spi_chip(tree_, node)) note_unknown(node);
        return;
      case NodeKind::kUart:
      case NodeKind::kSpi:
      case NodeKind::kI2s:
      case NodeKind::kTraffic:
        return read_peripheral(tree_, node, kind, board_, problems_);
    }
  }

  void note_unknown(int node) {
    if (!tree_.has(node, "compatible")) return;
    for (const char* silent :
         {"fixed-clock", "riscv,cpu-intc", "dmavp,cpu-intc", kAlwaysOnReset, "simple-mfd", "simple-pm-bus"}) {
      if (tree_.compatible(node, silent)) return;
    }
    board_.ignored.push_back(tree_.path(node));
  }

  void add_cpu(int node) {
    CpuDescription cpu;
    cpu.name = tree_.label(node);
    cpu.path = tree_.path(node);
    for (const std::string& text : tree_.strings(node, "compatible"))
      arm_ = arm_ || text.rfind("arm,", 0) == 0;
    cpu.costs = read_settings(tree_, node, NodeKind::kCpu, problems_).costs;
    board_.cpus.push_back(std::move(cpu));
  }

  void add_memory(int node) {
    const NodeSettings settings = read_settings(tree_, node, NodeKind::kMemory, problems_);
    const auto type = tree_.strings(node, "device_type");
    const bool main = !type.empty() && type[0] == "memory";
    memory_seen_ = memory_seen_ || main;
    std::vector<DeviceTree::Range> ranges = tree_.reg(node);
    if (ranges.empty()) return problems_.push_back(tree_.where(node, "reg", "required and missing"));
    std::vector<DeviceTree::Range> merged;
    for (const auto& range : ranges) {
      if (!merged.empty() && merged.back().base + merged.back().size == range.base) {
        merged.back().size += range.size;
      } else {
        merged.push_back(range);
      }
    }
    MemoryDescription memory;
    memory.name = tree_.label(node);
    memory.read_latency = settings.read_latency;
    memory.write_latency = settings.write_latency;
    memory.initiation_interval = settings.initiation_interval;
    memory.shared_data_port = settings.data_ports == 1;
    memory.port_bytes = settings.port_bytes;
    if ((settings.port_bytes & (settings.port_bytes - 1)) != 0)
      problems_.push_back(tree_.where(node, "dmavp,port-bytes", "is not a power of two"));
    if (settings.dram) {
      memory.dram = settings.dram_times;
      check_dram(node, settings.dram_times);
    }
    memory.dmi = settings.dmi;
    memory.main_memory = main;
    for (const auto& range : merged) {
      if (range.size > std::uint64_t{1} << 40) {
        problems_.push_back(tree_.where(node, "reg", hex(range.size) + " bytes are more than 1 TiB"));
        return;
      }
      check_base(node, range.base, kPageBytes);
    }
    add_parts(memory, main ? without_reserved(tree_, std::move(merged)) : merged);
  }

  /// "dram: row_bytes is ..." becomes a sentence about the property.
  void check_dram(int node, const DramConfig& config) {
    try {
      DramTiming timing(config);
    } catch (const std::invalid_argument& error) {
      std::string text = error.what();
      text.erase(0, text.find(' ') + 1);
      std::string member = text.substr(0, text.find(' '));
      text.erase(0, member.size() + 1);
      std::replace(member.begin(), member.end(), '_', '-');
      problems_.push_back(tree_.where(node, ("dmavp,dram-" + member).c_str(), text));
    }
  }

  void add_parts(MemoryDescription& memory, const std::vector<DeviceTree::Range>& ranges) {
    const std::string name = memory.name;
    unsigned part = 0;
    for (const auto& range : ranges) {
      if (part > 0) memory.name = name + "_" + std::to_string(part);
      memory.base = range.base;
      memory.size = range.size;
      board_.memories.push_back(memory);
      ++part;
    }
  }

  // A boot loader would add the node.
  void add_default_memory() {
    MemoryDescription memory;
    memory.name = "ram";
    memory.main_memory = true;
    memory.read_latency = kDefaultReadLatency;
    memory.write_latency = kDefaultWriteLatency;
    board_.notes.push_back(
        "no node with device_type = \"memory\": " + std::to_string(kDefaultRamBytes >> 20) + " MiB at " +
        hex(kDefaultRamBase) + " assumed");
    add_parts(memory, without_reserved(tree_, {{kDefaultRamBase, kDefaultRamBytes}}));
  }

  void add_plic(int node) {
    if (board_.plic.size != 0) {
      return complain("two interrupt controllers: " + board_.plic.name + " and " + tree_.path(node));
    }
    const auto reg = tree_.reg(node);
    if (reg.empty()) return problems_.push_back(tree_.where(node, "reg", "required and missing"));
    board_.plic.name = tree_.label(node);
    board_.plic.base = reg[0].base;
    check_base(node, reg[0].base, 4);
    if (tree_.compatible(node, kGic)) {
      // Its source n + 32 is shared peripheral interrupt n; every CPU has one context.
      stand_in_ = true;
      board_.plic.size = kStandInBytes;
      board_.plic.sources = kStandInSources;
      board_.notes.push_back(tree_.path(node) + ": a PLIC stands in for this interrupt controller");
      return;
    }
    board_.plic.size = reg[0].size;
    board_.plic.sources = read_settings(tree_, node, NodeKind::kPlic, problems_).sources;
    read_contexts(node);
  }

  void read_contexts(int node) {
    const auto extended = tree_.cells(node, "interrupts-extended");
    for (std::size_t at = 0; at < extended.size();) {
      const auto target = tree_.by_phandle(extended[at]);
      if (!target) {
        problems_.push_back(
            tree_.where(node, "interrupts-extended",
                        "entry " + std::to_string(board_.plic.contexts) + " is no phandle of a node"));
        return;
      }
      context_cpus_.push_back(tree_.path(tree_.parent(*target)));
      at += 1 + tree_.cell(*target, "#interrupt-cells").value_or(1);
      ++board_.plic.contexts;
    }
    if (board_.plic.contexts == 0) {
      problems_.push_back(tree_.where(node, "interrupts-extended", "required and missing"));
    }
    const std::uint64_t needed = kPlicContexts + kPlicContextStride * board_.plic.contexts;
    if (board_.plic.size < needed) {
      problems_.push_back(tree_.where(node, "reg",
                                      hex(board_.plic.size) + " bytes do not hold the registers of " +
                                          std::to_string(board_.plic.contexts) + " contexts (" + hex(needed) +
                                          ")"));
    }
  }

  void add_dmac(int node) {
    dmac_seen_ = true;
    const std::size_t before = problems_.size();
    const NodeSettings settings = read_settings(tree_, node, NodeKind::kDmac, problems_);
    DmacDescription dmac;
    dmac.name = tree_.label(node);
    dmac.path = tree_.path(node);
    dmac.parameters = settings.dmac;
    dmac.dmi = settings.dmi;
    dmac.bus_weight = settings.bus_weight;
    const auto reg = tree_.reg(node);
    if (reg.empty()) return problems_.push_back(tree_.where(node, "reg", "required and missing"));
    dmac.base = reg[0].base;
    dmac.size = reg[0].size;
    const auto hz = tree_.clock_hz(node, "core-clk");
    if (!hz || *hz == 0) {
      return problems_.push_back(tree_.where(
          node, "clocks", "no rate found for core-clk (a fixed-clock, or dmavp,clock-frequency)"));
    }
    dmac.clock_hz = *hz;
    dmac.interrupts = tree_.interrupts(node);
    if (problems_.size() != before) return;
    check_base(node, dmac.base, 8);
    const unsigned channels = dmac.parameters.num_channels;
    const std::uint64_t needed = 0x100 + std::uint64_t{channels} * 0x100;
    if (dmac.size < needed) {
      problems_.push_back(tree_.where(node, "reg",
                                      hex(dmac.size) + " bytes do not hold the registers of " +
                                          std::to_string(channels) + " channels (" + hex(needed) + ")"));
    }
    check_lines(node, dmac);
    if (tree_.compatible(node, "intel,kmb-axi-dma")) add_keem_bay_window(node, reg, dmac.parameters);
    coherent_.push_back(is_coherent(node));
    board_.dmacs.push_back(std::move(dmac));
  }

  // The system controller of a K210, of which only the request select has a model.
  void add_request_select(int node) {
    const auto reg = tree_.reg(node);
    if (reg.empty()) return problems_.push_back(tree_.where(node, "reg", "required and missing"));
    add_window(node, reg[0], request_select::Layout::kK210, 0);
  }

  void add_window(int node, const DeviceTree::Range& range, request_select::Layout layout, unsigned dmac) {
    const std::uint64_t needed = request_select::window_bytes(layout);
    check_base(node, range.base, 4);
    if (range.size < needed) {
      problems_.push_back(tree_.where(
          node, "reg", hex(range.size) + " bytes do not hold the request select (" + hex(needed) + ")"));
    }
    RequestSelectDescription select;
    select.name = tree_.label(node) + (layout == request_select::Layout::kKeemBay ? "_select" : "");
    select.path = tree_.path(node);
    select.base = range.base;
    select.size = range.size;
    select.layout = layout;
    select.dmac = dmac;
    board_.request_selects.push_back(std::move(select));
  }

  // Intel's Keem Bay: a second window says which request drives the interface of a channel.
  void add_keem_bay_window(int node, const std::vector<DeviceTree::Range>& reg,
                           const dmac::Parameters& parameters) {
    if (reg.size() < 2) {
      problems_.push_back(tree_.where(
          node, "reg", "intel,kmb-axi-dma has a second window (handshake select), which is missing"));
    } else if (parameters.num_channels > request_select::fields(request_select::Layout::kKeemBay)) {
      problems_.push_back(
          tree_.where(node, "dma-channels",
                      std::to_string(parameters.num_channels) + " channels, the second window has 8"));
    } else if (parameters.num_hs_if > 16 || parameters.num_hs_if < parameters.num_channels) {
      problems_.push_back(tree_.where(node, "dmavp,num-hs-if",
                                      "intel,kmb-axi-dma needs an interface for each channel, 16 at most"));
    } else {
      add_window(node, reg[1], request_select::Layout::kKeemBay, static_cast<unsigned>(board_.dmacs.size()));
    }
  }

  // Which lines exist (intr_io_type) against those that the tree connects.
  void check_lines(int node, const DmacDescription& dmac) {
    const std::size_t lines = dmac.interrupts.size();
    const unsigned channels = dmac.parameters.num_channels;
    const unsigned type = dmac.parameters.intr_io_type;
    const std::string has = "interrupts has " + std::to_string(lines);
    const auto complain_type = [&](const std::string& text) {
      problems_.push_back(tree_.where(node, "dmavp,intr-io-type", std::to_string(type) + " " + text));
    };
    if (type == 0 && lines != 1) return complain_type("means one combined line; " + has);
    if (type == 1 && lines != channels && lines != channels + 1) {
      return complain_type("means a line for each of the " + std::to_string(channels) +
                           " channels, and possibly one for the common registers; " + has);
    }
    if (type == 2 && lines != 1 && lines < channels) {
      problems_.push_back(tree_.where(node, "interrupts",
                                      std::to_string(lines) + " lines for " + std::to_string(channels) +
                                          " channels (1 combined, or one for each channel)"));
    }
    if (type == 2 && lines > channels + 2) {
      board_.notes.push_back(dmac.path + ": interrupts: " + std::to_string(lines - channels - 2) +
                             " lines more than the controller has, not wired");
    }
  }

  // What the node or the nearest one above says; else what the architecture of the CPUs implies.
  bool is_coherent(int node) const {
    for (int at = node; at >= 0; at = at > 0 ? tree_.parent(at) : -1) {
      if (tree_.has(at, "dma-coherent")) return true;
      if (tree_.has(at, "dma-noncoherent")) return false;
    }
    return !arm_;
  }

  void add_bus(int node) {
    const NodeSettings settings = read_settings(tree_, node, NodeKind::kBus, problems_);
    board_.request_latency = std::max(board_.request_latency, settings.request_latency);
    board_.response_latency = std::max(board_.response_latency, settings.response_latency);
    if (settings.target_outstanding != 0) {
      board_.target_outstanding = settings.target_outstanding;
      board_.arbitration = settings.arbitration;
    }
  }

  /// Its memory may stand behind it in the tree: place_loads() looks for it.
  void add_load(int node) {
    const std::size_t before = problems_.size();
    const NodeSettings settings = read_settings(tree_, node, NodeKind::kTrafficGenerator, problems_);
    if (problems_.size() != before || settings.load.period == 0) return;
    const unsigned beat_bytes = settings.load.beat_bytes;
    if ((beat_bytes & (beat_bytes - 1)) != 0)
      problems_.push_back(
          tree_.where(node, "dmavp,beat-bytes", std::to_string(beat_bytes) + " is no power of two"));
    if (settings.load.beats * beat_bytes > kPageBytes)
      problems_.push_back(tree_.where(node, "dmavp,burst-beats",
                                      std::to_string(settings.load.beats) + " beats of " +
                                          std::to_string(beat_bytes) + " bytes are more than 4096 bytes"));
    board_.loads.push_back({tree_.label(node), tree_.path(node), settings.load, settings.bus_weight});
    load_memories_.push_back(settings.load_memory);
  }

  void place_loads() {
    for (std::size_t i = 0; i < board_.loads.size(); ++i) {
      const std::string& name = load_memories_[i];
      const auto found = std::find_if(board_.memories.begin(), board_.memories.end(), [&](const auto& m) {
        return name.empty() ? m.main_memory : m.name == name;
      });
      if (found == board_.memories.end()) {
        if (!name.empty())
          complain(board_.loads[i].path + ": dmavp,memory: no memory has the alias \"" + name + "\"");
        continue;
      }
      if (found->size < kPageBytes)
        complain(board_.loads[i].path + ": dmavp,memory: " + found->name + " is smaller than 4096 bytes");
      board_.loads[i].config.base = found->base;
      board_.loads[i].config.size = found->size;
    }
  }

  void check_whole() {
    if (board_.cpus.empty()) complain("no enabled cpu node below /cpus");
    if (board_.cpus.size() > kernel::kMaxCpus) {
      complain(std::to_string(board_.cpus.size()) + " CPUs, at most " + std::to_string(kernel::kMaxCpus) +
               " are supported");
    }
    if (!memory_seen_) add_default_memory();
    if (std::none_of(board_.memories.begin(), board_.memories.end(),
                     [](const auto& m) { return m.main_memory; })) {
      complain("no RAM is left beside /reserved-memory");
    }
    place_loads();
    if (!dmac_seen_) complain("no DMA controller (compatible \"snps,axi-dma-1.01a\")");
    if (board_.plic.size == 0) complain("no interrupt controller (compatible \"sifive,plic-1.0.0\")");
    board_.coherent = std::all_of(coherent_.begin(), coherent_.end(), [](bool c) { return c; });
    if (!board_.coherent && std::any_of(coherent_.begin(), coherent_.end(), [](bool c) { return c; })) {
      complain("dma-coherent: of several controllers all are coherent or none");
    }
    if (!board_.dmacs.empty()) board_.clock_hz = board_.dmacs.front().clock_hz;
    if (stand_in_) {
      for (const CpuDescription& cpu : board_.cpus) context_cpus_.push_back(cpu.path);
      board_.plic.contexts = static_cast<unsigned>(board_.cpus.size());
    }
    for (CpuDescription& cpu : board_.cpus) {
      const auto first = std::find(context_cpus_.begin(), context_cpus_.end(), cpu.path);
      if (first == context_cpus_.end() && board_.plic.contexts != 0) {
        complain(board_.plic.name + ": interrupts-extended: no context for " + cpu.path);
      }
      cpu.context = static_cast<unsigned>(first - context_cpus_.begin());
    }
    finish_peripherals(tree_, board_, problems_);
    connect_request_lines(board_);
    for (const std::string& text : conflicts(board_)) complain(text);
  }

  const DeviceTree& tree_;
  BoardDescription board_;
  std::vector<std::string> context_cpus_;
  std::vector<std::string> load_memories_;  // of each of board_.loads
  std::vector<bool> coherent_;              // of each controller
  bool arm_ = false;
  bool stand_in_ = false;
  bool dmac_seen_ = false;  // a faulty one has its own message
  bool memory_seen_ = false;
  std::vector<std::string> problems_;
};

}  // namespace

BoardDescription describe_board(const DeviceTree& tree) { return Reader(tree).read(); }

BoardDescription complete_and_describe(DeviceTree& tree) {
  std::vector<std::string> notes;
  assume_clock_rates(tree, notes);
  BoardDescription board = describe_board(tree);
  board.notes.insert(board.notes.begin(), notes.begin(), notes.end());
  return board;
}

}  // namespace dmavp::platform
