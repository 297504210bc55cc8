// A peripheral of the board, whatever its kind: what the board wires and what reports ask.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "base/dma_handshake.h"
#include "base/fault_point.h"
#include "base/observer.h"
#include "base/register_bank.h"
#include "peripherals/interrupt_output.h"
#include "platform/config/board_description.h"

namespace dmavp::platform {

struct Counter {
  std::string name;
  std::uint64_t value = 0;
  bool loss = false;  ///< data were lost, or made up, each time
};

class Peripheral {
 public:
  /// One handshake interface.
  struct Handshake {
    DmaRequestPort* request;
    sc_core::sc_export<DmaAcknowledgeIf>* acknowledge;
  };

  virtual ~Peripheral() = default;
  virtual tlm::tlm_target_socket<>& socket() = 0;
  virtual InterruptOutput::Port& interrupt() = 0;
  virtual Handshake receive() = 0;   ///< peripheral to memory
  virtual Handshake transmit() = 0;  ///< memory to peripheral

  virtual void set_observer(Observer* observer) = 0;
  virtual void set_fault_point(FaultPoint* hook) = 0;  ///< on the socket
  virtual const RegisterBank& bank() const = 0;

  /// Brings state and counters up to the current simulation time.
  virtual void synchronize() = 0;
  virtual std::vector<Counter> counters() const = 0;
  /// Of its back end, what a user must know to use it (the path of a terminal); empty as a rule.
  virtual std::string announcement() const { return {}; }
  /// Writes host files that hold a result (WAV, flash array), after synchronize(). Throws std::runtime_error
  /// naming the file.
  virtual void save() const {}
};

/// Builds the module as a child of the module under construction. `base_directory` is where a host file with
/// a relative path that does not exist is looked for too. Throws InputError naming node and property.
std::unique_ptr<Peripheral> make_peripheral(const std::string& module_name,
                                            const PeripheralDescription& description,
                                            const std::string& base_directory);

/// Of two I2S: `master` clocks `slave`, and what one sends the other receives. Before the simulation starts.
void join_i2s(Peripheral& master, Peripheral& slave);

}  // namespace dmavp::platform
