// Generic payloads with their AXI extension, reused so that a burst allocates nothing.
#pragma once

#include <tlm>

#include <memory>
#include <vector>

#include "base/axi_extension.h"

namespace dmavp {

/// A payload that carries an AxiExtension for life. It returns to its pool when its reference count drops to
/// 0.
class PooledPayload : public tlm::tlm_generic_payload {
 public:
  explicit PooledPayload(tlm::tlm_mm_interface* pool) : tlm::tlm_generic_payload(pool) {
    set_extension(&axi);
  }
  /// Extensions of those on its way are theirs: a simulation may end with bursts in flight.
  ~PooledPayload() override {
    reset();
    for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) set_extension(i, nullptr);
  }

  AxiExtension axi;
};

/// Grows to the largest number of payloads in use at one time and stays there. Must outlive its payloads.
class PayloadPool : public tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;

  /// A payload with reference count 1 and attributes of its last use: set all of them; release() it when
  /// done.
  PooledPayload& acquire() {
    if (free_.empty()) {
      all_.push_back(std::make_unique<PooledPayload>(this));
      free_.reserve(all_.size());
      free_.push_back(all_.back().get());
    }
    PooledPayload* payload = free_.back();
    free_.pop_back();
    payload->acquire();
    return *payload;
  }

  void free(tlm::tlm_generic_payload* payload) override {
    payload->reset();  // drops auto extensions of whoever borrowed it
    free_.push_back(static_cast<PooledPayload*>(payload));
  }

 private:
  std::vector<std::unique_ptr<PooledPayload>> all_;
  std::vector<PooledPayload*> free_;
};

}  // namespace dmavp
