// Faults on a socket, written down before the run.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "base/fault_point.h"

namespace dmavp::tb {

/// One fault: which accesses it waits for, which of these it hits, and what it does to them.
struct Fault {
  enum class Kind : std::uint8_t {
    kRefuse,   ///< answered with `response`, the target is not reached
    kDelay,    ///< takes `delay` longer
    kCorrupt,  ///< byte `offset` of the data is XORed with `flip`, on its way to or from the target
  };
  Kind kind = Kind::kRefuse;
  std::uint64_t first = 0;  ///< addresses as seen at the socket, inclusive
  std::uint64_t last = ~std::uint64_t{0};
  bool reads = true;
  bool writes = true;
  unsigned skip = 0;   ///< matching accesses that pass first
  unsigned count = 1;  ///< accesses hit after that; 0 for all
  tlm::tlm_response_status response = tlm::TLM_GENERIC_ERROR_RESPONSE;
  sc_core::sc_time delay;
  unsigned offset = 0;
  unsigned char flip = 0xff;
};

/// Applies every fault that matches an access, in the order they were added. Latency probes match nothing.
class FaultInjector : public FaultPoint {
 public:
  void add(const Fault& fault) { faults_.push_back({fault, 0}); }
  void clear() { faults_.clear(); }
  unsigned hits() const { return hits_; }          ///< accesses that at least one fault changed
  unsigned accesses() const { return accesses_; }  ///< reads and writes seen

  bool before(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) override;
  void after(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) override;

 private:
  struct Planned {
    Fault fault;
    unsigned matched;
  };
  struct Corrupted {
    tlm::tlm_generic_payload* access;
    unsigned char* data;              // of a write: where the original bytes are
    std::vector<unsigned char> copy;  // of a write: what the target sees
    unsigned offset;
    unsigned char flip;
  };
  static bool hit(Planned& planned, const tlm::tlm_generic_payload& access);
  void corrupt(tlm::tlm_generic_payload& access, const Fault& fault);

  std::vector<Planned> faults_;
  std::vector<Corrupted> corrupted_;
  unsigned hits_ = 0;
  unsigned accesses_ = 0;
};

}  // namespace dmavp::tb
