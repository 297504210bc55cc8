// The gates of the timed mode: what an AXI burst costs beside the bare four-phase handshake of one
// transaction, in one interleaved run.
//
//   bench_timed --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
//
// A table of ratios follows; the exit status is 1 when a gate is missed.
#include <benchmark/benchmark.h>
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/payload_pool.h"
#include "base/sim_time.h"
#include "bench/gates.h"
#include "bus/axi_interconnect.h"
#include "dmac/dw_axi_dmac.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

constexpr unsigned kBurst = 128;          // bytes: 16 beats of 64 bits
constexpr unsigned kOutstanding = 4;      // of each direction
constexpr std::uint64_t kRam = 4u << 20;  // bytes
constexpr std::uint64_t kHalf = kRam / 2;

const Clock& axi_clock() {
  static const Clock clock(1'000'000'000);
  return clock;
}

// --- the handshake alone

/// Takes one request at a time, a cycle after it has come, and answers ten cycles later; one response at a
/// time. Every phase passes the queue.
class BareTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<BareTarget> socket{"socket"};

  explicit BareTarget(const sc_core::sc_module_name& name) : sc_module(name), queue_(this, &BareTarget::due) {
    socket.register_nb_transport_fw(this, &BareTarget::forward);
  }

 private:
  tlm::tlm_sync_enum forward(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                             sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) access.acquire();
    queue_.notify(access, phase, delay);
    return tlm::TLM_ACCEPTED;
  }
  void due(tlm::tlm_generic_payload& access, const tlm::tlm_phase& phase) {
    if (phase == tlm::BEGIN_REQ) {
      std::uint8_t* const cell = memory_.data() + access.get_address() % (memory_.size() - kBurst);
      if (access.is_read()) {
        std::memcpy(access.get_data_ptr(), cell, kBurst);
      } else {
        std::memcpy(cell, access.get_data_ptr(), kBurst);
      }
      access.set_response_status(tlm::TLM_OK_RESPONSE);
      tlm::tlm_phase next = tlm::END_REQ;
      sc_core::sc_time delay(1, sc_core::SC_NS);
      socket->nb_transport_bw(access, next, delay);
      queue_.notify(access, tlm::BEGIN_RESP, sc_core::sc_time(10, sc_core::SC_NS));
    } else if (phase == tlm::BEGIN_RESP) {
      if (responding_) {
        answered_.push_back(&access);
      } else {
        respond(access);
      }
    } else if (phase == tlm::END_RESP) {
      responding_ = false;
      access.release();
      if (answered_.empty()) return;
      tlm::tlm_generic_payload& next = *answered_.front();
      answered_.pop_front();
      respond(next);
    }
  }
  void respond(tlm::tlm_generic_payload& access) {
    responding_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay;
    socket->nb_transport_bw(access, phase, delay);
  }
  std::vector<std::uint8_t> memory_ = std::vector<std::uint8_t>(kRam);
  std::deque<tlm::tlm_generic_payload*> answered_;
  bool responding_ = false;
  tlm_utils::peq_with_cb_and_phase<BareTarget> queue_;
};

/// Keeps its number of transactions outstanding; a response takes 16 cycles, a beat each.
class BareInitiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<BareInitiator> socket{"socket"};

  explicit BareInitiator(const sc_core::sc_module_name& name)
      : sc_module(name), queue_(this, &BareInitiator::due) {
    socket.register_nb_transport_bw(this, &BareInitiator::backward);
  }
  /// `count` transactions, reads and writes in turn.
  void run(std::uint64_t count) {
    left_ = waiting_ = count;
    send();
    while (left_ != 0) sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_US));
  }

 private:
  void send() {
    if (waiting_ == 0 || requesting_ || outstanding_ == 2 * kOutstanding) return;
    --waiting_;
    ++outstanding_;
    requesting_ = true;
    PooledPayload& access = pool_.acquire();
    access.set_command(waiting_ % 2 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    access.set_address(waiting_ * kBurst % kRam);
    access.set_data_ptr(data_.data());
    access.set_data_length(kBurst);
    access.set_streaming_width(kBurst);
    access.set_byte_enable_ptr(nullptr);
    access.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay(1, sc_core::SC_NS);
    socket->nb_transport_fw(access, phase, delay);
  }
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay) {
    queue_.notify(access, phase, delay);
    return tlm::TLM_ACCEPTED;
  }
  void due(tlm::tlm_generic_payload& access, const tlm::tlm_phase& phase) {
    if (phase == tlm::END_REQ) {
      requesting_ = false;
    } else if (phase == tlm::BEGIN_RESP) {
      tlm::tlm_phase end = tlm::END_RESP;
      sc_core::sc_time delay(kBurst / 8, sc_core::SC_NS);
      socket->nb_transport_fw(access, end, delay);
      access.release();
      --outstanding_;
      --left_;
    }
    send();
  }
  PayloadPool pool_;
  std::array<std::uint8_t, kBurst> data_{};
  bool requesting_ = false;
  unsigned outstanding_ = 0;
  std::uint64_t left_ = 0, waiting_ = 0;
  tlm_utils::peq_with_cb_and_phase<BareInitiator> queue_;
};

// --- the controller

dmac::Parameters parameters(unsigned channels) {
  dmac::Parameters p;
  p.num_channels = channels;
  p.fifo_depth = 128;
  return p;
}

InterconnectConfig one_target() {
  InterconnectConfig config;
  config.regions = {{"ram", 0, kRam, false}};
  config.queue_requests = true;
  return config;
}

/// One controller, the interconnect and an SRAM.
class Timed : public sc_core::sc_module {
 public:
  Timed(const sc_core::sc_module_name& name, unsigned channels)
      : sc_module(name),
        store_(kRam),
        sram_("sram", store_, SramConfig{}, axi_clock()),
        bus_("bus", one_target(), axi_clock()),
        dmac_("dmac", parameters(channels), axi_clock(), DmacTiming::kApproximate) {
    registers_.bind(dmac_.regs);
    dmac_.masters[0].bind(bus_.in[0]);
    bus_.out[0].bind(sram_.socket);
  }

  /// Each of `channels` copies `bytes` by itself.
  void copy(unsigned channels, std::uint64_t bytes) {
    write(0x010, 1);
    std::uint64_t all = 0;
    for (unsigned c = 0; c < channels; ++c) {
      const std::uint64_t block = 0x100 * (c + 1);
      write(block + 0x00, 0 + c * kHalf / channels);      // SAR
      write(block + 0x08, kHalf + c * kHalf / channels);  // DAR
      write(block + 0x10, bytes / 8 - 1);                 // BLOCK_TS
      write(block + 0x18, (std::uint64_t{3} << 8) | (std::uint64_t{3} << 11) | (std::uint64_t{1} << 38) |
                              (std::uint64_t{15} << 39) | (std::uint64_t{1} << 47) |
                              (std::uint64_t{15} << 48));            // CTL: 64 bits, 16 beats
      write(block + 0x20, (std::uint64_t{kOutstanding - 1} << 55) |  // CFG: OSR_LMT
                              (std::uint64_t{kOutstanding - 1} << 59));
      all |= std::uint64_t{1} << c;
    }
    write(0x018, all | all << (wide_ ? 16 : 8));
    while ((read(0x018) & all) != 0) sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_US));
  }

 private:
  void write(std::uint64_t offset, std::uint64_t value) { access(tlm::TLM_WRITE_COMMAND, offset, &value); }
  std::uint64_t read(std::uint64_t offset) {
    std::uint64_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset, &value);
    return value;
  }
  void access(tlm::tlm_command command, std::uint64_t offset, std::uint64_t* value) {
    sc_core::sc_time delay;
    access_.set_command(command);
    access_.set_address(offset);
    access_.set_data_ptr(reinterpret_cast<unsigned char*>(value));
    access_.set_data_length(8);
    access_.set_streaming_width(8);
    access_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    registers_->b_transport(access_, delay);
    if (!access_.is_response_ok()) std::abort();
  }

  tlm_utils::simple_initiator_socket<Timed> registers_{"registers"};
  BackingStore store_;
  Sram sram_;
  AxiInterconnect bus_;
  DwAxiDmac dmac_;
  tlm::tlm_generic_payload access_;

 public:
  bool wide_ = false;  ///< CHEN of more than 8 channels
};

struct Bench {
  BareInitiator initiator{"initiator"};
  BareTarget target{"target"};
  Timed one{"one", 1}, eight{"eight", 8}, many{"many", 32};

  Bench() {
    initiator.socket.bind(target.socket);
    many.wide_ = true;
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  static Bench& instance() {
    static Bench only;
    return only;
  }
};

constexpr std::uint64_t kCopy = 256u << 10;  // bytes
constexpr std::uint64_t kBursts = 2 * kCopy / kBurst;

void handshake(benchmark::State& state) {
  Bench& b = Bench::instance();
  for (auto _ : state) b.initiator.run(kBursts);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBursts));
}
BENCHMARK(handshake)->MinTime(0.05)->Unit(benchmark::kMillisecond);

void copy(benchmark::State& state, Timed Bench::*system, unsigned channels, std::uint64_t bytes) {
  Bench& b = Bench::instance();
  for (auto _ : state) {
    for (std::uint64_t done = 0; done < kCopy; done += bytes * channels) (b.*system).copy(channels, bytes);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBursts));
}
BENCHMARK_CAPTURE(copy, one_channel, &Bench::one, 1, kCopy)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copy, in_pieces, &Bench::one, 1, kCopy / 16)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copy, eight_channels, &Bench::eight, 8, kCopy / 8)
    ->MinTime(0.05)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copy, one_of_32, &Bench::many, 1, kCopy)->MinTime(0.05)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dmavp

int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  using dmavp::bench::Gate;
  return dmavp::bench::run(argc, argv,
                           {{"AXI burst of one channel, time against a bare four-phase handshake",
                             "copy/one_channel", "handshake", Gate::kAtMost, 2.0},
                            {"AXI burst of eight contending channels, the same", "copy/eight_channels",
                             "handshake", Gate::kAtMost, 3.0},
                            {"transfers of a sixteenth of the size, time against the whole", "copy/in_pieces",
                             "copy/one_channel", Gate::kAtMost, 1.15},
                            {"one busy channel of 32, time against the only one", "copy/one_of_32",
                             "copy/one_channel", Gate::kAtMost, 1.15}});
}
