#include "components/fault_injector.h"

#include <gtest/gtest.h>

namespace dmavp::tb {
namespace {

using sc_core::sc_time;

struct Access : tlm::tlm_generic_payload {
  unsigned char data[4] = {1, 2, 3, 4};
  Access(tlm::tlm_command command, std::uint64_t address) {
    set_command(command);
    set_address(address);
    set_data_ptr(data);
    set_data_length(4);
    set_streaming_width(4);
    set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

TEST(FaultInjector, HitsTheAccessesItWasToldTo) {
  FaultInjector injector;
  Fault fault;
  fault.first = 0x10;
  fault.last = 0x1f;
  fault.writes = false;
  fault.skip = 1;
  fault.count = 2;
  fault.response = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  injector.add(fault);
  sc_time delay;
  std::string hits;
  for (const std::uint64_t address : {0x10, 0x20, 0x1f, 0x18, 0x10}) {
    Access read(tlm::TLM_READ_COMMAND, address);
    Access write(tlm::TLM_WRITE_COMMAND, address);
    EXPECT_FALSE(injector.before(write, delay));
    const bool refused = injector.before(read, delay);
    EXPECT_EQ(refused, read.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    hits += refused ? 'x' : '.';
  }
  EXPECT_EQ(hits, "..xx.");  // outside, skipped, then two, then no more
  EXPECT_EQ(injector.hits(), 2u);
  EXPECT_EQ(injector.accesses(), 10u);
  EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
}

TEST(FaultInjector, CorruptsWhatTheTargetSeesAndGivesTheDataBack) {
  FaultInjector injector;
  Fault fault;
  fault.kind = Fault::Kind::kCorrupt;
  fault.count = 0;
  fault.offset = 2;
  fault.flip = 0x80;
  injector.add(fault);
  fault.offset = 0;
  injector.add(fault);
  sc_time delay;
  Access write(tlm::TLM_WRITE_COMMAND, 0);
  ASSERT_FALSE(injector.before(write, delay));
  EXPECT_EQ(write.get_data_ptr()[2], 0x83);
  EXPECT_EQ(write.get_data_ptr()[0], 0x81);
  injector.after(write, delay);
  EXPECT_EQ(write.get_data_ptr(), write.data);
  EXPECT_EQ(write.data[2], 3);
  Access read(tlm::TLM_READ_COMMAND, 0);
  ASSERT_FALSE(injector.before(read, delay));
  EXPECT_EQ(read.data[2], 3);
  injector.after(read, delay);
  EXPECT_EQ(read.data[2], 0x83);
  EXPECT_EQ(read.data[0], 0x81);
}

TEST(FaultInjector, DelaysAndLeavesProbesAlone) {
  FaultInjector injector;
  Fault fault;
  fault.kind = Fault::Kind::kDelay;
  fault.delay = sc_time(7, sc_core::SC_NS);
  injector.add(fault);
  sc_time delay;
  Access probe(tlm::TLM_IGNORE_COMMAND, 0);
  EXPECT_FALSE(injector.before(probe, delay));
  EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
  Access read(tlm::TLM_READ_COMMAND, 0);
  EXPECT_FALSE(injector.before(read, delay));
  EXPECT_EQ(delay, sc_time(7, sc_core::SC_NS));
}

}  // namespace
}  // namespace dmavp::tb
