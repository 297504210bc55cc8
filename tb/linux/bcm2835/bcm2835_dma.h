// The DMA controller of the BCM2835, as far as software can tell, without SystemC: up to 15 channels that
// walk control blocks in RAM at a constant rate, or at that of a peripheral (DREQ). From the public manual of
// the chip's peripherals, chapter 4. Not modelled: 2-D mode, wide transfers, priorities, channel 15.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "modules/dmac_model.h"

namespace dmavp::test {

class Bcm2835Dma final : public DmacModel {
 public:
  static constexpr unsigned kChannels = 15, kFirstLite = 7;
  static constexpr unsigned kSinkRequest = 6, kSourceRequest = 9;    ///< numbers of DREQ, TI.PERMAP
  static constexpr std::uint32_t kRegister = 0x40001000;             ///< of both peripherals
  static constexpr Time kCopyWord = 4'000, kRequestEvery = 100'000;  ///< ps per word of 4 bytes

  explicit Bcm2835Dma(std::function<std::byte*(std::uint64_t)> memory) : memory_(std::move(memory)) {}

  std::uint64_t read(std::uint64_t offset, unsigned bytes, Time now) override;
  void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) override;
  void advance(Time now) override;
  Time next_event() const override;
  bool line(unsigned channel) const override { return channels_[channel].interrupt; }
  bool combined() const override { return false; }

  /// Byte n of what the source gives.
  static std::uint8_t stream_byte(std::uint64_t n) {
    return static_cast<std::uint8_t>(n * 7 + (n >> 8) * 13);
  }

  std::vector<std::byte> sunk;    ///< all that was written to the sink
  std::uint64_t given = 0;        ///< bytes read from the source
  std::uint64_t memory_read = 0;  ///< bytes
  unsigned errors = 0;            ///< accesses that nothing answered
  unsigned blocks = 0;            ///< control blocks that were begun
  unsigned lite_blocks = 0;       ///< those of lite channels
  unsigned misuses = 0;           ///< a block that is not aligned, 2-D, a length a lite channel has not

 private:
  struct Channel {
    bool active = false, end = false, interrupt = false, error = false, read_error = false;
    std::uint32_t block = 0;  ///< CONBLK_AD: of the current control block; 0 idle
    std::uint32_t ti = 0, source = 0, destination = 0, length = 0, stride = 0, next = 0;
    std::uint32_t control = 0;  ///< priorities and the like, kept
    Time at = 0;                ///< everything before is done
  };

  void advance(unsigned index, Time now);
  void load(unsigned index);
  void finish(unsigned index);
  void fail(Channel& c);
  /// Moves up to a word; false when nothing answers.
  bool move(Channel& c);
  /// The peripheral that the channel waits for with each word does not ask now.
  bool asks(const Channel& c) const;
  Time word_time(const Channel& c) const;
  std::uint32_t status(const Channel& c) const;
  void control(unsigned index, std::uint32_t value, Time now);

  std::function<std::byte*(std::uint64_t)> memory_;
  std::array<Channel, kChannels> channels_;
  std::uint32_t enable_ = 0x7FFF;
};

}  // namespace dmavp::test
