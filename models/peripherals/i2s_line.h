// What is at the other end of an I2S: plain C++ back ends.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"

namespace dmavp {

inline constexpr unsigned kI2sChannels = 4;

/// One stereo frame as it is on the line: full-scale signed samples, the first bit sent being bit 31.
struct I2sFrame {
  std::int32_t left = 0;
  std::int32_t right = 0;
  bool operator==(const I2sFrame& other) const { return left == other.left && right == other.right; }
};

/// Why a frame was sent.
enum class I2sContent : std::uint8_t {
  kIdle,     ///< zeros: the channel is on and has not had data yet
  kSamples,  ///< from the FIFO
  kUnderrun  ///< zeros in place of what the FIFO did not have
};

/// The channels of one device share a frame clock; calls come in the order of their times: for each frame
/// play() of every transmit channel that is on, then capture() of every receive channel that is on, then
/// frame_ended(). Frames in which nothing is on are left out. Several frames may be reported late, at once.
class I2sLine {
 public:
  virtual ~I2sLine() = default;
  /// Transmit channel 0..3 has sent `frame`, which ended at `at`.
  virtual void play(unsigned channel, const I2sFrame& frame, I2sContent content, Picoseconds at) {
    (void)channel, (void)frame, (void)content, (void)at;
  }
  /// What receive channel 0..3 got in the frame that ended at `at`; silence unless overridden.
  virtual I2sFrame capture(unsigned channel, Picoseconds at) {
    (void)channel, (void)at;
    return {};
  }
  virtual void frame_ended(Picoseconds at) { (void)at; }
  /// The frame clock starts: the first frame begins at `at`.
  virtual void clock_starts(Picoseconds at) { (void)at; }
  /// True: every frame is reported at its time, at the cost of one event each.
  virtual bool wants_every_frame() const { return false; }
};

/// Transmit channel n wired to receive channel n.
class I2sLoopback : public I2sLine {
 public:
  void play(unsigned channel, const I2sFrame& frame, I2sContent, Picoseconds) override {
    sent_[channel] = frame;
  }
  I2sFrame capture(unsigned channel, Picoseconds) override {
    const I2sFrame frame = sent_[channel];
    sent_[channel] = {};
    return frame;
  }

 private:
  std::array<I2sFrame, kI2sChannels> sent_ = {};
};

/// A sine on every receive channel, equal left and right. Integer arithmetic (0.2 % of the amplitude exact),
/// so that every machine computes the same samples.
class I2sTone : public I2sLine {
 public:
  /// @param hertz of the tone; @param rate frames per second, above 0; @param amplitude of full scale 2^31 -
  /// 1
  I2sTone(std::uint32_t hertz, std::uint32_t rate, std::int32_t amplitude)
      : step_(static_cast<std::uint32_t>((std::uint64_t{hertz} << 32) / rate)), amplitude_(amplitude) {}

  I2sFrame capture(unsigned channel, Picoseconds) override {
    std::uint32_t& phase = phase_[channel];
    const std::int32_t sample = sine(phase);
    phase += step_;
    return {sample, sample};
  }

 private:
  /// Bhaskara's rational approximation over half a turn of 2^16 steps.
  std::int32_t sine(std::uint32_t phase) const {
    constexpr std::int64_t kHalf = 1 << 16;
    const std::int64_t x = phase >> 15 & (kHalf - 1);
    const std::int64_t p = x * (kHalf - x);
    const std::int64_t value = amplitude_ * (16 * p / 4096) / ((5 * kHalf * kHalf - 4 * p) / 4096);
    return static_cast<std::int32_t>((phase >> 31) != 0 ? -value : value);
  }

  std::uint32_t step_;
  std::int64_t amplitude_;
  std::array<std::uint32_t, kI2sChannels> phase_ = {};
};

}  // namespace dmavp
