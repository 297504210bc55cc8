// The memory that a run needs does not grow with what it simulates.
#include <gtest/gtest.h>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kMeasurable = false;  // freed memory stays with the sanitizer
#else
constexpr bool kMeasurable = true;
#endif

/// KiB. Tables fill, and 65536 latencies of a client are kept one by one (Latencies::kExact); how many pages
/// of programs and libraries count is up to the system. 300 000 latencies kept one by one are 4 MiB or more.
constexpr long kMargin = 2048;

class Memory : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Timing, Memory, testing::Values("lt", "at"), [](const auto& p) { return p.param; });

long peak_of(std::vector<std::string> arguments, const std::string& timing,
             const std::vector<std::string>& settings) {
  arguments.insert(arguments.end(), {"--timing", timing, "-q", "--set", "scenario.duration=100s"});
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  const Finished finished = run_program(arguments);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_GT(finished.peak_kib, 1000);
  return finished.peak_kib;
}

TEST_P(Memory, StaysFlatOverSimulatedSeconds) {
  if (!kMeasurable) GTEST_SKIP() << "a sanitizer keeps what is freed";
  const auto peak = [](unsigned ms) {
    std::vector<std::string> settings;
    for (const char* client : {"audio", "uart", "flash", "dmatest"})
      settings.push_back("client." + std::string(client) + ".run_ms=" + std::to_string(ms));
    return peak_of({"run", "soc-mix"}, GetParam(), settings);
  };
  const unsigned longest = tb::full_tier() ? 10'000 : 1'000;
  EXPECT_LT(peak(longest), peak(longest / 10) + kMargin);
}

TEST_P(Memory, StaysFlatOverTransfers) {
  if (!kMeasurable) GTEST_SKIP() << "a sanitizer keeps what is freed";
  const auto peak = [](unsigned count) {
    return peak_of({"run", "memcpy"}, GetParam(),
                   {"client.copy.count=" + std::to_string(count), "client.copy.size=64"});
  };
  EXPECT_LT(peak(300'000), peak(30'000) + kMargin);  // each used to keep 8 bytes
}

}  // namespace
}  // namespace dmavp::test
