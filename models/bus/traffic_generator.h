// A master that loads the interconnect: the display, the network or the processors that a DMA controller
// shares its memories with. For the timed mode.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include <array>
#include <cstdint>
#include <vector>

#include "base/choice.h"
#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/payload_pool.h"
#include "bus/traffic_generator_config.h"

namespace dmavp {

/// Latencies count from the cycle in which a burst was due.
struct TrafficGeneratorStatistics {
  std::uint64_t reads = 0;  ///< answered bursts
  std::uint64_t writes = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t late = 0;    ///< bursts that had to wait for one of `outstanding`
  std::uint64_t errors = 0;  ///< of the answers
  Cycle latency_min = kNever;
  Cycle latency_max = 0;
  std::uint64_t latency_sum = 0;

  std::uint64_t bursts() const { return reads + writes; }
  std::uint64_t bytes() const { return bytes_read + bytes_written; }
  double latency_mean() const {  ///< 0 without bursts
    return bursts() == 0 ? 0.0 : static_cast<double>(latency_sum) / static_cast<double>(bursts());
  }
};

/// Sends a burst every `period` cycles; one that `outstanding` holds up goes late, and the rest as before.
/// Only time passes: all byte enables are off, so that memory is as it was, and what software has freed is
/// not read. Non-blocking base protocol; one address and one beat a cycle on each of its AXI channels.
class TrafficGenerator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<TrafficGenerator> socket;

  /// `choices` decides random addresses and outlives the module.
  /// @throws std::invalid_argument naming the first member of `config` that is out of range
  TrafficGenerator(const sc_core::sc_module_name& name, const TrafficGeneratorConfig& config,
                   const Clock& clock, Choices& choices);
  SC_HAS_PROCESS(TrafficGenerator);

  const TrafficGeneratorStatistics& statistics() const { return statistics_; }

 private:
  struct Burst {
    const tlm::tlm_generic_payload* payload = nullptr;  ///< null once it is answered
    Cycle due = 0;
    Cycle over = kNever;  ///< cycle of its last beat or response
  };

  void issue();
  bool may_send() const { return !unaccepted_ && in_flight_.size() < config_.outstanding; }
  void retire(Cycle now);
  void send(Cycle now);
  std::uint64_t next_address();
  bool next_is_read();
  void accepted(const tlm::tlm_generic_payload& payload);
  void answered(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void call_at(Cycle cycle);

  const TrafficGeneratorConfig config_;
  const Clock clock_;
  const unsigned bytes_;           ///< of a burst
  const unsigned bursts_of_page_;  ///< none crosses 4 KiB
  Choices& choices_;
  const Choices::Stream stream_;
  PayloadPool pool_;
  std::vector<unsigned char> read_data_;   ///< of all reads
  std::vector<unsigned char> write_data_;  ///< of all writes
  std::array<unsigned char, 1> strobes_{TLM_BYTE_DISABLED};
  std::vector<Burst> in_flight_;
  const tlm::tlm_generic_payload* unaccepted_ = nullptr;
  Cycle due_ = 0;
  Cycle address_free_ = 0;  ///< AR
  Cycle w_free_ = 0;
  Cycle r_free_ = 0;
  std::uint64_t sent_ = 0;
  unsigned read_share_ = 0;  ///< percent points that have not become a read yet
  sc_core::sc_event more_;
  TrafficGeneratorStatistics statistics_;
};

}  // namespace dmavp
