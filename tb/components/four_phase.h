// An initiator and a memory that speak the four phases of the base protocol, several transactions at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "base/payload_pool.h"

namespace dmavp::tb {

/// Sends its accesses in order from time zero, each as soon as the request before it was accepted and fewer
/// than `outstanding` are unanswered. Responses may come in any order.
class FourPhaseInitiator : public sc_core::sc_module {
 public:
  struct Access {
    bool write = false;
    std::uint64_t address = 0;
    std::vector<unsigned char> data;                                 ///< to write; room for a read
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;  ///< filled in
    sc_core::sc_time sent{};      ///< filled in: effective time of BEGIN_REQ
    sc_core::sc_time answered{};  ///< filled in: effective time of the response
    bool done = false;            ///< filled in
  };

  tlm_utils::simple_initiator_socket<FourPhaseInitiator> socket;
  std::vector<Access> accesses;       ///< filled before the simulation starts
  std::vector<std::size_t> finished;  ///< indices in order of completion

  FourPhaseInitiator(const sc_core::sc_module_name& name, unsigned outstanding,
                     sc_core::sc_time response_accept);
  SC_HAS_PROCESS(FourPhaseInitiator);

 private:
  struct Flight {
    tlm::tlm_generic_payload* payload;
    std::size_t index;
    bool completed;  // answered with TLM_COMPLETED: no END_RESP is sent
  };
  void send();
  void handle(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void end_response(tlm::tlm_generic_payload& payload);
  Flight& flight_of(const tlm::tlm_generic_payload& payload);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  unsigned outstanding_;
  sc_core::sc_time response_accept_;
  PayloadPool pool_;
  std::vector<Flight> flights_;
  std::size_t next_ = 0;
  const tlm::tlm_generic_payload* requesting_ = nullptr;
  sc_core::sc_event sendable_;
  tlm_utils::peq_with_cb_and_phase<FourPhaseInitiator> events_;
};

/// A memory that accepts each request after `accept` and answers it `latency` later, or already with the
/// request (TLM_COMPLETED, END_REQ or BEGIN_RESP returned) in a fixed rotation if `varied`.
class FourPhaseMemory : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<FourPhaseMemory> socket;
  std::vector<unsigned char> bytes;

  FourPhaseMemory(const sc_core::sc_module_name& name, std::size_t size, sc_core::sc_time accept,
                  sc_core::sc_time latency, bool varied);

 private:
  void perform(tlm::tlm_generic_payload& payload);
  void handle(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void respond();
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  sc_core::sc_time accept_;
  sc_core::sc_time latency_;
  bool varied_;
  unsigned rotation_ = 0;
  bool responding_ = false;
  std::deque<tlm::tlm_generic_payload*> ready_;
  tlm_utils::peq_with_cb_and_phase<FourPhaseMemory> events_;
};

}  // namespace dmavp::tb
