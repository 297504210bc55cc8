// The controller in somebody else's platform: a memory, a DW_axi_dmac and an initiator, without dmavp's
// boards, CPUs or software. Copies 4 KiB by one block and waits for the interrupt.
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <cstring>
#include <iostream>
#include <systemc>

#include "bus/axi_interconnect.h"
#include "dmac/dw_axi_dmac.h"
#include "memory/sram.h"

namespace {

struct Top : sc_core::sc_module {
  dmavp::Clock clock{200'000'000};
  dmavp::BackingStore store{1 << 20};
  dmavp::Sram ram{"ram", store, {}, clock};
  dmavp::DwAxiDmac dmac{"dmac", parameters(), clock};
  dmavp::AxiInterconnect bus{"bus", map(), clock};
  tlm_utils::simple_initiator_socket<Top> cpu{"cpu"};
  sc_core::sc_signal<bool> irq{"irq"};

  SC_HAS_PROCESS(Top);
  explicit Top(const sc_core::sc_module_name& name) : sc_module(name) {
    cpu.bind(bus.in[0]);
    dmac.masters[0].bind(bus.in[1]);
    bus.out[0].bind(ram.socket);
    bus.out[1].bind(dmac.regs);
    dmac.combined_irq.bind(irq);
    SC_THREAD(software);
  }

  static dmavp::dmac::Parameters parameters() {
    dmavp::dmac::Parameters p;
    p.num_channels = 4;
    p.num_masters = 1;
    return p;
  }
  static dmavp::InterconnectConfig map() {
    dmavp::InterconnectConfig config;
    config.masters = 2;
    config.regions = {{"ram", 0x80000000, 1 << 20}, {"dmac", 0x10000000, 0x1000}};
    return config;
  }

  void write(std::uint64_t offset, std::uint64_t value) {
    tlm::tlm_generic_payload access;
    sc_core::sc_time delay;
    access.set_write();
    access.set_address(0x10000000 + offset);
    access.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    access.set_data_length(sizeof value);
    access.set_streaming_width(sizeof value);
    cpu->b_transport(access, delay);
    wait(delay);
  }

  void software() {
    constexpr std::uint64_t kBytes = 4096;
    std::memset(store.cpu_view(), 0x5a, kBytes);
    write(0x010, 3);                   // DMAC_CFG: DMAC_EN, INT_EN
    write(0x100, 0x80000000);          // CH0_SAR
    write(0x108, 0x80010000);          // CH0_DAR
    write(0x110, kBytes / 8 - 1);      // CH0_BLOCK_TS: items of 8 bytes, minus one
    write(0x118, 3u << 8 | 3u << 11);  // CH0_CTL: both widths 64 bits
    write(0x120, 0);                   // CH0_CFG: memory to memory, single block
    write(0x190, 1u << 1);             // CH0_INTSIGNAL_ENA: DMA_TFR_DONE
    write(0x018, 1u << 8 | 1u);        // DMAC_CHEN: enable channel 0
    if (!irq.read()) wait(irq.posedge_event());
    const bool equal = std::memcmp(store.cpu_view(), store.cpu_view() + 0x10000, kBytes) == 0;
    std::cout << kBytes << " bytes " << (equal ? "equal" : "DIFFERENT") << " after "
              << sc_core::sc_time_stamp() << "\n";
    if (!equal) SC_REPORT_ERROR("own_platform", "the copy is wrong");
    sc_core::sc_stop();
  }
};

}  // namespace

int sc_main(int, char**) {
  Top top("top");
  sc_core::sc_start();
  return 0;
}
