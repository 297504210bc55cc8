// dmatest on the real board over its parameters: {memcpy, memset} x {interrupt with 1 and 4 threads, polled}
// x {random, whole buffers} x alignment x buffer size, every combination of the specification's regression
// matrix.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <tuple>

#include "system/job.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

class Matrix : public testing::TestWithParam<std::tuple<const char*, const char*, const char*>> {};

TEST_P(Matrix, EveryTransferIsRight) {
  const auto& [operation, mode, buffer] = GetParam();
  const bool set = std::string(operation) == "memset";
  const bool four = std::string(mode) == "threads4";
  const bool large = std::string(buffer) == "1048576";
  const unsigned iterations = full_tier() ? 100 : large ? 2 : 10;
  // All channels, but for the largest buffers: their filling and checking is most of the time then.
  const unsigned channels = large ? 2 : 4;
  for (const char* norandom : {"norandom=0", "norandom=1"}) {
    for (const char* alignment : {"alignment=-1", "alignment=0", "alignment=2", "alignment=4"}) {
      SCOPED_TRACE(std::string(norandom) + " " + alignment);
      const Job job = run_job(Words{
          "dmatest", "--board", "generic32", set ? "dmatest=1" : "dmatest=0",
          "iterations=" + std::to_string(iterations), four ? "threads_per_chan=4" : "threads_per_chan=1",
          std::string("polled=") + (std::string(mode) == "polled" ? "1" : "0"), norandom, alignment,
          std::string("test_buf_size=") + buffer, "max_channels=" + std::to_string(channels), "--seed",
          std::to_string(seed_base())});
      ASSERT_EQ(job.finished.status, 0) << job.finished.err;
      const auto& client = job.result.at("clients").at(0);
      EXPECT_EQ(client.at("transfers").to_number<unsigned>(), iterations * channels * (four ? 4 : 1));
      EXPECT_EQ(client.at("errors").to_number<unsigned>(), 0u);
      EXPECT_EQ(note(job, "dmatest", "failures"), 0u);
      EXPECT_TRUE(job.result.at("diagnostics").as_array().empty());
      EXPECT_EQ(software(job, "live_allocations"), 0u);
      const auto bytes = client.at("bytes").to_number<std::uint64_t>();
      const std::uint64_t most = std::uint64_t{iterations} * channels * (four ? 4 : 1) * std::stoul(buffer);
      if (std::string(norandom) == "norandom=1")
        EXPECT_EQ(bytes, most);
      else
        EXPECT_LE(bytes, most);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Generic32, Matrix,
                         testing::Combine(testing::Values("memcpy", "memset"),
                                          testing::Values("thread1", "threads4", "polled"),
                                          testing::Values("64", "4096", "16384", "1048576")),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param) + "_" +
                                  std::get<2>(row.param);
                         });

class InterruptLatency : public testing::TestWithParam<const char*> {};

/// One transfer after the other, all alike: what is left of the spread of latencies is what was drawn.
TEST_P(InterruptLatency, IsDrawnUpToItsBoundAtAnyQuantum) {
  const std::string board = GetParam();
  constexpr std::uint64_t kMost = 50'000;  // ns
  const auto run = [&](std::uint64_t ns, const char* quantum) {
    return run_job(Words{"dmatest", "--board", board, "iterations=200", "test_buf_size=512", "max_channels=1",
                         "norandom=1", "--set", "/cpus:dmavp,interrupt-latency-max-ns=" + std::to_string(ns),
                         "--set", std::string("/cpus:dmavp,quantum-ns=") + quantum, "--set",
                         "/cpus:dmavp,defer-softirq-percent=0"} +
                   only_cpus(board, 1));
  };
  const auto latency = [](const Job& job, const char* which) {
    return job.result.at("clients").at(0).at("latency_ns").at(which).to_number<std::uint64_t>();
  };
  const Job without = run(0, "100000");
  Job with = run(kMost, "100000");
  Job often = run(kMost, "1000");
  for (const Job* job : std::initializer_list<const Job*>{&without, &with, &often})
    ASSERT_EQ(job->finished.status, 0) << job->finished.err;
  const std::uint64_t base = latency(without, "p50");
  EXPECT_LE(latency(without, "max"), base + base / 10) << "the base is not constant enough for this test";
  EXPECT_LT(latency(with, "min"), base + kMost / 10);
  EXPECT_GT(latency(with, "p50"), base + kMost * 3 / 10);
  EXPECT_LT(latency(with, "p50"), base + kMost * 7 / 10);
  EXPECT_GT(latency(with, "max"), base + kMost * 9 / 10);
  EXPECT_LE(latency(with, "max"), base + kMost + base / 10);
  with.result.erase("wall_s");
  often.result.erase("wall_s");
  with.result.at("software").as_object().erase("machine_yields");
  often.result.at("software").as_object().erase("machine_yields");
  EXPECT_EQ(boost::json::serialize(with.result), boost::json::serialize(often.result));
}
INSTANTIATE_TEST_SUITE_P(Boards, InterruptLatency, testing::Values("k210", "generic32"),
                         [](const auto& board) { return std::string(board.param); });

}  // namespace
}  // namespace dmavp::tb
