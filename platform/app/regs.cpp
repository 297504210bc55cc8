// `dmavp regs`: the register file that a board's properties select, as its own declaration describes it.
#include <sstream>

#include "base/register_bank.h"
#include "platform/app/lists.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

const RegisterBank& bank_of(Board& board, const DeviceTree& tree, const std::string& device) {
  if (device.empty()) return board.dmac(0).bank();
  const auto node = tree.node(device);
  const std::string path = node ? tree.path(*node) : std::string();
  for (unsigned i = 0; i < board.dmacs(); ++i) {
    if (board.description().dmacs[i].path == path) return board.dmac(i).bank();
  }
  for (unsigned i = 0; i < board.peripherals(); ++i) {
    if (board.description().peripherals[i].path == path) return board.peripheral(i).bank();
  }
  std::string known;
  for (const DmacDescription& d : board.description().dmacs) known += (known.empty() ? "" : ", ") + d.name;
  for (const PeripheralDescription& p : board.description().peripherals) known += ", " + p.name;
  throw InputError("dmavp regs --device " + device + ": no such device (" + known + ")");
}

}  // namespace

void print_registers(std::ostream& out, const std::string& board_name, const std::vector<Setting>& settings,
                     const std::string& device) {
  DeviceTree tree = DeviceTree::load(board_name);
  for (const Setting& setting : settings) apply_board_setting(tree, setting.path, setting.value);
  Board board("board", complete_and_describe(tree));
  // The bank is named after the module: "board.uart1".
  std::ostringstream text;
  bank_of(board, tree, device).write_markdown(text);
  const std::string prefix = "board.";
  std::string page = text.str();
  const std::size_t at = page.find(prefix);
  if (at < page.find('\n')) page.erase(at, prefix.size());
  out << page;
}

}  // namespace dmavp::platform
