// `dmavp regs`: the register files that a board's properties select, as their own declarations describe them.
#include <filesystem>
#include <sstream>

#include "base/register_bank.h"
#include "base/register_export.h"
#include "base/seeded_choices.h"
#include "platform/app/lists.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

/// A device of the board with the path of its node.
struct Listed {
  std::string path;
  RegisterDevice device;
};

std::vector<RegisterDevice::Interrupt> interrupts_of(const DmacDescription& dmac) {
  if (dmac.interrupts.size() == 1) return {{"", dmac.interrupts[0]}};
  std::vector<RegisterDevice::Interrupt> interrupts;
  for (std::size_t i = 0; i < dmac.interrupts.size(); ++i) {
    const bool channel = i < dmac.parameters.num_channels;
    interrupts.push_back({channel ? "CH" + std::to_string(i) : "COMMON", dmac.interrupts[i]});
  }
  return interrupts;
}

const char* title_of(PeripheralKind kind) {
  switch (kind) {
    case PeripheralKind::kUart:
      return "DesignWare APB UART";
    case PeripheralKind::kSpi:
      return "DesignWare APB SSI (SPI master)";
    case PeripheralKind::kI2s:
      return "DesignWare I2S";
    case PeripheralKind::kTraffic:
      break;
  }
  return "Traffic source and sink";
}

std::vector<Listed> devices_of(Board& board) {
  std::vector<Listed> devices;
  for (unsigned i = 0; i < board.dmacs(); ++i) {
    const DmacDescription& d = board.description().dmacs[i];
    devices.push_back(
        {d.path,
         {&board.dmac(i).bank(), d.name, "DesignWare AXI DMA controller", d.base, d.size, interrupts_of(d)}});
  }
  for (unsigned i = 0; i < board.peripherals(); ++i) {
    const PeripheralDescription& p = board.description().peripherals[i];
    std::vector<RegisterDevice::Interrupt> interrupts;
    if (p.interrupt) interrupts.push_back({"", *p.interrupt});
    devices.push_back(
        {p.path, {&board.peripheral(i).bank(), p.name, title_of(p.kind), p.base, p.size, interrupts}});
  }
  return devices;
}

std::vector<RegisterDevice> chosen(const std::vector<Listed>& devices, const DeviceTree& tree,
                                   const std::string& name) {
  if (name.empty()) return {devices.front().device};
  const auto node = tree.node(name);
  const std::string path = node ? tree.path(*node) : std::string();
  std::vector<RegisterDevice> found;
  std::string known;
  for (const Listed& d : devices) {
    known += d.device.name + ", ";
    if (name == "all" || d.path == path) found.push_back(d.device);
  }
  if (found.empty()) throw InputError("dmavp regs --device " + name + ": no such device (" + known + "all)");
  return found;
}

/// The bank is named after the module: "board.uart1".
void write_markdown(std::ostream& out, const RegisterBank& bank) {
  std::ostringstream text;
  bank.write_markdown(text);
  const std::string prefix = "board.";
  std::string page = text.str();
  const std::size_t at = page.find(prefix);
  if (at < page.find('\n')) page.erase(at, prefix.size());
  out << page;
}

}  // namespace

void print_registers(std::ostream& out, const std::string& board_name, const std::vector<Setting>& settings,
                     const std::string& device, const std::string& format) {
  DeviceTree tree = DeviceTree::load(board_name);
  for (const Setting& setting : settings) apply_board_setting(tree, setting.path, setting.value);
  SeededChoices choices(0);
  Board board("board", complete_and_describe(tree), choices);
  RegisterSystem system;
  system.name = std::filesystem::path(board_name).stem().string();
  system.description = board.description().model.empty() ? system.name : board.description().model;
  system.version = DMAVP_VERSION;
  system.devices = chosen(devices_of(board), tree, device);
  if (format == "json") {
    write_registers_json(out, system);
  } else if (format == "h") {
    write_registers_header(out, system);
  } else if (format == "svd") {
    write_registers_svd(out, system);
  } else {
    for (const RegisterDevice& d : system.devices) {
      if (d.bank != system.devices[0].bank) out << "\n";
      write_markdown(out, *d.bank);
    }
  }
}

}  // namespace dmavp::platform
