// `dmavp regs` for every board and all its devices: SVD obeys the rules and says the same as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "platform/program.h"
#include "regs/svd.h"

namespace dmavp::tb {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string regs(const std::string& board, const std::string& format, const std::string& device) {
  const test::Finished finished =
      test::run_program({"regs", "--board", board, "--format", format, "--device", device});
  EXPECT_EQ(finished.status, 0) << finished.err;
  return finished.out;
}

std::uint64_t hex(const boost::json::value& value) {
  return std::stoull(std::string(value.as_string()), nullptr, 16);
}

/// "CHn_SAR" of instance 2 is "CH2_SAR".
std::string instance(const boost::json::value& reg, unsigned i) {
  std::string name(reg.at("name").as_string());
  if (reg.as_object().contains("count")) name.replace(name.find("n_"), 1, std::to_string(i));
  return name;
}

class Boards : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, Boards, testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"),
                         [](const auto& p) { return std::string(p.param); });

TEST_P(Boards, SvdAndJsonAgree) {
  const Svd svd = read_svd(regs(GetParam(), "svd", "all"));
  EXPECT_THAT(svd.problems, IsEmpty());
  const boost::json::value root = boost::json::parse(regs(GetParam(), "json", "all"));
  const auto& devices = root.at("devices").as_array();
  EXPECT_EQ(svd.peripherals.size(), devices.size());
  EXPECT_GE(devices.size(), 7u);
  for (const boost::json::value& device : devices) {
    std::string name(device.at("name").as_string());
    for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    SCOPED_TRACE(name);
    ASSERT_EQ(svd.peripherals.count(name), 1u);
    const SvdPeripheral& peripheral = svd.peripherals.at(name);
    EXPECT_EQ(peripheral.base, hex(device.at("base")));
    EXPECT_GE(peripheral.size, device.at("size").to_number<std::uint64_t>());
    EXPECT_EQ(peripheral.interrupts.size(), device.at("interrupts").as_array().size());
    std::size_t registers = 0;
    for (const boost::json::value& reg : device.at("registers").as_array()) {
      const auto& resets = reg.at("resets").as_array();
      for (unsigned i = 0; i < resets.size(); ++i, ++registers) {
        SCOPED_TRACE(instance(reg, i));
        ASSERT_EQ(peripheral.registers.count(instance(reg, i)), 1u);
        const SvdRegister& same = peripheral.registers.at(instance(reg, i));
        const std::uint64_t stride = i == 0 ? 0 : reg.at("stride").to_number<std::uint64_t>();
        EXPECT_EQ(same.offset, reg.at("offset").to_number<std::uint64_t>() + i * stride);
        EXPECT_EQ(same.size, reg.at("width").to_number<unsigned>());
        EXPECT_EQ(same.read_action, reg.at("read_effect").as_bool());
        if (same.access != "write-only") {
          EXPECT_EQ(same.reset, hex(resets[i]));
        }
        ASSERT_EQ(same.fields.size(), reg.at("fields").as_array().size());
        for (const boost::json::value& field : reg.at("fields").as_array()) {
          const SvdField& bits = same.fields.at(std::string(field.at("name").as_string()));
          EXPECT_EQ(bits.lsb, field.at("lsb").to_number<unsigned>());
          EXPECT_EQ(bits.msb, field.at("msb").to_number<unsigned>());
        }
      }
    }
    EXPECT_EQ(peripheral.registers.size(), registers);
  }
}

TEST(Regs, OfOneDevice) {
  const Svd uart = read_svd(regs("k210", "svd", "serial0"));
  EXPECT_THAT(uart.problems, IsEmpty());
  ASSERT_EQ(uart.peripherals.size(), 1u);
  const SvdPeripheral& device = uart.peripherals.begin()->second;
  EXPECT_TRUE(device.registers.at("LSR").read_action);
  EXPECT_FALSE(device.registers.at("LCR").read_action);
  EXPECT_THAT(regs("k210", "h", "serial0"), HasSubstr("_LSR_THRE_SHIFT 5"));
}

TEST(Regs, ResetValuesFollowTheBoard) {
  const Svd k210 = read_svd(regs("k210", "svd", "dmac0"));
  const auto& registers = k210.peripherals.at("DMAC0").registers;
  EXPECT_NE(registers.at("CH0_CFG").reset, registers.at("CH5_CFG").reset) << "priorities differ";
  EXPECT_EQ(registers.count("CH6_CFG"), 0u) << "six channels";
  EXPECT_EQ(read_svd(regs("generic32", "svd", "dmac0")).peripherals.at("DMAC0").registers.count("CH31_CFG2"),
            1u);
}

}  // namespace
}  // namespace dmavp::tb
