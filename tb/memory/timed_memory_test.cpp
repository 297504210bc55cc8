// Memories under non-blocking transport: closed forms of ports, intervals, rows and refresh at the socket.
#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <vector>

#include "base/payload_pool.h"
#include "base/sim_time.h"
#include "components/protocol_checker.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

constexpr unsigned kBeatBytes = 8;

struct Access {
  std::uint64_t address;
  unsigned beats;
  bool write;
};
struct Answer {
  Cycle response;  ///< first beat of a read, B of a write
  Cycle beats;     ///< cycles from the first beat of a read to the last
};

/// Offers each access in its cycle, one a cycle, and notes when it is answered.
class Master : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Master> socket{"socket"};
  std::vector<Answer> answers;

  Master(const sc_core::sc_module_name& name, const Clock& clock) : sc_module(name), clock_(clock) {
    socket.register_nb_transport_bw(this, &Master::backward);
  }
  void offer(const Access& a) {
    PooledPayload& p = pool_.acquire();
    data_.emplace_back(a.beats * kBeatBytes);
    p.set_command(a.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(a.address);
    p.set_data_ptr(data_.back().data());
    p.set_data_length(a.beats * kBeatBytes);
    p.set_streaming_width(a.beats * kBeatBytes);
    p.set_byte_enable_ptr(nullptr);
    p.set_dmi_allowed(false);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    p.axi = AxiExtension{};
    p.axi.beats = static_cast<std::uint16_t>(a.beats);
    p.axi.beat_bytes = kBeatBytes;
    const Cycle now = clock_.cycle_at(to_picoseconds(sc_core::sc_time_stamp()));
    p.axi.accepted = now;
    if (a.write) {
      p.axi.first_beat = now;
      p.axi.last_beat = now + a.beats - 1;
    }
    const std::size_t index = answers.size();
    answers.push_back({kNever, 0});
    open_.push_back({&p, index});
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    EXPECT_EQ(socket->nb_transport_fw(p, phase, delay), tlm::TLM_UPDATED);
    EXPECT_EQ(phase, tlm::END_REQ);
  }

 private:
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    EXPECT_EQ(phase, tlm::BEGIN_RESP);
    EXPECT_TRUE(p.is_response_ok());
    for (auto at = open_.begin(); at != open_.end(); ++at) {
      if (at->first != &p) continue;
      const AxiExtension& axi = at->first->axi;
      answers[at->second] = {
          clock_.cycle_at(to_picoseconds(sc_core::sc_time_stamp() + delay)),
          axi.first_beat == kNever ? axi.beats - Cycle{1} : axi.last_beat - axi.first_beat};
      at->first->release();
      open_.erase(at);
      break;
    }
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  }

  const Clock& clock_;
  PayloadPool pool_;
  std::deque<std::vector<unsigned char>> data_;
  std::vector<std::pair<PooledPayload*, std::size_t>> open_;
};

std::vector<Answer> play(const SramConfig& config, const std::vector<Access>& accesses,
                         DramStatistics* statistics = nullptr) {
  const Clock clock(1'000'000'000);
  BackingStore store(1 << 20);
  Sram memory("memory", store, config, clock);
  tb::ProtocolChecker checker("checker");
  Master master("master", clock);
  master.socket.bind(checker.target);
  checker.initiator.bind(memory.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  for (const Access& a : accesses) {
    master.offer(a);
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_NS));
  }
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  checker.finish();
  EXPECT_EQ(checker.report(), "");
  if (statistics != nullptr) *statistics = *memory.dram_statistics();
  return master.answers;
}

std::vector<Access> reads(unsigned count, unsigned beats, std::uint64_t stride) {
  std::vector<Access> list;
  for (unsigned i = 0; i < count; ++i) list.push_back({i * stride, beats, false});
  return list;
}

SramConfig latencies(Cycle read, Cycle write) {
  SramConfig c;
  c.read_latency = read;
  c.write_latency = write;
  return c;
}

TEST(TimedSram, BeatsFollowEachOtherAndTheIntervalSpreadsShortBursts) {
  SramConfig c = latencies(10, 5);
  const auto streaming = play(c, reads(50, 16, 128));
  for (unsigned i = 0; i < 50; ++i) EXPECT_EQ(streaming[i].response, 10 + 16 * i);
}

TEST(TimedSram, InitiationIntervalBoundsTheRateOfShortBursts) {
  SramConfig c = latencies(10, 5);
  c.initiation_interval = 6;
  const auto spread = play(c, reads(50, 2, 128));
  for (unsigned i = 0; i < 50; ++i) EXPECT_EQ(spread[i].response, 10 + 6 * i);
}

std::vector<Access> alternating(unsigned count, unsigned beats) {
  std::vector<Access> list;
  for (unsigned i = 0; i < count; ++i) list.push_back({i * 128, beats, i % 2 != 0});
  return list;
}

TEST(TimedSram, TwoPortsServeBothDirectionsAtOnce) {
  const auto both = play(latencies(4, 3), alternating(100, 16));
  EXPECT_EQ(both[98].response, 4u + 49 * 16);          // the 50th read
  EXPECT_EQ(both[99].response, 1u + 50 * 16 - 1 + 3);  // the 50th write
}

TEST(TimedSram, OnePortServesOneAfterTheOther) {
  SramConfig c = latencies(4, 3);
  c.shared_data_port = true;
  const auto one = play(c, alternating(100, 16));
  EXPECT_EQ(one[98].response, 4u + 98 * 16);
  EXPECT_EQ(one[99].response, 4u + 100 * 16 - 1 + 3);
}

SramConfig dram(Cycle refresh_interval) {
  SramConfig c = latencies(0, 2);
  c.dram.emplace();
  c.dram->trefi = refresh_interval;
  return c;
}

TEST(TimedDram, RowHitsStreamAtTheWidthOfTheChannel) {
  DramStatistics statistics;
  SramConfig c = dram(0);
  const auto stream = play(c, reads(400, 16, 128), &statistics);
  const auto first = static_cast<double>(stream[0].response),
             last = static_cast<double>(stream[399].response);
  EXPECT_EQ(stream[0].response, c.dram->trcd + c.dram->tcl);
  EXPECT_NEAR((last - first) / 399, 16, 0.16);
  EXPECT_EQ(stream[7].beats, 15u);
  EXPECT_EQ(statistics.hits + statistics.misses + statistics.conflicts, 400u);
  EXPECT_EQ(statistics.hits, 400u - 400u * 128 / 2048);  // a row of 2 KiB is opened once
}

TEST(TimedDram, ANarrowChannelSetsThePaceOfTheBeats) {
  SramConfig c = dram(0);
  c.dram->channel_bytes = 2;
  const auto slow = play(c, reads(200, 16, 128));
  EXPECT_NEAR(static_cast<double>(slow[199].response - slow[0].response) / 199, 64, 0.64);
  EXPECT_EQ(slow[5].beats, 63u);
}

TEST(TimedDram, AWideChannelIsBoundByTheBus) {
  SramConfig c = dram(0);
  c.dram->channel_bytes = 32;
  const auto fast = play(c, reads(50, 16, 128));
  EXPECT_EQ(fast[20].beats, 15u);  // a beat a cycle on AXI
}

TEST(TimedDram, AStrideThatAlwaysMissesCostsARowCycle) {
  DramStatistics statistics;
  SramConfig c = dram(0);
  c.dram->banks = 1;
  const auto misses = play(c, reads(100, 1, 4096), &statistics);
  const Cycle cycle = c.dram->tras + c.dram->trp;
  EXPECT_NEAR(static_cast<double>(misses[99].response - misses[0].response) / 99, static_cast<double>(cycle),
              0.01 * static_cast<double>(cycle));
  EXPECT_EQ(statistics.conflicts, 99u);
}

TEST(TimedDram, RefreshTakesItsShare) {
  SramConfig c = dram(1000);
  const auto with = play(c, reads(2000, 16, 128));
  const double share = static_cast<double>(c.dram->trfc) / 1000;
  const auto took = static_cast<double>(with[1999].response - with[0].response);
  EXPECT_NEAR(took * (1 - share) / (1999 * 16), 1, 0.03);  // and the rows are opened anew
  EXPECT_GT(took * (1 - share) / (1999 * 16), 1);
}

TEST(TimedDram, WritesAreAnsweredWhenTheirDataAreThere) {
  SramConfig c = dram(0);
  const auto writes = play(c, {{0, 16, true}, {128, 16, true}});
  EXPECT_GE(writes[0].response, 15u + 2);  // last beat in cycle 15
  EXPECT_LE(writes[0].response, 15u + 2 + c.dram->trcd + c.dram->tcl);
  EXPECT_EQ(writes[1].response - writes[0].response, 16u);
}

}  // namespace
}  // namespace dmavp
