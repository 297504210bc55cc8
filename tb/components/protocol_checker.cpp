#include "components/protocol_checker.h"

#include <algorithm>
#include <sstream>

#include "base/axi_extension.h"

namespace dmavp::tb {
namespace {

const char* command_name(tlm::tlm_command command) {
  switch (command) {
    case tlm::TLM_READ_COMMAND:
      return "read";
    case tlm::TLM_WRITE_COMMAND:
      return "write";
    case tlm::TLM_IGNORE_COMMAND:
      return "ignore";
  }
  return "?";
}

bool is_base_phase(const tlm::tlm_phase& phase) {
  return phase == tlm::BEGIN_REQ || phase == tlm::END_REQ || phase == tlm::BEGIN_RESP ||
         phase == tlm::END_RESP;
}

}  // namespace

ProtocolChecker::Snapshot::Snapshot(const Payload& access)
    : command(access.get_command()),
      address(access.get_address()),
      data(access.get_data_ptr()),
      length(access.get_data_length()),
      streaming_width(access.get_streaming_width()),
      byte_enable(access.get_byte_enable_ptr()),
      byte_enable_length(access.get_byte_enable_length()),
      axi(access.get_extension<AxiExtension>()) {
  if (command != tlm::TLM_IGNORE_COMMAND && data != nullptr) bytes.assign(data, data + length);
  if (byte_enable != nullptr) enable_bytes.assign(byte_enable, byte_enable + byte_enable_length);
}

ProtocolChecker::ProtocolChecker(const sc_core::sc_module_name& name)
    : sc_module(name), target("target"), initiator("initiator") {
  target.register_b_transport(this, &ProtocolChecker::b_transport);
  target.register_nb_transport_fw(this, &ProtocolChecker::nb_transport_fw);
  target.register_get_direct_mem_ptr(this, &ProtocolChecker::get_direct_mem_ptr);
  target.register_transport_dbg(this, &ProtocolChecker::transport_dbg);
  initiator.register_nb_transport_bw(this, &ProtocolChecker::nb_transport_bw);
  initiator.register_invalidate_direct_mem_ptr(this, &ProtocolChecker::invalidate_direct_mem_ptr);
}

void ProtocolChecker::violate(const char* rule, const Payload* access, const std::string& what) {
  std::ostringstream text;
  text << name() << " at " << sc_core::sc_time_stamp() << ": " << what;
  if (access != nullptr) {
    text << " (" << command_name(access->get_command()) << " of " << access->get_data_length()
         << " bytes at 0x" << std::hex << access->get_address() << ")";
  }
  violations_.push_back({rule, text.str()});
}

// --- attributes
// ----------------------------------------------------------------------------------------------

void ProtocolChecker::check_request(const Payload& access) {
  const tlm::tlm_command command = access.get_command();
  const bool moves = command == tlm::TLM_READ_COMMAND || command == tlm::TLM_WRITE_COMMAND;
  if (!moves && command != tlm::TLM_IGNORE_COMMAND) violate("payload.command", &access, "unknown command");
  if (moves) {
    if (access.get_data_ptr() == nullptr) violate("payload.data-pointer", &access, "null data pointer");
    if (access.get_data_length() == 0) violate("payload.length", &access, "data length 0");
    if (access.get_streaming_width() == 0) violate("payload.streaming-width", &access, "streaming width 0");
    const unsigned span = std::min(access.get_data_length(), access.get_streaming_width());
    if (span != 0 && span - 1 > ~std::uint64_t{0} - access.get_address()) {
      violate("payload.address-wrap", &access, "runs past the end of the address space");
    }
  }
  if (const unsigned char* enable = access.get_byte_enable_ptr()) {
    const unsigned length = access.get_byte_enable_length();
    if (length == 0) violate("payload.byte-enable", &access, "byte enables of length 0");
    if (std::any_of(enable, enable + length, [](unsigned char e) { return e != 0 && e != 0xff; })) {
      violate("payload.byte-enable-value", &access, "a byte enable is neither 0x00 nor 0xff");
    }
  }
  if (access.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE) {
    violate("payload.response-initial", &access, "response status is not INCOMPLETE when the access is sent");
  }
  if (access.is_dmi_allowed()) {
    violate("payload.dmi-hint-initial", &access, "the DMI hint is set when the access is sent");
  }
}

void ProtocolChecker::check_unchanged(const char* rule, const Snapshot& before, const Payload& access) {
  if (access.get_command() != before.command) violate(rule, &access, "the command was changed");
  if (access.get_data_ptr() != before.data) violate(rule, &access, "the data pointer was changed");
  if (access.get_data_length() != before.length) violate(rule, &access, "the data length was changed");
  if (access.get_streaming_width() != before.streaming_width)
    violate(rule, &access, "the streaming width was changed");
  if (access.get_byte_enable_ptr() != before.byte_enable ||
      access.get_byte_enable_length() != before.byte_enable_length) {
    violate(rule, &access, "the byte enable pointer or length was changed");
  }
}

/// A response is on its way up: everything the target must have set or left alone.
void ProtocolChecker::check_answer(const Snapshot& before, const Payload& access) {
  check_unchanged("transport.attribute-modified", before, access);
  if (access.get_address() != before.address) {
    violate("transport.address-restored", &access, "the address was not restored");
  }
  if (access.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) {
    violate("transport.response-missing", &access, "answered with an INCOMPLETE response");
  }
  if (access.get_extension<AxiExtension>() != before.axi) {
    violate("transport.extension-changed", &access, "the AXI extension was exchanged");
  }
  // The arrays are looked at through the pointers of the request, which its sender keeps valid.
  if (!std::equal(before.enable_bytes.begin(), before.enable_bytes.end(), before.byte_enable)) {
    violate("transport.byte-enables-modified", &access, "the byte enable array was changed");
  }
  if (before.command == tlm::TLM_WRITE_COMMAND &&
      !std::equal(before.bytes.begin(), before.bytes.end(), before.data)) {
    violate("transport.write-data-modified", &access, "the data of a write were changed");
  }
  if (before.command == tlm::TLM_READ_COMMAND && !before.enable_bytes.empty()) {
    for (std::size_t i = 0; i < before.bytes.size(); ++i) {
      if (before.enable_bytes[i % before.enable_bytes.size()] == 0 && before.data[i] != before.bytes[i]) {
        violate("transport.disabled-bytes-read", &access, "a read changed a byte that is not enabled");
        break;
      }
    }
  }
}

// --- blocking transport
// --------------------------------------------------------------------------------------

void ProtocolChecker::b_transport(Payload& access, sc_core::sc_time& delay) {
  check_request(access);
  if (find(access) != nullptr || std::find(blocking_.begin(), blocking_.end(), &access) != blocking_.end()) {
    violate("transport.payload-in-use", &access, "the payload is still in flight");
  }
  const Snapshot before(access);
  const sc_core::sc_time start = sc_core::sc_time_stamp() + delay;
  blocking_.push_back(&access);
  initiator->b_transport(access, delay);
  blocking_.erase(std::find(blocking_.begin(), blocking_.end(), &access));
  check_answer(before, access);
  if (sc_core::sc_time_stamp() + delay < start) {
    violate("transport.delay-decreased", &access, "the access ends before it began");
  }
}

// --- non-blocking transport
// ----------------------------------------------------------------------------------

ProtocolChecker::InFlight* ProtocolChecker::find(const Payload& access) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const InFlight& flight) { return flight.access == &access; });
  return found == in_flight_.end() ? nullptr : &*found;
}

void ProtocolChecker::remove(const Payload& access) {
  if (requesting_ == &access) requesting_ = nullptr;
  if (responding_ == &access) responding_ = nullptr;
  in_flight_.erase(std::remove_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const InFlight& flight) { return flight.access == &access; }),
                   in_flight_.end());
}

void ProtocolChecker::check_time(InFlight& flight, const sc_core::sc_time& delay) {
  const sc_core::sc_time effective = sc_core::sc_time_stamp() + delay;
  if (effective < flight.last)
    violate("nb.time-order", flight.access, "a phase is earlier than the one before it");
  flight.last = std::max(flight.last, effective);
}

void ProtocolChecker::begin_request(Payload& access, const sc_core::sc_time& delay) {
  check_request(access);
  if (!access.has_mm()) violate("nb.memory-manager", &access, "a non-blocking payload has no memory manager");
  if (access.has_mm() && access.get_ref_count() < 1)
    violate("nb.reference-count", &access, "reference count below 1");
  if (find(access) != nullptr) {
    violate("transport.payload-in-use", &access, "BEGIN_REQ for a transaction in flight");
    remove(access);
  }
  if (requesting_ != nullptr) {
    violate("nb.request-exclusion", &access, "BEGIN_REQ before the request before it was accepted");
  }
  requesting_ = &access;
  in_flight_.push_back({&access, Snapshot(access), State::kRequest, sc_core::sc_time_stamp() + delay});
}

/// END_REQ or BEGIN_RESP, as a call or as a return value.
void ProtocolChecker::backward_phase(Payload& access, const tlm::tlm_phase& phase,
                                     const sc_core::sc_time& delay) {
  InFlight* flight = find(access);
  if (flight == nullptr) {
    violate("nb.unknown-transaction", &access, "a phase of a transaction that is not in flight");
    return;
  }
  check_time(*flight, delay);
  if (access.has_mm() && access.get_ref_count() < 1)
    violate("nb.reference-count", &access, "reference count below 1");
  const bool in_order =
      phase == tlm::END_REQ ? flight->state == State::kRequest : flight->state != State::kResponse;
  if (!in_order) violate("nb.phase-order", &access, std::string(phase.get_name()) + " out of order");
  if (requesting_ == &access) requesting_ = nullptr;
  if (phase == tlm::END_REQ) {
    if (in_order) flight->state = State::kAccepted;
    check_unchanged("transport.attribute-modified", flight->before, access);
    return;
  }
  flight->state = State::kResponse;
  if (responding_ != nullptr && responding_ != &access) {
    violate("nb.response-exclusion", &access, "BEGIN_RESP before the response before it was accepted");
  }
  responding_ = &access;
  check_answer(flight->before, access);
}

void ProtocolChecker::end_response(Payload& access, const sc_core::sc_time& delay) {
  InFlight* flight = find(access);
  if (flight == nullptr) {
    violate("nb.unknown-transaction", &access, "END_RESP for a transaction that is not in flight");
    return;
  }
  check_time(*flight, delay);
  if (flight->state != State::kResponse) violate("nb.phase-order", &access, "END_RESP without BEGIN_RESP");
  if (responding_ == &access) responding_ = nullptr;
}

/// The return value of either nb call, apart from what the returned phase means.
void ProtocolChecker::check_return(Payload& access, tlm::tlm_sync_enum answer, const tlm::tlm_phase& phase_in,
                                   const tlm::tlm_phase& phase, const sc_core::sc_time& delay_in,
                                   const sc_core::sc_time& delay) {
  if (answer == tlm::TLM_ACCEPTED) {
    if (phase != phase_in || delay != delay_in) {
      violate("nb.accepted-modified", &access, "TLM_ACCEPTED with a changed phase or delay");
    }
  } else if (delay < delay_in) {
    violate("transport.delay-decreased", &access, "the delay was decreased");
  }
}

tlm::tlm_sync_enum ProtocolChecker::nb_transport_fw(Payload& access, tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  const tlm::tlm_phase sent = phase;
  const sc_core::sc_time delay_in = delay;
  if (sent == tlm::BEGIN_REQ) {
    begin_request(access, delay);
  } else if (sent == tlm::END_RESP) {
    end_response(access, delay);
  } else if (is_base_phase(sent)) {
    violate("nb.phase-direction", &access, std::string(sent.get_name()) + " on the forward path");
  }
  const tlm::tlm_sync_enum answer = initiator->nb_transport_fw(access, phase, delay);
  check_return(access, answer, sent, phase, delay_in, delay);
  if (sent == tlm::END_RESP) {
    if (answer == tlm::TLM_UPDATED) violate("nb.return-phase", &access, "TLM_UPDATED after END_RESP");
    remove(access);
  } else if (sent == tlm::BEGIN_REQ && answer == tlm::TLM_UPDATED) {
    if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP) {
      backward_phase(access, phase, delay);
    } else {
      violate("nb.return-phase", &access, std::string("BEGIN_REQ returned with ") + phase.get_name());
    }
  } else if (sent == tlm::BEGIN_REQ && answer == tlm::TLM_COMPLETED) {
    if (InFlight* flight = find(access)) check_answer(flight->before, access);
    remove(access);
  }
  return answer;
}

tlm::tlm_sync_enum ProtocolChecker::nb_transport_bw(Payload& access, tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  const tlm::tlm_phase sent = phase;
  const sc_core::sc_time delay_in = delay;
  const bool legal = sent == tlm::END_REQ || sent == tlm::BEGIN_RESP;
  if (legal) {
    backward_phase(access, sent, delay);
  } else if (is_base_phase(sent)) {
    violate("nb.phase-direction", &access, std::string(sent.get_name()) + " on the backward path");
  }
  // The initiator may give the payload away when it completes: afterwards only what it returned is looked at.
  const tlm::tlm_sync_enum answer = target->nb_transport_bw(access, phase, delay);
  check_return(access, answer, sent, phase, delay_in, delay);
  if (sent == tlm::END_REQ && answer != tlm::TLM_ACCEPTED) {
    violate("nb.return-phase", &access, "END_REQ was not answered with TLM_ACCEPTED");
  } else if (sent == tlm::BEGIN_RESP && answer == tlm::TLM_UPDATED) {
    if (phase == tlm::END_RESP) {
      end_response(access, delay);
    } else {
      violate("nb.return-phase", &access, std::string("BEGIN_RESP returned with ") + phase.get_name());
    }
    remove(access);
  } else if (sent == tlm::BEGIN_RESP && answer == tlm::TLM_COMPLETED) {
    remove(access);
  }
  return answer;
}

void ProtocolChecker::finish() {
  for (const InFlight& flight : in_flight_) violate("nb.unfinished", flight.access, "never completed");
  in_flight_.clear();
}

// --- direct memory and debug
// ---------------------------------------------------------------------------------

bool ProtocolChecker::get_direct_mem_ptr(Payload& access, tlm::tlm_dmi& dmi) {
  const Snapshot before(access);
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const bool granted = initiator->get_direct_mem_ptr(access, dmi);
  if (sc_core::sc_time_stamp() != start)
    violate("dmi.time-passed", &access, "get_direct_mem_ptr let time pass");
  check_unchanged("dmi.attribute-modified", before, access);
  if (access.get_address() != before.address) {
    violate("dmi.attribute-modified", &access, "the address was not restored");
  }
  if (before.address < dmi.get_start_address() || before.address > dmi.get_end_address()) {
    violate("dmi.range", &access, "the range does not hold the address asked for");
  }
  if (!granted) return false;
  if (dmi.get_dmi_ptr() == nullptr) violate("dmi.pointer", &access, "granted without a pointer");
  const bool enough = before.command == tlm::TLM_WRITE_COMMAND  ? dmi.is_write_allowed()
                      : before.command == tlm::TLM_READ_COMMAND ? dmi.is_read_allowed()
                                                                : true;
  if (!enough) violate("dmi.access", &access, "granted, but not for the access asked for");
  return true;
}

unsigned ProtocolChecker::transport_dbg(Payload& access) {
  const Snapshot before(access);
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const unsigned count = initiator->transport_dbg(access);
  if (sc_core::sc_time_stamp() != start) violate("debug.time-passed", &access, "transport_dbg let time pass");
  check_unchanged("debug.attribute-modified", before, access);
  if (access.get_address() != before.address) {
    violate("debug.attribute-modified", &access, "the address was not restored");
  }
  if (count > before.length) violate("debug.count", &access, "more bytes than asked for");
  return count;
}

void ProtocolChecker::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (first > last)
    violate("dmi.invalidate-range", nullptr, "invalidates a range that ends before it begins");
  target->invalidate_direct_mem_ptr(first, last);
}

}  // namespace dmavp::tb
