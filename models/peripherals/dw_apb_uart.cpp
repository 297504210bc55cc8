#include "peripherals/dw_apb_uart.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/axi_extension.h"
#include "base/sim_time.h"
#include "peripherals/register_access.h"

namespace dmavp {
namespace {

constexpr unsigned kReceiveLine = 0;
constexpr unsigned kTransmitLine = 1;

const uart::Parameters& validated(const uart::Parameters& parameters, const char* name, const Clock& baud) {
  std::vector<ParameterProblem> problems = uart::validate(parameters);
  if (baud.hz() > 125'000'000'000) {
    problems.push_back({"baud_clock", "is " + std::to_string(baud.hz()) + " Hz, must be 125 GHz at most"});
  }
  refuse(name, problems);
  return parameters;
}

Picoseconds now_ps() { return to_picoseconds(sc_core::sc_time_stamp()); }

}  // namespace

DwApbUart::DwApbUart(sc_core::sc_module_name module_name, const uart::Parameters& parameters,
                     const Clock& baud_clock, const Clock& bus_clock)
    : sc_module(module_name),
      socket("socket"),
      irq("irq"),
      rx_request("rx_request"),
      tx_request("tx_request"),
      rx_acknowledge("rx_acknowledge"),
      tx_acknowledge("tx_acknowledge"),
      source_{name()},
      core_(validated(parameters, name(), baud_clock), baud_clock, *this),
      registers_(name(), core_, Delegate<void()>::bind<&DwApbUart::drop_requests>(this)),
      rx_line_(rx_request, bus_clock),
      tx_line_(tx_request, bus_clock),
      interrupt_(irq),
      register_latency_(from_picoseconds(bus_clock.time_of(parameters.register_latency))),
      wake_event_("wake_event") {
  socket.register_b_transport(this, &DwApbUart::b_transport);
  socket.register_transport_dbg(this, &DwApbUart::transport_dbg);
  rx_acknowledge.bind(rx_line_);
  tx_acknowledge.bind(tx_line_);
  SC_HAS_PROCESS(DwApbUart);
  SC_METHOD(wake);
  sensitive << wake_event_;
  dont_initialize();
}

void DwApbUart::connect_to(DwApbUart& other) {
  require_free();
  if (&other != this) other.require_free();
  wired_ = other.wired_ = true;
  core_.connect(&other.core_);
  other.core_.connect(&core_);
}

void DwApbUart::attach(std::unique_ptr<uart::SerialBackend> backend) {
  require_free();
  wired_ = true;
  core_.attach(backend.get());
  backend_ = std::move(backend);
}

void DwApbUart::require_free() const {
  if (wired_) throw std::logic_error(std::string(name()) + ": two things at the other end of the wires");
}

void DwApbUart::set_observer(Observer* observer) {
  access_observer_ = interested(observer, kRegisterAccesses);
  interrupt_.observe(observer, source_);
  rx_line_.observe(observer, source_, kReceiveLine);
  tx_line_.observe(observer, source_, kTransmitLine);
}

void DwApbUart::start_of_simulation() {
  started_ = true;
  outputs_changed(now_ps());
  events_changed();
}

void DwApbUart::inject_spurious_timeout() {
  synchronize();
  core_.inject_spurious_timeout();
}

// --- accesses ---

void DwApbUart::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (hook_ == nullptr) {
    perform(access, delay);
  } else if (!hook_->before(access, delay)) {
    perform(access, delay);
    hook_->after(access, delay);
  }
}

void DwApbUart::perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  if (access.get_command() != tlm::TLM_IGNORE_COMMAND) {  // else a latency probe
    status = check_payload(access);
    const Picoseconds at = to_picoseconds(sc_core::sc_time_stamp() + delay);
    if (status == tlm::TLM_OK_RESPONSE) status = access_registers(access, at);
  }
  access.set_response_status(status);
  delay += register_latency_;
}

tlm::tlm_response_status DwApbUart::access_registers(tlm::tlm_generic_payload& access, Picoseconds at) {
  core_.advance(at);
  const bool write = access.is_write();
  bool ok = true;
  split_access(
      access, 4, [&](std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
        ok &= write ? registers_.write(offset, bytes, value, lanes)
                    : registers_.read(offset, bytes, value, lanes);
        if (access_observer_ != nullptr) {
          access_observer_->register_access(
              {source_, at, offset, value, static_cast<std::uint8_t>(bytes), write, bank().name_at(offset)});
        }
      });
  outputs_changed(core_.now());
  events_changed();
  return ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

unsigned DwApbUart::transport_dbg(tlm::tlm_generic_payload& access) {
  synchronize();
  return debug_read(access, bank());
}

// --- time ---

void DwApbUart::synchronize() {
  core_.advance(now_ps());
  events_changed();
}

void DwApbUart::wake() {
  armed_ = kNever;
  synchronize();
}

void DwApbUart::events_changed() {
  if (!started_) return;
  const Picoseconds next = core_.next_event();
  if (next == kNever || armed_ <= next) return;  // an early wake does no harm
  const Picoseconds now = now_ps();
  armed_ = std::max(next, now);
  wake_event_.notify(from_picoseconds(armed_ - now));
}

void DwApbUart::outputs_changed(Picoseconds at) {
  if (!started_) return;
  interrupt_.set(core_.interrupt(), at);
  const uart::RequestLevels rx = core_.receive_request();
  rx_line_.update({rx.burst, rx.single, false}, at);
  const uart::RequestLevels tx = core_.transmit_request();  // a controller may have reacted already
  tx_line_.update({tx.burst, tx.single, false}, at);
}

void DwApbUart::drop_requests() {
  rx_line_.drop(core_.now());
  tx_line_.drop(core_.now());
}

}  // namespace dmavp
