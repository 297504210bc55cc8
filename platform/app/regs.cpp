// `dmavp regs`: the register file that a board's properties select, as its own declaration describes it.
#include <stdexcept>

#include "dmac/registers.h"
#include "platform/app/lists.h"
#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

// No bursts happen while a register map is printed.
class NoBus : public dmac::AxiPort {
 public:
  bool immediate() const override { return true; }
  dmac::Path path(unsigned, std::uint64_t, bool) override { return {0, ~std::uint64_t{0}, 0, nullptr}; }
  dmac::AxiStatus commit(const dmac::Burst&, const dmac::BurstTimes&, std::byte*) override {
    return dmac::AxiStatus::kDecErr;
  }
  void request(std::uint32_t, const dmac::Burst&, Cycle, std::byte*) override {}
};

class NoInterrupts : public dmac::OutputSink {
 public:
  void line_changed(unsigned, bool, Cycle) override {}
};

}  // namespace

void print_registers(std::ostream& out, const std::string& board, const std::vector<Setting>& settings) {
  DeviceTree tree = DeviceTree::load(board);
  for (const Setting& setting : settings) apply_board_setting(tree, setting.path, setting.value);
  const DmacDescription dmac = complete_and_describe(tree).dmacs.front();
  NoBus bus;
  NoInterrupts interrupts;
  const dmac::Registers registers(dmac.parameters, Clock(dmac.clock_hz), {dmac.name.c_str()}, bus,
                                  interrupts);
  registers.bank().write_markdown(out);
}

}  // namespace dmavp::platform
