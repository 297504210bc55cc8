// Framework, provider and client, ours or Linux's, on every board: what each combination does, against the
// table in docs/linux.md. DMAVP_UPDATE_DOCS=1 writes the table anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "linux/linux_run.h"

namespace dmavp::tb {
namespace {

const char* const kBoards[] = {"k210", "jh7110", "agilex5", "generic16", "generic32"};

struct Client {
  const char* name;
  const char* table;         ///< TOML of its table
  const char* modules = "";  ///< drivers besides the DMA driver
  bool one_cpu = true;       ///< else all CPUs, and several seeds until one fails
  const char* causes =
      "";  ///< why it fails on Linux's provider, by the names in docs/linux.md; none: it passes
  const char* causes_on_agilex5 = causes;
};

#define LINUX_DMATEST "module = \"" LINUX_MODULE_DIR "/linux-dmatest.so\"\n"
#define LICENSE_FILE "path = \"" DMAVP_SOURCE_DIR "/LICENSE\"\n"
const Client kClients[] = {
    {"Linux's dmatest", LINUX_DMATEST "iterations = 10\ntest_buf_size = \"16KiB\"\nrun = true\n"},
    {"dmatest",
     "module = \"dmatest\"\niterations = 10\nthreads_per_chan = 1\ntest_buf_size = \"16KiB\"\nrun = true\n"},
    {"memcpy", "module = \"memcpy\"\nsize = \"64KiB\"\ncount = 4\n"},
    {"memcpy, four at once",
     "module = \"memcpy\"\nsize = \"64KiB\"\nchunk = \"8KiB\"\ncount = 2\ntimeout_ms = 100\n", "", true,
     "S1"},
    {"Linux's dmatest, 4 threads a channel",
     LINUX_DMATEST "iterations = 10\nthreads_per_chan = 4\ntest_buf_size = 4096\ntimeout = 50\nrun = true\n",
     "", true, "S1"},
    {"Linux's dmatest, all CPUs",
     LINUX_DMATEST "iterations = 200\ntest_buf_size = 512\ntimeout = 50\nrun = true\n", "", false, "F1"},
    {"traffic, one at a time",
     "module = \"traffic\"\nbytes = \"16KiB\"\nbuffers = 1\nburst = 1\ngap = 64\nmaxburst = 4\n", "", true,
     "", "F8"},
    {"traffic", "module = \"traffic\"\nbytes = \"64KiB\"\n", "", true, "S1", "F8"},
    {"audio", "module = \"audio\"\nframes = 960\n", ", \"dw-i2s\"", true, "", "F8"},
    {"uart-loopback", "module = \"uart-loopback\"\n" LICENSE_FILE, ", \"dw-uart\"", true, "S4 S6", "F8"},
    {"spi-flash", "module = \"spi-flash\"\nhz = 10000000\n" LICENSE_FILE, ", \"dw-ssi\"", true, "F9",
     "F8 F9"},
};

struct Side {
  bool linux_framework, linux_provider;
};

std::string text_of(bool is_linux) { return is_linux ? "Linux" : "ours"; }

std::string scenario(const Side& side, const Client& client) {
  const std::string framework = side.linux_framework ? LINUX_MODULE_DIR "/linux-dmaengine.so" : "dmaengine";
  const std::string provider = side.linux_provider ? "\"" LINUX_MODULE_DIR
                                                     "/linux-virt-dma.so\", \"" LINUX_MODULE_DIR
                                                     "/linux-dw-axi-dmac.so\""
                                                   : "\"virt-dma\", \"dw-axi-dmac\"";
  return "[scenario]\nduration = \"60s\"\nmodules = [\"" + framework + "\", " + provider + client.modules +
         "]\n[expect]\nlog_never = \", [1-9][0-9]* failures\"\n[client.cell]\n" + client.table;
}

bool passes(const Side& side, const Client& client, const std::string& board) {
  const unsigned seeds_tried = client.one_cpu ? 1 : side.linux_provider ? 20 : 3;
  for (unsigned seed = 1; seed <= seeds_tried; ++seed) {
    SCOPED_TRACE(seed);
    const LinuxJob job =
        run_text(scenario(side, client), Words{"--board", board, "--seed", std::to_string(seed)} +
                                             (client.one_cpu ? only_cpus(board, 1) : Words{}));
    if (side.linux_provider) {
      if (job.status != 0) return false;
      continue;
    }
    EXPECT_EQ(job.status, 0) << client.name << " on " << board << ": " << job.err;
    if (job.status != 0) return false;
    EXPECT_TRUE(job.result.at("diagnostics").as_array().empty()) << job.err;
    EXPECT_EQ(job.result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u) << client.name;
  }
  return true;
}

/// A row of the table; a cell that passes although it is known to fail, or the other way round, fails the
/// test.
std::string row(const Side& side, const Client& client) {
  std::string line = "| " + text_of(side.linux_framework) + " | " + text_of(side.linux_provider) + " | " +
                     client.name + " |";
  for (const std::string board : kBoards) {
    const std::string known =
        side.linux_provider ? (board == "agilex5" ? client.causes_on_agilex5 : client.causes) : "";
    const bool pass = passes(side, client, board);
    EXPECT_EQ(pass, known.empty()) << client.name << " on " << board;
    line += pass ? " passes |" : known.empty() ? " **fails** |" : " fails: " + known + " |";
  }
  return line;
}

constexpr char kPage[] = DMAVP_SOURCE_DIR "/docs/linux.md";

std::vector<std::string> page() {
  std::vector<std::string> lines;
  std::ifstream file(kPage);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The committed line with the same first three columns is replaced.
void update(const std::string& fresh) {
  std::size_t end = 0;
  for (int bars = 0; bars < 4; ++end) bars += fresh[end] == '|' ? 1 : 0;
  std::ostringstream text;
  for (const std::string& line : page())
    text << (line.compare(0, end, fresh, 0, end) == 0 ? fresh : line) << '\n';
  std::ofstream(kPage) << text.str();
}

class LinuxMatrix : public testing::TestWithParam<Side> {};
INSTANTIATE_TEST_SUITE_P(Sides, LinuxMatrix,
                         testing::Values(Side{false, false}, Side{true, false}, Side{false, true},
                                         Side{true, true}),
                         [](const auto& side) {
                           return text_of(side.param.linux_framework) + "_framework_" +
                                  text_of(side.param.linux_provider) + "_provider";
                         });

TEST_P(LinuxMatrix, IsWhatTheManualSays) {
  for (const Client& client : kClients) {
    const std::string fresh = row(GetParam(), client);
    if (std::getenv("DMAVP_UPDATE_DOCS") != nullptr) update(fresh);
    const auto lines = page();
    EXPECT_NE(std::find(lines.begin(), lines.end(), fresh), lines.end())
        << "docs/linux.md does not have this row; with DMAVP_UPDATE_DOCS=1 the test writes it:\n"
        << fresh;
  }
}

/// Every scenario of the manual's tables has its test, and every such test its line.
TEST(LinuxManual, NamesEverySuspectAndFinding) {
  const std::string page_text = test::read_file(kPage);
  const std::regex name("TEST\\((Linux(?:Suspect|Finding)), (\\w+)\\)"),
      line("`(Linux(?:Suspect|Finding)\\.\\w+)`");
  const auto collect = [](const std::string& text, const std::regex& pattern, bool two_parts) {
    std::set<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i)
      found.insert(two_parts ? (*i)[1].str() + "." + (*i)[2].str() : (*i)[1].str());
    return found;
  };
  std::set<std::string> tests;
  for (const char* file : {"suspects_test.cpp", "findings_test.cpp"})
    tests.merge(collect(test::read_file(std::string(DMAVP_SOURCE_DIR "/tb/linux/") + file), name, true));
  EXPECT_GE(tests.size(), 26u);
  EXPECT_EQ(collect(page_text, line, false), tests);
}

/// No board of the house is left out.
TEST(LinuxMatrixBoards, AreAllThereAre) {
  std::size_t boards = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DMAVP_SOURCE_DIR "/platform/boards"))
    boards += entry.path().extension() == ".dts" ? 1 : 0;
  EXPECT_EQ(boards, std::size(kBoards));
}

}  // namespace
}  // namespace dmavp::tb
