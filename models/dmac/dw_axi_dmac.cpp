#include "dmac/dw_axi_dmac.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "base/axi_extension.h"
#include "base/sim_time.h"

namespace dmavp {

namespace {

const dmac::Parameters& validated(const dmac::Parameters& parameters, const char* name) {
  std::string text;
  for (const dmac::ParameterProblem& problem : dmac::validate(parameters)) {
    text += (text.empty() ? "" : "; ") + problem.field + " " + problem.message;
  }
  if (!text.empty()) throw std::invalid_argument(std::string(name) + ": " + text);
  return parameters;
}

std::vector<tlm::tlm_initiator_socket<>*> pointers(sc_core::sc_vector<DwAxiDmac::MasterSocket>& sockets) {
  std::vector<tlm::tlm_initiator_socket<>*> all;
  for (DwAxiDmac::MasterSocket& socket : sockets) all.push_back(&socket);
  return all;
}

tlm::tlm_response_status to_tlm(AccessFault fault, bool error_response) {
  switch (fault) {
    case AccessFault::kNone:
      return tlm::TLM_OK_RESPONSE;
    // What no AXI slave of 32 or 64 bits could be asked is refused whatever the parameter says.
    case AccessFault::kPartial:
      return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    case AccessFault::kMisaligned:
      return tlm::TLM_BURST_ERROR_RESPONSE;
    case AccessFault::kHole:
      return error_response ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
    case AccessFault::kWriteToReadOnly:
    case AccessFault::kReadOfWriteOnly:
      return error_response ? tlm::TLM_COMMAND_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
    case AccessFault::kLocked:
      return error_response ? tlm::TLM_GENERIC_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
  }
  return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

/// A transaction as register accesses: `widest` bytes each at most, wrapping at `width`.
struct Beats {
  unsigned length;
  unsigned width;
  unsigned widest;
};

Beats split(const tlm::tlm_generic_payload& payload) {
  const AxiExtension* axi = payload.get_extension<AxiExtension>();
  const unsigned length = payload.get_data_length();
  unsigned widest = 8;
  while (axi && axi->beat_bytes > 0 && widest > axi->beat_bytes) widest /= 2;
  return {length, std::min(length, payload.get_streaming_width()), widest};
}

/// The slave interface takes aligned words of 32 or 64 bits, alone or as beats of a burst, and no part of
/// them [2.1]. What it does not take is refused as a whole, before anything happens.
tlm::tlm_response_status refusal(const tlm::tlm_generic_payload& payload, const Beats& beats) {
  const std::uint64_t address = payload.get_address();
  if (beats.length == 0 || beats.width == 0 || beats.widest < 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  if ((address | beats.length | beats.width) % 4 != 0) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (beats.length == 8 && beats.widest == 8 && beats.width == 8 && address % 8 != 0) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  const unsigned char* enables = payload.get_byte_enable_ptr();
  const unsigned count = payload.get_byte_enable_length();
  if (!enables) return tlm::TLM_OK_RESPONSE;
  if (count == 0) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  for (unsigned i = 0; i < beats.length; ++i) {
    const unsigned char enable = enables[i % count];
    if ((enable != 0x00 && enable != 0xFF) || enable != enables[(i & ~3u) % count]) {
      return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
  }
  return tlm::TLM_OK_RESPONSE;
}

}  // namespace

DwAxiDmac::DwAxiDmac(sc_core::sc_module_name module_name, const dmac::Parameters& parameters,
                     const Clock& clock, DmacTiming timing)
    : sc_module(module_name),
      regs("regs"),
      masters("master", validated(parameters, name()).num_masters),
      channel_irq("channel_irq", parameters.num_channels),
      combined_irq("combined_irq"),
      common_irq("common_irq"),
      request("request", parameters.num_hs_if),
      acknowledge_to("acknowledge_to", parameters.num_hs_if),
      clock_(clock),
      source_{name()},
      axi_(timing == DmacTiming::kApproximate ? std::unique_ptr<dmac::AxiMaster>(new dmac::AxiMasterAt(
                                                    clock, pointers(masters), parameters.shared_data_port))
                                              : std::make_unique<dmac::AxiMaster>(clock, pointers(masters))),
      registers_(parameters, clock, source_, *axi_, *this),
      request_inputs_(parameters.num_hs_if),
      wake_event_("wake_event"),
      line_event_("line_event"),
      register_latency_(from_picoseconds(clock.time_of(parameters.register_latency))) {
  for (unsigned n = 0; n < parameters.num_hs_if; ++n) {
    request_inputs_[n].controller = this;
    request_inputs_[n].number = n;
    request[n].bind(request_inputs_[n]);
  }
  axi_->set_listener(&registers_.engine());
  if (timing == DmacTiming::kApproximate) axi_at_ = static_cast<dmac::AxiMasterAt*>(axi_.get());
  regs.register_b_transport(this, &DwAxiDmac::b_transport);
  regs.register_transport_dbg(this, &DwAxiDmac::transport_dbg);
  for (std::size_t i = 0; i < masters.size(); ++i) {
    if (axi_at_) masters[i].register_nb_transport_bw(this, &DwAxiDmac::nb_transport_bw, static_cast<int>(i));
    masters[i].register_invalidate_direct_mem_ptr(this, &DwAxiDmac::invalidate, static_cast<int>(i));
  }
  SC_HAS_PROCESS(DwAxiDmac);
  SC_METHOD(wake);
  sensitive << wake_event_;
  dont_initialize();
  SC_METHOD(drive_lines);
  sensitive << line_event_;
  dont_initialize();
}

DwAxiDmac::~DwAxiDmac() = default;

void DwAxiDmac::set_observer(Observer* observer) {
  access_observer_ = interested(observer, kRegisterAccesses);
  interrupt_observer_ = interested(observer, kInterrupts);
  diagnostic_observer_ = interested(observer, kDiagnostics);
  registers_.set_observer(observer);
}

void DwAxiDmac::set_dmi_allowed(bool allowed) { axi_->set_dmi_allowed(allowed); }

void DwAxiDmac::invalidate(int master, sc_dt::uint64 first, sc_dt::uint64 last) {
  axi_->invalidate(static_cast<unsigned>(master), first, last);
}

/// A response is noted by the engine and acted upon in the same cycle.
tlm::tlm_sync_enum DwAxiDmac::nb_transport_bw(int master, tlm::tlm_generic_payload& payload,
                                              tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  const tlm::tlm_sync_enum answer =
      axi_at_->nb_transport_bw(static_cast<unsigned>(master), payload, phase, delay);
  synchronize();
  return answer;
}

// --- accesses ---

void DwAxiDmac::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!register_hook_) {
    perform(payload, delay);
  } else if (!register_hook_->before(payload, delay)) {
    perform(payload, delay);
    register_hook_->after(payload, delay);
  }
}

void DwAxiDmac::perform(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (payload.is_read() == payload.is_write()) {  // a latency probe, perhaps our own
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    delay += register_latency_;
    return;
  }
  const Picoseconds time = to_picoseconds(sc_core::sc_time_stamp() + delay);
  if (time < clock_off_until_) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    delay += register_latency_;
    return;
  }
  const bool nested = inside_;  // a burst of ours that hit our own registers, within an advance
  inside_ = true;
  const dmac::Engine& engine = registers_.engine();
  // Never behind what was done already: a state is not taken back.
  payload.set_response_status(access(payload, std::max(clock_.cycle_at(time), engine.now()), time));
  inside_ = nested;
  if (!nested) arm();
  delay += register_latency_;
}

tlm::tlm_response_status DwAxiDmac::access(tlm::tlm_generic_payload& payload, Cycle at, Picoseconds time) {
  const bool write = payload.is_write();
  unsigned char* data = payload.get_data_ptr();
  const unsigned char* enables = payload.get_byte_enable_ptr();
  const unsigned enable_length = payload.get_byte_enable_length();
  const Beats beats = split(payload);
  if (const auto bad = refusal(payload, beats); bad != tlm::TLM_OK_RESPONSE) {
    if (diagnostic_observer_) {
      diagnostic_observer_->diagnostic({source_, time, Severity::kWarning, "dmac.register-access-size",
                                        "register access that is not made of aligned 32- or 64-bit words"});
    }
    return bad;
  }

  access_cycle_ = at;
  access_time_ = time;
  tlm::tlm_response_status response = tlm::TLM_OK_RESPONSE;
  for (unsigned done = 0; done < beats.length;) {
    const unsigned in_width = done % beats.width;
    const std::uint64_t offset = payload.get_address() + in_width;
    unsigned bytes = beats.widest;
    while (bytes > beats.length - done || bytes > beats.width - in_width || offset % bytes != 0) bytes /= 2;
    std::uint64_t lanes = RegisterBank::kAllLanes;
    if (enables) {
      lanes = 0;
      for (unsigned i = 0; i < bytes; ++i) {
        lanes |= static_cast<std::uint64_t>(enables[(done + i) % enable_length]) << (8 * i);
      }
    }
    std::uint64_t value = 0;
    AccessFault fault;
    if (write) {
      std::memcpy(&value, data + done, bytes);
      fault = registers_.write(offset, bytes, value, lanes, at);
    } else {
      fault = registers_.read(offset, bytes, value, lanes, at);
      for (unsigned i = 0; i < bytes; ++i) {
        if ((lanes >> (8 * i)) & 0xFF) data[done + i] = static_cast<unsigned char>(value >> (8 * i));
      }
    }
    if (access_observer_) {
      access_observer_->register_access({source_, time, offset, value, static_cast<std::uint8_t>(bytes),
                                         write, registers_.bank().name_at(offset)});
    }
    if (response == tlm::TLM_OK_RESPONSE) {
      response = to_tlm(fault, registers_.parameters().slvif_error_response);
    }
    done += bytes;
  }
  access_cycle_ = kNever;
  return response;
}

unsigned DwAxiDmac::transport_dbg(tlm::tlm_generic_payload& payload) {
  // A debugger reads; writing registers would have side effects by definition.
  if (!payload.is_read()) return 0;
  synchronize();
  const unsigned length = payload.get_data_length();
  for (unsigned i = 0; i < length; ++i) {
    payload.get_data_ptr()[i] = static_cast<unsigned char>(registers_.peek(payload.get_address() + i, 1));
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return length;
}

// --- time ---

void DwAxiDmac::stop_clock(Picoseconds until) {
  constexpr Picoseconds kForGood = 1'000'000'000'000'000'000;  // 11 days; cycles up to there fit everywhere
  synchronize();
  clock_off_until_ = std::max(clock_off_until_, std::min(until, kForGood));
  registers_.engine().hold(clock_.cycle_from(clock_off_until_));
  arm();
}

void DwAxiDmac::synchronize() {
  if (inside_) return;  // everything earlier is done already
  inside_ = true;
  registers_.advance(clock_.cycle_at(to_picoseconds(sc_core::sc_time_stamp())));
  inside_ = false;
  arm();
}

void DwAxiDmac::wake() {
  armed_ = kNever;
  synchronize();
}

void DwAxiDmac::arm() {
  Cycle next = registers_.engine().next_wake();
  if (next <= registers_.engine().now()) {  // an access made something due at once
    inside_ = true;
    registers_.advance(registers_.engine().now());
    inside_ = false;
    next = registers_.engine().next_wake();
  }
  if (next == kNever) {
    if (armed_ != kNever) wake_event_.cancel();
    armed_ = kNever;
    return;
  }
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  // At least one cycle ahead, so that a wake always makes progress.
  const Picoseconds at = std::max(clock_.time_of(next), clock_.time_of(clock_.cycle_at(now) + 1));
  if (armed_ <= at) return;  // an early wake is harmless and cheaper than a new notification
  wake_event_.notify(from_picoseconds(at - now));
  armed_ = at;
}

// --- handshakes ---

void DwAxiDmac::request_changed(unsigned hs, DmaRequest levels, Picoseconds at) {
  registers_.engine().request(hs, levels, std::max(clock_.cycle_from(at), registers_.engine().now()));
  if (!inside_ && registers_.engine().any_enabled()) arm();
}

void DwAxiDmac::acknowledge(unsigned hs, bool finish, Cycle cycle) {
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  if (hs < acknowledge_to.size() && acknowledge_to[hs].size() != 0)
    acknowledge_to[hs]->dma_acknowledge(finish, std::max(clock_.time_of(cycle), now));
}

// --- interrupt lines ---

void DwAxiDmac::line_changed(unsigned line, bool level, Cycle cycle) {
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  // An access falls between two edges and the edge before it counts: its consequences must not precede it.
  Picoseconds time = std::max(cycle == access_cycle_ ? access_time_ : clock_.time_of(cycle), now);
  const bool waiting = next_change_ < changes_.size();
  if (waiting) time = std::max(time, changes_.back().time);  // levels never overtake each other
  changes_.push_back({time, line, level});
  if (waiting) return;  // line_event_ is on its way to an earlier change
  line_event_.notify(from_picoseconds(time - now));
}

void DwAxiDmac::drive_lines() {
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  while (next_change_ < changes_.size() && changes_[next_change_].time <= now) {
    const LevelChange& change = changes_[next_change_++];
    write_line(change.line, change.level);
    if (interrupt_observer_)
      interrupt_observer_->interrupt({source_, change.time, change.line, change.level});
  }
  if (next_change_ == changes_.size()) {
    changes_.clear();
    next_change_ = 0;
    return;
  }
  line_event_.notify(from_picoseconds(changes_[next_change_].time - now));
}

void DwAxiDmac::write_line(unsigned line, bool level) {
  IrqOut& port = line == dmac::kCommonLine     ? common_irq
                 : line == dmac::kCombinedLine ? combined_irq
                                               : channel_irq[line];
  for (int i = 0; i < port.size(); ++i) port[i]->write(level);
}

}  // namespace dmavp
