// Random programs: reproducible, well formed, and together they reach every feature.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

#include "reference/program.h"

namespace dmavp::reference {
namespace {

constexpr u64 kBase = 0x80000000;

TEST(ReferencePrograms, AreReproducibleWellFormedAndReachEveryFeature) {
  std::set<std::string> seen;
  Traits t;
  t.bus_bytes = 16;
  t.masters = 2;
  t.interfaces = 16;
  t.prefetch = t.src_stat = t.dst_stat = t.lock = true;
  for (const ProgramClass k :
       {ProgramClass::kDisjoint, ProgramClass::kRacing, ProgramClass::kFailing, ProgramClass::kStopped}) {
    for (u64 seed = 0; seed < 60; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Program p = make_program(k, t, kBase, 1 << 16, seed);
      if (seed < 5) {
        EXPECT_EQ(p.describe(), make_program(k, t, kBase, 1 << 16, seed).describe());
      }
      for (const std::string& f : p.features()) seen.insert(f);
      const Model m = p.predict();
      EXPECT_TRUE(m.predictable());
      EXPECT_EQ(m.compare_allowed(m.memory(), 0), std::nullopt) << p.describe();
      if (k == ProgramClass::kDisjoint) {
        EXPECT_EQ(m.compare(m.memory()), std::nullopt);
      }
    }
  }
  t.flush_residue = t.rounds_addresses = true;
  t.max_msize = 8;
  for (u64 seed = 0; seed < 60; ++seed)
    for (const std::string& f : make_program(ProgramClass::kDisjoint, t, kBase, 1 << 16, seed).features())
      seen.insert(f);
  for (const char* f : {"width 8>128",
                        "width 128>8",
                        "fixed source",
                        "fixed destination",
                        "unaligned address",
                        "IOC",
                        "end: done",
                        "end: halted",
                        "end: error",
                        "used item met again",
                        "residual bytes",
                        "resumed after an invalid item",
                        "source overlaps destination",
                        "descriptor made by DMA",
                        "unmapped address",
                        "error SLVERR on item write-back",
                        "error DECERR on item fetch",
                        "stop: abort",
                        "stop: disable",
                        "stop: suspend+resume",
                        "stop: soft reset",
                        "TT_FC 1",
                        "TT_FC 2",
                        "TT_FC 3",
                        "TT_FC 4",
                        "TT_FC 5",
                        "TT_FC 6",
                        "TT_FC 7",
                        "software handshake",
                        "hardware handshake",
                        "dma_req only",
                        "dma_single",
                        "MSIZE 1",
                        "MSIZE 1024",
                        "silent source",
                        "silent sink",
                        "multi-block reload/reload",
                        "multi-block contiguous/reload",
                        "multi-block reload/contiguous",
                        "multi-block shadow/shadow",
                        "multi-block shadow/contiguous",
                        "multi-block reload/shadow",
                        "multi-block list/list",
                        "multi-block list/reload",
                        "multi-block contiguous/list",
                        "illegal multi-block types corrected",
                        "valid shadow set overwritten",
                        "halted for the first shadow set",
                        "halted for one more shadow set",
                        "prefetch",
                        "status fetch",
                        "error DECERR on status fetch",
                        "address rounded down",
                        "residual bytes flushed",
                        "MSIZE beyond the largest",
                        "lock"})
    EXPECT_TRUE(seen.count(f)) << f;
}

}  // namespace
}  // namespace dmavp::reference
