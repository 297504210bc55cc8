// Every scenario of the product on Linux's framework and virtual channels: our clients and our driver rely on
// nothing that only ours do. What is moved is what is moved on our own.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <tuple>

#include "system/job.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

namespace json = boost::json;

struct Load {
  const char* name;
  Words words;
};
const Load kLoads[] = {
    {"default", {"default"}},
    {"dmatest_memset", {"dmatest", "--set", "client.dmatest.dmatest=1"}},
    {"memcpy", {"memcpy", "--set", "client.copy.chunk=5000"}},
    {"memcpy_reuse", {"memcpy", "--set", "client.copy.chunk=5000", "--set", "client.copy.reuse=true"}},
    {"blit", {"blit", "--set", "client.blit.operation=clear,crop,transpose,planes"}},
    {"uart", {"uart-loopback"}},
    {"audio", {"audio"}},
    {"flash", {"spi-flash"}},
    {"traffic", {"traffic", "--set", "client.traffic.pieces=3"}},
    {"traffic_interleaved",
     {"traffic", "--set", "client.traffic.call=interleaved", "--set", "client.traffic.pieces=3", "--set",
      "client.traffic.spacing=20"}},
    {"traffic_cyclic", {"traffic", "--set", "client.traffic.cyclic=true"}},
};

class OurClients : public testing::TestWithParam<std::tuple<const char*, Load>> {};
INSTANTIATE_TEST_SUITE_P(OnLinuxsFramework, OurClients,
                         testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic32"),
                                          testing::ValuesIn(kLoads)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });

const json::value* checksum(const json::value& client) {
  return client.at("notes").as_object().if_contains("checksum");
}

TEST_P(OurClients, MoveTheSame) {
  const auto& [board, load] = GetParam();
  for (std::uint64_t i = 0; i < seeds(); ++i) {
    const std::uint64_t seed = seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Words words = Words{"run"} + load.words + Words{"--board", board, "--seed", std::to_string(seed)};
    const Job ours = run_job(words);
    const Job linux_s =
        run_job(words + Words{"--set", "scenario.modules[0]=" LINUX_MODULE_DIR "/linux-dmaengine.so", "--set",
                              "scenario.modules[1]=" LINUX_MODULE_DIR "/linux-virt-dma.so"});
    ASSERT_EQ(ours.finished.status, 0) << ours.finished.err;
    ASSERT_EQ(linux_s.finished.status, 0) << linux_s.finished.out << linux_s.finished.err;
    EXPECT_EQ(software(linux_s, "live_allocations"), 0u);
    const json::array& clients = linux_s.result.at("clients").as_array();
    ASSERT_EQ(clients.size(), ours.result.at("clients").as_array().size());
    for (std::size_t c = 0; c < clients.size(); ++c) {
      const json::value& mine = ours.result.at("clients").at(c);
      EXPECT_EQ(clients[c].at("errors").to_number<std::uint64_t>(), 0u);
      EXPECT_EQ(clients[c].at("name"), mine.at("name"));
      // Random lengths are each thread's own draws, and what a UART hears is cut where a time-out falls.
      if (checksum(mine) == nullptr) continue;
      EXPECT_EQ(clients[c].at("bytes"), mine.at("bytes"));
      EXPECT_EQ(*checksum(clients[c]), *checksum(mine));
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
