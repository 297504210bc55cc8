// TLM-2.0 base-protocol checker: a module to put on any link.
#pragma once

#include <cstdint>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "components/violation.h"

namespace dmavp::tb {

/// Passes everything on unchanged and without delay, and records what breaks a rule of IEEE 1666 clause 11
/// and 14, or of this platform where marked [house]:
///
/// payload.command, payload.data-pointer, payload.length, payload.streaming-width, payload.byte-enable
/// (pointer without length), payload.byte-enable-value, payload.address-wrap, payload.response-initial (not
/// INCOMPLETE), payload.dmi-hint-initial - attributes when an access is sent. transport.attribute-modified,
/// transport.address-restored [house], transport.write-data-modified, transport.byte-enables-modified,
/// transport.disabled-bytes-read, transport.extension-changed [house], transport.response-missing,
/// transport.delay-decreased, transport.payload-in-use - both kinds of transport. nb.memory-manager,
/// nb.reference-count, nb.phase-direction, nb.phase-order, nb.unknown-transaction, nb.request-exclusion,
/// nb.response-exclusion, nb.return-phase, nb.accepted-modified, nb.time-order, nb.unfinished. dmi.range,
/// dmi.pointer, dmi.access, dmi.attribute-modified, dmi.time-passed, dmi.invalidate-range. debug.count,
/// debug.attribute-modified, debug.time-passed.
class ProtocolChecker : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<ProtocolChecker> target;   ///< bind the initiator here
  tlm_utils::simple_initiator_socket<ProtocolChecker> initiator;  ///< bind this to the target

  explicit ProtocolChecker(const sc_core::sc_module_name& name);

  const std::vector<Violation>& violations() const { return violations_; }
  /// All violations, one a line; empty if there are none.
  std::string report() const { return report_of(violations_); }
  /// Call after the simulation: transactions still in flight violate nb.unfinished.
  void finish();

 private:
  using Payload = tlm::tlm_generic_payload;
  enum class State : std::uint8_t { kRequest, kAccepted, kResponse };

  struct Snapshot {
    explicit Snapshot(const Payload& access);
    tlm::tlm_command command;
    std::uint64_t address;
    const unsigned char* data;
    unsigned length;
    unsigned streaming_width;
    const unsigned char* byte_enable;
    unsigned byte_enable_length;
    const void* axi;
    std::vector<unsigned char> bytes;         // of the data array
    std::vector<unsigned char> enable_bytes;  // of the byte enables
  };
  struct InFlight {
    Payload* access;
    Snapshot before;
    State state;
    sc_core::sc_time last;  // effective time of its last phase
  };

  void b_transport(Payload& access, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(Payload& access, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(Payload& access, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& access);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

  void violate(const char* rule, const Payload* access, const std::string& what);
  void check_request(const Payload& access);
  void check_unchanged(const char* rule, const Snapshot& before, const Payload& access);
  void check_answer(const Snapshot& before, const Payload& access);
  void check_return(Payload& access, tlm::tlm_sync_enum answer, const tlm::tlm_phase& phase_in,
                    const tlm::tlm_phase& phase, const sc_core::sc_time& delay_in,
                    const sc_core::sc_time& delay);
  void check_time(InFlight& flight, const sc_core::sc_time& delay);
  void begin_request(Payload& access, const sc_core::sc_time& delay);
  void backward_phase(Payload& access, const tlm::tlm_phase& phase, const sc_core::sc_time& delay);
  void end_response(Payload& access, const sc_core::sc_time& delay);
  InFlight* find(const Payload& access);
  void remove(const Payload& access);

  std::vector<Violation> violations_;
  std::vector<InFlight> in_flight_;
  std::vector<const Payload*> blocking_;  // inside b_transport now
  const Payload* requesting_ = nullptr;   // BEGIN_REQ sent, not accepted
  const Payload* responding_ = nullptr;   // BEGIN_RESP sent, not accepted
};

}  // namespace dmavp::tb
