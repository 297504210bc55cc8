// One handshake interface of the bench: joins a FIFO peripheral to the controller's request lines. Only
// rig.cpp needs it.
#pragma once

#include <algorithm>
#include <optional>
#include <systemc>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "registers/fifo_peripheral.h"

namespace dmavp::tb {

class HandshakeModule : public sc_core::sc_module {
 public:
  DmaRequestPort request;

  SC_HAS_PROCESS(HandshakeModule);
  HandshakeModule(sc_core::sc_module_name name, const Clock& clock) : sc_module(name), clock_(clock) {
    SC_METHOD(tick);
    sensitive << tick_event_;
    dont_initialize();
  }

  void connect(const reference::Peripheral& plan) {
    fifo.emplace(plan);
    driven_ = {};
    drive(now());
    keep_ticking();
  }
  void disconnect() {
    if (!fifo) return;
    fifo.reset();
    tick_event_.cancel();
    ticking_ = false;
    driven_ = {};
    last_ = std::max(last_, now());
    request->dma_request({}, last_);
  }

  void wake() {
    if (!fifo) return;
    fifo->wake();
    drive(now());
  }

  bool access(bool write, u8* data, u64 bytes) {
    if (!fifo) return false;
    const bool fits = fifo->access(write, data, bytes);
    keep_ticking();
    return fits;
  }

  void acknowledge(bool finish, Picoseconds at) {
    fifo->acknowledged(finish);
    driven_ = {};
    drive(std::max(at, now()) + clock_.time_of(1));
  }

  std::optional<FifoPeripheral> fifo;

 private:
  static Picoseconds now() { return sc_core::sc_time_stamp().value(); }

  /// Levels stay until they are acknowledged, whatever the FIFO does meanwhile.
  void drive(Picoseconds at) {
    if (fifo->plan().software) return;
    const DmaRequest want = fifo->levels();
    const DmaRequest held{driven_.burst || want.burst, driven_.single || want.single,
                          driven_.last || want.last};
    last_ = std::max(last_, at);
    if (held == driven_) return;
    driven_ = held;
    fifo->asked(held);
    request->dma_request(held, last_);
  }
  void keep_ticking() {
    if (ticking_ || !fifo->line_busy()) return;
    ticking_ = true;
    const Cycle next = clock_.cycle_at(now()) + fifo->cycles_to_tick();
    tick_event_.notify(sc_core::sc_time::from_value(clock_.time_of(next) - now()));
  }
  void tick() {
    ticking_ = false;
    if (!fifo) return;
    fifo->tick();
    drive(now());
    keep_ticking();
  }

  const Clock& clock_;
  sc_core::sc_event tick_event_;
  bool ticking_ = false;
  DmaRequest driven_;
  Picoseconds last_ = 0;
};

}  // namespace dmavp::tb
