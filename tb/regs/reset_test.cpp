// The reset value that a register declares is what it reads before anybody has touched it, on every board.
#include <gtest/gtest.h>

#include "base/seeded_choices.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"

namespace dmavp::tb {
namespace {

class Reset : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, Reset, testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"),
                         [](const auto& p) { return std::string(p.param); });

unsigned check(const RegisterBank& bank) {
  unsigned checked = 0;
  for (const Register& reg : bank.registers()) {
    if (reg.write_only()) continue;
    for (unsigned i = 0; i < reg.count(); ++i, ++checked) {
      EXPECT_EQ(bank.peek(reg.offset(i), reg.width_bits() / 8), reg.reset_value(i))
          << bank.name() << " " << reg.instance_name(i);
    }
  }
  return checked;
}

TEST_P(Reset, ValuesAreThoseDeclared) {
  platform::DeviceTree tree = platform::DeviceTree::load(GetParam());
  SeededChoices choices(0);
  platform::Board board("board", platform::complete_and_describe(tree), choices);
  unsigned checked = 0;
  for (unsigned i = 0; i < board.dmacs(); ++i) checked += check(board.dmac(i).bank());
  for (unsigned i = 0; i < board.peripherals(); ++i) checked += check(board.peripheral(i).bank());
  EXPECT_GT(checked, 100u);
}

}  // namespace
}  // namespace dmavp::tb
