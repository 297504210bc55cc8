// Every scenario on every board in both timing modes: the same data in memory, the same completions per
// channel, and, where controllers do not contend, about the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "platform/config/scenario.h"
#include "platform/report/view.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

using Lines = std::vector<std::string>;

/// What the channels of a controller have written to memory, byte by byte, as it lies there when their bursts
/// are over. How the bytes were cut into bursts and where the buffers lie does not matter, nor do zeros: how
/// much silence a recording begins with depends on a frame clock.
class Written : public Observer {
 public:
  struct Bytes {
    std::uint64_t count = 0;
    std::uint64_t hash = 14695981039346656037u;
  };

  unsigned interests() const override { return kBursts; }
  void burst_begins(const BurstEvent&) override {}
  void burst(const BurstEvent& event) override {
    if (event.kind != BurstKind::kWrite || event.fixed) return;
    for (const port::RamRegion& ram : board->ram()) {
      if (event.address < ram.base || event.address - ram.base >= ram.size) continue;
      Bytes& bytes = channels[event.channel];
      const std::byte* at = ram.bus_view + (event.address - ram.base);
      for (std::uint32_t i = 0; i < event.bytes; ++i) {
        const auto byte = std::to_integer<std::uint64_t>(at[i]);
        if (byte != 0) bytes.hash = (bytes.hash ^ byte) * 1099511628211u;
      }
      bytes.count += event.bytes;
    }
  }
  void block(const BlockEvent&) override {}
  void register_access(const RegisterEvent&) override {}
  void interrupt(const InterruptEvent&) override {}
  void diagnostic(const DiagnosticEvent&) override {}

  const platform::Board* board = nullptr;
  std::map<unsigned, Bytes> channels;
};

/// What a run comes to, of either mode.
class Outline : public platform::View {
 public:
  Observer* observer_of(const std::string& source) const override {
    return source.rfind("dmac", 0) == 0 ? &written_[source] : nullptr;
  }
  void soft(const port::SoftEvent& event) override {
    if (event.kind != port::SoftEventKind::kCallback) return;
    std::string& list = completions_[event.text];
    list += " " + std::to_string(event.number) + ":" + std::to_string(event.bytes);
  }
  void fault(const platform::FaultLog::Hit&) override {}

  void watch(const platform::Board& board) {
    for (auto& [name, written] : written_) written.board = &board;
  }
  /// The elapsed time, then a line for each fact.
  std::string text(const platform::Recorder& recorder) const {
    std::ostringstream out;
    out << recorder.end() << "\n";
    for (const auto& client : recorder.clients())
      out << client.name << " result " << client.result << " bytes " << client.bytes << " transfers "
          << client.transfers << " errors " << client.errors << "\n";
    for (const auto& [channel, list] : completions_) out << channel << " completed" << list << "\n";
    for (const auto& [name, written] : written_) {
      for (const auto& [channel, bytes] : written.channels)
        out << name << ".ch" << channel << " wrote " << bytes.count << " bytes, hash " << bytes.hash << "\n";
    }
    return out.str();
  }

 private:
  mutable std::map<std::string, Written> written_;
  std::map<std::string, std::string> completions_;
};

struct Played {
  double picoseconds = 0;
  Lines facts;
};

void run_here(const std::string& scenario, const SocOptions& options,
              const std::vector<platform::Setting>& settings, std::FILE* into) {
  Outline outline;
  SocOptions with_view = options;
  with_view.views = {&outline};
  Soc soc(with_view);
  outline.watch(soc.board());
  soc.load(platform::load_scenario(scenario, settings));
  const platform::Outcome outcome = soc.run();
  std::fputs(outline.text(soc.recorder()).c_str(), into);
  if (outcome != platform::Outcome::kDone)
    std::fprintf(into, "outcome %d\n%s", static_cast<int>(outcome), soc.log().c_str());
  std::fflush(into);
}

/// In a process of its own (design decision 24).
Played play(const std::string& scenario, const SocOptions& options,
            const std::vector<platform::Setting>& settings) {
  std::FILE* const file = std::tmpfile();
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      run_here(scenario, options, settings, file);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  std::istringstream lines(text);
  Played played;
  std::string line;
  if (std::getline(lines, line)) played.picoseconds = std::strtod(line.c_str(), nullptr);
  while (std::getline(lines, line)) played.facts.push_back(line);
  return played;
}

struct Case {
  const char* scenario;
  bool contended;  ///< by more than one controller, if the board has more: lt knows no other contention
  std::vector<platform::Setting> settings;
};

// Small, and of a fixed amount of work: how much is done in a given time depends on the mode.
const Case kCases[] = {
    {"memcpy", false, {{"client.copy.count", "4"}}},
    {"blit", false, {}},
    {"uart-loopback", false, {{"client.uart.path", "LICENSE"}}},
    {"audio", false, {{"client.audio.frames", "2400"}}},
    {"spi-flash", false, {{"client.flash.path", "LICENSE"}}},
    {"traffic", false, {}},
    {"default", true, {{"client.dmatest.iterations", "4"}, {"client.file.path", "LICENSE"}}},
    {"dmatest", true, {{"client.dmatest.iterations", "4"}}},
    {"soc-mix",
     false,
     {{"client.audio.frames", "2400"},
      {"client.audio.run_ms", "0"},
      {"client.uart.path", "LICENSE"},
      {"client.uart.run_ms", "0"},
      {"client.flash.path", "LICENSE"},
      {"client.flash.run_ms", "0"},
      {"client.dmatest.iterations", "20"},
      {"client.dmatest.run_ms", "0"}}}};

class Modes : public testing::TestWithParam<std::tuple<const char*, Case>> {};
INSTANTIATE_TEST_SUITE_P(Boards, Modes,
                         testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic16",
                                                          "generic32"),
                                          testing::ValuesIn(kCases)),
                         [](const auto& row) {
                           std::string name =
                               std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).scenario;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(Modes, LeaveTheSameDataAndCompleteInTheSameOrder) {
  const auto& [board, what] = GetParam();
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SocOptions options;
    options.board = board;
    options.seed = seed;
    options.timed = false;
    const Played lt = play(what.scenario, options, what.settings);
    options.timed = true;
    const Played at = play(what.scenario, options, what.settings);
    ASSERT_GE(lt.facts.size(), 2u);
    EXPECT_THAT(at.facts, testing::ElementsAreArray(lt.facts));
    const bool two_controllers = std::string(board) == "agilex5";
    if (!(what.contended && two_controllers)) {
      EXPECT_NEAR(lt.picoseconds / at.picoseconds, 1.0, 0.25);
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
