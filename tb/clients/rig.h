// Clients on the modules' fake machine.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/kernel.h"
#include "modules/fake_soc.h"

namespace dmavp::test {

struct ClientRig {
  FakeSoc soc;
  explicit ClientRig(std::uint64_t seed = 1) : soc(machine(seed)) { soc.boot(); }

  static FakeSoc::Settings machine(std::uint64_t seed) {
    FakeSoc::Settings s;
    s.device_tree = tree_path("narrow");
    s.seed = seed;
    return s;
  }
  int run(const std::string& client) { return soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", client}); }
  unsigned failed() const {
    unsigned count = 0;
    for (const FakeSoc::Report& r : soc.reports) count += r.failed;
    return count;
  }
  static std::uint64_t live_allocations() { return kernel::Kernel::instance().statistics().live_allocations; }
};

}  // namespace dmavp::test
