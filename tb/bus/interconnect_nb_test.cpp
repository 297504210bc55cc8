// Four-phase traffic of several masters to several targets: every response finds its master, no exclusion
// rule is broken on any link, and nothing is allocated once the routes exist.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "bus/axi_interconnect.h"
#include "components/fault_injector.h"
#include "components/four_phase.h"
#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "components/simulate.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using tb::Bytes;

/// Three masters -> outer bus -> two memories, and through an inner bus a third memory and an SRAM behind the
/// adapter of its simple socket. Regions of 4 KiB from 0; every master owns a third of each.
struct Fabric {
  Clock clock{1'000'000'000};
  tb::FourPhaseMemory m0{"m0", 0x1000, sc_time(1, SC_NS), sc_time(9, SC_NS), true};
  tb::FourPhaseMemory m1{"m1", 0x1000, sc_core::SC_ZERO_TIME, sc_time(3, SC_NS), true};
  tb::FourPhaseMemory m2{"m2", 0x1000, sc_time(4, SC_NS), sc_time(1, SC_NS), false};
  BackingStore store{0x1000};
  Sram sram{"sram", store, SramConfig{2, 3, true}, clock};
  AxiInterconnect outer{
      "outer",
      {3, 1, 2, {{"m0", 0, 0x1000, false}, {"m1", 0x1000, 0x1000, false}, {"inner", 0x2000, 0x2000, true}}},
      clock};
  AxiInterconnect inner{
      "inner", {1, 2, 1, {{"m2", 0x2000, 0x1000, false}, {"sram", 0x3000, 0x1000, false}}}, clock};
  std::deque<tb::FourPhaseInitiator> masters;
  std::deque<tb::ProtocolChecker> links;

  template <class From, class To>
  void join(From& from, To& to) {
    links.emplace_back(sc_core::sc_gen_unique_name("link"));
    from.bind(links.back().target);
    links.back().initiator.bind(to);
  }

  Fabric() {
    for (unsigned m = 0; m < 3; ++m) {
      masters.emplace_back(sc_core::sc_gen_unique_name("master"), 1 + 2 * m, sc_time(m, SC_NS));
      join(masters[m].socket, outer.in[m]);
    }
    join(outer.out[0], m0.socket);
    join(outer.out[1], m1.socket);
    join(outer.out[2], inner.in[0]);
    join(inner.out[0], m2.socket);
    join(inner.out[1], sram.socket);
  }

  void run_and_check_protocol() {
    tb::simulate();
    for (auto& link : links) {
      link.finish();
      EXPECT_EQ(link.report(), "");
    }
  }
};

TEST(InterconnectNonBlocking, EveryResponseFindsItsMasterAndEveryByteItsPlace) {
  Fabric f;
  std::mt19937 engine(17);
  const auto random = [&] { return static_cast<unsigned>(engine()); };
  // Written once per place, so that the order in which outstanding accesses are served does not matter.
  std::vector<std::vector<Bytes>> expected(3, std::vector<Bytes>(4 * 40));
  for (unsigned m = 0; m < 3; ++m) {
    for (unsigned i = 0; i < 4 * 40; ++i) {
      Bytes data(8);
      for (auto& byte : data) byte = static_cast<unsigned char>(random());
      expected[m][i] = data;
      const std::uint64_t address = (i % 4) * 0x1000 + m * 0x500 + (i / 4) * 8;
      f.masters[m].accesses.push_back({true, address, data});
    }
    f.masters[m].accesses.push_back({true, 0x4000, Bytes(4)});  // nobody there
    f.masters[m].accesses.push_back({true, 0xffc, Bytes(8)});   // runs past its region
  }
  f.run_and_check_protocol();
  for (unsigned m = 0; m < 3; ++m) {
    ASSERT_EQ(f.masters[m].finished.size(), 162u);
    for (unsigned i = 0; i < 160; ++i) {
      const auto& access = f.masters[m].accesses[i];
      EXPECT_EQ(access.status, tlm::TLM_OK_RESPONSE);
      const std::uint64_t offset = m * 0x500 + (i / 4) * 8;
      const auto* bytes = i % 4 == 0   ? f.m0.bytes.data()
                          : i % 4 == 1 ? f.m1.bytes.data()
                          : i % 4 == 2 ? f.m2.bytes.data()
                                       : reinterpret_cast<unsigned char*>(f.store.bus_view());
      ASSERT_EQ(Bytes(bytes + offset, bytes + offset + 8), expected[m][i]) << m << " " << i;
      EXPECT_GE(access.answered - access.sent, sc_time(3, SC_NS));
    }
    for (const unsigned i : {160u, 161u}) {
      EXPECT_EQ(f.masters[m].accesses[i].status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
      EXPECT_EQ(f.masters[m].accesses[i].answered - f.masters[m].accesses[i].sent, sc_time(3, SC_NS));
    }
    EXPECT_EQ(f.outer.statistics(m).decode_errors, 2u);
  }
}

TEST(InterconnectNonBlocking, LatencyOfALoneAccessIsTheSumOfItsPath) {
  Fabric f;
  f.masters[2].accesses.push_back({false, 0x2000, Bytes(4)});
  f.run_and_check_protocol();
  const auto& access = f.masters[2].accesses[0];
  EXPECT_EQ(access.answered - access.sent, sc_time(1 + 2 + 4 + 1 + 1 + 2, SC_NS));
}

TEST(InterconnectNonBlocking, FaultPointsActOnBothWays) {
  Fabric f;
  tb::FaultInjector injector;
  tb::Fault fault;
  fault.kind = tb::Fault::Kind::kCorrupt;
  fault.count = 0;
  injector.add(fault);
  fault.kind = tb::Fault::Kind::kRefuse;
  fault.first = fault.last = 0x80;  // first access of the last master
  injector.add(fault);
  f.outer.set_region_fault_point(1, &injector);
  for (unsigned i = 0; i < 0xc0; ++i) f.m1.bytes[i] = static_cast<unsigned char>(i);
  for (unsigned m = 0; m < 3; ++m) {
    for (unsigned i = 0; i < 8; ++i)
      f.masters[m].accesses.push_back({false, 0x1000 + m * 0x40 + i * 8, Bytes(8)});
  }
  f.run_and_check_protocol();
  for (unsigned m = 0; m < 3; ++m) {
    ASSERT_EQ(f.masters[m].finished.size(), 8u);
    for (unsigned i = 0; i < 8; ++i) {
      const auto& access = f.masters[m].accesses[i];
      const unsigned first = m * 0x40 + i * 8;
      if (first == 0x80) {
        EXPECT_EQ(access.status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        continue;
      }
      EXPECT_EQ(access.status, tlm::TLM_OK_RESPONSE);
      EXPECT_EQ(access.data[0], first ^ 0xff);
      EXPECT_EQ(access.data[1], first + 1);
    }
  }
}

}  // namespace
}  // namespace dmavp
