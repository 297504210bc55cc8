// Request lines of peripherals on their way to a DMA controller, and the registers that select among them.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "peripherals/request_routing.h"
#include "peripherals/request_select_registers.h"

namespace dmavp {

/// Stands between peripherals and the handshake interfaces of one controller. A write takes effect at
/// sc_time_stamp() + delay. Interfaces beyond those that have a field keep their line.
class DmaRequestSelect : public sc_core::sc_module, private request_select::RoutingOwner {
 public:
  struct Line {
    std::optional<unsigned> interface;  ///< it drives while software has not written the field of this one
    std::optional<unsigned> code;       ///< by which software selects it
  };

  tlm_utils::simple_target_socket<DmaRequestSelect> socket;  ///< offsets from 0
  // One of each per line, to the peripherals.
  sc_core::sc_vector<sc_core::sc_export<DmaRequestIf>> line_request;
  sc_core::sc_vector<DmaAcknowledgePort> line_acknowledge;
  // One of each per handshake interface, to the controller.
  sc_core::sc_vector<DmaRequestPort> request;
  sc_core::sc_vector<sc_core::sc_export<DmaAcknowledgeIf>> acknowledge;

  DmaRequestSelect(sc_core::sc_module_name name, request_select::Layout layout, std::vector<Line> lines,
                   unsigned handshakes, const Clock& clock);

  const RegisterBank& bank() const { return registers_.bank(); }
  std::optional<unsigned> selected(unsigned handshake) const { return routing_.selected(handshake); }

 private:
  struct LineInput : DmaRequestIf {
    DmaRequestSelect* owner = nullptr;
    unsigned line = 0;
    void dma_request(DmaRequest levels, Picoseconds at) override {
      owner->routing_.line_levels(line, levels, at);
    }
  };
  struct AcknowledgeInput : DmaAcknowledgeIf {
    DmaRequestSelect* owner = nullptr;
    unsigned handshake = 0;
    void dma_acknowledge(bool finish, Picoseconds at) override { owner->acknowledged(handshake, finish, at); }
  };

  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  void code_written(unsigned handshake, unsigned code);
  void acknowledged(unsigned handshake, bool finish, Picoseconds at);
  void handshake_levels(unsigned handshake, DmaRequest levels, Picoseconds at) override;

  std::vector<Line> lines_;
  unsigned handshakes_;
  request_select::Routing routing_;
  request_select::Registers registers_;
  std::vector<LineInput> line_inputs_;
  std::vector<AcknowledgeInput> acknowledge_inputs_;
  sc_core::sc_time access_time_;
  Picoseconds now_ = 0;  // of the access on the stack
};

}  // namespace dmavp
