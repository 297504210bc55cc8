// Whole runs: what must not change the result, what must, and how a run ends when software is at fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

struct Outcome {
  Finished finished;
  json::object result;     ///< without wall_s
  std::string normalised;  ///< the JSON's text without wall_s
  std::string trace;
};

Outcome run(Words arguments, const Words& prefix = {}) {
  static int number = 0;
  const std::string name = scratch("run" + std::to_string(number++));
  for (const char* word : {"--json", ".json", "--trace", ".trace"})
    arguments.push_back(word[0] == '-' ? word : name + word);
  Outcome run;
  run.finished = run_program(arguments, prefix);
  const std::string text = read_file(name + ".json");
  if (!text.empty()) {
    run.result = json::parse(text).as_object();
    run.result.erase("wall_s");
    run.normalised = json::serialize(run.result);
  }
  run.trace = read_file(name + ".trace");
  return run;
}

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::uint64_t stops(const std::string& table) {
  const std::size_t end = table.find(" stops of software");
  if (end == std::string::npos) return 0;
  const std::size_t start = table.rfind(' ', end - 1);
  return std::stoull(table.substr(start + 1, end - start - 1));
}

class OnBoard : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Boards, OnBoard,
                         ::testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"),
                         [](const auto& board) { return std::string(board.param); });

TEST_P(OnBoard, MainJobPassesAndAddsUp) {
  const Outcome r = run(main_job(GetParam()));
  ASSERT_EQ(r.finished.status, 0) << r.finished.out << r.finished.err;
  EXPECT_THAT(r.finished.out, AllOf(HasSubstr("PASSED"), HasSubstr("nothing went wrong")));
  EXPECT_EQ(r.result.at("schema"), "dmavp.run/1");
  EXPECT_TRUE(r.result.at("passed").as_bool());
  EXPECT_EQ(r.result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);

  std::uint64_t payload = 0;
  ASSERT_EQ(r.result.at("clients").as_array().size(), 2u);
  for (const json::value& client : r.result.at("clients").as_array()) {
    const auto bytes = client.at("bytes").to_number<std::uint64_t>();
    const auto duration = client.at("duration_ps").to_number<double>();
    EXPECT_GT(bytes, 0u);
    EXPECT_EQ(client.at("errors").to_number<std::uint64_t>(), 0u);
    EXPECT_NEAR(client.at("throughput_mb_s").to_number<double>(), static_cast<double>(bytes) / duration * 1e6,
                1e-3);
    const auto& latency = client.at("latency_ns");
    EXPECT_GT(latency.at("min").to_number<double>(), 0.0);
    EXPECT_LE(latency.at("min").to_number<double>(), latency.at("p50").to_number<double>());
    EXPECT_LE(latency.at("p50").to_number<double>(), latency.at("p99").to_number<double>());
    EXPECT_LE(latency.at("p99").to_number<double>(), latency.at("max").to_number<double>());
    payload += bytes;
  }
  // Every cycle of every side has exactly one cause, and what the channels wrote is what the clients asked
  // for.
  const auto elapsed = r.result.at("elapsed_cycles").to_number<std::uint64_t>();
  std::uint64_t written = 0;
  for (const json::value& channel : r.result.at("channels").as_array()) {
    for (const char* side : {"reader", "writer"}) {
      std::uint64_t sum = 0;
      for (const auto& cause : channel.at(side).as_object()) sum += cause.value().to_number<std::uint64_t>();
      EXPECT_EQ(sum, elapsed) << channel.at("name") << " " << side;
    }
    EXPECT_EQ(channel.at("bytes_read"), channel.at("bytes_written"));
    written += channel.at("bytes_written").to_number<std::uint64_t>();
  }
  EXPECT_EQ(written, payload);
}

// The real software on trees that leave out what boot loaders and clock controllers know.
TEST(ForeignBoard, TheMainJobRuns) {
  for (const std::string tree : {"riscv", "arm"}) {
    const Outcome r = run(main_job(DMAVP_SOURCE_DIR "/tb/platform/trees/" + tree + ".dts"));
    EXPECT_EQ(r.finished.status, 0) << tree << r.finished.out << r.finished.err;
    EXPECT_FALSE(r.result.at("notes").as_array().empty());
    EXPECT_FALSE(r.result.at("ignored_nodes").as_array().empty());
  }
}

// Every controller has its own clock; what nobody used has counted nothing.
TEST(Results, ControllersAndPeripheralsAreListed) {
  const Outcome r = run(with(main_job("agilex5"), {"--set", "dmac1:dmavp,clock-frequency=200000000"}));
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  const json::array& dmacs = r.result.at("dmacs").as_array();
  ASSERT_EQ(dmacs.size(), 2u);
  EXPECT_EQ(dmacs[0].at("elapsed_cycles"), r.result.at("elapsed_cycles"));
  EXPECT_EQ(dmacs[1].at("clock_hz").to_number<std::uint64_t>(), 200'000'000u);
  EXPECT_EQ(dmacs[1].at("elapsed_cycles").to_number<std::uint64_t>(),
            dmacs[0].at("elapsed_cycles").to_number<std::uint64_t>() / 2);
  std::vector<std::string> names;
  for (const json::value& p : r.result.at("peripherals").as_array()) {
    names.emplace_back(p.at("name").as_string());
    for (const auto& counter : p.at("counters").as_object())
      EXPECT_EQ(counter.value().to_number<std::uint64_t>(), 0u) << names.back() << " " << counter.key();
  }
  EXPECT_THAT(names,
              ::testing::ElementsAre("uart0", "uart1", "spi0", "spi1", "i2s0", "traffic0", "traffic1"));
}

// Files of back ends: found beside the sources too, named when they cannot be had.
TEST(BackEnds, FilesAreCheckedBeforeTheRun) {
  const auto status = [](const Words& settings) {
    Words words = main_job("k210");
    for (const std::string& setting : settings) words = with(words, {"--set", setting});
    return run(words).finished;
  };
  const Finished image = status({"flash0:dmavp,image=/nowhere/image"});
  EXPECT_EQ(image.status, 2);
  EXPECT_THAT(image.err,
              AllOf(HasSubstr("/soc/spi@54000000"), HasSubstr("dmavp,image"), HasSubstr("/nowhere/image")));
  const Finished input = status({"uart1:dmavp,backend=file", "uart1:dmavp,backend-input=/nowhere/in"});
  EXPECT_EQ(input.status, 2);
  EXPECT_THAT(input.err, AllOf(HasSubstr("serial@50210000"), HasSubstr("/nowhere/in")));
  const Finished wav = status({"i2s0:dmavp,backend=wav", "i2s0:dmavp,wav-in=LICENSE"});
  EXPECT_EQ(wav.status, 2);
  EXPECT_THAT(wav.err, AllOf(HasSubstr("i2s@50250000"), HasSubstr("dmavp,wav-in")));
  const std::string saved = scratch("flash.bin");
  const Finished good =
      status({"flash0:dmavp,image=LICENSE", "flash0:dmavp,size=64KiB", "flash0:dmavp,save=" + saved});
  EXPECT_EQ(good.status, 0) << good.err;
  const std::string license = read_file(DMAVP_SOURCE_DIR "/LICENSE");
  EXPECT_EQ(read_file(saved), license + std::string(65536 - license.size(), '\xFF'));
}

TEST_P(OnBoard, SameCommandSameBytesOtherSeedOtherTraffic) {
  const Outcome first = run(main_job(GetParam()));
  ASSERT_EQ(first.finished.status, 0) << first.finished.err;
  const Outcome second = run(main_job(GetParam()));
  EXPECT_EQ(first.normalised, second.normalised);
  EXPECT_TRUE(first.trace == second.trace);
  const Outcome other = run(with(main_job(GetParam()), {"--seed", "2"}));
  ASSERT_EQ(other.finished.status, 0) << other.finished.err;
  EXPECT_FALSE(first.trace == other.trace);
  EXPECT_NE(first.result.at("software").at("schedule_hash"), other.result.at("software").at("schedule_hash"));
}

TEST_P(OnBoard, ResultsDoNotDependOnTheQuantum) {
  const Outcome reference = run(with(main_job(GetParam()), {"--set", "cpus:dmavp,quantum-ns=1"}));
  ASSERT_EQ(reference.finished.status, 0) << reference.finished.err;
  for (const char* quantum : {"7", "100", "10us", "1ms"}) {
    const Outcome r =
        run(with(main_job(GetParam()), {"--set", std::string("cpus:dmavp,quantum-ns=") + quantum}));
    EXPECT_EQ(r.normalised, reference.normalised) << quantum;
    EXPECT_TRUE(r.trace == reference.trace) << quantum;
  }
}

// What stops software with any quantum is the hardware itself; all channels are at work here.
TEST_P(OnBoard, LongQuantumStopsSoftwareFiveTimesLessOften) {
  const auto stopped = [](const char* quantum) {
    const Finished f =
        run_program({"run", "--board", GetParam(), "--set", std::string("cpus:dmavp,quantum-ns=") + quantum});
    EXPECT_EQ(f.status, 0) << f.err;
    return stops(f.out);
  };
  const std::uint64_t at_1_ms = stopped("1ms");
  EXPECT_GT(at_1_ms, 0u);
  EXPECT_GE(stopped("1"), 5 * at_1_ms);
}

TEST_P(OnBoard, ResultsDoNotDependOnAddresses) {
  const Outcome random = run(main_job(GetParam()));
  const Outcome fixed = run(main_job(GetParam()), {"setarch", "-R"});
  if (fixed.finished.status == 126 || fixed.finished.status == 127 || fixed.result.empty()) {
    GTEST_SKIP() << "setarch -R is not permitted here: " << fixed.finished.err;
  }
  EXPECT_EQ(random.normalised, fixed.normalised);
  EXPECT_TRUE(random.trace == fixed.trace);
}

TEST_P(OnBoard, TraceIsSortedAndSpeaksOfBothHalves) {
  const Outcome r = run(main_job(GetParam()));
  std::istringstream lines(r.trace);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, "# dmavp trace 1: time_ps source event details");
  std::uint64_t last = 0;
  std::uint64_t in_blocks = 0;
  while (std::getline(lines, line)) {
    const std::uint64_t time = std::stoull(line);
    ASSERT_LE(last, time) << line;
    last = time;
    const std::size_t bytes = line.find(" bytes=");
    if (line.find(" block-done ") != std::string::npos) in_blocks += std::stoull(line.substr(bytes + 7));
  }
  std::uint64_t written = 0;
  for (const json::value& channel : r.result.at("channels").as_array())
    written += channel.at("bytes_written").to_number<std::uint64_t>();
  EXPECT_EQ(in_blocks, written);
  EXPECT_EQ(last, r.result.at("sim_time_ps").to_number<std::uint64_t>());
  for (const char* word :
       {" dmac0 burst ", " register-write ", " interrupt line=", " interrupt-entry ", " submit ",
        " callback ", " map ", " module-load ", " module-unload ", " client-done "}) {
    EXPECT_THAT(r.trace, HasSubstr(word));
  }
}

TEST(RunOneCpu, MainJobPasses) {
  const Outcome r = run(with(main_job("k210"), {"--set", "cpu1:status=disabled"}));
  EXPECT_EQ(r.finished.status, 0) << r.finished.err;
}

TEST(RunEnds, WithStatus1WhenItIsNotFinishedInTime) {
  const Finished f = run_program({"run", "memcpy", "--set", "scenario.duration=20us"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, AllOf(HasSubstr("not finished after 20.000 us"), HasSubstr("init")));
  EXPECT_THAT(f.out, HasSubstr("FAILED"));
}

TEST(RunEnds, WithStatus1WhenAnExpectationFails) {
  const Finished f = run_program({"run", "memcpy", "--quiet", "--set", "expect.bytes_min=1GiB"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("expected at least 1073741824"));
}

/// A module that was not written for this platform may be a client: its threads are its work. One that could
/// report and does not has not done its work.
TEST(RunEnds, WithStatus1WhenAClientThatReportsDoesNotStart) {
  const std::string silent = scratch("silent.toml");
  write_file(silent, "[scenario]\nmodules = [\"dmaengine\"]\n[client.x]\nmodule = \"virt-dma\"\n");
  Finished f = run_program({"run", silent, "--quiet"});
  EXPECT_EQ(f.status, 0) << f.err;
  f = run_program({"run", "dmatest", "--quiet", "--set", "client.dmatest.run=false"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("client dmatest never started"));
}

TEST(RunEnds, WithItsResultsWrittenWhenInterrupted) {
  const std::string json = scratch("interrupted.json");
  const Finished f = run_program(
      {"run", "memcpy", "--quiet", "--json", json, "--insmod", DMAVP_TEST_MODULES "/faulty_interrupted.so"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("interrupted by a signal after "));
  const json::value result = json::parse(read_file(json));
  EXPECT_FALSE(result.at("passed").as_bool());
  EXPECT_GT(result.at("sim_time_ps").to_number<std::uint64_t>(), 3'000'000u);
}

}  // namespace
}  // namespace dmavp::test
