// The AXI master ports of the controller in the timed mode `at`: bursts become non-blocking transactions, and
// what becomes of them is told when it is known.
#pragma once

#include <deque>
#include <vector>

#include "dmac/axi_master.h"

namespace dmavp::dmac {

/// Phases of the base protocol stand for these moments: BEGIN_REQ for the address (and first beat of a write)
/// at the port, END_REQ for its acceptance, BEGIN_RESP for the first read beat or for B, END_RESP in the same
/// instant. The beats of a read follow one a cycle, or at the pace that the target gives in AxiExtension
/// (first_beat .. last_beat), when R is free; those of a write in the cycles that the extension carries. A
/// socket has one unaccepted request at a time; others wait for it here.
class AxiMasterAt final : public AxiMaster {
 public:
  /// `shared_data`: beats of reads and writes of a port share one data channel.
  AxiMasterAt(const Clock& clock, std::vector<tlm::tlm_initiator_socket<>*> sockets, bool shared_data);
  ~AxiMasterAt() override;

  bool immediate() const override { return false; }
  void request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte* data) override;

  /// What the socket `master` gets on its backward path.
  tlm::tlm_sync_enum nb_transport_bw(unsigned master, tlm::tlm_generic_payload& payload,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);

 private:
  struct Transaction;
  struct Channels {
    Transaction* unaccepted = nullptr;
    std::deque<Transaction*> waiting;
    Cycle r_free = 0;
  };

  Transaction& take();
  void send(Transaction& t);
  void accepted(Transaction& t, Cycle at);
  void responded(Transaction& t, sc_core::sc_time delay);
  Cycle cycle_in(const sc_core::sc_time& delay) const;

  const bool shared_data_;
  std::vector<Channels> channels_;
  std::deque<Transaction> all_;
  std::vector<Transaction*> free_;
};

}  // namespace dmavp::dmac
