// Pages of --html: what is in them equals the result, they need nothing from elsewhere, and a browser draws
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <numeric>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

/// The data block of a page.
json::value data_of(const std::string& page) {
  const std::string mark = "<script type=\"application/json\" id=\"data\">";
  const std::size_t from = page.find(mark);
  EXPECT_NE(from, std::string::npos);
  const std::size_t begin = from + mark.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

double sum(const json::value& list) {
  double total = 0;
  for (const json::value& x : list.as_array()) total += x.to_number<double>();
  return total;
}

struct Seen {
  std::string dom;
  std::string console;
};

/// What Chromium makes of a page; `fragment` selects a view.
Seen browse(const std::string& file, const std::string& fragment = "") {
  const std::string dom = scratch("dom.html"), log = scratch("browser.log"), profile = scratch("profile");
  const std::string command =
      "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
      "--disable-background-networking "
      "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=5000 "
      "--user-data-dir='" +
      profile + "' --window-size=1280,900 --dump-dom 'file://" + file +
      (fragment.empty() ? "" : "#" + fragment) + "' >'" + dom + "' 2>'" + log + "'; rm -rf '" + profile + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  Seen seen{read_file(dom), {}};
  const std::string messages = read_file(log);
  for (std::size_t at = messages.find("CONSOLE"); at != std::string::npos;
       at = messages.find("CONSOLE", at + 1))
    seen.console += messages.substr(at, messages.find('\n', at) - at) + "\n";
  return seen;
}

#define NEEDS_CHROMIUM() \
  if (std::system("command -v chromium >/dev/null") != 0) GTEST_SKIP() << "no chromium on this machine"

const std::vector<std::string> kRun = {"run", "--set", "client.dmatest.iterations=5"};

std::vector<std::string> plus(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Html, RunPageHoldsTheResultAndSeriesThatAddUpToIt) {
  for (const char* timing : {"lt", "at"}) {
    SCOPED_TRACE(timing);
    const std::string page = scratch("run.html"), result_file = scratch("run.json");
    const Finished finished =
        run_program(plus(kRun, {"--timing", timing, "-q", "--html", page, "--json", result_file}));
    ASSERT_EQ(finished.status, 0) << finished.err;
    json::value data = data_of(read_file(page));
    json::value result = json::parse(read_file(result_file));
    for (json::value* v : {&data.at("result"), &result}) {
      v->as_object().erase("wall_s");
      for (json::value& c : v->at("clients").as_array())
        c.as_object().erase("throughput_mb_s");  // nine digits
      v->as_object().erase("why");
    }
    EXPECT_TRUE(data.at("result") == result);

    const json::value& series = data.at("series");
    const double bin = series.at("bin_ps").to_number<double>();
    std::map<std::string, const json::value*> by_name;
    for (const json::value& c : series.at("channels").as_array())
      by_name[c.at("name").as_string().c_str()] = &c;
    std::size_t used = 0;
    for (const json::value& c : result.at("channels").as_array()) {
      if (c.at("read_bursts") == 0) continue;
      ++used;
      const json::value& s = *by_name.at(c.at("name").as_string().c_str());
      EXPECT_NEAR(sum(s.at("read_bytes")), c.at("bytes_read").to_number<double>(), 0.5);
      EXPECT_NEAR(sum(s.at("written_bytes")), c.at("bytes_written").to_number<double>(), 0.5);
      EXPECT_GT(sum(s.at("fifo_bytes")), 0);
      EXPECT_EQ(s.at("fifo_bytes").as_array().size(), series.at("bins").to_number<std::size_t>());
    }
    EXPECT_EQ(by_name.size(), used);
    const double cycle = 1e12 / result.at("dmacs").at(0).at("clock_hz").to_number<double>();
    for (std::size_t m = 0; m < 2; ++m) {
      for (const char* wire : {"ar", "r", "aw", "w", "b"}) {
        const json::value& busy = result.at("bus").at(m).at(wire).at("busy_cycles");
        EXPECT_NEAR(sum(series.at("ports").at(m).at(wire)) / cycle, busy.to_number<double>(),
                    0.001 * busy.to_number<double>() + 0.1)
            << m << wire;
        for (const json::value& x : series.at("ports").at(m).at(wire).as_array())
          EXPECT_LE(x.to_number<double>(), bin * 1.001);
      }
    }
    std::size_t transfers = 0, latencies = 0;
    for (const json::value& c : result.at("clients").as_array())
      transfers += c.at("transfers").to_number<std::size_t>();
    for (const json::value& h : series.at("latencies").as_array())
      latencies += static_cast<std::size_t>(sum(h.at("counts")));
    EXPECT_EQ(latencies, transfers);
    EXPECT_GE(series.at("blocks").as_array().size(), transfers);
    EXPECT_GE(series.at("callbacks").as_array().size(), transfers);
    EXPECT_GT(series.at("interrupts").as_array().size(), 0u);
  }
}

TEST(Html, PagesNeedNothingFromElsewhere) {
  const std::string page = scratch("alone.html"), sweep = scratch("alone_sweep.html");
  ASSERT_EQ(run_program(plus(kRun, {"-q", "--html", page})).status, 0);
  ASSERT_EQ(run_program({"sweep", "memcpy", "--vary", "seed=1", "--html", sweep}).status, 0);
  for (const std::string& file : {page, sweep}) {
    const std::string text = read_file(file);
    for (const char* loads : {" src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest"})
      EXPECT_THAT(text, Not(HasSubstr(loads)));
    EXPECT_THAT(text, HasSubstr("Chart.js v"));  // the library with its licence
    EXPECT_THAT(text, HasSubstr("Released under the MIT License"));
  }
}

TEST(Html, TextOfOthersIsNoMarkup) {
  NEEDS_CHROMIUM();
  const std::string scenario = scratch("evil.toml"), page = scratch("evil.html");
  const std::string name = "</script><img id=evil><!--<script>";
  write_file(
      scenario,
      "[scenario]\nname = \"" + name +
          "\"\nmodules = [\"dw-axi-dmac\", \"virt-dma\"]\n[client.copy]\nmodule = \"memcpy\"\ncount = 1\n");
  std::string modules = read_file(DMAVP_SOURCE_DIR "/platform/scenarios/memcpy.toml");
  modules.replace(modules.find("name = \"memcpy\""), 15, "name = \"" + name + "\"");
  write_file(scenario, modules);
  const Finished finished = run_program({"run", scenario, "-q", "--html", page});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(data_of(read_file(page)).at("result").at("scenario").as_string(), name.c_str());
  const Seen seen = browse(page);
  EXPECT_EQ(seen.console, "");
  EXPECT_THAT(seen.dom, HasSubstr("data-ready=\"yes\""));
  EXPECT_THAT(seen.dom, Not(HasSubstr("<img")));
  EXPECT_THAT(seen.dom, HasSubstr("&lt;/script&gt;&lt;img id=evil&gt;"));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(Html, ABrowserDrawsARun) {
  NEEDS_CHROMIUM();
  const std::string page = scratch("drawn.html");
  ASSERT_EQ(run_program(plus(kRun, {"-q", "--html", page})).status, 0);
  const Seen seen = browse(page);
  EXPECT_EQ(seen.console, "");
  EXPECT_THAT(seen.dom, HasSubstr("data-ready=\"yes\""));
  EXPECT_THAT(seen.dom, HasSubstr("default on k210: <span class=\"good\">passed</span>"));
  for (const char* title : {"Throughput of the channels", "FIFO level of the channels", "AXI port dmac0.m0",
                            "AXI port dmac0.m1", "What readers and writers spend",
                            "Latency of the transfers of dmatest", "Blocks, interrupts and callbacks"})
    EXPECT_THAT(seen.dom, HasSubstr(title));
  EXPECT_EQ(count(seen.dom, "<canvas"), 8u);  // two clients have a latency each
}

TEST(Html, ABrowserDrawsAndFiltersASweep) {
  NEEDS_CHROMIUM();
  const std::string page = scratch("sweep.html");
  const Finished finished = run_program({"sweep", "memcpy", "--set", "client.copy.count=1", "--vary",
                                         "client.copy.size=64,1KiB,4KiB,much", "--vary",
                                         "dmac0:dmavp,fifo-depth=16,32,64", "--html", page});
  ASSERT_EQ(finished.status, 1);
  const auto shows = [&](const std::string& fragment) {
    const Seen seen = browse(page, fragment);
    EXPECT_EQ(seen.console, "") << fragment;
    EXPECT_THAT(seen.dom, HasSubstr("data-ready=\"yes\"")) << fragment;
    EXPECT_EQ(count(seen.dom, "<canvas"), 3u) << fragment;
    const std::size_t mark = seen.dom.find(" points</span>");
    const std::size_t from = seen.dom.rfind('>', mark) + 1;
    return seen.dom.substr(from, mark - from) + ", " + std::to_string(count(seen.dom, "<tr")) + " rows";
  };
  EXPECT_EQ(shows(""), "12 of 12, 13 rows");
  EXPECT_EQ(shows("filter=status%3Drefused"), "3 of 12, 4 rows");
  EXPECT_EQ(shows("filter=much"), "3 of 12, 4 rows");
  EXPECT_EQ(shows("filter=fifo-depth%3D32%20status%3Dpassed"), "3 of 12, 4 rows");
  EXPECT_EQ(shows("filter=throughput_mb_s%3E1e9"), "0 of 12, 1 rows");
  EXPECT_EQ(shows("filter=fifo-depth%3C64&metric=sim_time_ps&x=1&y=0"), "8 of 12, 9 rows");
  // Point, two names, status, bandwidth, latency, and the figure if it is another; the problem stands apart.
  EXPECT_EQ(count(browse(page, "").dom, "<th><button"), 6u);
  EXPECT_EQ(count(browse(page, "metric=sim_time_ps").dom, "<th><button"), 7u);
}

TEST(Html, WrongFilesAreRefusedBeforeTheRun) {
  const Finished nowhere = run_program({"run", "--html", "/no/such/dir/x.html"});
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("/no/such/dir/x.html: cannot be written"));
  const std::string same = scratch("same");
  for (const char* other : {"--json", "--trace", "--vcd", "--perfetto"}) {
    const Finished twice = run_program({"run", "--html", same, other, same});
    EXPECT_EQ(twice.status, 2) << other;
    EXPECT_THAT(twice.err, HasSubstr("two outputs cannot go to one file")) << other;
  }
}

}  // namespace
}  // namespace dmavp::test
