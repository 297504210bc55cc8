// Registers of an SSI without simulation, accessed by name.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "peripherals/ssi_registers.h"

namespace dmavp::tb {

constexpr std::uint64_t kSsiHz = 100'000'000;
constexpr Picoseconds kSsiCycle = 10'000;

/// A device that notes what it sees, and answers with the complement.
struct SpiRecorder : SpiDevice {
  struct Edge {
    bool selected;
    Picoseconds at;
    bool operator==(const Edge& other) const { return selected == other.selected && at == other.at; }
  };
  std::vector<Edge> edges;
  std::vector<SpiFrame> frames;
  void select(Picoseconds at) override { edges.push_back({true, at}); }
  void deselect(Picoseconds at) override { edges.push_back({false, at}); }
  std::uint32_t exchange(const SpiFrame& frame) override {
    frames.push_back(frame);
    return ~frame.out;
  }
};

struct SsiRig {
  ssi::Registers model;
  explicit SsiRig(const ssi::Parameters& parameters = {}, std::uint64_t hz = kSsiHz)
      : model(parameters, Clock(hz)) {
    EXPECT_TRUE(ssi::validate(parameters).empty());
  }

  void at(Picoseconds time) { model.advance(time); }
  void pass(Picoseconds time) { at(model.now() + time); }
  std::uint32_t read(const char* name, unsigned bytes = 4) {
    std::uint64_t value = 0;
    model.bank().read(model.bank().offset_of(name), bytes, value);
    model.advance(model.now());
    return static_cast<std::uint32_t>(value);
  }
  void write(const char* name, std::uint32_t value, unsigned bytes = 4) {
    model.bank().write(model.bank().offset_of(name), bytes, value);
    model.advance(model.now());
  }
  std::uint32_t peek(const char* name) {
    return static_cast<std::uint32_t>(model.bank().peek(model.bank().offset_of(name), 4));
  }
  void push(std::uint32_t frame) { write("DR0_DATA", frame); }
  std::uint32_t pop() { return read("DR0_DATA"); }

  /// CTRLR0 for the rig's layout.
  std::uint32_t ctrlr0(unsigned bits, ssi::TransferMode mode, bool loop = false) const {
    const auto tmod = static_cast<std::uint32_t>(mode);
    const std::uint32_t srl = loop ? 1 : 0;
    switch (model.parameters().layout) {
      case ssi::Layout::kApb16:
        return (bits - 1) | tmod << 8 | srl << 11;
      case ssi::Layout::kApb32:
        return (bits - 1) << 16 | tmod << 8 | srl << 11;
      case ssi::Layout::kDwc:
        break;
    }
    return (bits - 1) | tmod << 10 | srl << 13;
  }
  /// Enabled, with chip select 0.
  void setup(unsigned bits, ssi::TransferMode mode, std::uint32_t divider, std::uint32_t ndf = 0,
             bool loop = false) {
    write("SSIENR", 0);
    write("CTRLR0", ctrlr0(bits, mode, loop));
    write("CTRLR1", ndf);
    write("BAUDR", divider);
    write("SER", 1);
    write("SSIENR", 1);
  }
  bool busy() { return (read("SR") & ssi::kBusy) != 0; }
};

}  // namespace dmavp::tb
