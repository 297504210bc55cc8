// SRAM: a backing store with a latency, as a TLM-2.0 target.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <systemc>
#include <tlm>

#include <tlm_utils/simple_target_socket.h>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/fault_point.h"
#include "memory/at_responder.h"
#include "memory/backing_store.h"
#include "memory/dram_timing.h"

namespace dmavp {

struct SramConfig {
  Cycle read_latency = 2;   ///< cycles, address accepted to first read beat
  Cycle write_latency = 2;  ///< cycles, last write beat to response
  bool allow_dmi = true;    ///< grant direct memory

  // Non-blocking transport only.
  Cycle initiation_interval = 1;  ///< cycles from the first beat of a burst to that of the next, at least
  bool shared_data_port = false;  ///< reads and writes share one data port, burst by burst
  unsigned port_bytes =
      0;  ///< width of the data ports; wider beats take several cycles; 0: as wide as any beat
  std::optional<DramConfig> dram{};  ///< in place of read_latency and the data ports
};

/// Answers reads and writes of any length, with byte enables and streaming width (a FIXED burst writes every
/// beat to the same place). Addresses are offsets into the store. An access that leaves it is
/// TLM_ADDRESS_ERROR_RESPONSE and changes nothing; malformed payloads get the matching error response.
/// TLM_IGNORE_COMMAND with AxiExtension returns the latency alone.
///
/// Non-blocking requests are taken at once (END_REQ in the same call) and answered burst by burst: reads and
/// writes have a data port each, which moves one beat a cycle in the order of the requests. BEGIN_RESP is the
/// first beat of a read and the response to a write. With SramConfig::dram the data move when the channel
/// moves them (DramTiming); write_latency comes on top of a write's last beat. Blocking transport and direct
/// memory answer with the two latencies in any case.
class Sram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Sram> socket;

  /// `store` outlives the module; bus masters work on its bus view.
  Sram(const sc_core::sc_module_name& name, BackingStore& store, const SramConfig& config,
       const Clock& clock);

  BackingStore& store() { return store_; }
  /// Null unless it is a DRAM; counts non-blocking accesses.
  const DramStatistics* dram_statistics() const { return dram_ ? &dram_->statistics() : nullptr; }

  /// Switches the granting of DMI; switching it off revokes what was granted.
  void set_dmi_allowed(bool allowed);
  /// Null removes the hook; one that does not allow DMI revokes what was granted.
  void set_fault_point(FaultPoint* hook);

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  sc_core::sc_time answer_time(tlm::tlm_generic_payload& access, const sc_core::sc_time& at);
  Cycle beats_at_port(const tlm::tlm_generic_payload& access) const;
  sc_core::sc_time dram_answer_time(tlm::tlm_generic_payload& access, const sc_core::sc_time& at);
  void carry_out(tlm::tlm_generic_payload& access);
  tlm::tlm_sync_enum send_back(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                               sc_core::sc_time& delay);
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  void perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  bool dmi_granted() const { return allow_dmi_ && (hook_ == nullptr || hook_->allows_dmi()); }
  void revoke();

  BackingStore& store_;
  const Clock clock_;
  AtResponder responder_;
  std::array<sc_core::sc_time, 2> data_free_;  ///< of the read and the write port
  const Cycle initiation_interval_;
  const unsigned write_port_;  ///< of data_free_
  const unsigned port_bytes_;
  std::unique_ptr<DramTiming> dram_;
  const unsigned channel_bytes_;
  Cycle latest_arrival_ = 0;
  sc_core::sc_time read_latency_;
  sc_core::sc_time write_latency_;
  bool allow_dmi_;
  FaultPoint* hook_ = nullptr;
};

}  // namespace dmavp
