#include "platform/board/board.h"

#include <algorithm>
#include <utility>

#include "platform/config/paths.h"

namespace dmavp::platform {
namespace {

// A path as a module name: SystemC uses dots for its hierarchy.
std::string module_name(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '/' || c == '.' || c == ',' || c == '@'; }, '_');
  return text;
}

Links direct;

}  // namespace

void Links::join(const std::string&, tlm::tlm_initiator_socket<>& from, tlm::tlm_target_socket<>& to) {
  from.bind(to);
}

InterruptLine& Links::interrupt(const std::string&, std::optional<unsigned>, InterruptLine& line) {
  return line;
}

DmaRequestIf& Links::request(const std::string&, bool, DmaRequestIf& controller) { return controller; }

Board::Board(const sc_core::sc_module_name& name, BoardDescription description, Choices& choices)
    : Board(name, std::move(description), choices, direct) {}

Board::Board(const sc_core::sc_module_name& name, BoardDescription description, Choices& choices,
             Links& links)
    : sc_module(name),
      description_(std::move(description)),
      links_(links),
      clock_(description_.clock_hz),
      source_lines_("source_line", description_.plic.sources + 1),
      context_lines_("context_line", description_.plic.contexts) {
  build_bus();
  build_memories();
  build_plic();
  build_dmacs();
  build_loads(choices);
  build_request_selects();
  build_peripherals();
}

Board::~Board() = default;

void Board::join_cpu(unsigned cpu, tlm::tlm_initiator_socket<>& socket) {
  links_.join("cpu" + std::to_string(cpu), socket, bus_->in[cpu]);
}

Picoseconds Board::cpu_lead() const {
  return description_.timed ? clock_.time_of(description_.request_latency) : 0;
}

void Board::build_bus() {
  InterconnectConfig config;
  config.masters = static_cast<unsigned>(description_.cpus.size());
  for (const DmacDescription& dmac : description_.dmacs) config.masters += dmac.parameters.num_masters;
  if (description_.timed) config.masters += static_cast<unsigned>(description_.loads.size());
  config.request_latency = description_.request_latency;
  config.response_latency = description_.response_latency;
  config.queue_requests = description_.timed;
  if (description_.timed) config.arriving_masters = static_cast<unsigned>(description_.cpus.size());
  config.target_limit = description_.target_outstanding;
  config.arbitration = description_.arbitration;
  config.weights.assign(description_.cpus.size(), 1);
  for (const DmacDescription& dmac : description_.dmacs)
    config.weights.insert(config.weights.end(), dmac.parameters.num_masters, dmac.bus_weight);
  for (const LoadDescription& load : description_.loads) {
    if (description_.timed) config.weights.push_back(load.bus_weight);
  }
  for (const MemoryDescription& m : description_.memories)
    config.regions.push_back({m.name, m.base, m.size, false});
  config.regions.push_back({description_.plic.name, description_.plic.base, description_.plic.size, false});
  for (const DmacDescription& d : description_.dmacs)
    config.regions.push_back({d.name, d.base, d.size, false});
  for (const RequestSelectDescription& s : description_.request_selects)
    config.regions.push_back({s.name, s.base, s.size, false});
  for (const PeripheralDescription& p : description_.peripherals)
    config.regions.push_back({p.name, p.base, p.size, false});
  bus_ = std::make_unique<AxiInterconnect>("bus", config, clock_);
}

void Board::build_memories() {
  for (const MemoryDescription& m : description_.memories) {
    const auto views =
        description_.coherent ? BackingStore::Views::kCoherent : BackingStore::Views::kSeparate;
    stores_.push_back(std::make_unique<BackingStore>(m.size, views));
    const SramConfig config{m.read_latency,     m.write_latency, m.dmi, m.initiation_interval,
                            m.shared_data_port, m.port_bytes,    m.dram};
    memories_.push_back(std::make_unique<Sram>(module_name(m.name).c_str(), *stores_.back(), config, clock_));
    links_.join(m.name, bus_->out[next_region_++], memories_.back()->socket);
  }
}

void Board::build_plic() {
  PlicConfig config;
  config.ndev = description_.plic.sources;
  config.contexts = description_.plic.contexts;
  plic_ = std::make_unique<Plic>(module_name(description_.plic.name).c_str(), config, clock_);
  links_.join(description_.plic.name, bus_->out[next_region_++], plic_->socket);
  for (unsigned i = 1; i <= config.ndev; ++i) plic_->source[i].bind(source_lines_[i]);
  for (unsigned i = 0; i < config.contexts; ++i) plic_->context[i].bind(context_lines_[i]);
}

void Board::build_dmacs() {
  unsigned master = static_cast<unsigned>(description_.cpus.size());
  for (const DmacDescription& d : description_.dmacs) {
    auto dmac =
        std::make_unique<DwAxiDmac>(module_name(d.name).c_str(), d.parameters, Clock(d.clock_hz),
                                    description_.timed ? DmacTiming::kApproximate : DmacTiming::kLoose);
    dmac->set_dmi_allowed(d.dmi);
    links_.join(d.name, bus_->out[next_region_++], dmac->regs);
    for (unsigned i = 0; i < dmac->masters.size(); ++i)
      links_.join(d.name + ".m" + std::to_string(i), dmac->masters[i], bus_->in[master++]);
    wire_interrupts(d, *dmac);
    dmacs_.push_back(std::move(dmac));
  }
}

/// They are the last masters of the bus.
void Board::build_loads(Choices& choices) {
  if (!description_.timed) return;
  auto master = bus_->in.size() - description_.loads.size();
  for (const LoadDescription& load : description_.loads) {
    loads_.push_back(
        std::make_unique<TrafficGenerator>(module_name(load.name).c_str(), load.config, clock_, choices));
    links_.join(load.name, loads_.back()->socket, bus_->in[master++]);
  }
}

void Board::wire_interrupts(const DmacDescription& d, DwAxiDmac& dmac) {
  const auto line = [&](std::size_t index, std::optional<unsigned> channel) -> auto& {
    return links_.interrupt(d.name, channel, source_lines_[d.interrupts[index]]);
  };
  const std::size_t lines = d.interrupts.size();
  const unsigned channels = d.parameters.num_channels;
  if (lines == 1 && d.parameters.intr_io_type != 1) return dmac.combined_irq.bind(line(0, std::nullopt));
  for (unsigned i = 0; i < channels; ++i) dmac.channel_irq[i].bind(line(i, i));
  if (lines > channels) dmac.common_irq.bind(source_lines_[d.interrupts[channels]]);
  if (lines > channels + 1 && d.parameters.intr_io_type == 2)
    dmac.combined_irq.bind(line(channels + 1, std::nullopt));
}

void Board::build_request_selects() {
  for (const RequestSelectDescription& s : description_.request_selects) {
    DwAxiDmac& dmac = *dmacs_[s.dmac];
    std::vector<DmaRequestSelect::Line> lines;
    for (const RequestLine& line : s.lines) lines.push_back({line.handshake, line.code});
    const auto handshakes = static_cast<unsigned>(dmac.request.size());
    auto select = std::make_unique<DmaRequestSelect>(module_name(s.name).c_str(), s.layout, std::move(lines),
                                                     handshakes, dmac.clock());
    links_.join(s.name, bus_->out[next_region_++], select->socket);
    for (unsigned n = 0; n < handshakes; ++n) {
      select->request[n].bind(dmac.request[n]);
      dmac.acknowledge_to[n].bind(select->acknowledge[n]);
    }
    request_selects_.push_back(std::move(select));
  }
}

void Board::build_peripherals() {
  for (const PeripheralDescription& p : description_.peripherals) {
    peripherals_.push_back(make_peripheral(module_name(p.name), p, data_directory()));
    Peripheral& peripheral = *peripherals_.back();
    links_.join(p.name, bus_->out[next_region_++], peripheral.socket());
    if (p.interrupt)
      peripheral.interrupt().bind(links_.interrupt(p.name, std::nullopt, source_lines_[*p.interrupt]));
    const auto index = static_cast<unsigned>(peripherals_.size() - 1);
    if (!wire_to_select(index, false) && p.rx) wire(p.name, true, *p.rx, peripheral.receive());
    if (!wire_to_select(index, true) && p.tx) wire(p.name, false, *p.tx, peripheral.transmit());
  }
  for (std::size_t i = 0; i < peripherals_.size(); ++i) {
    const PeripheralDescription& p = description_.peripherals[i];
    if (p.kind == PeripheralKind::kI2s && p.i2s.backend == I2sBackend::kPeer)
      join_i2s(*peripherals_[i], *peripherals_[p.peer]);
  }
}

bool Board::wire_to_select(unsigned index, bool transmit) {
  Peripheral& peripheral = *peripherals_[index];
  for (std::size_t i = 0; i < request_selects_.size(); ++i) {
    const std::vector<RequestLine>& lines = description_.request_selects[i].lines;
    for (std::size_t line = 0; line < lines.size(); ++line) {
      if (lines[line].peripheral != index || lines[line].transmit != transmit) continue;
      const Peripheral::Handshake handshake = transmit ? peripheral.transmit() : peripheral.receive();
      handshake.request->bind(links_.request(description_.peripherals[index].name, !transmit,
                                             *request_selects_[i]->line_request[line].operator->()));
      request_selects_[i]->line_acknowledge[line].bind(*handshake.acknowledge);
      return true;
    }
  }
  return false;
}

void Board::wire(const std::string& device, bool receive, const DmaLink& link,
                 const Peripheral::Handshake& handshake) {
  DwAxiDmac& dmac = *dmacs_[link.dmac];
  handshake.request->bind(links_.request(device, receive, *dmac.request[link.number].operator->()));
  dmac.acknowledge_to[link.number].bind(*handshake.acknowledge);
}

std::vector<port::RamRegion> Board::ram() const {
  std::vector<port::RamRegion> regions;
  for (const bool main : {true, false}) {
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      const MemoryDescription& m = description_.memories[i];
      if (m.main_memory == main)
        regions.push_back({m.base, m.size, stores_[i]->cpu_view(), stores_[i]->bus_view()});
    }
  }
  return regions;
}

void Board::synchronize() {
  for (auto& peripheral : peripherals_) peripheral->synchronize();
  for (auto& dmac : dmacs_) dmac->synchronize();
}

}  // namespace dmavp::platform
