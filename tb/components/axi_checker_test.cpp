// Every AXI rule, kept by a stream of bursts and broken by one change to it.
#include "components/axi_checker.h"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "base/axi_extension.h"
#include "components/axi_link.h"
#include "components/axi_observer.h"
#include "components/scripted_initiator.h"

namespace dmavp::tb {
namespace {

using Type = AxiBurst::Type;

AxiLimits limits() {
  AxiLimits l;
  l.bus_bytes = 16;
  l.incr_beats = 32;
  l.outstanding = 4;
  return l;
}

/// Eight reads of 8 beats of 8 bytes, pipelined, at most 3 of them unanswered; and a FIXED write.
std::vector<AxiBurst> legal() {
  std::vector<AxiBurst> all;
  for (unsigned i = 0; i < 8; ++i) {
    AxiBurst b;
    b.address = 0x80000F00 + 64 * i;
    b.bytes = 64;
    b.beats = 8;
    b.beat_bytes = 8;
    b.accepted = 4 * i + (i >= 3 ? 20 : 0);
    b.first_beat = 20 + 12 * i;
    b.last_beat = b.first_beat + 7;
    b.response = b.last_beat;
    b.accepted = i < 3 ? i : all[i - 3].response;
    all.push_back(b);
  }
  AxiBurst fixed;
  fixed.type = Type::kFixed;
  fixed.write = true;
  fixed.address = 0x10000FF0;
  fixed.bytes = 64;
  fixed.beats = 16;
  fixed.beat_bytes = 4;
  fixed.accepted = 5;
  fixed.first_beat = 5;
  fixed.last_beat = 20;
  fixed.response = 23;
  all.push_back(fixed);
  return all;
}

struct Broken {
  const char* name;
  const char* rule;
  std::function<void(std::vector<AxiBurst>&)> change;
};

const std::vector<Broken>& broken() {
  static const std::vector<Broken> all{
      {"crosses_4k", "axi.boundary", [](auto& b) { b[3].address += 8; }},
      {"crosses_4k_by_a_byte", "axi.boundary",
       [](auto& b) {
         b[3].address += 1;
         b[3].beats = 9;
         b[3].response = ++b[3].last_beat;
       }},
      {"no_beat", "axi.length", [](auto& b) { b[1].beats = 0; }},
      {"no_byte", "axi.length", [](auto& b) { b[1].bytes = 0; }},
      {"incr_too_long", "axi.length",
       [](auto& b) {
         b[0].beats = 33;
         b[0].beat_bytes = 1;
         b[0].bytes = 33;
         b[0].accepted = 0;
         b[0].first_beat = 0;
         b[0].last_beat = 32;
         b.resize(1);
         b[0].response = 32;
       }},
      {"fixed_too_long", "axi.length",
       [](auto& b) {
         b[8].beats = 17;
         b[8].bytes = 68;
         b[8].last_beat = 21;
       }},
      {"too_few_beats", "axi.beats", [](auto& b) { b[2].beats = 7; }},
      {"too_many_beats", "axi.beats",
       [](auto& b) {
         b[7].beats = 9;
         b[7].last_beat += 1;
         b[7].response += 1;
       }},
      {"beats_of_no_width", "axi.beats",
       [](auto& b) {
         b[2].beat_bytes = 0;
         b[2].beats = 7;
       }},
      {"wider_than_the_bus", "axi.width",
       [](auto& b) {
         b[2].beat_bytes = 32;
         b[2].beats = 2;
       }},
      {"odd_width", "axi.width", [](auto& b) { b[2].beat_bytes = 12; }},
      {"fixed_unaligned", "axi.alignment", [](auto& b) { b[8].address += 2; }},
      {"wrap", "axi.wrap", [](auto& b) { b[2].type = Type::kWrap; }},
      {"data_before_address", "axi.times", [](auto& b) { b[8].accepted = b[8].first_beat + 1; }},
      {"beats_in_no_time", "axi.times", [](auto& b) { b[4].first_beat += 1; }},
      {"answered_early", "axi.times", [](auto& b) { b[8].response = b[8].last_beat - 1; }},
      {"overtakes", "axi.order", [](auto& b) { std::swap(b[4], b[5]); }},
      {"interleaves", "axi.order",
       [](auto& b) {
         b[5].first_beat = b[4].last_beat;
         b[5].last_beat = b[5].first_beat + 12;
       }},
      {"too_many_unanswered", "axi.outstanding", [](auto& b) { b[4].accepted = b[3].accepted = 3; }},
  };
  return all;
}

AxiChecker check(const std::vector<AxiBurst>& bursts) {
  AxiChecker checker(limits());
  for (const AxiBurst& b : bursts) checker.burst(b);
  return checker;
}

TEST(AxiChecker, LegalBurstsBreakNoRule) {
  EXPECT_EQ(check(legal()).report(), "");
  EXPECT_EQ(check(legal()).bursts(), 9u);
  // What one ID may not do two may; fetches are not counted as outstanding.
  std::vector<AxiBurst> bursts = legal();
  std::swap(bursts[4], bursts[5]);
  bursts[4].id = 1;
  bursts[5].channel = 1;
  for (AxiBurst& b : bursts) b.data = false;
  EXPECT_EQ(check(bursts).report(), "");
}

class AxiRule : public testing::TestWithParam<Broken> {};
INSTANTIATE_TEST_SUITE_P(Broken, AxiRule, testing::ValuesIn(broken()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(AxiRule, IsSeenAlone) {
  std::vector<AxiBurst> bursts = legal();
  GetParam().change(bursts);
  const AxiChecker checker = check(bursts);
  ASSERT_EQ(checker.violations().size(), 1u) << checker.report();
  EXPECT_EQ(checker.violations()[0].rule, GetParam().rule) << checker.report();
}

TEST(AxiTrace, BurstsAreReadFromText) {
  std::istringstream trace(
      "# dmavp trace 1: time_ps source event details\n"
      "10 cpu0 thread main\n"
      "20 dmac0 burst ch=1 kind=read master=0 address=0x1fe0 bytes=64 beats=8 accepted=1 first=2 last=9 "
      "response=9 "
      "status=okay\n"
      "20 dmac1 burst ch=1 kind=write master=0 address=0x1000 bytes=64 beats=16 fixed accepted=1 first=2 "
      "last=17 "
      "response=19 status=okay\n");
  const auto checkers = check_trace(trace, limits());
  ASSERT_EQ(checkers.size(), 2u);
  ASSERT_EQ(checkers.at("dmac0").violations().size(), 1u);
  EXPECT_EQ(checkers.at("dmac0").violations()[0].rule, "axi.boundary");
  EXPECT_EQ(checkers.at("dmac1").report(), "");
  EXPECT_EQ(checkers.at("dmac1").bursts(), 1u);
  std::istringstream broken_line("20 dmac0 burst ch=1 kind=read master=0 address=x bytes=64 beats=8\n");
  EXPECT_THROW(check_trace(broken_line, limits()), std::runtime_error);
}

/// Passes to the next observer what that is interested in, and nothing else.
TEST(AxiObserver, StandsBeforeAnother) {
  struct Next : Observer {
    unsigned seen = 0;
    unsigned interests() const override { return kInterrupts; }
    void burst(const BurstEvent&) override { seen += 100; }
    void interrupt(const InterruptEvent&) override { ++seen; }
    void block(const BlockEvent&) override { seen += 100; }
  } next;
  AxiObserver observer(limits(), &next);
  EXPECT_EQ(observer.interests(), kInterrupts | kBursts);
  BurstEvent event{};
  event.bytes = 8192;
  event.beats = 512;
  event.last_beat = event.response = 600;
  observer.burst_begins(event);
  observer.burst(event);
  observer.interrupt({});
  observer.block({});
  EXPECT_EQ(next.seen, 1u);
  EXPECT_EQ(observer.checker().violations().size(), 2u) << observer.checker().report();
}

/// The link reads type, width and ID from the payload: a streaming width that is neither a beat nor
/// everything wraps.
TEST(AxiLink, ReadsThePayload) {
  ScriptedInitiator initiator("initiator");
  AxiLink link("link", limits());
  ScriptedTarget memory("memory");
  initiator.socket.bind(link.target);
  link.initiator.bind(memory.socket);
  memory.on_blocking = [](tlm::tlm_generic_payload& access, sc_core::sc_time&) {
    access.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  const auto send = [&](unsigned streaming, bool fixed, std::uint64_t address, tlm::tlm_command command) {
    std::vector<unsigned char> data(32);
    AxiExtension axi;
    axi.beats = 8;
    axi.beat_bytes = 4;
    axi.fixed = fixed;
    axi.accepted = 100;
    axi.first_beat = 101;
    axi.last_beat = 108;
    tlm::tlm_generic_payload access;
    access.set_command(command);
    access.set_address(address);
    access.set_data_ptr(data.data());
    access.set_data_length(32);
    access.set_streaming_width(streaming);
    access.set_extension(&axi);
    sc_core::sc_time delay(110, sc_core::SC_NS);
    initiator.socket->b_transport(access, delay);
    access.clear_extension(&axi);
    const std::size_t found = link.checker().violations().size();
    return found == 0 ? std::string() : link.checker().violations()[found - 1].rule;
  };
  EXPECT_EQ(send(32, false, 0x1000, tlm::TLM_READ_COMMAND), "");
  EXPECT_EQ(send(4, true, 0x1000, tlm::TLM_WRITE_COMMAND), "");
  EXPECT_EQ(send(5, true, 0x1000, tlm::TLM_IGNORE_COMMAND), "");  // a probe
  EXPECT_EQ(link.checker().bursts(), 2u);
  EXPECT_EQ(send(16, false, 0x2000, tlm::TLM_READ_COMMAND), "axi.order") << "the same beats again";
  EXPECT_EQ(link.checker().violations()[0].rule, "axi.wrap");
}

}  // namespace
}  // namespace dmavp::tb
