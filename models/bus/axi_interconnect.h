// AXI interconnect: any number of masters, one initiator socket per region of the address map.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/fault_point.h"
#include "bus/address_map.h"
#include "bus/bus_arbiter.h"

namespace dmavp {

/// What one socket `out[i]` serves.
struct BusRegion {
  std::string name;        ///< for messages and statistics
  std::uint64_t base = 0;  ///< bus address
  std::uint64_t size = 0;  ///< bytes, at least 1
  bool absolute = false;   ///< the target gets bus addresses instead of offsets into the region
};

struct InterconnectConfig {
  unsigned masters = 1;        ///< 1 or more
  Cycle request_latency = 1;   ///< cycles from master to target, per access
  Cycle response_latency = 1;  ///< cycles back
  std::vector<BusRegion> regions;
  /// Non-blocking: a request is taken at once and waits here for its target, so that no master is held up in
  /// BEGIN_REQ by a target that another one uses.
  bool queue_requests = false;
  /// queue_requests: bursts of a region between their request and their (first) response, 0: no limit. Those
  /// that wait for it are chosen by `arbitration` among the oldest ones of the masters; without a limit they
  /// reach their target in the order of arrival.
  unsigned target_limit = 0;
  Arbitration arbitration = Arbitration::kRoundRobin;
  std::vector<unsigned> weights{};  ///< of the masters for kWeighted; empty: all 1
  /// The first of the masters: their blocking accesses come when they reach the target. The way to it is
  /// behind them, and no request latency is added.
  unsigned arriving_masters = 0;
};

/// What passed one master's socket (DMI accesses do not).
struct BusPortStatistics {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t decode_errors = 0;
};

/// Routes by address. An address nobody decodes, and an access that runs past the end of its region, is
/// answered with TLM_ADDRESS_ERROR_RESPONSE (DECERR) after both latencies. Payload addresses are translated
/// on the way down and restored on the way up, also on the non-blocking path. Latencies are annotated, no
/// event is scheduled and nothing waits. Conversion: a latency of n cycles is Clock::time_of(n), so that
/// masters get whole cycles back from a sum of latencies with Clock::cycle_at.
class AxiInterconnect : public sc_core::sc_module {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<AxiInterconnect>> in;      ///< one per master
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<AxiInterconnect>> out;  ///< one per region

  /// @throws std::invalid_argument for no master, no region, overlapping or empty regions (both are named),
  /// or weights that are no weights
  AxiInterconnect(const sc_core::sc_module_name& name, const InterconnectConfig& config, const Clock& clock);
  ~AxiInterconnect() override;
  SC_HAS_PROCESS(AxiInterconnect);

  const AddressMap& map() const { return map_; }
  const BusPortStatistics& statistics(unsigned master) const { return masters_.at(master).statistics; }

  /// Hooks on the socket of a master or of a region; null removes it. A hook that does not allow DMI revokes
  /// what was granted through its socket.
  void set_master_fault_point(unsigned master, FaultPoint* hook);
  void set_region_fault_point(unsigned region, FaultPoint* hook);

 private:
  struct Route;
  /// One end of a link that carries one unaccepted phase at a time (exclusion rules of the base protocol).
  struct Lane {
    Route* busy = nullptr;  // sent and not accepted
    sc_core::sc_time free_at;
    Route* first = nullptr;  // waiting, in order of arrival
    Route* last = nullptr;
  };
  struct Master {
    unsigned hint = 0;
    FaultPoint* hook = nullptr;
    BusPortStatistics statistics;
    Lane responses;
  };
  struct Target {
    std::uint64_t offset = 0;  // bus address - address at the target
    FaultPoint* hook = nullptr;
    Lane requests;
    unsigned in_flight = 0;
    std::unique_ptr<BusArbiter> arbiter;  ///< null: no limit
    std::vector<Lane> queues;             ///< by master: `first` and `last` only
  };
  using Payload = tlm::tlm_generic_payload;

  void b_transport(int master, Payload& access, sc_core::sc_time& delay);
  void routed_b_transport(unsigned region, Payload& access, sc_core::sc_time& delay,
                          const sc_core::sc_time& way);
  bool get_direct_mem_ptr(int master, Payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(int master, Payload& access);
  void invalidate_direct_mem_ptr(int region, sc_dt::uint64 first, sc_dt::uint64 last);
  unsigned decode(Master& port, const Payload& access) const;
  static void count(Master& port, const Payload& access);

  // Non-blocking transport (axi_interconnect_nb.cpp).
  tlm::tlm_sync_enum nb_transport_fw(int master, Payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int region, Payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum begin_request(unsigned master, Payload& access, tlm::tlm_phase& phase,
                                   sc_core::sc_time& delay);
  tlm::tlm_sync_enum end_response(Payload& access, const sc_core::sc_time& delay);
  tlm::tlm_sync_enum take(Route& route, tlm::tlm_phase& phase) const;
  tlm::tlm_sync_enum send_request(Route& route, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum send_response(Route& route, sc_core::sc_time& delay);
  void deliver_response(Route& route, sc_core::sc_time delay);
  void response_passes(Route& route, sc_core::sc_time& delay);
  void release(Lane& lane, const Route& route, const sc_core::sc_time& delay);
  void queue_up(Target& target, Route& route);
  void ask(Target& target, const Route& route);
  void slot_is_free(const Route& route);
  static bool must_wait(const Lane& lane, const sc_core::sc_time& at);
  void wait_in(Lane& lane, Route& route, const sc_core::sc_time& at);
  Route* next_due(Lane& lane);
  void retry();
  Route& take_route();
  Route* route_of(Payload& access) const;
  void end_route(Route& route);

  AddressMap map_;
  const bool queue_requests_;
  const unsigned target_limit_;
  const unsigned arriving_masters_;
  sc_core::sc_time request_latency_;
  sc_core::sc_time response_latency_;
  std::vector<Master> masters_;
  std::vector<Target> targets_;
  std::vector<Route*> all_routes_;
  Route* free_routes_ = nullptr;
  sc_core::sc_event retry_;  // somebody waits in a lane that becomes free
};

}  // namespace dmavp
