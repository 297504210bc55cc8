// Blocking transport, direct memory and debug through the interconnect, with a protocol checker on every
// socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "bus/axi_interconnect.h"
#include "components/fault_injector.h"
#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using tb::Bytes;

/// Two masters; RAM at 0x1000 and, right behind it, at 0x2000; a scripted target with bus addresses at
/// 0x8000. 100 MHz; hop 2 + 3 cycles, memory 4 (read) and 6 (write).
struct Bench {
  Clock clock{100'000'000};
  BackingStore low_store{0x2000};  // larger than its region
  BackingStore high_store{0x800};
  Sram low{"low", low_store, SramConfig{4, 6, true}, clock};
  Sram high{"high", high_store, SramConfig{4, 6, true}, clock};
  tb::ScriptedTarget target{"target"};
  AxiInterconnect bus{
      "bus",
      InterconnectConfig{
          2,
          2,
          3,
          {{"low", 0x1000, 0x1000, false}, {"high", 0x2000, 0x800, false}, {"target", 0x8000, 0x100, true}}},
      clock};
  tb::ScriptedInitiator cpu{"cpu"};
  tb::ScriptedInitiator dma{"dma"};
  tb::ProtocolChecker cpu_link{"cpu_link"}, dma_link{"dma_link"}, low_link{"low_link"},
      high_link{"high_link"}, target_link{"target_link"};

  Bench() {
    cpu.socket.bind(cpu_link.target);
    cpu_link.initiator.bind(bus.in[0]);
    dma.socket.bind(dma_link.target);
    dma_link.initiator.bind(bus.in[1]);
    bus.out[0].bind(low_link.target);
    low_link.initiator.bind(low.socket);
    bus.out[1].bind(high_link.target);
    high_link.initiator.bind(high.socket);
    bus.out[2].bind(target_link.target);
    target_link.initiator.bind(target.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~Bench() {
    for (const tb::ProtocolChecker* link : {&cpu_link, &dma_link, &low_link, &high_link, &target_link}) {
      EXPECT_EQ(link->report(), "");
    }
  }
};

TEST(Interconnect, ConfigurationIsChecked) {
  const Clock clock(1);
  const auto build = [&](unsigned masters, std::vector<BusRegion> regions) {
    AxiInterconnect bus("bus", InterconnectConfig{masters, 1, 1, std::move(regions)}, clock);
  };
  EXPECT_THROW(build(0, {{"a", 0, 1, false}}), std::invalid_argument);
  EXPECT_THROW(build(1, {}), std::invalid_argument);
  EXPECT_THAT(
      [&] {
        build(1, {{"ram0", 0, 0x100, false}, {"uart0", 0xff, 1, false}});
      },
      testing::ThrowsMessage<std::invalid_argument>(
          testing::AllOf(testing::HasSubstr("'ram0'"), testing::HasSubstr("'uart0'"))));
}

TEST(Interconnect, RoutesTranslatesAndAddsBothLatencies) {
  Bench b;
  std::uint64_t seen = 0;
  sc_time when;
  b.target.on_blocking = [&](tlm::tlm_generic_payload& access, sc_time& delay) {
    seen = access.get_address();
    when = delay;
    access.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  const auto outcome = b.cpu.write(0x8010, {1}, 0, sc_time(7, SC_NS));
  EXPECT_EQ(seen, 0x8010u);  // absolute
  EXPECT_EQ(when, sc_time(27, SC_NS));
  EXPECT_EQ(outcome.delay, sc_time(50, SC_NS));

  EXPECT_EQ(b.dma.write(0x1ffc, {1, 2, 3, 4}).delay, sc_time(110, SC_NS));
  EXPECT_EQ(b.dma.read(0x1ffc, 4).delay, sc_time(90, SC_NS));
  EXPECT_EQ(b.low_store.bus_view()[0xfff], std::byte{4});
  EXPECT_EQ(b.dma.write(0x2000, {5}).status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(b.high_store.bus_view()[0], std::byte{5});
  EXPECT_EQ(b.dma.probe(0x1000, false).delay, sc_time(90, SC_NS));
  EXPECT_EQ(b.dma.probe(0x1000, true).delay, sc_time(110, SC_NS));
  EXPECT_EQ(b.bus.statistics(1).writes, 2u);
  EXPECT_EQ(b.bus.statistics(1).bytes_written, 5u);
  EXPECT_EQ(b.bus.statistics(1).bytes_read, 4u);
  EXPECT_EQ(b.bus.statistics(0).writes, 1u);
}

TEST(Interconnect, NobodyThereAndPastTheEndAreDecodeErrors) {
  Bench b;
  for (const std::uint64_t address : {0x0u, 0xfffu, 0x1ffdu, 0x27fdu, 0x2800u, 0x80fdu, 0x8100u}) {
    const auto outcome = b.cpu.write(address, {1, 2, 3, 4});
    EXPECT_EQ(outcome.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << address;
    EXPECT_EQ(outcome.delay, sc_time(50, SC_NS));
  }
  EXPECT_EQ(b.bus.statistics(0).decode_errors, 7u);
  EXPECT_EQ(b.bus.statistics(0).writes, 0u);
  EXPECT_EQ(b.cpu.debug_read(0x1ffd, 6), Bytes(6));  // the part that would have fitted was not written either
  EXPECT_EQ(b.cpu.probe(0x5000, false).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  // A FIXED burst stays inside although its length does not.
  EXPECT_EQ(b.cpu.write(0x1ffc, Bytes(64, 7), 4).status, tlm::TLM_OK_RESPONSE);
}

TEST(Interconnect, WhoArrivesHasTheWayBehindHim) {
  const Clock clock(100'000'000);
  BackingStore store(0x100);
  Sram ram("ram", store, SramConfig{4, 6, true}, clock);
  InterconnectConfig config{2, 2, 3, {{"ram", 0, 0x100, false}}};
  config.arriving_masters = 1;
  AxiInterconnect bus("bus", config, clock);
  tb::ScriptedInitiator cpu("cpu"), dma("dma");
  cpu.socket.bind(bus.in[0]);
  dma.socket.bind(bus.in[1]);
  bus.out[0].bind(ram.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  EXPECT_EQ(cpu.read(0, 4).delay, sc_time(70, SC_NS));
  EXPECT_EQ(dma.read(0, 4).delay, sc_time(90, SC_NS));
  EXPECT_EQ(cpu.read(0x100, 4).delay, sc_time(30, SC_NS));
  EXPECT_EQ(dma.read(0x100, 4).delay, sc_time(50, SC_NS));
}

TEST(Interconnect, DebugCrossesRegionsAndStopsAtHoles) {
  Bench b;
  Bytes data(0x20);
  for (unsigned i = 0; i < data.size(); ++i) data[i] = static_cast<unsigned char>(i + 1);
  EXPECT_EQ(b.cpu.debug_write(0x1ff0, data), 0x20u);
  EXPECT_EQ(b.low_store.bus_view()[0xfff], std::byte{0x10});
  EXPECT_EQ(b.high_store.bus_view()[0], std::byte{0x11});
  EXPECT_EQ(b.dma.debug_read(0x1ff0, 0x20), data);
  EXPECT_EQ(b.dma.debug_read(0x27f0, 0x20).size(), 0x10u);
  EXPECT_EQ(b.dma.debug_read(0x2800, 4).size(), 0u);
  EXPECT_EQ(b.bus.statistics(0).writes, 0u);
}

TEST(Interconnect, DirectMemoryIsTranslatedCutAndPriced) {
  Bench b;
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(b.dma.direct(0x1800, tlm::TLM_READ_COMMAND, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0x1000u);
  EXPECT_EQ(dmi.get_end_address(), 0x1fffu);  // the store behind goes on
  EXPECT_EQ(reinterpret_cast<std::byte*>(dmi.get_dmi_ptr()), b.low_store.bus_view());
  EXPECT_EQ(dmi.get_read_latency(), sc_time(90, SC_NS));
  EXPECT_EQ(dmi.get_write_latency(), sc_time(110, SC_NS));
  EXPECT_FALSE(b.dma.direct(0x3000, tlm::TLM_READ_COMMAND, dmi));

  // A target that grants more than its region on both sides, in bus addresses.
  Bytes memory(0x300);
  b.target.on_direct = [&](tlm::tlm_generic_payload&, tlm::tlm_dmi& grant) {
    grant.set_start_address(0x7f00);
    grant.set_end_address(0x81ff);
    grant.set_dmi_ptr(memory.data());
    grant.allow_read_write();
    return true;
  };
  tlm::tlm_dmi wide;
  ASSERT_TRUE(b.dma.direct(0x8080, tlm::TLM_WRITE_COMMAND, wide));
  EXPECT_EQ(wide.get_start_address(), 0x8000u);
  EXPECT_EQ(wide.get_end_address(), 0x80ffu);
  EXPECT_EQ(wide.get_dmi_ptr(), memory.data() + 0x100);
}

TEST(Interconnect, InvalidationReachesEveryMasterInBusAddresses) {
  Bench b;
  b.high.socket->invalidate_direct_mem_ptr(0x10, 0x1f);
  b.high.socket->invalidate_direct_mem_ptr(0, ~std::uint64_t{0});
  b.low.socket->invalidate_direct_mem_ptr(0x1000, 0x1fff);  // outside of the region
  b.target.socket->invalidate_direct_mem_ptr(0x80f0, 0x9000);
  using Range = std::pair<std::uint64_t, std::uint64_t>;
  const std::vector<Range> expected{{0x2010, 0x201f}, {0x2000, 0x27ff}, {0x80f0, 0x80ff}};
  EXPECT_EQ(b.cpu.invalidated, expected);
  EXPECT_EQ(b.dma.invalidated, expected);
}

TEST(Interconnect, FaultPointsOnMasterAndRegion) {
  Bench b;
  tb::FaultInjector at_master, at_region;
  tb::Fault fault;
  fault.first = fault.last = 0x1010;
  fault.response = tlm::TLM_GENERIC_ERROR_RESPONSE;
  at_master.add(fault);
  fault.first = fault.last = 0x20;  // what the target sees
  fault.kind = tb::Fault::Kind::kCorrupt;
  at_region.add(fault);
  fault.kind = tb::Fault::Kind::kDelay;
  fault.delay = sc_time(1, sc_core::SC_US);
  at_region.add(fault);

  b.bus.set_region_fault_point(0, &at_region);
  EXPECT_EQ(b.cpu.invalidated.size(), 1u);
  EXPECT_EQ(b.dma.invalidated.size(), 1u);
  b.bus.set_master_fault_point(0, &at_master);
  EXPECT_EQ(b.cpu.invalidated.size(), 2u);
  EXPECT_EQ(b.dma.invalidated.size(), 1u);
  tlm::tlm_dmi dmi;
  EXPECT_FALSE(b.dma.direct(0x1000, tlm::TLM_READ_COMMAND, dmi));
  EXPECT_FALSE(dmi.is_read_allowed());
  EXPECT_TRUE(b.dma.direct(0x2000, tlm::TLM_READ_COMMAND, dmi));
  tlm::tlm_dmi other;
  EXPECT_FALSE(b.cpu.direct(0x2000, tlm::TLM_READ_COMMAND, other));

  EXPECT_EQ(b.cpu.write(0x1010, {1}).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(b.dma.write(0x1010, {1}).status, tlm::TLM_OK_RESPONSE);
  const auto late = b.dma.write(0x1020, {0x0f});
  EXPECT_EQ(late.status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(late.delay, sc_time(1110, SC_NS));
  EXPECT_EQ(b.dma.debug_read(0x1020, 1), Bytes{0xf0});
  EXPECT_EQ(b.dma.debug_read(0x1010, 1), Bytes{1});
}

/// A sum of latencies along two hops turns back into the exact number of cycles, whatever the period.
class Latencies : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Latencies, StayWholeCycles) {
  const Clock clock(GetParam());
  BackingStore store(64);
  Sram sram("sram", store, SramConfig{13, 17, true}, clock);
  AxiInterconnect near("near", {1, 1, 2, {{"far", 0, 64, false}}}, clock);
  AxiInterconnect far("far", {1, 3, 5, {{"sram", 0, 64, false}}}, clock);
  tb::ScriptedInitiator master("master");
  master.socket.bind(near.in[0]);
  near.out[0].bind(far.in[0]);
  far.out[0].bind(sram.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  EXPECT_EQ(clock.cycle_at(master.probe(0, false).delay.value()), 11u + 13u);
  EXPECT_EQ(clock.cycle_at(master.probe(0, true).delay.value()), 11u + 17u);
}

INSTANTIATE_TEST_SUITE_P(Interconnect, Latencies,
                         testing::Values(390'000'000u, 198'000'000u, 333'333'333u, 7u, 1'000'000'000u));

}  // namespace
}  // namespace dmavp
