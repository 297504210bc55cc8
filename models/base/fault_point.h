// Where a test or a fault plan looks at, refuses, delays or corrupts the transactions of a socket (design
// decision 19).
#pragma once

namespace sc_core {
class sc_time;
}
namespace tlm {
class tlm_generic_payload;
}

namespace dmavp {

/// A hook on one socket of a model. Without one a model pays a single branch per access. Debug transport is
/// never intercepted, so that a test always sees the truth.
class FaultPoint {
 public:
  virtual ~FaultPoint() = default;

  /// Before the access, at sc_time_stamp() + delay. Returns true when the hook has answered it: the response
  /// status is set, the target is not reached and `after` is not called. False lets the access through,
  /// possibly later (delay may grow) or with other data (a write whose data pointer is exchanged until
  /// `after`).
  virtual bool before(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) = 0;

  /// After an access that was let through: response and read data may be changed, delay may grow.
  virtual void after(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) = 0;

  /// False, the default, withholds direct memory from the masters so that every access passes here.
  virtual bool allows_dmi() const { return false; }
};

}  // namespace dmavp
