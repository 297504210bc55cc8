#include "peripherals/traffic.h"

#include <algorithm>

#include "base/axi_extension.h"
#include "base/sim_time.h"
#include "peripherals/register_access.h"

namespace dmavp {
namespace {

constexpr unsigned kSourceLine = 0;  // receives, as software sees it
constexpr unsigned kSinkLine = 1;

const traffic::Parameters& validated(const traffic::Parameters& parameters, const char* name) {
  refuse(name, traffic::validate(parameters));
  return parameters;
}

Picoseconds now_ps() { return to_picoseconds(sc_core::sc_time_stamp()); }

}  // namespace

Traffic::Traffic(sc_core::sc_module_name module_name, const traffic::Parameters& parameters,
                 const Clock& clock)
    : sc_module(module_name),
      socket("socket"),
      irq("irq"),
      sink_request("sink_request"),
      source_request("source_request"),
      sink_acknowledge("sink_acknowledge"),
      source_acknowledge("source_acknowledge"),
      source_{name()},
      core_(validated(parameters, name()), clock, *this),
      registers_(name(), core_),
      sink_line_(sink_request, clock),
      source_line_(source_request, clock),
      interrupt_(irq),
      register_latency_(from_picoseconds(clock.time_of(parameters.register_latency))),
      wake_event_("wake_event") {
  socket.register_b_transport(this, &Traffic::b_transport);
  socket.register_transport_dbg(this, &Traffic::transport_dbg);
  sink_acknowledge.bind(sink_line_);
  source_acknowledge.bind(source_line_);
  SC_HAS_PROCESS(Traffic);
  SC_METHOD(wake);
  sensitive << wake_event_;
  dont_initialize();
}

void Traffic::set_observer(Observer* observer) {
  access_observer_ = interested(observer, kRegisterAccesses);
  interrupt_.observe(observer, source_);
  sink_line_.observe(observer, source_, kSinkLine);
  source_line_.observe(observer, source_, kSourceLine);
}

// --- accesses ---

void Traffic::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (hook_ == nullptr) {
    perform(access, delay);
  } else if (!hook_->before(access, delay)) {
    perform(access, delay);
    hook_->after(access, delay);
  }
}

void Traffic::perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  if (access.get_command() != tlm::TLM_IGNORE_COMMAND) {  // else a latency probe
    status = check_payload(access);
    const Picoseconds at = to_picoseconds(sc_core::sc_time_stamp() + delay);
    if (status == tlm::TLM_OK_RESPONSE) access_registers(access, at);
  }
  access.set_response_status(status);
  delay += register_latency_;
}

void Traffic::access_registers(tlm::tlm_generic_payload& access, Picoseconds at) {
  core_.advance(at);
  const bool write = access.is_write();
  const unsigned widest = std::max(4u, core_.parameters().item_bytes);
  split_access(
      access, widest, [&](std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
        if (write) {
          registers_.write(offset, bytes, value, lanes);
        } else {
          registers_.read(offset, bytes, value, lanes);
        }
        if (access_observer_ != nullptr) {
          access_observer_->register_access(
              {source_, at, offset, value, static_cast<std::uint8_t>(bytes), write, bank().name_at(offset)});
        }
      });
  outputs_changed(core_.now());
  arm();
}

unsigned Traffic::transport_dbg(tlm::tlm_generic_payload& access) {
  synchronize();
  return debug_read(access, bank());
}

// --- time ---

void Traffic::synchronize() {
  core_.advance(now_ps());
  arm();
}

void Traffic::wake() {
  armed_ = kNever;
  synchronize();
}

void Traffic::arm() {
  const Picoseconds next = core_.next_event();
  if (next == kNever || armed_ <= next) return;  // an early wake does no harm
  const Picoseconds now = now_ps();
  armed_ = std::max(next, now);
  wake_event_.notify(from_picoseconds(armed_ - now));
}

void Traffic::outputs_changed(Picoseconds at) {
  interrupt_.set(core_.interrupt(), at);
  const traffic::RequestLevels sink = core_.sink_request();
  sink_line_.update({sink.burst, sink.single, sink.last}, at);
  const traffic::RequestLevels source = core_.source_request();  // a controller may have reacted already
  source_line_.update({source.burst, source.single, source.last}, at);
}

}  // namespace dmavp
