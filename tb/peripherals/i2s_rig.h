// Registers of an I2S without simulation, accessed by name, and a line that a test looks at.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "peripherals/i2s_registers.h"

namespace dmavp::tb {

/// Notes what is played; captures a count: left of frame n is 2n << 16, right (2n + 1) << 16.
struct I2sRecorder : I2sLine {
  struct Played {
    unsigned channel;
    I2sFrame frame;
    I2sContent content;
    Picoseconds at;
  };
  std::vector<Played> played;
  std::vector<Picoseconds> captured;
  std::uint32_t next = 0;
  void play(unsigned channel, const I2sFrame& frame, I2sContent content, Picoseconds at) override {
    played.push_back({channel, frame, content, at});
  }
  I2sFrame capture(unsigned, Picoseconds at) override {
    captured.push_back(at);
    const std::uint32_t n = next++;
    return {static_cast<std::int32_t>(2 * n << 16), static_cast<std::int32_t>((2 * n + 1) << 16)};
  }
};

struct I2sRig {
  i2s::Registers model;
  I2sRecorder line;

  /// 1 MHz of SCLK: a frame of 2 x 16 cycles takes 32 us.
  explicit I2sRig(const i2s::Parameters& parameters = {}, std::uint64_t sclk = 1'000'000)
      : model(parameters, Clock(sclk)) {
    EXPECT_TRUE(i2s::validate(parameters).empty());
    model.core().set_line(&line);
  }
  static constexpr Picoseconds kFrame = 32'000'000;

  void at(Picoseconds time) { model.advance(time); }
  void pass(Picoseconds time) { at(model.now() + time); }
  std::uint32_t read(const std::string& name, unsigned bytes = 4) {
    std::uint64_t value = 0;
    model.bank().read(model.bank().offset_of(name), bytes, value);
    model.advance(model.now());
    return static_cast<std::uint32_t>(value);
  }
  void write(const std::string& name, std::uint32_t value, unsigned bytes = 4) {
    model.bank().write(model.bank().offset_of(name), bytes, value);
    model.advance(model.now());
  }
  std::uint32_t peek(const std::string& name) {
    return static_cast<std::uint32_t>(model.bank().peek(model.bank().offset_of(name), 4));
  }
  /// 16 bits per sample in slots of 16, thresholds `pairs` - 1, off.
  void format16(unsigned pairs = 8) {
    for (const char* name : {"CH0_RCR", "CH0_TCR"}) write(name, 2);
    for (const char* name : {"CH0_RFCR", "CH0_TFCR"}) write(name, pairs - 1);
    write("CCR", 0);
  }
  void play_pair(std::uint32_t left, std::uint32_t right) {
    write("CH0_LRBR_LTHR", left);
    write("CH0_RRBR_RTHR", right);
  }
};

inline I2sFrame frame16(std::int32_t left, std::int32_t right) { return {left * 65536, right * 65536}; }

}  // namespace dmavp::tb
