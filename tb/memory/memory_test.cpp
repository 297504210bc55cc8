#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>

#include "components/fault_injector.h"
#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "memory/backing_store.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

using sc_core::sc_time;
using tb::Bytes;

TEST(BackingStore, FourGibibytesAreSparseAndZero) {
  BackingStore store(std::uint64_t{4} << 30);
  EXPECT_EQ(store.bus_view()[(std::uint64_t{4} << 30) - 1], std::byte{0});
  store.bus_view()[std::uint64_t{3} << 30] = std::byte{0x5a};
  EXPECT_EQ(store.cpu_view()[std::uint64_t{3} << 30], std::byte{0x5a});
  EXPECT_TRUE(store.coherent());
}

TEST(BackingStore, SeparateViewsDoNotSeeEachOther) {
  BackingStore store(4096, BackingStore::Views::kSeparate);
  EXPECT_FALSE(store.coherent());
  store.cpu_view()[7] = std::byte{1};
  EXPECT_EQ(store.bus_view()[7], std::byte{0});
  store.bus_view()[8] = std::byte{2};
  EXPECT_EQ(store.cpu_view()[8], std::byte{0});
}

TEST(BackingStore, RefusesSizesThatMakeNoSense) {
  EXPECT_THROW(BackingStore(0), std::invalid_argument);
  EXPECT_THROW(BackingStore((std::uint64_t{1} << 40) + 1), std::invalid_argument);
}

/// 1 KiB at 100 MHz behind a checker; reads take 3 cycles, writes 5.
struct Bench {
  Clock clock{100'000'000};
  BackingStore store{1024};
  Sram sram;
  tb::ProtocolChecker checker{"checker"};
  tb::ScriptedInitiator master{"master"};

  explicit Bench(bool dmi = true) : sram("sram", store, SramConfig{3, 5, dmi}, clock) {
    master.socket.bind(checker.target);
    checker.initiator.bind(sram.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~Bench() { EXPECT_EQ(checker.report(), ""); }
};

const sc_time kRead(30, sc_core::SC_NS);
const sc_time kWrite(50, sc_core::SC_NS);

TEST(Sram, StatusAndTimeOfEachAccess) {
  Bench b;
  auto write = b.master.write(1020, {1, 2, 3, 4}, 0, sc_time(7, sc_core::SC_NS));
  EXPECT_EQ(write.status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(write.delay, kWrite);
  auto read = b.master.read(1020, 4);
  EXPECT_EQ(read.status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(read.delay, kRead);
  EXPECT_EQ(read.data, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(b.master.probe(0, false).delay, kRead);
  EXPECT_EQ(b.master.probe(0, true).delay, kWrite);
  EXPECT_EQ(b.master.probe(0, true).status, tlm::TLM_OK_RESPONSE);
}

TEST(Sram, AccessesThatLeaveItChangeNothing) {
  Bench b;
  for (const std::uint64_t address :
       {std::uint64_t{1021}, std::uint64_t{1024}, std::uint64_t{1} << 32, ~std::uint64_t{0} - 3}) {
    EXPECT_EQ(b.master.write(address, {9, 9, 9, 9}).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
    const auto read = b.master.read(address, 4);
    EXPECT_EQ(read.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
    EXPECT_EQ(read.data, Bytes(4));
  }
  EXPECT_EQ(b.master.debug_read(0, 1024), Bytes(1024));
}

TEST(Sram, DebugIsCutAtTheEndAndMovesBothWays) {
  Bench b;
  EXPECT_EQ(b.master.debug_write(1022, {1, 2, 3, 4}), 2u);
  EXPECT_EQ(b.master.debug_read(1022, 4), (Bytes{1, 2}));
  EXPECT_EQ(b.master.debug_read(1024, 4), Bytes{});
}

TEST(Sram, MalformedPayloadsAreRefused) {
  BackingStore store(64);
  Sram sram("sram", store, {}, Clock(1'000'000));
  tb::ScriptedInitiator master("master");
  master.socket.bind(sram.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  unsigned char data[4] = {};
  const auto status = [&](unsigned char* pointer, unsigned length, unsigned width, unsigned enable_length) {
    unsigned char enable[4] = {0xff, 0xff, 0xff, 0xff};
    tlm::tlm_generic_payload access;
    access.set_write();
    access.set_data_ptr(pointer);
    access.set_data_length(length);
    access.set_streaming_width(width);
    access.set_byte_enable_ptr(enable);
    access.set_byte_enable_length(enable_length);
    sc_time delay;
    master.socket->b_transport(access, delay);
    return access.get_response_status();
  };
  EXPECT_EQ(status(data, 4, 4, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(status(nullptr, 4, 4, 4), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(status(data, 0, 4, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(status(data, 4, 0, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(status(data, 4, 4, 0), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
}

/// Random accesses with every combination of length, streaming width and byte enables against a byte-by-byte
/// model.
TEST(Sram, RandomAccessesAgreeWithAModel) {
  Bench b;
  Bytes model(1024);
  std::mt19937 engine(4711);
  const auto random = [&] { return static_cast<unsigned>(engine()); };
  for (int i = 0; i < 20000; ++i) {
    const unsigned length = 1 + random() % 40;
    const unsigned width = random() % 3 == 0 ? 1 + random() % length : length + random() % 3;
    const std::uint64_t address = random() % 1040;
    Bytes data(length);
    for (auto& byte : data) byte = static_cast<unsigned char>(random());
    Bytes enables(random() % 2 == 0 ? 0 : 1 + random() % 8);
    for (auto& enable : enables) enable = random() % 2 == 0 ? 0xff : 0;
    const Bytes before = data;
    const bool write = random() % 2 == 0;

    tlm::tlm_generic_payload access;
    access.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    access.set_address(address);
    access.set_data_ptr(data.data());
    access.set_data_length(length);
    access.set_streaming_width(width);
    if (!enables.empty()) {
      access.set_byte_enable_ptr(enables.data());
      access.set_byte_enable_length(static_cast<unsigned>(enables.size()));
    }
    sc_time delay;
    b.master.socket->b_transport(access, delay);

    const bool fits = address + std::min(length, width) <= 1024;
    ASSERT_EQ(access.get_response_status(), fits ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    Bytes expected = before;
    for (unsigned k = 0; fits && k < length; ++k) {
      if (!enables.empty() && enables[k % enables.size()] == 0) continue;
      unsigned char& cell = model[address + k % width];
      if (write) {
        cell = before[k];
      } else {
        expected[k] = cell;
      }
    }
    ASSERT_EQ(data, expected) << "access " << i;
  }
  EXPECT_EQ(b.master.debug_read(0, 1024), model);
}

TEST(Sram, DmiIsGrantedWithLatenciesAndRevoked) {
  Bench b;
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(b.master.direct(0x3ff, tlm::TLM_WRITE_COMMAND, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0u);
  EXPECT_EQ(dmi.get_end_address(), 1023u);
  EXPECT_EQ(dmi.get_read_latency(), kRead);
  EXPECT_EQ(dmi.get_write_latency(), kWrite);
  dmi.get_dmi_ptr()[17] = 0x77;
  EXPECT_EQ(b.master.read(17, 1).data, Bytes{0x77});
  EXPECT_FALSE(b.master.direct(1024, tlm::TLM_READ_COMMAND, dmi));
  EXPECT_TRUE(b.master.invalidated.empty());

  b.sram.set_dmi_allowed(false);
  ASSERT_EQ(b.master.invalidated.size(), 1u);
  EXPECT_EQ(b.master.invalidated[0], std::make_pair(std::uint64_t{0}, std::uint64_t{1023}));
  tlm::tlm_dmi refused;
  EXPECT_FALSE(b.master.direct(0, tlm::TLM_READ_COMMAND, refused));
}

TEST(Sram, FaultPointRevokesDmiAndSeesEveryAccess) {
  Bench b;
  tb::FaultInjector injector;
  tb::Fault fault;
  fault.first = 8;
  fault.last = 8;
  injector.add(fault);
  fault.kind = tb::Fault::Kind::kCorrupt;
  fault.first = fault.last = 16;
  injector.add(fault);
  b.sram.set_fault_point(&injector);
  EXPECT_EQ(b.master.invalidated.size(), 1u);
  tlm::tlm_dmi dmi;
  EXPECT_FALSE(b.master.direct(0, tlm::TLM_READ_COMMAND, dmi));
  EXPECT_EQ(b.master.write(8, {1}).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(b.master.write(16, {0x0f}).status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(b.master.debug_read(8, 9), (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0xf0}));
  b.sram.set_fault_point(nullptr);
  EXPECT_TRUE(b.master.direct(0, tlm::TLM_READ_COMMAND, dmi));
}

}  // namespace
}  // namespace dmavp
