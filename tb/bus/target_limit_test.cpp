// Masters that contend for the slots of a target: shares of each policy by closed form, with the protocol
// checked on every link.
#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "base/payload_pool.h"
#include "bus/axi_interconnect.h"
#include "components/checked_links.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

/// Keeps so many reads or writes of `beats` on their way; each word that it writes is its own.
class Load : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Load> socket{"socket"};
  unsigned outstanding = 4, beats = 16, qos = 0;
  std::uint64_t base = 0;
  std::uint64_t beats_done = 0;
  bool stopped = false;

  SC_HAS_PROCESS(Load);
  explicit Load(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &Load::backward);
    SC_METHOD(fill);
    sensitive << more_;
  }
  bool idle() const { return open_ == 0; }
  unsigned wrong = 0;

 private:
  void fill() {
    while (!stopped && open_ < outstanding) {
      PooledPayload& p = pool_.acquire();
      const bool write = sent_ % 2 == 0;  // each place is written, then read
      const std::uint64_t place = base + sent_ / 2 % 8 * 256;
      data_.resize(outstanding * 2);
      auto& data = data_[sent_ % data_.size()];
      data.assign(beats * 8, static_cast<unsigned char>(write ? base / 4096 + 1 : 0));
      ++sent_;
      ++open_;
      p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
      p.set_address(place);
      p.set_data_ptr(data.data());
      p.set_data_length(beats * 8);
      p.set_streaming_width(beats * 8);
      p.set_byte_enable_ptr(nullptr);
      p.set_dmi_allowed(false);
      p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      p.axi = AxiExtension{};
      p.axi.beats = static_cast<std::uint16_t>(beats);
      p.axi.beat_bytes = 8;
      p.axi.qos = static_cast<std::uint8_t>(qos);
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay;
      EXPECT_EQ(socket->nb_transport_fw(p, phase, delay), tlm::TLM_UPDATED);
    }
  }
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    EXPECT_TRUE(p.is_response_ok());
    for (unsigned i = 0; p.is_read() && i < p.get_data_length(); ++i) {
      const unsigned char byte = p.get_data_ptr()[i];
      wrong += byte != 0 && byte != base / 4096 + 1;
    }
    beats_done += beats;
    --open_;
    phase = tlm::END_RESP;
    p.release();
    more_.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_UPDATED;
  }

  PayloadPool pool_;
  std::deque<std::vector<unsigned char>> data_;
  sc_core::sc_event more_;
  unsigned open_ = 0;
  std::uint64_t sent_ = 0;
};

struct System {
  Clock clock{1'000'000'000};
  BackingStore store{1 << 16};
  std::unique_ptr<Sram> sram;
  std::unique_ptr<AxiInterconnect> bus;
  std::deque<Load> loads;
  tb::CheckedLinks links;

  System(unsigned masters, unsigned limit, Arbitration policy, const std::vector<unsigned>& weights = {}) {
    SramConfig config;
    config.shared_data_port = true;  // one beat a cycle for all
    sram = std::make_unique<Sram>("sram", store, config, clock);
    InterconnectConfig c;
    c.masters = masters;
    c.regions = {{"sram", 0, 1 << 16, false}};
    c.queue_requests = true;
    c.target_limit = limit;
    c.arbitration = policy;
    c.weights = weights;
    bus = std::make_unique<AxiInterconnect>("bus", c, clock);
    for (unsigned m = 0; m < masters; ++m) {
      loads.emplace_back(sc_core::sc_gen_unique_name("load"));
      loads[m].base = m * 4096;
      links.join(loads[m].socket, bus->in[m]);
    }
    links.join(bus->out[0], sram->socket);
  }
  /// Shares of the beats; everything ends well.
  std::vector<double> run() {
    sc_core::sc_start(sc_core::sc_time(200, sc_core::SC_US));
    double all = 0;
    std::vector<double> shares;
    for (Load& l : loads) all += static_cast<double>(l.beats_done);
    for (Load& l : loads) shares.push_back(static_cast<double>(l.beats_done) / all);
    EXPECT_NEAR(all / 200'000, 1, 0.01);  // the port is never idle
    for (Load& l : loads) l.stopped = true;
    sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_US));
    for (Load& l : loads) {
      EXPECT_TRUE(l.idle());
      EXPECT_EQ(l.wrong, 0u);
    }
    links.expect_finished();
    return shares;
  }
};

TEST(TargetLimit, EqualMastersInTurnShareEqually) {
  System s(5, 3, Arbitration::kRoundRobin);
  for (const double share : s.run()) EXPECT_NEAR(share, 0.2, 0.002);
}

TEST(TargetLimit, InTurnIsBurstByBurst) {
  System s(2, 2, Arbitration::kRoundRobin);
  s.loads[0].beats = 4;
  const auto shares = s.run();
  EXPECT_NEAR(shares[0], 4.0 / 20, 0.002);
}

TEST(TargetLimit, WeightsAreSharesOfBeats) {
  System s(3, 2, Arbitration::kWeighted, {1, 2, 5});
  s.loads[1].beats = 4;
  for (Load& l : s.loads) l.outstanding = 16;
  const auto shares = s.run();
  EXPECT_NEAR(shares[0], 1.0 / 8, 0.0125);
  EXPECT_NEAR(shares[1], 2.0 / 8, 0.0125);
  EXPECT_NEAR(shares[2], 5.0 / 8, 0.0125);
}

TEST(TargetLimit, TheHighestQosOrTheFirstTakesAllItCanUse) {
  System s(3, 2, Arbitration::kQos);
  s.loads[1].qos = 7;
  s.loads[1].outstanding = 8;
  const auto shares = s.run();
  EXPECT_GT(shares[1], 0.99);
}

TEST(TargetLimit, FixedPriorityIsThatOfTheOrder) {
  System s(3, 2, Arbitration::kFixed);
  for (Load& l : s.loads) l.outstanding = 8;
  const auto shares = s.run();
  EXPECT_GT(shares[0], 0.99);
}

TEST(TargetLimit, WithoutALimitArrivalDecides) {
  System s(2, 0, Arbitration::kFixed);
  s.loads[0].outstanding = 2;
  s.loads[1].outstanding = 6;
  const auto shares = s.run();
  EXPECT_NEAR(shares[0], 0.25, 0.01);
}

TEST(TargetLimit, WrongWeightsAreNamed) {
  Clock clock(1'000'000'000);
  InterconnectConfig c;
  c.masters = 2;
  c.regions = {{"x", 0, 16, false}};
  c.queue_requests = true;
  c.target_limit = 1;
  c.weights = {1, 2, 3};
  EXPECT_THROW(AxiInterconnect("bus", c, clock), std::invalid_argument);
}

}  // namespace
}  // namespace dmavp
