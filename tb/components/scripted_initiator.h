// An initiator and a target whose behaviour a test writes down.
#pragma once

#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "base/axi_extension.h"

namespace dmavp::tb {

using Bytes = std::vector<unsigned char>;

/// What one access came to.
struct Outcome {
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  sc_core::sc_time delay;  ///< annotated by the path; time that really passed is not in it
  Bytes data;              ///< of a read
};

/// Runs a body in an SC_THREAD at the start of the simulation. The helpers may be called from the body, or
/// from anywhere when nothing on the path waits.
class ScriptedInitiator : public sc_core::sc_module {
 public:
  using Body = std::function<void(ScriptedInitiator&)>;
  using Backward =
      std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;

  tlm_utils::simple_initiator_socket<ScriptedInitiator> socket;

  explicit ScriptedInitiator(const sc_core::sc_module_name& name, Body body = {});
  SC_HAS_PROCESS(ScriptedInitiator);

  Backward on_backward;  ///< unset: TLM_COMPLETED to BEGIN_RESP, TLM_ACCEPTED else
  std::vector<std::pair<std::uint64_t, std::uint64_t>>
      invalidated;  ///< ranges of invalidate_direct_mem_ptr, in order

  /// `streaming_width` 0 means the length; `delay` is the local time offset handed down.
  Outcome read(std::uint64_t address, unsigned bytes, unsigned streaming_width = 0,
               sc_core::sc_time delay = sc_core::SC_ZERO_TIME);
  Outcome write(std::uint64_t address, Bytes data, unsigned streaming_width = 0,
                sc_core::sc_time delay = sc_core::SC_ZERO_TIME);
  Outcome read_enabled(std::uint64_t address, Bytes preset, Bytes enables);
  Outcome write_enabled(std::uint64_t address, Bytes data, Bytes enables);
  /// Latency of the path alone (AxiExtension with TLM_IGNORE_COMMAND).
  Outcome probe(std::uint64_t address, bool write);
  bool direct(std::uint64_t address, tlm::tlm_command command, tlm::tlm_dmi& dmi);
  /// Debug transport; the bytes that were there.
  Bytes debug_read(std::uint64_t address, unsigned bytes);
  unsigned debug_write(std::uint64_t address, Bytes data);

  /// A 32-bit register access; the whole outcome through `outcome` if given.
  std::uint32_t read32(std::uint64_t address, Outcome* outcome = nullptr);
  Outcome write32(std::uint64_t address, std::uint32_t value, sc_core::sc_time delay = sc_core::SC_ZERO_TIME);

 private:
  void run();
  Outcome transport(tlm::tlm_command command, std::uint64_t address, Bytes data, Bytes enables,
                    unsigned streaming_width, sc_core::sc_time delay, AxiExtension* axi);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

  Body body_;
};

/// Behaves as its functions say; unset ones accept everything: OK responses, no DMI, no debug bytes, nb
/// completes.
class ScriptedTarget : public sc_core::sc_module {
 public:
  using Blocking = std::function<void(tlm::tlm_generic_payload&, sc_core::sc_time&)>;
  using Forward =
      std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;
  using Direct = std::function<bool(tlm::tlm_generic_payload&, tlm::tlm_dmi&)>;
  using Debug = std::function<unsigned(tlm::tlm_generic_payload&)>;

  tlm_utils::passthrough_target_socket<ScriptedTarget> socket;

  explicit ScriptedTarget(const sc_core::sc_module_name& name);

  Blocking on_blocking;
  Forward on_forward;
  Direct on_direct;
  Debug on_debug;

 private:
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
};

}  // namespace dmavp::tb
