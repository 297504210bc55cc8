#include "platform/app/lists.h"

#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"
#include "platform/config/module_parameters.h"
#include "platform/config/paths.h"
#include "platform/config/value.h"

namespace dmavp::platform {

void list_boards(std::ostream& out) {
  for (const BuiltInBoard& board : built_in_boards()) {
    const BoardDescription d = describe_board(DeviceTree::load(board.name));
    std::uint64_t ram = 0;
    for (const MemoryDescription& m : d.memories) ram += m.size;
    out << board.name << ": " << d.model << "; " << d.cpus.size() << " CPUs, " << format_bytes(ram)
        << " of memory, AXI " << d.clock_hz / 1'000'000 << " MHz";
    for (const DmacDescription& dmac : d.dmacs) {
      out << "; " << dmac.name << " at " << hex(dmac.base) << ": " << dmac.parameters.num_channels
          << " channels, " << dmac.parameters.num_masters
          << (dmac.parameters.num_masters == 1 ? " master of " : " masters of ")
          << dmac.parameters.data_width_bytes * 8 << " bits, " << dmac.interrupts.size()
          << (dmac.interrupts.size() == 1 ? " interrupt line" : " interrupt lines");
    }
    const char* separator = "; ";
    for (const PeripheralDescription& p : d.peripherals) {
      out << separator << p.name;
      separator = ", ";
    }
    out << "\n";
  }
}

void list_scenarios(std::ostream& out) {
  for (const ScenarioInfo& info : built_in_scenarios()) out << info.name << ": " << info.text << "\n";
}

void list_modules(std::ostream& out) {
  for (const Found& module : all_modules()) {
    const auto description = module_description(module.file);
    out << module.name;
    if (!description.text.empty()) out << ": " << description.text;
    out << "\n";
    for (const ModuleParameter& p : description.parameters) {
      out << "    " << p.name << " (" << p.type << ")" << (p.text.empty() ? "" : ": " + p.text) << "\n";
    }
  }
}

}  // namespace dmavp::platform
