// The real controller without SystemC, with two peripherals that play a stream: one gives bytes at handshake
// interface 5, one takes them at 3, both through a FIFO and at a constant rate.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <vector>

#include "dmac/registers.h"
#include "modules/dmac_model.h"

namespace dmavp::test {

class EngineDmac final : public DmacModel, private dmac::AxiPort, private dmac::OutputSink {
 public:
  static constexpr unsigned kSinkInterface = 3, kSourceInterface = 5;

  EngineDmac(const dmac::Parameters& parameters, std::function<std::byte*(std::uint64_t)> memory);

  std::uint64_t read(std::uint64_t offset, unsigned bytes, Time now) override;
  void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) override;
  void advance(Time now) override;
  Time next_event() const override;
  bool line(unsigned channel) const override { return level_[channel]; }
  bool combined() const override { return level_[dmac::kCombinedLine]; }

  /// The peripherals ask for nothing from now on.
  void silence() { silent_ = true; }
  std::vector<std::byte> sunk;  ///< all that the sink was given
  Cycle latency = 5;            ///< of memory
  unsigned misuses = 0;         ///< reads of an empty FIFO, writes to a full one

 private:
  static constexpr std::size_t kFifo = 512;       // bytes
  static constexpr std::size_t kThreshold = 256;  // the longest burst of the cases: 32 items of 8 bytes
  static constexpr std::size_t kGroup = 8;        // bytes that the line brings or takes at a time
  static constexpr Cycle kGroupCycles = 80;

  bool immediate() const override { return true; }
  dmac::Path path(unsigned master, std::uint64_t address, bool write) override;
  dmac::AxiStatus commit(const dmac::Burst& burst, const dmac::BurstTimes& times, std::byte* data) override;
  void request(std::uint32_t, const dmac::Burst&, Cycle, std::byte*) override {}
  void line_changed(unsigned line, bool level, Cycle) override { level_[line] = level; }
  void acknowledge(unsigned hs, bool finish, Cycle cycle) override;

  Cycle cycle_of(Time now) const;
  void tick(Cycle at);
  void drive(unsigned hs, Cycle at);

  std::function<std::byte*(std::uint64_t)> memory_;
  std::array<bool, dmac::kLines> level_{};
  std::deque<std::byte> source_;
  std::size_t sink_ = 0;  ///< bytes in the FIFO of the sink
  std::uint64_t given_ = 0;
  Cycle next_tick_ = kGroupCycles;
  bool silent_ = false;
  dmac::Registers registers_;
};

}  // namespace dmavp::test
