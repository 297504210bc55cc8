// The hardware of a board, built from its description: interconnect, memories, interrupt controller,
// DMA controllers, peripherals.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "bus/axi_interconnect.h"
#include "bus/traffic_generator.h"
#include "dmac/dw_axi_dmac.h"
#include "memory/sram.h"
#include "peripherals/dma_request_select.h"
#include "peripherals/plic.h"
#include "platform/board/peripheral.h"
#include "platform/config/board_description.h"
#include "port/machine.h"

namespace dmavp::platform {

using InterruptLine = sc_core::sc_signal_inout_if<bool>;

/// How sockets and wires of a board meet. Directly; a test derives from it and puts something between them.
class Links {
 public:
  virtual ~Links() = default;
  /// Called once per link while the hierarchy is built. `name` is the link's end that is not the
  /// interconnect: "cpu0", "dmac0.m1", "ram0", "plic0", "uart1".
  virtual void join(const std::string& name, tlm::tlm_initiator_socket<>& from, tlm::tlm_target_socket<>& to);
  /// What an interrupt output of `device` drives; `channel` of a controller with a line for each. Called
  /// while the hierarchy is built, as is request().
  virtual InterruptLine& interrupt(const std::string& device, std::optional<unsigned> channel,
                                   InterruptLine& line);
  /// Whom a peripheral tells of its DMA requests.
  virtual DmaRequestIf& request(const std::string& device, bool receive, DmaRequestIf& controller);
};

/// Waits for join_cpu() of every CPU. The description is kept by value, `links` is used until the simulation
/// starts, `choices` until it ends.
class Board : public sc_core::sc_module {
 public:
  Board(const sc_core::sc_module_name& name, BoardDescription description, Choices& choices, Links& links);
  Board(const sc_core::sc_module_name& name, BoardDescription description, Choices& choices);
  ~Board() override;

  const BoardDescription& description() const { return description_; }
  const Clock& clock() const { return clock_; }

  /// Joins the socket through which CPU `cpu` issues its accesses, with the time at which they take effect:
  /// in the timed mode that is cpu_lead() after they have left the CPU, so that nothing on the bus lies
  /// between.
  void join_cpu(unsigned cpu, tlm::tlm_initiator_socket<>& socket);
  Picoseconds cpu_lead() const;
  /// Output of the interrupt controller towards a CPU.
  const sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS>& cpu_interrupt(unsigned cpu) const {
    return context_lines_[description_.cpus[cpu].context];
  }

  std::vector<port::RamRegion> ram() const;  ///< main memory first, then other memories
  unsigned dmacs() const { return static_cast<unsigned>(dmacs_.size()); }
  DwAxiDmac& dmac(unsigned index) { return *dmacs_[index]; }
  /// Of description().memories[index]; null unless it is a DRAM in the timed mode.
  const DramStatistics* dram_statistics(std::size_t index) const {
    return description_.timed ? memories_[index]->dram_statistics() : nullptr;
  }
  unsigned peripherals() const { return static_cast<unsigned>(peripherals_.size()); }
  Peripheral& peripheral(unsigned index) { return *peripherals_[index]; }
  const DmaRequestSelect& request_select(unsigned index) const { return *request_selects_[index]; }
  /// Of description().loads[index]; null outside the timed mode.
  const TrafficGeneratorStatistics* load_statistics(std::size_t index) const {
    return index < loads_.size() ? &loads_[index]->statistics() : nullptr;
  }
  Plic& plic() { return *plic_; }
  BackingStore& store(unsigned memory) { return *stores_[memory]; }  ///< in the order of the description
  const AxiInterconnect& bus() const { return *bus_; }

  /// Brings the state and the accounts of every model up to the current simulation time.
  void synchronize();

 private:
  void build_bus();
  void build_memories();
  void build_plic();
  void build_dmacs();
  void build_loads(Choices& choices);
  void wire_interrupts(const DmacDescription& description, DwAxiDmac& dmac);
  void build_request_selects();
  void build_peripherals();
  bool wire_to_select(unsigned index, bool transmit);
  void wire(const std::string& device, bool receive, const DmaLink& link,
            const Peripheral::Handshake& handshake);

  BoardDescription description_;
  Links& links_;
  Clock clock_;
  std::unique_ptr<AxiInterconnect> bus_;
  std::vector<std::unique_ptr<BackingStore>> stores_;
  std::vector<std::unique_ptr<Sram>> memories_;
  std::vector<std::unique_ptr<TrafficGenerator>> loads_;
  std::unique_ptr<Plic> plic_;
  std::vector<std::unique_ptr<DwAxiDmac>> dmacs_;
  std::vector<std::unique_ptr<DmaRequestSelect>> request_selects_;
  std::vector<std::unique_ptr<Peripheral>> peripherals_;
  sc_core::sc_vector<sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS>> source_lines_;
  sc_core::sc_vector<sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS>> context_lines_;
  unsigned next_region_ = 0;
};

}  // namespace dmavp::platform
