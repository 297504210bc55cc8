// What a client sees: at any moment the bytes changed in memory are the length less the residue (decision 9).
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "system/job.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

// With register accesses and steps of software that take no time none passes between the driver's reading of
// DAR and the look.
Words free_steps(const std::string& board) {
  Words words = only_cpus(board, 2);
  for (const char* cpu : {"cpu0", "cpu1"}) {
    words.emplace_back("--set");
    words.push_back(std::string(cpu) + ":dmavp,cost-primitive=0");
  }
  return words + Words{"--set", "soc:dmavp,response-latency=0", "--set", "dmac0:dmavp,register-latency=0"};
}

class ResidueOfAClient : public testing::TestWithParam<std::tuple<const char*, bool, const char*>> {};
INSTANTIATE_TEST_SUITE_P(Boards, ResidueOfAClient,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Bool(),
                                          testing::Values("alone", "with_others")),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) +
                                  (std::get<1>(row.param) ? "_dmi_" : "_transactions_") +
                                  std::get<2>(row.param);
                         });

TEST_P(ResidueOfAClient, EqualsTheBytesNotYetChangedAtRandomMoments) {
  const auto& [board, dmi, company] = GetParam();
  constexpr unsigned kFifoWords = 16;
  const unsigned fifo_bytes = kFifoWords * (std::string(board) == "k210" ? 32 : 16);
  const bool alone = std::string(company) == "alone";
  const Words load =
      alone ? Words{DMAVP_SOURCE_DIR "/tb/system/bare.toml"}
            : Words{"memcpy", "--set", "client.copy.size=16KiB", "--set", "client.copy.verify=false"};
  std::uint64_t moments = 0, inside = 0, in_flight = 0;
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Job job = run_job(Words{"run"} + load +
                            Words{"--board", board, "--seed", std::to_string(seed), "--set",
                                  std::string("dmac0:dmavp,dmi=") + (dmi ? "1" : "0"), "--set",
                                  "dmac0:dmavp,fifo-depth=" + std::to_string(kFifoWords), "--insmod",
                                  SYSTEM_MODULES "/residue.so"} +
                            free_steps(board));
    ASSERT_EQ(job.finished.status, 0) << job.finished.err;
    for (const char* fault : {"wrong", "torn", "outside", "backwards", "incomplete"})
      EXPECT_EQ(note(job, "residue", fault), 0u) << fault << "\n" << job.finished.err;
    EXPECT_LE(note(job, "residue", "in_flight_max"), fifo_bytes);
    moments += note(job, "residue", "moments");
    inside += note(job, "residue", "inside");
    in_flight += note(job, "residue", "in_flight");
  }
  EXPECT_GE(moments, 50 * seeds());
  EXPECT_GE(inside, moments / 2);
  EXPECT_GE(in_flight, moments / 10);
}

}  // namespace
}  // namespace dmavp::tb
