// Reading reference files: order of columns, line ends, and every kind of wrong row named by file and line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "platform/calibrate/reference_file.h"
#include "platform/config/problem.h"

namespace dmavp::tb {
namespace {

using platform::read_reference;
using platform::ReferencePoint;
using ::testing::HasSubstr;

constexpr const char* kHeader =
    "dut,cfg,dw_bits,max_burst,mem,L,Lw,N,len_bytes,src_off,dst_off,ndesc,cycles,n_ar,n_aw,max_rd_out,"
    "max_wr_out,t_first_ar,t_first_r,t_first_w\n";
constexpr const char* kRow = "x,a=1;b=20,64,16,shared,7,9,1000,4096,0,8,2,1234,32,33,2,3,4,11,13\n";

std::vector<ReferencePoint> read(const std::string& text) {
  std::istringstream in(text);
  return read_reference(in, "t.csv");
}
std::string problem(const std::string& text) {
  try {
    read(text);
  } catch (const platform::InputError& error) {
    return error.what();
  }
  return "(none)";
}
std::string row_with(const std::string& from, const std::string& to) {
  std::string row = kRow;
  return kHeader + row.replace(row.find(from), from.size(), to);
}

TEST(ReferenceFile, TakesWidthsOfAxi) {
  for (const unsigned bits : {8u, 32u, 64u, 128u, 512u, 1024u}) {
    const std::string row =
        "x,-," + std::to_string(bits) + ",16,dual,7,9,1000,4096,0,0,2,1234,32,33,2,3,4,11,13\n";
    EXPECT_EQ(read(kHeader + row).front().width_bytes, bits / 8);
  }
  EXPECT_THAT(problem(row_with("a=1;b=20,64", "a=1;b=20,2048")), HasSubstr("t.csv:2: dw_bits is 2048"));
}

TEST(ReferenceFile, EveryColumnArrives) {
  const auto points = read(std::string(kHeader) + kRow);
  ASSERT_EQ(points.size(), 1u);
  const ReferencePoint& p = points[0];
  EXPECT_EQ(p.line, 2u);
  EXPECT_EQ(p.configuration, (std::map<std::string, unsigned>{{"a", 1}, {"b", 20}}));
  EXPECT_EQ(p.width_bytes, 8u);
  EXPECT_EQ(p.max_burst, 16u);
  EXPECT_TRUE(p.memory.shared);
  EXPECT_EQ(p.memory.read_latency, 7u);
  EXPECT_EQ(p.memory.write_latency, 9u);
  EXPECT_EQ(p.memory.outstanding, 1000u);
  EXPECT_EQ(p.bytes, 4096u);
  EXPECT_EQ(p.source, 0u);
  EXPECT_EQ(p.destination, 8u);
  EXPECT_EQ(p.transfers, 2u);
  EXPECT_EQ(p.measured.cycles, 1234u);
  EXPECT_EQ(p.measured.read_bursts, 32u);
  EXPECT_EQ(p.measured.write_bursts, 33u);
  EXPECT_EQ(p.measured.reads_outstanding, 2u);
  EXPECT_EQ(p.measured.writes_outstanding, 3u);
  EXPECT_EQ(p.measured.first_address, 4u);
  EXPECT_EQ(p.measured.first_read, 11u);
  EXPECT_EQ(p.measured.first_write, 13u);
}

TEST(ReferenceFile, OrderOfColumnsLineEndsAndOtherColumnsDoNotMatter) {
  std::string header = kHeader;
  header.insert(header.size() - 1, ",remark");
  std::string row = kRow;
  row.insert(row.size() - 1, ",good");
  std::string text = header + row;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  EXPECT_EQ(read(text + "\r\n").at(0).measured.cycles, 1234u);
  const std::string swapped =
      "cycles,cfg,dw_bits,max_burst,mem,L,Lw,N,len_bytes,src_off,dst_off,ndesc,n_ar,n_aw,max_rd_out,"
      "max_wr_out,t_first_ar,t_first_r,t_first_w\n99,-,32,1,dual,1,1,1,4,0,0,1,1,1,1,1,1,1,1\n";
  EXPECT_EQ(read(swapped).at(0).measured.cycles, 99u);
  EXPECT_TRUE(read(swapped).at(0).configuration.empty());
}

TEST(ReferenceFile, EachFaultNamesFileLineAndColumn) {
  EXPECT_THAT(problem(""), HasSubstr("t.csv:1: no column cfg"));
  EXPECT_THAT(problem(kHeader), HasSubstr("t.csv: no rows"));
  EXPECT_THAT(problem("cycles," + std::string(kHeader)), HasSubstr("t.csv:1: more than one column cycles"));
  EXPECT_THAT(problem(std::string(kHeader) + kRow + "x,y\n"),
              HasSubstr("t.csv:3: has 2 columns, the header has 20"));
  EXPECT_THAT(problem(row_with(",7,9,", ",seven,9,")), HasSubstr("t.csv:2: L is 'seven', not a number"));
  EXPECT_THAT(problem(row_with(",7,9,", ",,9,")), HasSubstr("t.csv:2: L is '', not a number"));
  EXPECT_THAT(problem(row_with(",7,9,", ",0,9,")), HasSubstr("t.csv:2: L is 0, must be 1..1000000"));
  EXPECT_THAT(problem(row_with(",7,9,", ",-7,9,")), HasSubstr("t.csv:2: L is '-7', not a number"));
  EXPECT_THAT(problem(row_with(",64,16", ",60,16")), HasSubstr("t.csv:2: dw_bits is 60, must be"));
  EXPECT_THAT(problem(row_with(",64,16", ",64,257")), HasSubstr("t.csv:2: max_burst is 257"));
  EXPECT_THAT(problem(row_with("shared", "split")), HasSubstr("t.csv:2: mem is 'split'"));
  EXPECT_THAT(problem(row_with("a=1", "a")), HasSubstr("t.csv:2: cfg has 'a', not key=value"));
  EXPECT_THAT(problem(row_with("a=1", "b=1")), HasSubstr("t.csv:2: cfg has 'b' twice"));
  EXPECT_THAT(problem(row_with("a=1", "a=x")), HasSubstr("t.csv:2: cfg a is 'x', not a number"));
  EXPECT_THAT(problem(row_with("4096", "4095")), HasSubstr("t.csv:2: length and offsets"));
  EXPECT_THAT(problem(row_with(",0,8,", ",4096,8,")), HasSubstr("t.csv:2: src_off is 4096"));
  EXPECT_THAT(problem(row_with("1234", "0")), HasSubstr("t.csv:2: cycles is 0"));
  EXPECT_THROW(read_reference("/no/such/file.csv"), platform::InputError);
}

}  // namespace
}  // namespace dmavp::tb
