// Three processors that reach the bus in the three ways of TLM-2.0.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>
#include <tlm>

#include "processor.h"

namespace foreign {

/// Blocking transport, temporally decoupled: runs ahead of the simulation by up to a quantum.
class DecoupledProcessor : public Processor {
 public:
  tlm_utils::simple_initiator_socket<DecoupledProcessor> socket{"socket"};

  DecoupledProcessor(const sc_core::sc_module_name& name, unsigned number);

 protected:
  void access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) override;
  void synchronize() override { keeper_.sync(); }

 private:
  tlm_utils::tlm_quantumkeeper keeper_;
};

/// Memory through a direct pointer, registers by blocking transport; waits after every access.
class DirectProcessor : public Processor {
 public:
  tlm_utils::simple_initiator_socket<DirectProcessor> socket{"socket"};

  DirectProcessor(const sc_core::sc_module_name& name, unsigned number);

  std::uint64_t direct_bytes() const { return direct_bytes_; }

 protected:
  void access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) override;

 private:
  /// Null when there is no direct memory at `address`.
  unsigned char* direct(std::uint64_t address, unsigned bytes);
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last);

  tlm::tlm_dmi dmi_;
  bool granted_ = false;
  std::uint64_t direct_bytes_ = 0;
};

/// Non-blocking transport: the four phases of the base protocol, one transaction at a time.
class PhasedProcessor : public Processor {
 public:
  tlm_utils::simple_initiator_socket<PhasedProcessor> socket{"socket"};

  PhasedProcessor(const sc_core::sc_module_name& name, unsigned number);

 protected:
  void access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) override;

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  bool responded_ = false;
  sc_core::sc_event response_;
};

}  // namespace foreign
