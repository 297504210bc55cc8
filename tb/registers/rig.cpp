#include "registers/rig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <systemc>
#include <tlm>

#include "components/protocol_checker.h"
#include "dmac/dw_axi_dmac.h"
#include "registers/fabric.h"

namespace dmavp::tb {

namespace {

int live_rigs = 0;

/// Simulation contexts cannot be elaborated twice: replace a used one. The first one is kept, because objects
/// of the library itself belong to it until the process ends.
void fresh_context() {
  static auto* const first = sc_core::sc_get_curr_simcontext();
  if (sc_core::sc_get_status() == sc_core::SC_ELABORATION) return;
  if (live_rigs != 0) throw std::logic_error("a rig cannot join a simulation that has started");
  auto* old = sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
  if (old != first) delete old;
}

}  // namespace

dmac::Parameters small_parameters() {
  dmac::Parameters p;
  p.num_channels = 8;
  p.data_width_bytes = 8;
  p.max_block_items.fill(1u << 22);
  return p;
}

/// A peripheral's side of a handshake interface.
struct HandshakeEnd : DmaAcknowledgeIf {
  Device device;
  HandshakeModule* fifo = nullptr;  ///< instead of the device, if one is connected
  DmaRequestIf* controller = nullptr;
  Picoseconds cycle = 1;
  Picoseconds latest = 0;  ///< of the levels driven: they change in order of time

  void drive(DmaRequest levels, Picoseconds when) {
    latest = std::max(latest, when);
    controller->dma_request(levels, latest);
  }
  void dma_acknowledge(bool finish, Picoseconds when) override {
    if (fifo->fifo) return fifo->acknowledge(finish, when);
    device.transactions.push_back(device.open);
    device.open = 0;
    device.finishes += finish;
    drive(device.levels(), when + cycle * (1 + device.gap));
  }
};

struct Recorder : Observer {
  std::vector<BurstEvent> bursts;
  std::vector<BlockEvent> blocks;
  std::vector<std::string> diagnostics;
  void burst(const BurstEvent& e) override { bursts.push_back(e); }
  void block(const BlockEvent& e) override { blocks.push_back(e); }
  void diagnostic(const DiagnosticEvent& e) override {
    diagnostics.push_back(std::string(e.kind) + ": " + e.message);
  }
};

struct Lines : sc_core::sc_module {
  sc_core::sc_vector<sc_core::sc_signal<bool>> channel;
  sc_core::sc_signal<bool> combined{"combined"}, common{"common"};
  std::vector<Edge> edges;
  std::vector<bool> last;

  SC_HAS_PROCESS(Lines);
  Lines(sc_core::sc_module_name name, unsigned channels)
      : sc_module(name), channel("channel", channels), last(channels + 2) {
    SC_METHOD(watch);
    sensitive << combined << common;
    for (auto& s : channel) sensitive << s;
    dont_initialize();
  }
  bool level(int line) const {
    return line == kCombinedLine ? combined.read()
           : line == kCommonLine ? common.read()
                                 : channel[static_cast<unsigned>(line)].read();
  }
  void watch() {
    for (int line = kCommonLine; line < static_cast<int>(channel.size()); ++line) {
      const auto i = static_cast<std::size_t>(line + 2);
      if (level(line) == last[i]) continue;
      last[i] = level(line);
      edges.push_back({line, level(line), sc_core::sc_time_stamp().value()});
    }
  }
};

struct Rig::Impl {
  RigOptions options;
  Clock clock;
  std::unique_ptr<Fabric> fabric;
  std::unique_ptr<Lines> lines;
  std::vector<std::unique_ptr<HandshakeEnd>> ends;
  std::unique_ptr<DwAxiDmac> dmac;
  std::vector<std::unique_ptr<ProtocolChecker>> checkers;  // one per master, then the one of the registers
  Recorder recorder;
  sc_core::sc_time ahead = sc_core::SC_ZERO_TIME;

  explicit Impl(const RigOptions& o) : options(o), clock(o.clock_hz) {
    fresh_context();
    ++live_rigs;
    fabric = std::make_unique<Fabric>(sc_core::sc_gen_unique_name("fabric"), options);
    lines = std::make_unique<Lines>(sc_core::sc_gen_unique_name("lines"), options.parameters.num_channels);
    dmac = std::make_unique<DwAxiDmac>(sc_core::sc_gen_unique_name("dmac"), options.parameters, clock,
                                       options.timed ? DmacTiming::kApproximate : DmacTiming::kLoose);
    for (unsigned i = 0; i <= options.parameters.num_masters; ++i)
      checkers.push_back(std::make_unique<ProtocolChecker>(sc_core::sc_gen_unique_name("link")));
    for (unsigned i = 0; i < options.parameters.num_masters; ++i) {
      dmac->masters[i].bind(checkers[i]->target);
      checkers[i]->initiator.bind(fabric->in[i]);
    }
    fabric->registers.bind(checkers.back()->target);
    checkers.back()->initiator.bind(dmac->regs);
    for (unsigned i = 0; i < options.parameters.num_channels; ++i)
      dmac->channel_irq[i].bind(lines->channel[i]);
    for (unsigned i = 0; i < options.parameters.num_hs_if; ++i) {
      ends.push_back(std::make_unique<HandshakeEnd>());
      ends.back()->cycle = clock.time_of(1);
      ends.back()->controller = &static_cast<DmaRequestIf&>(dmac->request[i]);
      dmac->acknowledge_to[i].bind(*ends.back());
      fabric->devices.push_back(&ends.back()->device);
      fabric->handshakes.push_back(
          std::make_unique<HandshakeModule>(sc_core::sc_gen_unique_name("handshake"), clock));
      fabric->handshakes[i]->request.bind(dmac->request[i]);
      ends.back()->fifo = fabric->handshakes[i].get();
    }
    dmac->combined_irq.bind(lines->combined);
    dmac->common_irq.bind(lines->common);
    if (options.observe) dmac->set_observer(&recorder);
  }
  ~Impl() {
    --live_rigs;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i]->device.misused && !ends[i]->device.careless)
        ADD_FAILURE() << "peripheral " << i << " was accessed for more than it asked for";
    }
    for (const auto& link : checkers) {
      for (const Violation& v : link->violations()) {
        // A test may send what it likes to the registers; what comes back has to be right all the same.
        if (link == checkers.back() && v.rule.rfind("payload.", 0) == 0) continue;
        ADD_FAILURE() << "TLM-2.0 rule " << v.rule << ": " << v.message;
      }
    }
  }
};

Rig::Rig(const RigOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Rig::~Rig() = default;

const RigOptions& Rig::options() const { return impl_->options; }

Reply Rig::access(bool write, u64 offset, unsigned bytes, u64 value) {
  u8 data[8];
  for (unsigned i = 0; i < bytes; ++i) data[i] = static_cast<u8>(value >> (8 * i));
  const std::string response = raw_access(write, offset, bytes, bytes, data, nullptr, 0);
  Reply reply;
  reply.okay = response == "TLM_OK_RESPONSE";
  for (unsigned i = 0; i < bytes && !write; ++i) reply.value |= u64{data[i]} << (8 * i);
  return reply;
}

std::string Rig::raw_access(bool write, u64 offset, unsigned length, unsigned streaming, u8* data,
                            const u8* enables, unsigned enable_length) {
  tlm::tlm_generic_payload p;
  p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  p.set_address(offset);
  p.set_data_ptr(data);
  p.set_data_length(length);
  p.set_streaming_width(streaming);
  p.set_byte_enable_ptr(const_cast<u8*>(enables));
  p.set_byte_enable_length(enable_length);
  p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = impl_->ahead;
  impl_->fabric->registers->b_transport(p, delay);
  if (delay < impl_->ahead) ADD_FAILURE() << "a register access went back in time";
  if (p.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE)
    ADD_FAILURE() << "no response at " << hex(offset);
  return p.get_response_string();
}

u64 Rig::read(std::string_view name, unsigned channel) {
  const Reply r = access(false, offset_of(name, channel), 8);
  if (!r.okay) ADD_FAILURE() << "read of " << name << " " << channel << " refused";
  return r.value;
}

void Rig::write(std::string_view name, unsigned channel, u64 value) {
  if (!access(true, offset_of(name, channel), 8, value).okay)
    ADD_FAILURE() << "write of " << name << " " << channel << " refused";
}

u64 Rig::debug_read(u64 offset, unsigned bytes) {
  u8 data[8] = {};
  tlm::tlm_generic_payload p;
  p.set_command(tlm::TLM_READ_COMMAND);
  p.set_address(offset);
  p.set_data_ptr(data);
  p.set_data_length(bytes);
  p.set_streaming_width(bytes);
  EXPECT_EQ(impl_->fabric->registers->transport_dbg(p), bytes);
  u64 value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= u64{data[i]} << (8 * i);
  return value;
}

namespace {
u64 v2_bit(unsigned channel) { return u64{1} << (channel < 16 ? channel : channel + 16); }
}  // namespace

void Rig::enable(unsigned ch) { write_at(0x18, layout_v2() ? v2_bit(ch) * 0x10001 : u64{0x101} << ch); }
void Rig::disable(unsigned ch) { write_at(0x18, layout_v2() ? v2_bit(ch) << 16 : u64{0x100} << ch); }
void Rig::suspend(unsigned ch) {
  if (layout_v2()) {
    write_at(kChSusp, v2_bit(ch) * 0x10001);
  } else {
    write_at(0x18, u64{0x01010000} << ch);
  }
}
void Rig::resume(unsigned ch) {
  if (layout_v2()) {
    write_at(kChSusp, v2_bit(ch) << 16);
  } else {
    write_at(0x18, u64{0x01000000} << ch);
  }
}
void Rig::abort(unsigned ch) {
  if (layout_v2()) {
    write_at(kChAbort, v2_bit(ch) * 0x10001);
  } else {
    write_at(0x18, u64{0x0101} << 32 << ch);
  }
}
bool Rig::enabled(unsigned ch) {
  return (read("DMAC_CHEN") & (layout_v2() ? v2_bit(ch) : u64{1} << ch)) != 0;
}
bool Rig::suspended_bit(unsigned ch) {
  return layout_v2() ? (read_at(kChSusp) & v2_bit(ch)) != 0 : ((read("DMAC_CHEN") >> (16 + ch)) & 1) != 0;
}
u32 Rig::enabled_mask() {
  const u64 v = read("DMAC_CHEN");
  return layout_v2() ? static_cast<u32>((v & 0xFFFF) | (v >> 16 & 0xFFFF0000)) : static_cast<u32>(v & 0xFF);
}

void Rig::soft_reset() {
  write("DMAC_RESET", 1);
  for (int i = 0; i < 20 && read("DMAC_RESET") != 0; ++i) run(1);
  EXPECT_EQ(read("DMAC_RESET"), 0u);
}

void Rig::run(Cycle cycles) {
  const Picoseconds target = impl_->clock.time_of(now() + cycles);
  const Picoseconds stamp = sc_core::sc_time_stamp().value();
  impl_->ahead = sc_core::SC_ZERO_TIME;
  if (target > stamp) sc_core::sc_start(at(target - stamp));
}

void Rig::annotate(Cycle cycles) {
  const Picoseconds target = impl_->clock.time_of(now() + cycles);
  impl_->ahead = at(target - sc_core::sc_time_stamp().value());
}

Cycle Rig::now() const { return impl_->clock.cycle_at((sc_core::sc_time_stamp() + impl_->ahead).value()); }

bool Rig::run_until(const std::function<bool()>& condition, Cycle limit, Cycle step) {
  for (Cycle used = 0; !condition(); used += step) {
    if (used >= limit) return false;
    run(step);
  }
  return true;
}

bool Rig::run_until_idle(Cycle limit, Cycle step) {
  return run_until([&] { return enabled_mask() == 0; }, limit, step);
}

Image& Rig::ram() { return impl_->fabric->ram; }

Image Rig::debug_image(u64 address, std::size_t bytes) {
  Image image(address, bytes);
  tlm::tlm_generic_payload p;
  p.set_command(tlm::TLM_READ_COMMAND);
  p.set_address(address);
  p.set_data_ptr(image.data());
  p.set_data_length(static_cast<unsigned>(bytes));
  p.set_streaming_width(static_cast<unsigned>(bytes));
  EXPECT_EQ(impl_->fabric->transport_dbg(0, p), bytes);
  return image;
}

void Rig::set_errors(std::vector<ErrorRange> errors) {
  impl_->fabric->errors = std::move(errors);
  impl_->fabric->invalidate();
}
void Rig::set_dmi(bool allowed) {
  impl_->fabric->dmi = allowed;
  impl_->fabric->invalidate();
}
void Rig::on_access(std::function<void(const BusAccess&)> hook) { impl_->fabric->hook = std::move(hook); }
std::vector<BusAccess>& Rig::accesses() { return impl_->fabric->accesses; }
const std::vector<std::string>& Rig::violations() const { return impl_->fabric->violations; }
u64 Rig::strays() const { return impl_->fabric->strays; }

Device& Rig::device(unsigned interface) { return impl_->ends.at(interface)->device; }
void Rig::feed(unsigned interface, u64 items) {
  Device& d = device(interface);
  d.ready += items * d.item;
  drive(interface);
}
void Rig::drive(unsigned interface) { request(interface, device(interface).levels()); }
void Rig::request(unsigned interface, DmaRequest levels) {
  impl_->ends.at(interface)->drive(levels, impl_->clock.time_of(now()));
}

void Rig::connect(const reference::Peripheral& plan) {
  impl_->fabric->handshakes.at(plan.interface)->connect(plan);
}
void Rig::disconnect_all() {
  for (auto& h : impl_->fabric->handshakes) h->disconnect();
}
void Rig::wake(unsigned interface) { impl_->fabric->handshakes.at(interface)->wake(); }
FifoPeripheral* Rig::peripheral(unsigned interface) {
  auto& fifo = impl_->fabric->handshakes.at(interface)->fifo;
  return fifo ? &*fifo : nullptr;
}

bool Rig::line(int number) const { return impl_->lines->level(number); }
std::vector<Edge>& Rig::edges() { return impl_->lines->edges; }

dmac::ChannelStatistics Rig::statistics(unsigned channel) {
  impl_->dmac->synchronize();
  return impl_->dmac->engine().channel_statistics(channel);
}
u32 Rig::fifo_bytes(unsigned channel) {
  impl_->dmac->synchronize();
  return impl_->dmac->engine().fifo_bytes(channel);
}
std::vector<BurstEvent>& Rig::bursts() { return impl_->recorder.bursts; }
std::vector<BlockEvent>& Rig::blocks() { return impl_->recorder.blocks; }
std::vector<std::string>& Rig::diagnostics() { return impl_->recorder.diagnostics; }

}  // namespace dmavp::tb

int sc_main(int argc, char* argv[]) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
