// Three processors, each with a channel of one DW_axi_dmac, on a bus and a memory that know nothing of dmavp.
#include <dmac/dw_axi_dmac.h>

#include <iostream>
#include <systemc>

#include "bus.h"
#include "processors.h"
#include "ram.h"

namespace {

struct Platform : sc_core::sc_module {
  static dmavp::dmac::Parameters parameters() {
    dmavp::dmac::Parameters p;
    p.num_channels = 4;
    return p;
  }

  foreign::DecoupledProcessor decoupled{"decoupled", 0};
  foreign::DirectProcessor direct{"direct", 1};
  foreign::PhasedProcessor phased{"phased", 2};
  foreign::Bus bus{
      "bus", 4, {{foreign::kRamBase, foreign::kRamSize}, {foreign::kDmacBase, foreign::kDmacSize}}};
  foreign::Ram ram{"ram", foreign::kRamSize};
  dmavp::DwAxiDmac dmac{"dmac", parameters(), dmavp::Clock(200'000'000)};
  sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts{"interrupt", 3};

  explicit Platform(const sc_core::sc_module_name& name) : sc_module(name) {
    decoupled.socket.bind(bus.in[0]);
    direct.socket.bind(bus.in[1]);
    phased.socket.bind(bus.in[2]);
    dmac.masters[0].bind(bus.in[3]);
    bus.out[0].bind(ram.socket);
    bus.out[1].bind(dmac.regs);
    for (unsigned i = 0; i < 3; ++i) dmac.channel_irq[i].bind(interrupts[i]);
    decoupled.interrupt.bind(interrupts[0]);
    direct.interrupt.bind(interrupts[1]);
    phased.interrupt.bind(interrupts[2]);
  }
};

}  // namespace

int sc_main(int, char**) {
  Platform platform("platform");
  sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_MS));
  bool passed = platform.direct.direct_bytes() != 0;
  for (const foreign::Processor* p : {static_cast<foreign::Processor*>(&platform.decoupled),
                                      static_cast<foreign::Processor*>(&platform.direct),
                                      static_cast<foreign::Processor*>(&platform.phased)}) {
    std::cout << p->basename() << ": " << p->report() << (p->passed() ? "" : " FAILED") << "\n";
    passed = passed && p->passed() && p->report().find(" at ") != std::string::npos;
  }
  std::cout << (passed ? "PASSED" : "FAILED") << "\n";
  return passed ? 0 : 1;
}
