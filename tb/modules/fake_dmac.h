// A DMA controller in a hundred lines, for tests of software: linked-list copies at a constant rate, progress
// visible at any moment, errors on demand. A fixed side is a peripheral that always has, or takes, the next
// byte of a stream. It is written from the register specification and simulates no bus.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "modules/dmac_model.h"

namespace dmavp::test {

class FakeDmac final : public DmacModel {
 public:
  struct Settings {
    unsigned channels = 6;
    Time ps_per_byte = 1000;   ///< 1 byte per ns
    Time start_ps = 50'000;    ///< CH_EN to the first byte, and per linked-list item
    unsigned fifo_bytes = 64;  ///< read ahead of what is written
    Time stop_ps = 0;          ///< a disable takes this long, kNever = until an abort
    bool abort_works = true;   ///< else an abort does nothing
    bool write_back = true;    ///< finished items lose VALID
  };
  /// `memory` gives the bytes at a bus address, or NULL outside RAM.
  FakeDmac(const Settings& settings, std::function<std::byte*(std::uint64_t)> memory);

  std::uint64_t read(std::uint64_t offset, unsigned bytes, Time now) override;
  void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) override;
  void advance(Time now) override;
  Time next_event() const override;
  bool line(unsigned channel) const override;
  bool combined() const override;

  /// Fails the transfer that is under way on a channel once `bytes` of it are written, with these status
  /// bits.
  void fail_after(unsigned channel, std::uint64_t bytes, std::uint32_t status);
  /// What goes wrong, silently where it can, with the next linked-list item that a channel finishes.
  enum class Fault {
    kNone,
    kExtraByte,          ///< one byte behind the destination changes
    kMissingByte,        ///< the last byte does not arrive
    kReadShifted,        ///< the data come from 32 bytes further on
    kWriteShifted,       ///< the data go to 32 bytes further on
    kSourceOverwritten,  ///< one byte of the source changes
    kLostInterrupt,      ///< all is copied and nothing says so
    kEarlyInterrupt,     ///< done is raised before the first byte moves
    kWrongStatus,        ///< all is copied and an error is reported
    kErrorAsSuccess,     ///< half is copied and done is reported
  };
  void plan(unsigned channel, Fault fault) { channels_[channel].fault = fault; }
  bool enabled(unsigned channel) const { return channels_[channel].enabled; }
  /// Byte `n` that a peripheral gives.
  static std::uint8_t stream_byte(std::uint64_t n) {
    return static_cast<std::uint8_t>(n * 7 + (n >> 8) * 13);
  }
  /// What a boot loader leaves: a channel running with its interrupt pending.
  void leave_running(unsigned channel);

  unsigned starts = 0;  ///< CH_EN 0 -> 1, all channels
  std::uint64_t bytes_written = 0;
  std::vector<unsigned> widths_seen;     ///< log2 bytes, source, per block
  std::vector<std::uint64_t> cfg_seen;   ///< CHn_CFG at each start
  std::vector<std::uint64_t> ctl_seen;   ///< CTL of each fetched item
  std::vector<std::uint64_t> aborts_at;  ///< when CH_ABORT was written
  std::vector<std::byte> sunk;           ///< all that peripherals took
  unsigned halts = 0;                    ///< on items without VALID
  unsigned protected_writes = 0;         ///< configuration or LLP written while the channel ran

 private:
  struct Channel {
    bool enabled = false, suspended = false, stopping = false, halted = false;
    std::uint64_t sar = 0, dar = 0, llp = 0, cfg = 0;
    std::uint32_t ena = ~0u, status = 0, signal = ~0u;
    std::uint64_t item = 0, src = 0, dst = 0, length = 0, done = 0, ctl = 0;
    bool loaded = false;
    std::uint64_t given = 0;      ///< bytes of its stream that the source peripheral has given
    std::uint32_t completed = 0;  ///< bytes of the block that ran last
    Time at = 0;                  ///< progress is accounted up to here
    Time stop_at = kNever;
    std::uint64_t total = 0, fail_at = ~std::uint64_t{0};
    std::uint32_t fail_status = 0;
    Fault fault = Fault::kNone;
    std::vector<std::byte> before;  ///< destination of the item, when a fault is planned
  };
  bool wide() const { return s_.channels > 8; }
  void set(Channel& c, std::uint32_t bits) { c.status |= bits & c.ena; }
  void load_item(Channel& c);
  void finish_item(Channel& c);
  void prepare_fault(Channel& c);
  std::uint32_t apply_fault(Channel& c);
  void move(Channel& c, std::uint64_t n);
  std::uint64_t status_word(const Channel& c) const;
  void stop(Channel& c, std::uint32_t bits);
  void advance(Channel& c, Time now);
  Time next_event(const Channel& c) const;
  std::uint64_t enable_word() const;
  std::uint64_t suspend_word() const;
  void control(unsigned channel, unsigned what, bool on, Time now);

  Settings s_;
  std::function<std::byte*(std::uint64_t)> memory_;
  std::vector<Channel> channels_;
  std::uint64_t cfg_ = 0;
};

}  // namespace dmavp::test
