// Random register programs against the untimed reference model, many in one simulation.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>

#include "registers/instances.h"
#include "registers/play.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using reference::ProgramClass;

/// DMAVP_PROGRAMS programs from seed DMAVP_PROGRAM_SEED on; the tier decides otherwise.
void play_class(ProgramClass kind) {
  auto rigs = make_rigs();
  const u64 count = number("DMAVP_PROGRAMS", programs(10000));
  const u64 first = number("DMAVP_PROGRAM_SEED", first_program());
  std::map<std::string, unsigned> histogram;
  unsigned failures = 0;
  for (u64 seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::size_t instance = seed % rigs.size();
    Rig& rig = *rigs[instance];
    const auto program = reference::make_program(kind, traits_of(rig.options()), rig.options().ram_base,
                                                 rig.options().ram_bytes, seed);
    for (const std::string& feature : program.features()) ++histogram[feature];
    const std::string problem = play(rig, program);
    if (!problem.empty()) {
      ADD_FAILURE() << "instance " << instance << ": " << problem;
      if (++failures >= number("DMAVP_MAX_FAILURES", 5)) break;
    }
  }
  std::cout << count << " " << to_string(kind) << " programs exercised:\n";
  for (const auto& [feature, times] : histogram) std::cout << "  " << feature << ": " << times << "\n";
}

TEST(RandomPrograms, Disjoint) { play_class(ProgramClass::kDisjoint); }
TEST(RandomPrograms, Racing) { play_class(ProgramClass::kRacing); }
TEST(RandomPrograms, Failing) { play_class(ProgramClass::kFailing); }
TEST(RandomPrograms, Stopped) { play_class(ProgramClass::kStopped); }

}  // namespace
}  // namespace dmavp::tb
