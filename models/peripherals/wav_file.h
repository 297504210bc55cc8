// WAV files with PCM samples, and back ends of the I2S on top of them. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "peripherals/i2s_line.h"

namespace dmavp {

/// PCM samples of 8 (unsigned), 16, 24 or 32 bits (signed), as in the file.
struct WavFile {
  std::uint32_t rate = 44100;  ///< frames per second
  std::uint16_t channels = 2;  ///< 1..64
  std::uint16_t bits = 16;     ///< per sample
  std::vector<std::int32_t>
      samples;  ///< interleaved, right-justified; 8-bit ones without their offset of 128

  std::size_t frames() const { return samples.size() / channels; }
};

/// @throws std::runtime_error naming the file and what is wrong with it
WavFile read_wav(const std::string& path);
/// Samples are cut to `bits`.
/// @throws std::runtime_error naming the file that cannot be written; std::invalid_argument for a format that
///   read_wav would not read
void write_wav(const std::string& path, const WavFile& wav);

/// What is received is what the file holds, from its first frame on; silence behind its end. A mono file is
/// heard on both sides; of more than two channels, 2n and 2n + 1 are receive channel n.
class I2sWavSource : public I2sLine {
 public:
  explicit I2sWavSource(WavFile wav) : wav_(std::move(wav)) {}
  /// @throws as read_wav
  explicit I2sWavSource(const std::string& path) : I2sWavSource(read_wav(path)) {}

  I2sFrame capture(unsigned channel, Picoseconds at) override;
  const WavFile& wav() const { return wav_; }

 private:
  WavFile wav_;
  std::array<std::size_t, kI2sChannels> next_ = {};
};

/// Collects what one transmit channel sends, from its first sample on, underruns as zeros; save() writes it.
class I2sWavSink : public I2sLine {
 public:
  /// @param rate written to the file's header; @param bits 8, 16, 24 or 32, the upper bits of each slot
  I2sWavSink(std::uint32_t rate, std::uint16_t bits, unsigned channel = 0);

  void play(unsigned channel, const I2sFrame& frame, I2sContent content, Picoseconds at) override;
  const WavFile& wav() const { return wav_; }
  /// @throws as write_wav
  void save(const std::string& path) const { write_wav(path, wav_); }

 private:
  WavFile wav_;
  unsigned channel_;
};

/// Passes what is sent to one back end and takes what is received from another (either may be null).
class I2sSplit : public I2sLine {
 public:
  I2sSplit(I2sLine* sink, I2sLine* source) : sink_(sink), source_(source) {}

  void play(unsigned channel, const I2sFrame& frame, I2sContent content, Picoseconds at) override {
    if (sink_ != nullptr) sink_->play(channel, frame, content, at);
    if (source_ != nullptr && source_ != sink_) source_->play(channel, frame, content, at);
  }
  I2sFrame capture(unsigned channel, Picoseconds at) override {
    return source_ != nullptr ? source_->capture(channel, at) : I2sFrame{};
  }
  void frame_ended(Picoseconds at) override {
    if (sink_ != nullptr) sink_->frame_ended(at);
    if (source_ != nullptr && source_ != sink_) source_->frame_ended(at);
  }
  void clock_starts(Picoseconds at) override {
    if (sink_ != nullptr) sink_->clock_starts(at);
    if (source_ != nullptr && source_ != sink_) source_->clock_starts(at);
  }
  bool wants_every_frame() const override {
    return (sink_ != nullptr && sink_->wants_every_frame()) ||
           (source_ != nullptr && source_->wants_every_frame());
  }

 private:
  I2sLine* sink_;
  I2sLine* source_;
};

}  // namespace dmavp
