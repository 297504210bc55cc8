// Every kind of fault at work: it happens, the client sees the stated outcome, its next transfer succeeds,
// and nothing outside of the transfer's ranges changes (the client `memcpy` with `recover` checks that).
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "faults/play.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

struct Row {
  const char* name;
  const char* client;  ///< kCopy or kUart
  const char* fault;   ///< the table's lines but for `target` where it is dmac0
  const char* outcome;
  const char* more = "";    ///< tables behind it
  unsigned transfers = 1;   ///< that fail
  unsigned latency_us = 0;  ///< of the slowest transfer, at least
  unsigned interrupts = 0;  ///< taken, at least; a copy takes one
};

const Row kRows[] = {
    {"slverr_source", kCopy, "kind='slverr'\non='source'\nnth=3\n", "read-failed"},
    {"slverr_destination", kCopy, "kind='slverr'\non='destination'\nnth=3\n", "write-failed"},
    {"slverr_descriptor", kCopy, "kind='slverr'\non='descriptor'\n", "read-failed"},
    {"slverr_write_back", kCopy, "kind='slverr'\non='write-back'\n", "write-failed"},
    {"decerr_source", kCopy, "kind='decerr'\non='source'\nnth=3\n", "read-failed"},
    {"decerr_destination", kCopy, "kind='decerr'\non='destination'\nnth=3\n", "write-failed"},
    {"decerr_descriptor", kCopy, "kind='decerr'\non='descriptor'\n", "read-failed"},
    {"decerr_write_back", kCopy, "kind='decerr'\non='write-back'\n", "write-failed"},
    {"slverr_of_a_peripheral", kUart, "kind='slverr'\non='source'\nnth=3\n", "failed"},
    {"bit_flip_source", kCopy, "kind='bit-flip'\non='source'\nnth=2\nbit=13\n", "mismatch"},
    {"bit_flip_destination", kCopy, "kind='bit-flip'\non='destination'\nnth=2\nbit=64\n", "mismatch"},
    {"bit_flip_of_a_peripheral", kUart, "kind='bit-flip'\non='destination'\nnth=3\n", "mismatch"},
    {"corrupt_descriptor", kCopy, "kind='corrupt-descriptor'\n", "read-failed"},
    {"interrupt_lost", kCopy, "kind='interrupt-lost'\n", "timeout"},
    {"interrupt_lost_of_a_peripheral", kUart, "kind='interrupt-lost'\ntarget='serial0'\nnth=3\n", "none"},
    {"interrupt_late", kCopy, "kind='interrupt-late'\ndelay='1ms'\n", "none", "", 0, 1000},
    {"interrupt_too_late", kCopy, "kind='interrupt-late'\ndelay='60ms'\n", "timeout"},
    {"interrupt_spurious", kCopy, "kind='interrupt-spurious'\ntime='15us'\n", "none", "", 0, 0, 5},
    {"interrupt_stuck_for_a_while", kCopy, "kind='interrupt-stuck'\nduration='20us'\n", "none", "", 0, 0, 10},
    {"interrupt_stuck_for_good", kCopy, "kind='interrupt-stuck'\n", "timeout",
     "[expect]\nfailing_clients=['copy']\ndiagnostics=['kernel.irq-nobody-cared']\n", 3},
    {"request_stuck_high_rx", kUart,
     "kind='request-stuck-high'\ntarget='serial0'\non='rx'\nnth=3\nduration='1ms'\n", "mismatch"},
    {"request_stuck_high_tx", kUart,
     "kind='request-stuck-high'\ntarget='serial0'\non='tx'\nnth=3\nduration='1ms'\n", "mismatch"},
    {"request_stuck_low_tx", kUart,
     "kind='request-stuck-low'\ntarget='serial0'\non='tx'\nnth=3\nduration='300ms'\n", "timeout"},
    {"request_dropped_rx", kUart,
     "kind='request-dropped'\ntarget='serial0'\non='rx'\nnth=3\nduration='20us'\n", "none"},
    {"request_dropped_tx", kUart,
     "kind='request-dropped'\ntarget='serial0'\non='tx'\nnth=3\nduration='20us'\n", "none"},
    {"peripheral_stalled", kUart, "kind='peripheral-stalled'\ntarget='serial0'\nnth=3\nduration='300ms'\n",
     "timeout"},
    {"clock_off_for_a_while", kCopy, "kind='clock-off'\nnth=3\nduration='1ms'\n", "none", "", 0, 1000},
    {"clock_off_for_good", kCopy, "kind='clock-off'\nnth=3\n", "timeout",
     "[expect]\nfailing_clients=['copy']\ndiagnostics=['kernel.bus-error']\n", 4},
    {"allocation_failure_of_the_client", kCopy, "kind='allocation-failure'\ntarget='memcpy'\nnth=2\n",
     "refused"},
    {"mapping_failure", kCopy, "kind='mapping-failure'\ntarget='memcpy'\nnth=2\n", "refused"},
};

std::string scenario_of(const Row& row) {
  std::string fault = row.fault;
  if (fault.find("target") == std::string::npos) fault += "target='dmac0'\n";
  return std::string(row.client) + "[[fault]]\n" + fault + "outcome='" + row.outcome + "'\n" + row.more;
}

class Outcome : public ::testing::TestWithParam<std::tuple<const char*, Row>> {};

TEST_P(Outcome, IsSeenAndOvercome) {
  const auto& [board, row] = GetParam();
  const Result result = play(scenario_of(row), board);
  if (std::string(board) == "jh7110" && std::string(row.fault).find("write-back") != std::string::npos) {
    EXPECT_EQ(result.run.status, 2);  // its controller does not write items back
    return;
  }
  EXPECT_EQ(result.run.status, 0) << scenario_of(row) << result.run.err;
  ASSERT_TRUE(result.json.contains("faults"));
  const json::object& fault = result.json.at("faults").as_array().at(0).as_object();
  EXPECT_EQ(fault.at("hits").to_number<int>(), 1);
  EXPECT_GT(fault.at("time_ps").to_number<std::uint64_t>(), 0u);
  const json::object& client = result.json.at("clients").as_array().at(0).as_object();
  const json::object& results = client.at("results").as_object();
  const unsigned failed = std::string(row.outcome) == "none" ? 0 : row.transfers;
  EXPECT_EQ(client.at("errors").to_number<unsigned>(), failed);
  if (failed == 0) {
    EXPECT_TRUE(results.empty());
  } else {
    EXPECT_EQ(results.at(row.outcome).to_number<unsigned>(), failed);
  }
  const double slowest_ns = client.at("latency_ns").at("max").to_number<double>();
  EXPECT_GE(slowest_ns, 1000.0 * row.latency_us);
  unsigned interrupts = 0;
  for (const json::value& entry : result.json.at("interrupts").as_array())
    interrupts += entry.at("count").to_number<unsigned>();
  EXPECT_GE(interrupts, row.interrupts);
}

std::vector<const char*> boards() {
  if (tb::full_tier()) return {"k210", "jh7110", "agilex5", "generic16", "generic32"};
  return {"k210", "generic32"};
}

INSTANTIATE_TEST_SUITE_P(Kinds, Outcome,
                         ::testing::Combine(::testing::ValuesIn(boards()), ::testing::ValuesIn(kRows)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });

}  // namespace
}  // namespace dmavp::test
