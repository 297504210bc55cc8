// One client program, same seed, on our framework and on Linux's, with our virtual channels and Linux's:
// provider calls, return values, cookies, states, residues and callbacks are the same. Each program runs in a
// process of its own.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "modules/fake_soc.h"
#include "tier.h"

namespace dmavp::test {
namespace {

using Lines = std::vector<std::string>;
constexpr unsigned kOperations = 120;
constexpr unsigned kSeconds = 60;  ///< after which a program hangs; it takes some milliseconds

struct Side {
  const char* name;
  std::string framework, virtual_channels;
};
const Side kOurs{"ours", "dmaengine", "virt-dma"};
const Side kLinux{"Linux's", LINUX_MODULE_DIR "/linux-dmaengine.so", LINUX_MODULE_DIR "/linux-virt-dma.so"};
const Side kLinuxFramework{"Linux's framework with our virtual channels", kLinux.framework,
                           kOurs.virtual_channels};
const Side kOurFramework{"ours with Linux's virtual channels", kOurs.framework, kLinux.virtual_channels};

struct Program {
  std::uint64_t seed = 0;
  std::string skip = std::string(kOperations, '0');
};

/// In place of a DMA controller: a register whose lowest bit is the interrupt line.
class Bell final : public DmacModel {
 public:
  std::uint64_t read(std::uint64_t, unsigned, Time) override { return level_; }
  void write(std::uint64_t, unsigned, std::uint64_t value, Time) override { level_ = value & 1; }
  void advance(Time) override {}
  Time next_event() const override { return ~Time{0}; }
  bool line(unsigned channel) const override { return channel == 0 && level_ != 0; }
  bool combined() const override { return level_ != 0; }

 private:
  std::uint64_t level_ = 0;
};

/// A machine that passes on what the program says, and how it ends where it cannot go on.
class Machine : public FakeSoc {
 public:
  Machine(const Settings& settings, FILE* out) : FakeSoc(settings), out_(out) {}
  void log(int, port::Time, unsigned, const char* line) override {
    const char* text = std::strstr(line, "oracle: ");
    if (text) std::fprintf(out_, "%s\n", text + 8);
  }
  void fatal(const char* text) override {
    std::fprintf(out_, "fatal: %s\n", text);
    std::fflush(out_);
    _exit(0);
  }

 private:
  FILE* out_;
};

/// The lines of the program on one side; the last says how it ended.
Lines play(const Side& side, const Program& program) {
  int channel[2];
  if (pipe(channel) != 0) return {"no pipe"};
  const pid_t child = fork();
  if (child == 0) {
    close(channel[0]);
    alarm(kSeconds);
    FILE* out = fdopen(channel[1], "w");
    std::string end;
    try {
      FakeSoc::Settings settings;
      settings.device_tree = tree_path("single");
      settings.controller = [](auto) { return std::make_unique<Bell>(); };
      Machine soc(settings, out);
      soc.boot();
      const int status = soc.run({side.framework, side.virtual_channels,
                                  "oracle seed=" + std::to_string(program.seed) +
                                      " count=" + std::to_string(kOperations) + " skip=" + program.skip});
      kernel::Kernel& kernel = kernel::Kernel::instance();
      end = "status " + std::to_string(status) + ", allocations left " +
            std::to_string(kernel.statistics().live_allocations);
      if (status != 0) end += std::string(": ") + kernel.error();
    } catch (const std::exception& error) {
      end = error.what();
    }
    std::fprintf(out, "%s\n", end.c_str());
    std::fclose(out);
    _exit(0);
  }
  close(channel[1]);
  Lines lines;
  FILE* in = fdopen(channel[0], "r");
  char text[512];
  while (std::fgets(text, sizeof(text), in)) {
    lines.emplace_back(text);
    if (!lines.back().empty() && lines.back().back() == '\n') lines.back().pop_back();
  }
  std::fclose(in);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    lines.push_back("died, wait status " + std::to_string(status));
  return lines;
}

/// Leaves out whatever the difference does not need.
Program shrink(Program program, const Side& a, const Side& b) {
  for (unsigned step = kOperations / 2; step != 0; step /= 2) {
    for (unsigned at = 0; at < kOperations; at += step) {
      Program shorter = program;
      for (unsigned i = at; i < at + step && i < kOperations; ++i) shorter.skip[i] = '1';
      if (shorter.skip != program.skip && play(a, shorter) != play(b, shorter)) program = shorter;
    }
  }
  return program;
}

/// The lines around the first that differs.
std::string explain(const Program& program, const Side& a, const Side& b) {
  const Lines left = play(a, program), right = play(b, program);
  std::size_t n = 0;
  while (n < left.size() && n < right.size() && left[n] == right[n]) ++n;
  std::ostringstream out;
  out << "DMAVP_ORACLE_SEED=" << program.seed << " DMAVP_ORACLE_SKIP=" << program.skip << "\n";
  for (std::size_t i = n > 25 ? n - 25 : 0; i < n; ++i) out << "           " << left[i] << "\n";
  for (std::size_t i = n; i < n + 3; ++i) {
    if (i < left.size()) out << a.name << ": " << left[i] << "\n";
    if (i < right.size()) out << b.name << ": " << right[i] << "\n";
  }
  return out.str();
}

std::string difference(std::uint64_t seed, const Side& a, const Side& b) {
  Program program;
  program.seed = seed;
  if (const char* skip = std::getenv("DMAVP_ORACLE_SKIP")) program.skip = skip;
  if (play(a, program) == play(b, program)) return "";
  return explain(shrink(program, a, b), a, b);
}

/// In parts, so that none takes long.
class Oracle : public ::testing::TestWithParam<unsigned> {};
constexpr unsigned kParts = 40;

TEST_P(Oracle, BothFrameworksDoTheSame) {
  const std::uint64_t programs = tb::number("DMAVP_ORACLE_SEED", 0) ? 1 : tb::programs(250, 10);
  const std::uint64_t first =
      tb::number("DMAVP_ORACLE_SEED", tb::first_program() + 1 + GetParam() * programs);
  for (std::uint64_t seed = first; seed < first + programs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Side& other = seed % 6 == 0 ? kLinuxFramework : seed % 6 == 1 ? kOurFramework : kLinux;
    ASSERT_EQ(difference(seed, kOurs, other), "");
  }
}
INSTANTIATE_TEST_SUITE_P(Programs, Oracle, ::testing::Range(0u, kParts));

/// Our framework with one thing wrong is told from Linux's, by a short program.
class Broken : public ::testing::TestWithParam<const char*> {};
TEST_P(Broken, IsNoticed) {
  const std::string module = std::string("broken-") + GetParam();
  const bool virtual_channels = module == "broken-cookie";
  const Side broken{"broken", virtual_channels ? kOurs.framework : module,
                    virtual_channels ? module : kOurs.virtual_channels};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Program program;
    program.seed = seed;
    if (play(broken, program) == play(kLinux, program)) continue;
    program = shrink(program, broken, kLinux);
    const auto operations = std::count(program.skip.begin(), program.skip.end(), '0');
    EXPECT_LE(operations, 8) << explain(program, broken, kLinux);
    EXPECT_NE(explain(program, broken, kLinux).find("broken: "), std::string::npos);
    return;
  }
  ADD_FAILURE() << "not in 300 programs";
}
INSTANTIATE_TEST_SUITE_P(Framework, Broken,
                         ::testing::Values("rotation", "busy", "private", "caps", "metadata", "synchronize",
                                           "cookie"),
                         [](const auto& row) { return std::string(row.param); });

/// What a program is made of happens: it ends by itself, and most calls are made with success and without.
TEST(OraclePrograms, ReachWhatTheyAreMadeFor) {
  std::string all;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Lines lines = play(kOurs, {seed, std::string(kOperations, '0')});
    ASSERT_GT(lines.size(), kOperations);
    ASSERT_EQ(lines[lines.size() - 2], "end");
    ASSERT_EQ(lines.back(), "status 0, allocations left 0");
    for (const std::string& line : lines) all += line + "\n";
  }
  for (const char* text : {"request_chan -> [",
                           "request_chan -> error -19",
                           "request_chan -> error -517",
                           " -> -12",
                           "request_chan -> error -13",
                           "request_channel -> [",
                           "request_channel -> NULL",
                           "request_chan_by_mask -> [",
                           "request_chan_by_mask -> error",
                           "get_any_slave_channel -> [",
                           "with a lock:",
                           "in a tasklet:",
                           "interrupts off:",
                           "in an interrupt:",
                           "callback",
                           "in callback: submit",
                           "in callback: terminate",
                           "set_reuse -> 0",
                           "submit again",
                           "set_reuse -> -1",
                           "desc_free -> 0",
                           "attach_metadata -> -22",
                           "attach_metadata -> 0",
                           "sync_wait",
                           "register 2 -> -5",
                           "register 2 -> 0",
                           "channel added",
                           "channel removed",
                           "cookies of",
                           "submit on",
                           "-> 2147483647",
                           "caps -> -6",
                           "slave_config [0] -> -38",
                           "control 0",
                           "set_unmap"})
    EXPECT_NE(all.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace dmavp::test
