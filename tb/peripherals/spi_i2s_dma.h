// One side of a DMA channel as a peripheral sees it: takes requests by the rules of the handshake (spec
// dw-axi-dmac 5.6, DMA controller as flow controller), nothing else.
#pragma once

#include <algorithm>
#include <cstdint>
#include <systemc>
#include <utility>
#include <vector>

#include "base/dma_handshake.h"
#include "base/sim_time.h"
#include "components/scripted_initiator.h"

namespace dmavp::tb {

class PeripheralDma : public sc_core::sc_module, public DmaRequestIf {
 public:
  struct Setup {
    bool write = true;                             ///< memory to peripheral
    std::uint64_t address = 0;                     ///< data register
    unsigned item_bytes = 4;                       ///< 1, 2, 4
    unsigned msize = 4;                            ///< items per burst transaction
    Bytes data;                                    ///< to write
    std::size_t items = 0;                         ///< to read
    sc_core::sc_time latency{20, sc_core::SC_NS};  ///< request seen to data moved
  };

  DmaAcknowledgePort ack;
  Bytes received;
  std::size_t done = 0;  ///< items
  std::vector<Picoseconds> burst_times;

  PeripheralDma(const sc_core::sc_module_name& module_name, ScriptedInitiator& bus)
      : sc_module(module_name), ack("ack"), bus_(bus) {
    SC_METHOD(serve);
    sensitive << due_;
    dont_initialize();
  }
  SC_HAS_PROCESS(PeripheralDma);

  void start(const Setup& setup) {
    setup_ = setup;
    total_ = setup.write ? setup.data.size() / setup.item_bytes : setup.items;
    done = 0;
    received.clear();
    look();
  }
  bool finished() const { return done == total_; }
  const DmaRequest& levels() const { return levels_; }

  void dma_request(DmaRequest levels, Picoseconds at) override {
    EXPECT_GE(at, last_);
    EXPECT_GE(at, to_picoseconds(sc_core::sc_time_stamp()));
    last_ = at;
    levels_ = levels;
    look();
  }

 private:
  std::size_t left() const { return total_ - done; }
  std::size_t ready() const {
    if (left() == 0) return 0;
    if (left() >= setup_.msize) return levels_.burst ? setup_.msize : 0;
    return levels_.burst ? left() : levels_.single ? 1 : 0;
  }
  void look() {
    if (ready() == 0) return;
    const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
    due_.cancel();
    due_.notify(from_picoseconds(std::max(last_, now) - now) + setup_.latency);
  }
  void serve() {
    const std::size_t n = ready();
    if (n == 0) return;
    const auto bytes = static_cast<unsigned>(n * setup_.item_bytes);
    if (setup_.write) {
      const auto first = setup_.data.begin() + static_cast<std::ptrdiff_t>(done * setup_.item_bytes);
      EXPECT_EQ(bus_.write(setup_.address, Bytes(first, first + bytes), setup_.item_bytes).status,
                tlm::TLM_OK_RESPONSE);
    } else {
      const Bytes data = bus_.read(setup_.address, bytes, setup_.item_bytes).data;
      received.insert(received.end(), data.begin(), data.end());
    }
    done += n;
    const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
    burst_times.push_back(now);
    levels_ = {};
    ack->dma_acknowledge(done == total_, now);
  }

  ScriptedInitiator& bus_;
  Setup setup_;
  std::size_t total_ = 0;
  DmaRequest levels_;
  Picoseconds last_ = 0;
  sc_core::sc_event due_;
};

}  // namespace dmavp::tb
