// Faults on what a DMA controller's master port does.
#pragma once

#include <functional>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "platform/faults/fault_trigger.h"

namespace dmavp::platform {

/// Refuses bursts and inverts bits in what they carry. Of several faults that hit one burst the first that
/// refuses it wins. Probes match nothing.
class BusFaults : public FaultPoint {
 public:
  /// Whom to tell that the controller's clock stops; it may not do so within the call.
  void on_clock_off(std::function<void(const FaultSpec&)> stop) { stop_clock_ = std::move(stop); }
  void add(FaultTrigger& trigger) { triggers_.push_back(&trigger); }

  bool before(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) override;
  void after(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) override;

 private:
  struct Flip {
    tlm::tlm_generic_payload* access;
    unsigned byte;
    unsigned char mask;
  };
  static bool concerns(const FaultSpec& fault, const tlm::tlm_generic_payload& access);
  void flip(const FaultSpec& fault, tlm::tlm_generic_payload& access);

  std::vector<FaultTrigger*> triggers_;
  std::function<void(const FaultSpec&)> stop_clock_;
  std::vector<Flip> flips_;  ///< of accesses on their way; an access may cause another
};

}  // namespace dmavp::platform
