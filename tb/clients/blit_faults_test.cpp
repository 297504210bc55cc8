// The client blit on a controller that does wrong what it is told to: it notices, says where, and cleans up.
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>

#include "clients/rig.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

using Fault = FakeDmac::Fault;
struct Row {
  const char* name;
  Fault fault;
  const char* operation;  ///< and other parameters
  const char* message;
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};
class BlitFaults : public testing::TestWithParam<Row> {};

/// Lines of 192 bytes are 256 apart, so each is one item, with nothing behind it; the fault is that of the
/// first.
TEST_P(BlitFaults, AreNoticedAndNamed) {
  const Row& row = GetParam();
  ClientRig rig;
  rig.soc.dmac.plan(0, row.fault);
  rig.run(std::string("blit columns=64 align=128 lines=20 output=out operation=") + row.operation);
  EXPECT_EQ(rig.soc.logged(row.message), 1u);
  EXPECT_EQ(rig.soc.logged("as expected"), 0u);
  EXPECT_EQ(rig.failed(), 1u);
  EXPECT_EQ(rig.soc.files.count("out"), 1u) << "a wrong picture is worth looking at";
  EXPECT_EQ(ClientRig::live_allocations(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, BlitFaults,
    testing::Values(
        Row{"a_byte_too_many", Fault::kExtraByte, "crop",
            "byte 192, which belongs to no pixel, is 25, expected a5; 1 bytes are wrong"},
        Row{"a_byte_missing", Fault::kMissingByte, "crop",
            "blue of pixel (63, 0) is ff, expected 00; 1 bytes"},
        Row{"read_shifted", Fault::kReadShifted, "crop", "crop: red of pixel (0, 0) is 00, expected ff; "},
        Row{"source_overwritten", Fault::kSourceOverwritten, "crop", "crop: the source is not what it was"},
        Row{"lost_interrupt", Fault::kLostInterrupt, "crop chunks=1", "crop: stopped by error -110"},
        Row{"wrong_status", Fault::kWrongStatus, "crop chunks=1", "crop: stopped by error -5"},
        Row{"half_as_success", Fault::kErrorAsSuccess, "transpose", " of pixel ("}),
    [](const auto& row) { return std::string(row.param.name); });

/// Threads that were woken may not have made a step yet, others are in the middle of a transfer.
TEST(Blit, LeavesNothingBehindWhenItIsUnloadedAtWork) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ClientRig rig(seed);
    EXPECT_NE(rig.soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "blit operation=clear,planes", "absent"}),
              0);
    EXPECT_EQ(rig.soc.logged("kernel."), 0u);
    EXPECT_EQ(ClientRig::live_allocations(), 0u);
    EXPECT_EQ(rig.soc.dmac.read(0x10, 8, rig.soc.time()), 0u);
  }
}

}  // namespace
