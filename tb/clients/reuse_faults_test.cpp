// The client memcpy with descriptors that are used again, where things go wrong.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "clients/rig.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

/// A copy that fails does not spoil its descriptors: the next one succeeds by the same.
TEST(Reuse, GoesOnAfterAFailedCopy) {  // covers: K16
  for (const bool times_out : {false, true}) {
    SCOPED_TRACE(times_out ? "times out" : "fails");
    ClientRig rig;
    rig.soc.dmac.fail_after(0, 2500, times_out ? 0 : 1u << 8);
    EXPECT_EQ(rig.run("memcpy size=1000 chunk=400 count=6 depth=2 reuse=1 recover=1 timeout_ms=20"), 0);
    EXPECT_EQ(rig.failed(), 1u);
    EXPECT_EQ(rig.soc.logged("6 copies of 1000 bytes, 1 of them failed, the last one did not"), 1u);
    EXPECT_EQ(ClientRig::live_allocations(), 0u);
  }
}

TEST(Reuse, IsRefusedByAProviderWithoutIt) {
  ClientRig rig;
  rig.soc.run({"dmaengine", "virt-dma", "soft-engine", "memcpy reuse=1"});
  EXPECT_EQ(rig.soc.logged("cannot use a transfer again: error -"), 1u);
  EXPECT_EQ(rig.failed(), 1u);
  EXPECT_EQ(rig.soc.logged("all equal"), 0u);
  EXPECT_EQ(ClientRig::live_allocations(), 0u);
}

TEST(Reuse, LeavesNothingBehindWhenItIsUnloadedAtWork) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ClientRig rig(seed);
    EXPECT_NE(rig.soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "memcpy reuse=1 chunk=700", "absent"}), 0);
    EXPECT_EQ(rig.soc.logged("kernel."), 0u);
    EXPECT_EQ(ClientRig::live_allocations(), 0u);
  }
}

}  // namespace
