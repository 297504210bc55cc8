// What a bank declares is what JSON and SVD say, to the bit, and the checker of SVD finds what it is there
// for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "base/register_export.h"
#include "regs/svd.h"

namespace dmavp::tb {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Owner {
  void after(unsigned) {}
};

/// Every kind of access, 32 and 64 bits, an array with equal and one with different reset values, and texts
/// that mean something to XML, JSON and C.
struct Sample {
  Owner owner;
  RegisterBank bank{"sample", 64};
  RegisterSystem system;

  Sample() {
    bank.add(0x00, "ID", "a < b & c > \"d\" \\ */ /* \t").access(Access::kRo).reset(0xFEDCBA9876543210);
    bank.add(0x08, "STATUS", "Status")
        .width(32)
        .reset(0x5)
        .bit(0, "DONE", Access::kW1c, "ended")
        .field(3, 1, "STATE", Access::kRo, "")
        .after_read<&Owner::after>(&owner);
    bank.add(0x0C, "COMMAND", "Command").width(32).access(Access::kWo).field(7, 0, "CODE", "what to do");
    bank.add(0x10, "ENABLE", "Enable")
        .guarded(3, 0, "EN", 8, "enable")
        .bit(63, "RESET", Access::kSelfClearing, "r");
    RegisterBank::Group group = bank.group("CH", 3, 0x100, 0x40);
    group.add(0x00, "SAME", "Same").reset(7);
    Register& each = group.add(0x08, "EACH", "Each").field(63, 60, "TOP", "top");
    for (unsigned n = 0; n < 3; ++n) each.reset_of(n, std::uint64_t{n} << 60);
    bank.seal();
    system = {"a-board", "A board", "1.2", {{&bank, "dev-1", "A device", 0x4000'0000, 0x1000, {{"", 3}}}}};
  }

  std::string svd() const {
    std::ostringstream out;
    write_registers_svd(out, system);
    return out.str();
  }
};

TEST(RegisterExport, SvdSaysWhatTheBankDeclares) {
  const Sample sample;
  const Svd svd = read_svd(sample.svd());
  EXPECT_THAT(svd.problems, IsEmpty());
  const SvdPeripheral& device = svd.peripherals.at("DEV_1");
  EXPECT_EQ(device.base, 0x4000'0000u);
  EXPECT_EQ(device.size, 0x1000u);
  EXPECT_EQ(device.interrupts.at("DEV_1"), 3u);
  ASSERT_EQ(device.registers.size(), 4u + 2 * 3);
  EXPECT_EQ(device.registers.at("ID").reset, 0xFEDCBA9876543210u);
  EXPECT_EQ(device.registers.at("ID").access, "read-only");
  const SvdRegister& status = device.registers.at("STATUS");
  EXPECT_EQ(status.size, 32u);
  EXPECT_TRUE(status.read_action);
  EXPECT_EQ(status.fields.at("DONE"), (SvdField{0, 0, "read-write"}));
  EXPECT_EQ(status.fields.at("STATE"), (SvdField{1, 3, "read-only"}));
  EXPECT_THAT(sample.svd(), HasSubstr("<modifiedWriteValues>oneToClear<"));
  EXPECT_EQ(device.registers.at("COMMAND").access, "write-only");
  const SvdRegister& enable = device.registers.at("ENABLE");
  EXPECT_FALSE(enable.read_action);
  EXPECT_EQ(enable.fields.at("EN"), (SvdField{0, 3, "read-write"}));
  EXPECT_EQ(enable.fields.at("EN_WE"), (SvdField{8, 11, "write-only"}));
  for (unsigned n = 0; n < 3; ++n) {
    const std::string channel = "CH" + std::to_string(n);
    EXPECT_EQ(device.registers.at(channel + "_SAME").offset, 0x100 + n * 0x40);
    EXPECT_EQ(device.registers.at(channel + "_SAME").reset, 7u);
    EXPECT_EQ(device.registers.at(channel + "_EACH").offset, 0x108 + n * 0x40);
    EXPECT_EQ(device.registers.at(channel + "_EACH").reset, std::uint64_t{n} << 60);
    EXPECT_EQ(device.registers.at(channel + "_EACH").fields.at("TOP"), (SvdField{60, 63, "read-write"}));
  }
}

TEST(RegisterExport, JsonSaysWhatTheBankDeclares) {
  const Sample sample;
  std::ostringstream out;
  write_registers_json(out, sample.system);
  const boost::json::value root = boost::json::parse(out.str());
  EXPECT_EQ(root.at("schema").as_string(), "dmavp.regs/1");
  const boost::json::value& device = root.at("devices").at(0);
  EXPECT_EQ(device.at("base").as_string(), "0x40000000");
  std::size_t at = 0;
  ASSERT_EQ(device.at("registers").as_array().size(), sample.bank.registers().size());
  for (const Register& reg : sample.bank.registers()) {
    const boost::json::value& written = device.at("registers").at(at++);
    EXPECT_EQ(written.at("name").as_string(), reg.name());
    EXPECT_EQ(written.at("title").as_string(), reg.title());
    EXPECT_EQ(written.at("offset").to_number<std::uint64_t>(), reg.offset());
    EXPECT_EQ(written.at("width").to_number<unsigned>(), reg.width_bits());
    EXPECT_EQ(written.at("read_effect").as_bool(), reg.name() == "STATUS");
    EXPECT_EQ(written.as_object().contains("stride"), reg.in_group());
    ASSERT_EQ(written.at("resets").as_array().size(), reg.count());
    for (unsigned i = 0; i < reg.count(); ++i) {
      EXPECT_EQ(std::stoull(std::string(written.at("resets").at(i).as_string()), nullptr, 16),
                reg.reset_value(i));
    }
    ASSERT_EQ(written.at("fields").as_array().size(), reg.fields().size());
    for (const boost::json::value& field : written.at("fields").as_array()) {
      const auto same = [&field](const Field& f) { return field.at("name").as_string() == f.name; };
      const auto declared = std::find_if(reg.fields().begin(), reg.fields().end(), same);
      ASSERT_NE(declared, reg.fields().end());
      EXPECT_EQ(field.at("lsb").to_number<unsigned>(), declared->lo);
      EXPECT_EQ(field.at("msb").to_number<unsigned>(), declared->hi);
      EXPECT_EQ(field.at("access").as_string(), to_string(declared->access));
      EXPECT_EQ(field.at("text").as_string(), declared->text);
    }
  }
}

TEST(RegisterExport, NoTextEndsACommentOfTheHeader) {
  std::ostringstream out;
  write_registers_header(out, Sample().system);
  EXPECT_THAT(out.str(), HasSubstr("/* ID: a < b & c > \"d\" \\ * / / *  ; RO, 64 bits */"));
}

TEST(RegisterExport, IdentifiersAreThoseOfC) {
  EXPECT_EQ(register_identifier("spi-flash"), "SPI_FLASH");
  EXPECT_EQ(register_identifier("dmac0"), "DMAC0");
  EXPECT_EQ(register_identifier("2d"), "_2D");
  EXPECT_EQ(register_identifier(""), "_");
}

struct Change {
  const char* name;
  const char* from;
  const char* to;
  const char* problem;
};

class SvdRules : public testing::TestWithParam<Change> {};

TEST_P(SvdRules, AreChecked) {
  std::string text = Sample().svd();
  const std::size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  EXPECT_THAT(read_svd(text).problems, Contains(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Broken, SvdRules,
    testing::Values(
        Change{"not_xml", "</device>", "", "expected"},
        Change{"no_version", "<version>1.2</version>", "", "no version"},
        Change{"unknown", "<usage>", "<us>1</us><usage>", "unknown element us"},
        Change{"order", "<lsb>1</lsb>\n              <msb>3</msb>", "<msb>3</msb><lsb>1</lsb>",
               "out of order"},
        Change{"name", "<name>ID</name>", "<name>I D</name>", "name is \"I D\""},
        Change{"same_name", "<name>COMMAND</name>", "<name>STATUS</name>", "the name is taken"},
        Change{"same_field", "<name>STATE</name>", "<name>DONE</name>", "the name is taken"},
        Change{"overlap", "<addressOffset>0x00C<", "<addressOffset>0x008<", "overlaps STATUS"},
        Change{"aligned", "<addressOffset>0x010<", "<addressOffset>0x014<", "is not aligned"},
        Change{"outside", "<size>0x1000</size>", "<size>0x100</size>", "outside the address block"},
        Change{"bits", "<msb>3</msb>", "<msb>32</msb>", "outside the register"},
        Change{"field_overlap", "<lsb>1</lsb>", "<lsb>0</lsb>", "overlaps another field"},
        Change{"access", "<access>write-only<", "<access>never<", "access is \"never\""},
        Change{"reset", "<resetValue>0x00000005<", "<resetValue>0x100000005<", "does not fit"},
        Change{"no_reset", "<resetValue>0x00000005</resetValue>", "", "no resetValue"},
        Change{"dim", "<dimIndex>0-2<", "<dimIndex>0-3<", "dimIndex is not 0-2"},
        Change{"not_an_array", "CH%s_SAME", "CH_SAME", "%s and dim"},
        Change{"origin", "derivedFrom=\"CH0_EACH\"", "derivedFrom=\"CH9_EACH\"", "unknown register"}),
    [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace dmavp::tb
