#include "platform/report/waveform.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "dmac/planner.h"
#include "dmac/registers.h"

namespace dmavp::platform {
namespace {

unsigned bits_for(std::uint64_t largest) {
  unsigned bits = 1;
  while (largest >>= 1) ++bits;
  return std::max(bits, 2u);  // a vector, so that it can be undriven as a whole
}

constexpr unsigned kInterruptBits = 10;  // PLIC: 1..1023
constexpr unsigned kResponseBits = 4;
constexpr unsigned kFaultBits = 32;

}  // namespace

// --- a controller
// -------------------------------------------------------------------------------------------

class Waveform::Dmac : public Observer {
 public:
  Dmac(Vcd& vcd, const DmacDescription& d) : vcd_(vcd), clock_(d.clock_hz) {
    const dmac::Parameters& p = d.parameters;
    const unsigned channel_bits = bits_for(p.num_channels - 1);
    for (unsigned n = 0; n < p.num_masters; ++n) {
      const std::string scope = d.name + ".m" + std::to_string(n);
      for (const char* name : {"ar", "r", "aw", "w"}) {
        wires_.push_back({vcd.add_bits(scope, name, 1, 0),
                          vcd.add_bits(scope, std::string(name) + "_channel", channel_bits, Vcd::kUndriven)});
      }
      responses_.push_back(vcd.add_bits(scope, "b", kResponseBits, 0));
    }
    for (unsigned n = 0; n < p.num_channels; ++n) {
      const std::string scope = d.name + ".ch" + std::to_string(n);
      fifos_.push_back(vcd.add_bits(scope, "fifo", bits_for(dmac::fifo_bytes_of(p)), 0));
      for (const char* side : {"reader", "writer"}) sides_.push_back(vcd.add_text(scope, side, "idle"));
      lines_[n] = vcd.add_bits(scope, "irq", 1, 0);
    }
    lines_[dmac::kCommonLine] = vcd.add_bits(d.name, "irq_common", 1, 0);
    lines_[dmac::kCombinedLine] = vcd.add_bits(d.name, "irq_all", 1, 0);
  }

  unsigned interests() const override { return kActivity | kInterrupts; }

  void grant(const GrantEvent& e) override {
    const std::size_t wire = e.master * 4 + (e.write ? 2 : 0);
    occupy(wire, e.channel, e.accepted, e.accepted);
    occupy(wire + 1, e.channel, e.first_beat, e.last_beat);
    if (!e.write) return;
    vcd_.add(responses_[e.master], clock_.time_of(e.response), 1);
    vcd_.add(responses_[e.master], clock_.time_of(e.response + 1), -1);
  }

  void side(const SideEvent& e) override {
    const Vcd::Variable variable = sides_[e.channel * 2 + (e.writer ? 1 : 0)];
    const std::uint64_t from = clock_.time_of(e.from);
    vcd_.supersede(variable, from);
    vcd_.set(variable, from, text_of(e.cause));
  }

  void fifo(const FifoEvent& e) override { vcd_.set(fifos_[e.channel], clock_.time_of(e.at), e.bytes); }

  void interrupt(const InterruptEvent& e) override {
    if (e.line < lines_.size()) vcd_.set(lines_[e.line], e.time, e.level ? 1 : 0);
  }

 private:
  struct Wire {
    Vcd::Variable busy, channel;
  };

  /// Occupations of a wire do not overlap, but come in any order: the timed mode tells of a burst when it is
  /// over. Sums do not mind.
  void occupy(std::size_t index, unsigned channel, Cycle first, Cycle last) {
    const Wire& wire = wires_[index];
    const std::uint64_t from = clock_.time_of(first);
    const std::uint64_t to = clock_.time_of(last + 1);
    const int whose = static_cast<int>(channel) + 1;  // above kUndriven, which is 64 ones
    vcd_.add(wire.busy, from, 1);
    vcd_.add(wire.busy, to, -1);
    vcd_.add(wire.channel, from, whose);
    vcd_.add(wire.channel, to, -whose);
  }

  // Names of causes are few and live for ever.
  std::uint64_t text_of(const char* cause) {
    for (const auto& [known, text] : causes_) {
      if (known == cause) return text;
    }
    causes_.emplace_back(cause, vcd_.text(cause));
    return causes_.back().second;
  }

  Vcd& vcd_;
  const Clock clock_;
  std::vector<Wire> wires_;  // AR, R, AW, W of each master
  std::vector<Vcd::Variable> responses_;
  std::vector<Vcd::Variable> fifos_;
  std::vector<Vcd::Variable> sides_;  // reader and writer of each channel
  std::array<Vcd::Variable, dmac::kCombinedLine + 1> lines_{};
  std::vector<std::pair<const char*, std::uint64_t>> causes_;
};

// --- a peripheral
// -------------------------------------------------------------------------------------------

class Waveform::Device : public Observer {
 public:
  Device(Vcd& vcd, const PeripheralDescription& d) : vcd_(vcd) {
    for (const auto& [name, link] : {std::pair{"rx", &d.rx}, std::pair{"tx", &d.tx}}) {
      for (const char* level : {"burst", "single", "last"}) {
        requests_.push_back(link->has_value() ? vcd.add_bits(d.name + "." + name, level, 1, 0) : kNone);
      }
    }
    irq_ = vcd.add_bits(d.name, "irq", 1, 0);
  }

  unsigned interests() const override { return kDmaRequests | kInterrupts; }

  void dma_request(const DmaRequestEvent& e) override {
    const std::array levels{e.burst, e.single, e.last};
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const Vcd::Variable variable = requests_[e.line * levels.size() + i];
      if (variable != kNone) vcd_.set(variable, e.time, levels[i] ? 1 : 0);
    }
  }
  void interrupt(const InterruptEvent& e) override { vcd_.set(irq_, e.time, e.level ? 1 : 0); }

 private:
  static constexpr Vcd::Variable kNone = ~0u;

  Vcd& vcd_;
  std::vector<Vcd::Variable> requests_;  // of rx, then of tx
  Vcd::Variable irq_ = 0;
};

class Waveform::InterruptController : public Observer {
 public:
  InterruptController(Vcd& vcd, const BoardDescription& board)
      : vcd_(vcd), contexts_(board.plic.contexts, kNone) {
    for (std::size_t i = 0; i < board.cpus.size(); ++i) {
      if (board.cpus[i].context < contexts_.size())
        contexts_[board.cpus[i].context] = vcd.add_bits(board.plic.name, "cpu" + std::to_string(i), 1, 0);
    }
  }
  unsigned interests() const override { return kInterrupts; }
  void interrupt(const InterruptEvent& e) override {
    if (e.line < contexts_.size() && contexts_[e.line] != kNone)
      vcd_.set(contexts_[e.line], e.time, e.level ? 1 : 0);
  }

 private:
  static constexpr Vcd::Variable kNone = ~0u;

  Vcd& vcd_;
  std::vector<Vcd::Variable> contexts_;
};

// --- all of it
// ----------------------------------------------------------------------------------------------

Waveform::Waveform(const BoardDescription& board, const std::vector<FaultSpec>& faults, EventFilter filter)
    : filter_(std::move(filter)), vcd_(filter_.from, filter_.to), cpus_(board.cpus.size()) {
  for (const DmacDescription& d : board.dmacs) {
    if (shown(d.name)) add(d.name, std::make_unique<Dmac>(vcd_, d));
  }
  for (const PeripheralDescription& p : board.peripherals) {
    if (shown(p.name)) add(p.name, std::make_unique<Device>(vcd_, p));
  }
  if (shown(board.plic.name)) add(board.plic.name, std::make_unique<InterruptController>(vcd_, board));
  for (std::size_t i = 0; i < cpus_.size(); ++i) {
    const std::string name = "cpu" + std::to_string(i);
    if (!shown(name)) continue;
    cpus_[i] = {true, vcd_.add_text(name, "context", "idle"),
                vcd_.add_text(name, "thread", "idle/" + std::to_string(i)),
                vcd_.add_bits(name, "interrupt", kInterruptBits, Vcd::kUndriven)};
  }
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const FaultSpec& fault = faults[i];
    if (!shown(fault.target)) continue;
    std::string name = std::to_string(i + 1) + "_" + fault.info().name + "_" + fault.target;
    for (char& c : name) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    faults_.emplace_back(&fault, vcd_.add_bits("faults", name, kFaultBits, 0));
  }
}

Waveform::~Waveform() = default;

bool Waveform::shown(const std::string& source) const {
  const std::vector<std::string>& sources = filter_.sources;
  return sources.empty() || std::find(sources.begin(), sources.end(), source) != sources.end();
}

void Waveform::add(const std::string& source, std::unique_ptr<Observer> observer) {
  observers_.emplace_back(source, std::move(observer));
}

Observer* Waveform::observer_of(const std::string& source) const {
  for (const auto& [name, observer] : observers_) {
    if (name == source) return observer.get();
  }
  return nullptr;
}

void Waveform::fault(const FaultLog::Hit& hit) {
  for (const auto& [fault, variable] : faults_) {
    if (fault == hit.fault) vcd_.set(variable, hit.time, hit.number);
  }
}

void Waveform::soft(const port::SoftEvent& event) {
  if (event.cpu >= cpus_.size() || !cpus_[event.cpu].shown) return;
  const Cpu& cpu = cpus_[event.cpu];
  switch (event.kind) {
    case port::SoftEventKind::kContext:
      vcd_.set(cpu.context, event.time, vcd_.text(event.text));
      break;
    case port::SoftEventKind::kThreadSwitch:
      vcd_.set(cpu.thread, event.time, vcd_.text(event.text));
      break;
    case port::SoftEventKind::kInterruptEntry:
      vcd_.set(cpu.interrupt, event.time, event.number);
      break;
    case port::SoftEventKind::kInterruptExit:
      vcd_.set(cpu.interrupt, event.time, Vcd::kUndriven);
      break;
    default:
      break;
  }
}

}  // namespace dmavp::platform
