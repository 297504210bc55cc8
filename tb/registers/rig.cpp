#include "registers/rig.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdio>
#include <systemc>
#include <tlm>

#include "base/axi_extension.h"
#include "components/protocol_checker.h"
#include "dmac/dw_axi_dmac.h"
#include "registers/handshake_module.h"

namespace dmavp::tb {

namespace {

constexpr u64 kRegisterWindow = 0x4000;

std::string hex(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

sc_core::sc_time at(Picoseconds ps) { return sc_core::sc_time::from_value(ps); }  // resolution is 1 ps

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

/// RAM and decoder of the bench. Ports 0.. are the controller's masters; the register driver uses its own.
struct Fabric : sc_core::sc_module {
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Fabric>> in;
  tlm_utils::simple_initiator_socket<Fabric> registers{"registers"};
  const RigOptions& options;
  Clock clock;
  Image ram;
  std::vector<ErrorRange> errors;
  bool dmi;
  bool record = true;
  std::function<void(const BusAccess&)> hook;
  std::vector<BusAccess> accesses;
  std::vector<std::string> violations;
  u64 strays = 0;
  std::vector<Device*> devices;
  std::vector<std::unique_ptr<HandshakeModule>> handshakes;

  Fabric(sc_core::sc_module_name name, const RigOptions& o)
      : sc_module(name),
        in("in", o.parameters.num_masters),
        options(o),
        clock(o.clock_hz),
        ram(o.ram_base - o.guard_bytes, o.ram_bytes + 2 * o.guard_bytes),
        dmi(o.dmi) {
    for (unsigned i = 0; i < in.size(); ++i) {
      in[i].register_b_transport(this, &Fabric::b_transport, static_cast<int>(i));
      in[i].register_get_direct_mem_ptr(this, &Fabric::get_direct_mem_ptr, static_cast<int>(i));
      in[i].register_transport_dbg(this, &Fabric::transport_dbg, static_cast<int>(i));
    }
  }

  void violation(const std::string& text) {
    if (violations.size() < 20) violations.push_back(text);
  }

  /// RAM answers there: the image less its guards.
  bool in_ram(u64 address, u64 bytes = 1) const {
    return address >= options.ram_base && ram.contains(address, bytes + options.guard_bytes);
  }

  bool in_registers(u64 address) const {
    return address >= options.registers_base && address < options.registers_base + kRegisterWindow;
  }

  /// The interface whose peripheral answers at an address; past the end for none.
  static u64 interface_at(u64 address) {
    using reference::Peripheral;
    return address < Peripheral::kWindows ? ~u64{0}
                                          : (address - Peripheral::kWindows) / Peripheral::kWindowBytes;
  }

  const ErrorRange* error(u64 first, u64 last, bool write) const {
    for (const ErrorRange& e : errors)
      if ((write ? e.on_write : e.on_read) && e.first <= last && e.last >= first) return &e;
    return nullptr;
  }

  void check(const tlm::tlm_generic_payload& p, const AxiExtension& x, int port) {
    const u64 a = p.get_address(), n = p.get_data_length();
    const std::string where = " at " + hex(a) + "+" + std::to_string(n);
    if (n == 0) violation("empty burst" + where);
    if (p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE) violation("response preset" + where);
    if (p.get_streaming_width() == 0) violation("streaming width 0" + where);
    if (x.master != static_cast<unsigned>(port)) violation("wrong master number" + where);
    if (x.beats == 0 || x.beats > options.parameters.max_burst_len)
      violation("illegal number of beats" + where);
    if (x.beat_bytes > options.parameters.data_width_bytes) violation("beat wider than the bus" + where);
    if (x.fixed != (p.get_streaming_width() < n) && n > x.beat_bytes)
      violation("FIXED without streaming" + where);
    if (!x.fixed && n != 0 && (a >> 12) != ((a + n - 1) >> 12)) violation("burst crosses 4 KiB" + where);
    if (n > u64{x.beats} * x.beat_bytes)
      violation("more bytes than beats (" + std::to_string(x.beats) + " x " + std::to_string(x.beat_bytes) +
                ")" + where);
  }

  void b_transport(int port, tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    AxiExtension* x = nullptr;
    p.get_extension(x);
    const u64 address = p.get_address();
    const bool ignore = p.get_command() == tlm::TLM_IGNORE_COMMAND;
    const bool write = ignore ? (x && x->probe_write) : p.is_write();
    if (!x) {
      violation("burst without AXI attributes at " + hex(address));
    } else if (!ignore) {
      check(p, *x, port);
    }
    const u64 span = std::min<u64>(p.get_streaming_width(), p.get_data_length());
    BusAccess seen;
    if (x && !ignore) {
      seen = {address,  p.get_data_length(), write,       p.get_streaming_width(), x->master,    x->channel,
              x->beats, x->beat_bytes,       x->accepted, x->first_beat,           x->last_beat, true};
      if (hook) hook(seen);
    }
    if (ignore && in_devices(address)) {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      p.set_response_status(tlm::TLM_OK_RESPONSE);
    } else if (in_devices(address) && !error(address, address + span - 1, write)) {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      device_access(p, static_cast<unsigned>((address - kDevices) / kDevicePage), write);
    } else if (in_registers(address)) {
      p.set_address(address - options.registers_base);
      registers->b_transport(p, delay);
      p.set_address(address);
    } else {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      transfer(p, address, span, write, ignore);
    }
    seen.okay = p.is_response_ok();
    if (!ignore && record) accesses.push_back(seen);
  }

  bool in_devices(u64 address) const {
    return address >= kDevices && (address - kDevices) / kDevicePage < devices.size();
  }

  void device_access(tlm::tlm_generic_payload& p, unsigned interface, bool write) {
    Device& d = *devices[interface];
    const u32 n = p.get_data_length();
    if (n > d.ready) d.misused = true;
    d.ready -= std::min<u64>(n, d.ready);
    d.open += n;
    for (u32 i = 0; i < n; ++i) {
      u8& byte = p.get_data_ptr()[i];
      if (!write) byte = Device::stream(interface, d.data.size());
      d.data.push_back(byte);
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void transfer(tlm::tlm_generic_payload& p, u64 address, u64 span, bool write, bool ignore) {
    if (ignore) {
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    }
    if (const u64 n = interface_at(address); n < handshakes.size() && handshakes[n]->fifo) {
      if (!handshakes[n]->access(write, p.get_data_ptr(), p.get_data_length()))
        violation("peripheral " + std::to_string(n) + (write ? " overrun" : " underrun"));
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    }
    if (!in_ram(address, span)) {
      ++strays;
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (const ErrorRange* e = error(address, address + span - 1, write)) {
      p.set_response_status(e->decode ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
      return;
    }
    for (u64 i = 0; i < p.get_data_length(); ++i) {
      if (p.get_byte_enable_ptr() && !p.get_byte_enable_ptr()[i % p.get_byte_enable_length()]) continue;
      u8& host = ram[address + i % span];
      if (write) {
        host = p.get_data_ptr()[i];
      } else {
        p.get_data_ptr()[i] = host;
      }
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  bool get_direct_mem_ptr(int, tlm::tlm_generic_payload& p, tlm::tlm_dmi& grant) {
    const u64 address = p.get_address();
    u64 first = options.ram_base, last = first + options.ram_bytes - 1;
    bool allowed = dmi && in_ram(address);
    if (in_registers(address)) {
      first = options.registers_base;
      last = first + kRegisterWindow - 1;
    } else if (in_devices(address)) {
      first = address / kDevicePage * kDevicePage;
      last = first + kDevicePage - 1;
    } else if (!in_ram(address)) {
      first = last = address;  // a peripheral, or nothing
    }
    for (const ErrorRange& e : errors) {
      if (e.first <= address && address <= e.last) {
        allowed = false;
        first = std::max(first, e.first);
        last = std::min(last, e.last);
      } else if (e.last < address) {
        first = std::max(first, e.last + 1);
      } else {
        last = std::min(last, e.first - 1);
      }
    }
    grant.init();
    grant.set_start_address(first);
    grant.set_end_address(last);
    if (!allowed) {
      grant.allow_none();
      return false;
    }
    grant.set_dmi_ptr(ram.data() + (first - ram.base()));
    grant.allow_read_write();
    grant.set_read_latency(at(clock.time_of(options.read_latency)));
    grant.set_write_latency(at(clock.time_of(options.write_latency)));
    return true;
  }

  unsigned transport_dbg(int, tlm::tlm_generic_payload& p) {
    const u64 address = p.get_address();
    u64 n = p.get_data_length();
    if (!ram.contains(address)) return 0;
    n = std::min(n, ram.end() - address);
    for (u64 i = 0; i < n; ++i) {
      if (p.is_write()) {
        ram[address + i] = p.get_data_ptr()[i];
      } else {
        p.get_data_ptr()[i] = ram[address + i];
      }
    }
    return static_cast<unsigned>(n);
  }

  void invalidate() {
    for (auto& socket : in) socket->invalidate_direct_mem_ptr(0, ~sc_dt::uint64{0});
  }
};

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
    dmac = std::make_unique<DwAxiDmac>(sc_core::sc_gen_unique_name("dmac"), options.parameters, clock);
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
