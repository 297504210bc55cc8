// Ends of DMA handshakes for tests: a recorder of levels, and a plain DMA side that follows them.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/dma_handshake.h"
#include "base/sim_time.h"

namespace dmavp::tb {

inline Picoseconds sim_ps() { return to_picoseconds(sc_core::sc_time_stamp()); }

/// Knows what a controller knows of one interface at any time, and refuses what the contract forbids: calls
/// that go back in time, and calls that tell nothing new.
class RequestRecorder : public sc_core::sc_module, public DmaRequestIf {
 public:
  struct Call {
    DmaRequest levels;
    Picoseconds at;
  };
  DmaAcknowledgePort acknowledge;
  std::vector<Call> calls;
  unsigned redundant = 0;
  unsigned out_of_order = 0;

  explicit RequestRecorder(const sc_core::sc_module_name& name)
      : sc_module(name), acknowledge("acknowledge") {}

  void dma_request(DmaRequest levels, Picoseconds at) override {
    if (at < sim_ps() || (!calls.empty() && at < calls.back().at)) ++out_of_order;
    if (!forgotten_ && levels == (calls.empty() ? DmaRequest{} : calls.back().levels)) ++redundant;
    forgotten_ = false;
    calls.push_back({levels, at});
  }
  void acknowledge_now(bool finish = false) {
    forgotten_ = true;
    acknowledged_ = sim_ps();
    acknowledge->dma_acknowledge(finish, acknowledged_);
  }
  /// Levels at the current time. Of calls made for one time the last counts.
  DmaRequest known() const {
    DmaRequest levels;
    for (const Call& call : calls) {
      if (call.at <= sim_ps()) levels = call.levels;
    }
    return levels;
  }
  Picoseconds acknowledged() const { return acknowledged_; }

 private:
  bool forgotten_ = false;
  Picoseconds acknowledged_ = 0;
};

/// Moves `items` between a vector and a FIXED data register by the rules of the handshake [dw-axi-dmac 5.6].
/// As flow controller itself: bursts of `msize` while that much is left, then what is left. If the peripheral
/// is flow controller: what it asks for, until `last`.
class HandshakeDma : public sc_core::sc_module, public DmaRequestIf {
 public:
  struct Config {
    bool write = true;  ///< to the peripheral
    std::uint64_t address = 0;
    unsigned item_bytes = 1;
    unsigned msize = 4;
    std::uint64_t items = 0;
    bool peripheral_flow = false;
    bool waits = false;  ///< for start()
  };
  tlm_utils::simple_initiator_socket<HandshakeDma> socket;
  DmaAcknowledgePort acknowledge;
  std::vector<std::uint64_t> data;  ///< to write, or read
  std::uint64_t moved = 0;
  unsigned bursts = 0;
  unsigned singles = 0;
  bool finished = false;
  Picoseconds finished_at = 0;

  HandshakeDma(const sc_core::sc_module_name& name, const Config& config)
      : sc_module(name), socket("socket"), acknowledge("acknowledge"), config_(config) {
    SC_HAS_PROCESS(HandshakeDma);
    SC_METHOD(serve);
    sensitive << event_;
    finished = config.items == 0 && !config.peripheral_flow;
  }

  void start() {
    config_.waits = false;
    event_.notify(sc_core::SC_ZERO_TIME);
  }

  void dma_request(DmaRequest levels, Picoseconds at) override {
    pending_.push_back({levels, at});
    event_.notify(from_picoseconds(at - std::min(at, sim_ps())));
  }

 private:
  void serve() {
    while (!pending_.empty() && pending_.front().at <= sim_ps()) {
      levels_ = pending_.front().levels;
      pending_.pop_front();
    }
    if (!finished && !config_.waits) move_one();
    if (!pending_.empty()) event_.notify(from_picoseconds(pending_.front().at - sim_ps()));
  }

  void move_one() {
    const std::uint64_t left = config_.items - moved;
    std::uint64_t count = 0;
    bool last = false;
    if (config_.peripheral_flow) {
      if (!levels_.burst) return;
      count = levels_.single ? 1 : config_.msize;
      last = levels_.last;
    } else if (left >= config_.msize) {
      if (!levels_.burst) return;
      count = config_.msize;
      last = count == left;
    } else {
      if (!levels_.burst && !levels_.single) return;
      count = levels_.burst ? left : 1;
      last = count == left;
    }
    ++(count == 1 && levels_.single ? singles : bursts);
    transport(count);
    moved += count;
    finished = last;
    finished_at = sim_ps();
    levels_ = {};
    pending_.clear();  // what was told before the acknowledge is forgotten
    acknowledge->dma_acknowledge(last, sim_ps());
  }

  void transport(std::uint64_t count) {
    const unsigned bytes = config_.item_bytes;
    std::vector<unsigned char> buffer(count * bytes);
    if (config_.write) {
      for (std::size_t i = 0; i < buffer.size(); ++i) {
        buffer[i] = static_cast<unsigned char>(data.at(moved + i / bytes) >> (8 * (i % bytes)));
      }
    }
    tlm::tlm_generic_payload access;
    access.set_command(config_.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    access.set_address(config_.address);
    access.set_data_ptr(buffer.data());
    access.set_data_length(static_cast<unsigned>(buffer.size()));
    access.set_streaming_width(bytes);
    sc_core::sc_time delay;
    socket->b_transport(access, delay);
    sc_assert(access.is_response_ok());
    if (config_.write) return;
    for (std::size_t i = 0; i < buffer.size(); ++i) {
      if (i % bytes == 0) data.push_back(0);
      data.back() |= static_cast<std::uint64_t>(buffer[i]) << (8 * (i % bytes));
    }
  }

  struct Pending {
    DmaRequest levels;
    Picoseconds at;
  };
  Config config_;
  DmaRequest levels_;
  std::deque<Pending> pending_;
  sc_core::sc_event event_;
};

}  // namespace dmavp::tb
