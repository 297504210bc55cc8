// The AXI master ports of the controller in `lt`: bursts become blocking transactions or direct memory
// accesses; and what both timing modes share.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include <array>
#include <vector>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/fault_point.h"
#include "base/payload_pool.h"
#include "dmac/axi_port.h"

namespace dmavp::dmac {

/// Answers at once. Paths come from direct memory grants where the target gives them (their latencies are
/// those of the whole path) and else from a probe (axi_extension.h); both are remembered until invalidated.
class AxiMaster : public AxiPort {
 public:
  /// One socket per master port; they outlive this object.
  AxiMaster(const Clock& clock, std::vector<tlm::tlm_initiator_socket<>*> sockets);

  /// Who hears paths_changed(); set before the first burst.
  void set_listener(PortListener* listener) { listener_ = listener; }
  /// False: never ask for direct memory access. Default true.
  void set_dmi_allowed(bool allowed);
  /// A hook on the transactions of one port, probes excepted; null removes it. One that does not allow direct
  /// memory makes every burst of the port a transaction.
  void set_fault_point(unsigned master, FaultPoint* hook);
  /// From the socket `master`: direct access to [first, last] is no longer valid.
  void invalidate(unsigned master, std::uint64_t first, std::uint64_t last);

  bool immediate() const override { return true; }
  Path path(unsigned master, std::uint64_t address, bool write) override;
  AxiStatus commit(const Burst& burst, const BurstTimes& times, std::byte* data) override;
  void request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte* data) override;

 protected:
  const Clock& clock() const { return clock_; }
  const std::vector<tlm::tlm_initiator_socket<>*>& sockets() const { return sockets_; }
  tlm::tlm_fw_transport_if<>& target(unsigned master);
  FaultPoint* fault_point(unsigned master) const { return hooks_[master]; }
  PortListener* listener() const { return listener_; }
  PayloadPool& pool() { return pool_; }
  Cycle cycles_of(const sc_core::sc_time& time) const;
  /// All that a burst says but its times.
  void prepare_burst(PooledPayload& payload, const Burst& burst, std::byte* data) const;
  static AxiStatus to_axi(tlm::tlm_response_status response);

 private:
  static constexpr unsigned kCached = 64;  ///< pages without direct access, by page number
  struct Routes {
    std::vector<Path> regions;  ///< direct memory and refused regions; few
    std::array<Path, kCached> pages{};
    std::array<bool, kCached> known{};
  };

  Path look_up(unsigned master, std::uint64_t address, bool write);
  Cycle probe(unsigned master, std::uint64_t address, bool write);
  void forget();

  const Clock clock_;
  std::vector<tlm::tlm_initiator_socket<>*> sockets_;
  std::vector<tlm::tlm_fw_transport_if<>*> targets_;  ///< per master, once the first burst has been committed
  std::vector<std::array<Routes, 2>> routes_;         ///< per master: reads, writes
  std::vector<FaultPoint*> hooks_;                    ///< per master
  PayloadPool pool_;
  PooledPayload* spare_ = nullptr;  ///< acquired, for the next commit
  PortListener* listener_ = nullptr;
  bool dmi_allowed_ = true;
};

}  // namespace dmavp::dmac
