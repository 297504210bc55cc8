// The master that loads the bus: what it offers, what limits it, and that it leaves no trace in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>

#include "base/seeded_choices.h"
#include "bus/axi_interconnect.h"
#include "bus/traffic_generator.h"
#include "components/checked_links.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

constexpr std::uint64_t kBytes = 1 << 16;
constexpr Cycle kReadLatency = 20, kWriteLatency = 9, kHop = 2;

/// Notes the address of every request that passes.
struct Addresses : FaultPoint {
  std::vector<std::uint64_t> seen;
  bool before(tlm::tlm_generic_payload& access, sc_core::sc_time&) override {
    seen.push_back(access.get_address());
    return false;
  }
  void after(tlm::tlm_generic_payload&, sc_core::sc_time&) override {}
};

struct System {
  Clock clock{1'000'000'000};
  SeededChoices choices;
  BackingStore store{kBytes};
  std::unique_ptr<Sram> sram;
  std::unique_ptr<AxiInterconnect> bus;
  std::unique_ptr<TrafficGenerator> load;
  tb::CheckedLinks links;
  Addresses addresses;

  explicit System(TrafficGeneratorConfig config, std::uint64_t seed = 1) : choices(seed) {
    std::fill_n(store.bus_view(), kBytes, std::byte{0x5A});
    SramConfig memory;
    memory.read_latency = kReadLatency;
    memory.write_latency = kWriteLatency;
    sram = std::make_unique<Sram>("sram", store, memory, clock);
    InterconnectConfig c;
    c.regions = {{"sram", 0x10000, kBytes, false}};
    c.queue_requests = true;
    c.request_latency = c.response_latency = kHop;
    bus = std::make_unique<AxiInterconnect>("bus", c, clock);
    bus->set_master_fault_point(0, &addresses);
    config.base = 0x10000;
    config.size = kBytes;
    load = std::make_unique<TrafficGenerator>("load", config, clock, choices);
    links.join(load->socket, bus->in[0]);
    links.join(bus->out[0], sram->socket);
  }
  const TrafficGeneratorStatistics& run(unsigned cycles) {
    sc_core::sc_start(sc_core::sc_time(cycles, sc_core::SC_NS));
    links.expect_clean();
    const std::byte* bytes = store.bus_view();
    EXPECT_TRUE(std::all_of(bytes, bytes + kBytes, [](std::byte b) { return b == std::byte{0x5A}; }));
    const auto& s = load->statistics();
    EXPECT_EQ(s.errors, 0u);
    EXPECT_EQ(s.bytes_read, s.reads * burst);
    EXPECT_EQ(s.bytes_written, s.writes * burst);
    return s;
  }
  std::uint64_t burst = 128;
};

TEST(TrafficGenerator, OffersABurstEveryPeriod) {
  TrafficGeneratorConfig config;
  config.period = 50;
  config.read_percent = 25;
  System s(config);
  const auto& found = s.run(100'000);
  EXPECT_NEAR(static_cast<double>(found.reads), 500, 1);
  EXPECT_NEAR(static_cast<double>(found.writes), 1500, 2);
  EXPECT_EQ(found.late, 0u);
  // A read has its last beat 15 cycles after its first one; a write its response after its last beat.
  EXPECT_EQ(found.latency_min, 15 + 2 * kHop + kWriteLatency);
  EXPECT_EQ(found.latency_max, 15 + 2 * kHop + kReadLatency);
}

/// min(1, N * B / (L + B + h)), here with h = 0: the next address follows the last beat at once.
class Limit : public ::testing::TestWithParam<std::tuple<unsigned, unsigned>> {};

TEST_P(Limit, OutstandingReadsBoundTheRate) {
  TrafficGeneratorConfig config;
  config.period = 1;
  config.read_percent = 100;
  std::tie(config.outstanding, config.beats) = GetParam();
  System s(config);
  s.burst = config.beats * 8;
  const auto& found = s.run(100'000);
  const double latency = kReadLatency + 2 * kHop;
  const double rate = std::min(1.0, config.outstanding * config.beats / (latency + config.beats));
  EXPECT_NEAR(static_cast<double>(found.bytes_read) / 8 / 100'000, rate, 0.01 * rate);
  EXPECT_GT(found.late, 0u);
}
INSTANTIATE_TEST_SUITE_P(Grid, Limit,
                         ::testing::Combine(::testing::Values(1u, 2u, 5u), ::testing::Values(1u, 8u, 64u)));

TEST(TrafficGenerator, WhatComesLateIsNotDropped) {
  TrafficGeneratorConfig config;
  config.period = 40;
  config.outstanding = 1;
  config.beats = 64;  // more than W can take in 40 cycles
  config.read_percent = 0;
  System s(config);
  s.burst = 512;
  const auto& found = s.run(100'000);
  const double each = 64 + 2 * kHop + kWriteLatency;
  EXPECT_NEAR(static_cast<double>(found.writes), 100'000 / each, 2);
  EXPECT_NEAR(static_cast<double>(found.latency_max), 100'000 - 40 * 100'000 / each, 200);
}

TEST(TrafficGenerator, AddressesAreThoseOfThePattern) {
  TrafficGeneratorConfig config;
  config.beats = 24;  // 192 bytes: 21 of them in a page
  System s(config);
  s.burst = 192;
  s.run(32 * 700);
  for (std::size_t i = 0; i < s.addresses.seen.size(); ++i) {
    const std::uint64_t in_turn = i % (16 * 21);
    ASSERT_EQ(s.addresses.seen[i], 0x10000 + in_turn / 21 * 4096 + in_turn % 21 * 192) << i;
  }
  EXPECT_GT(s.addresses.seen.size(), 16u * 21u);
}

TEST(TrafficGenerator, RandomAddressesReachEverythingAndFollowTheSeed) {
  TrafficGeneratorConfig config;
  config.random = true;
  config.period = 16;
  System s(config);
  s.run(16 * 8'000);
  const std::vector<std::uint64_t>& first = s.addresses.seen;
  SeededChoices same(1);
  const Choices::Stream stream = same.stream("traffic generator load");
  for (const std::uint64_t place : first) ASSERT_EQ(place, 0x10000 + same.draw(stream, kBytes / 128) * 128);
  const std::set<std::uint64_t> places(first.begin(), first.end());
  EXPECT_EQ(places.size(), kBytes / 128);
  EXPECT_EQ(*places.begin(), 0x10000u);
  EXPECT_EQ(*places.rbegin(), 0x10000 + kBytes - 128);
}

/// Three of them at a memory that takes two bursts at a time.
TEST(TrafficGenerator, SharesATargetByWeight) {
  Clock clock(1'000'000'000);
  SeededChoices choices(1);
  BackingStore store(kBytes);
  SramConfig memory;
  memory.shared_data_port = true;
  Sram sram("sram", store, memory, clock);
  InterconnectConfig c;
  c.masters = 3;
  c.regions = {{"sram", 0, kBytes, false}};
  c.queue_requests = true;
  c.target_limit = 4;
  c.arbitration = Arbitration::kWeighted;
  c.weights = {1, 2, 5};
  AxiInterconnect bus("bus", c, clock);
  TrafficGeneratorConfig config;
  config.size = kBytes;
  config.period = 1;
  config.outstanding = 8;
  std::deque<TrafficGenerator> loads;
  for (unsigned m = 0; m < 3; ++m) {
    config.beats = 8u << m;
    loads.emplace_back(sc_core::sc_gen_unique_name("load"), config, clock, choices);
    loads.back().socket.bind(bus.in[m]);
  }
  bus.out[0].bind(sram.socket);
  sc_core::sc_start(sc_core::sc_time(200, sc_core::SC_US));
  for (unsigned m = 0; m < 3; ++m) {
    const auto& s = loads[m].statistics();
    const double beats = static_cast<double>(s.bytes_read + s.bytes_written) / 8;
    EXPECT_NEAR(beats / 200'000, c.weights[m] / 8.0, 0.005) << m;
  }
}

TEST(TrafficGenerator, RefusesWhatIsNoBurst) {
  const auto message = [](auto change) -> std::string {
    TrafficGeneratorConfig config;
    change(config);
    Clock clock(1'000'000);
    SeededChoices choices(0);
    try {
      TrafficGenerator load(sc_core::sc_gen_unique_name("load"), config, clock, choices);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "taken";
  };
  EXPECT_EQ(message([](auto&) {}), "taken");
  EXPECT_EQ(message([](auto& c) { c.period = 0; }), "period is 0, must be in 1 .. 18446744073709551615");
  EXPECT_EQ(message([](auto& c) { c.beats = 257; }), "beats is 257, must be in 1 .. 256");
  EXPECT_EQ(message([](auto& c) { c.beat_bytes = 12; }), "beat_bytes is 12, must be a power of two");
  EXPECT_EQ(message([](auto& c) { c.beats = 128, c.beat_bytes = 64; }),
            "beats are 128 of 64 bytes, a burst has 4096 bytes at most");
  EXPECT_EQ(message([](auto& c) { c.read_percent = 101; }), "read_percent is 101, must be in 0 .. 100");
  EXPECT_EQ(message([](auto& c) { c.outstanding = 0; }), "outstanding is 0, must be in 1 .. 64");
  EXPECT_EQ(message([](auto& c) { c.size = 100; }), "size is 100, must be in 4096 .. 18446744073709551615");
}

}  // namespace
}  // namespace dmavp
