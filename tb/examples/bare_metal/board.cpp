// A board for the firmware: a CPU without an instruction set, the controller, and RAM from address 0 on at
// its master port.
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdio>
#include <systemc>

#include "dma.h"
#include "dmac/dw_axi_dmac.h"
#include "firmware.h"
#include "memory/sram.h"

namespace {

constexpr std::uint64_t kRamBytes = 1 << 20;

struct Board : sc_core::sc_module {
  dmavp::Clock clock{200'000'000};
  dmavp::BackingStore store{kRamBytes};
  dmavp::Sram memory{"memory", store, {}, clock};
  dmavp::DwAxiDmac dmac;
  tlm_utils::simple_initiator_socket<Board> cpu{"cpu"};
  sc_core::sc_signal<bool> irq{"irq"};
  sc_core::sc_event served;

  SC_HAS_PROCESS(Board);
  Board(const sc_core::sc_module_name& name, const dmavp::dmac::Parameters& parameters)
      : sc_module(name), dmac("dmac", parameters, clock) {
    cpu.bind(dmac.regs);
    dmac.masters[0].bind(memory.socket);
    dmac.combined_irq.bind(irq);
    SC_THREAD(software);
    SC_THREAD(interrupts);
  }

  /// One register access of the CPU, which takes the time that the bus says.
  void access(tlm::tlm_command command, std::uint32_t offset, std::uint64_t* value) {
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(value));
    payload.set_data_length(sizeof *value);
    payload.set_streaming_width(sizeof *value);
    cpu->b_transport(payload, delay);
    wait(delay);
    if (payload.is_response_error()) SC_REPORT_ERROR("board", payload.get_response_string().c_str());
  }

  void software() {
    firmware();
    sc_core::sc_stop();
  }
  /// The line is a level: the handler is entered until it is low.
  void interrupts() {
    for (;;) {
      while (!irq.read()) wait(irq.posedge_event());
      dma_interrupt();
      served.notify(sc_core::SC_ZERO_TIME);
      wait(5, sc_core::SC_NS);  // a cycle of the controller
    }
  }
};

Board* board;

}  // namespace

uint64_t dma_reg_read(uint32_t offset) {
  std::uint64_t value = 0;
  board->access(tlm::TLM_READ_COMMAND, offset, &value);
  return value;
}
void dma_reg_write(uint32_t offset, uint64_t value) { board->access(tlm::TLM_WRITE_COMMAND, offset, &value); }
void* ram(uint64_t address) { return board->store.cpu_view() + address; }
void wait_for_interrupt(void) { sc_core::wait(board->served); }
void print(const char* what, const char* outcome, uint32_t number) {
  std::printf("%s: %s", what, outcome);
  if (number) std::printf(" 0x%x", static_cast<unsigned>(number));
  std::printf(" at %s\n", sc_core::sc_time_stamp().to_string().c_str());
}

int sc_main(int, char**) {
  dmavp::dmac::Parameters parameters;
  parameters.num_channels = 4;
  parameters.num_masters = 1;
  Board top("board", parameters);
  board = &top;
  sc_core::sc_start();
  return 0;
}
