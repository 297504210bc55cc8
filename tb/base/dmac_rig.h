// The register file on the real engine, over 64 KiB of memory, without SystemC.
#pragma once

#include <array>
#include <cstring>
#include <vector>

#include "dmac/registers.h"

namespace dmavp::dmac {

/// Bursts move bytes of an array at once; addresses outside it are answered with DECERR.
struct ArrayPort : AxiPort {
  std::vector<std::byte> memory = std::vector<std::byte>(0x10000);

  bool immediate() const override { return true; }
  Path path(unsigned, std::uint64_t address, bool) override {
    return address < memory.size() ? Path{0, memory.size() - 1, 5, nullptr}
                                   : Path{address, address, 0, nullptr};
  }
  AxiStatus commit(const Burst& burst, const BurstTimes&, std::byte* data) override {
    if (burst.address + burst.bytes > memory.size()) return AxiStatus::kDecErr;
    std::byte* place = memory.data() + burst.address;
    std::memcpy(burst.write ? place : data, burst.write ? data : place, burst.bytes);
    return AxiStatus::kOkay;
  }
  void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}

  void store(std::uint64_t address, std::uint64_t value) { std::memcpy(memory.data() + address, &value, 8); }
  std::uint64_t load(std::uint64_t address) const {
    std::uint64_t value = 0;
    std::memcpy(&value, memory.data() + address, 8);
    return value;
  }
};

struct RecordedLines : OutputSink {
  struct Change {
    unsigned line;
    bool level;
    Cycle cycle;
  };
  std::array<bool, kLines> level{};
  std::vector<Change> changes;

  void line_changed(unsigned line, bool to, Cycle cycle) override {
    level[line] = to;
    changes.push_back({line, to, cycle});
  }
};

struct DmacRig {
  explicit DmacRig(const Parameters& parameters)
      : registers(parameters, Clock(100'000'000), {"dmac"}, port, lines) {}

  std::uint64_t read(std::uint64_t offset, unsigned bytes = 8) {
    std::uint64_t value = 0;
    registers.read(offset, bytes, value, RegisterBank::kAllLanes, now);
    return value;
  }
  void write(std::uint64_t offset, std::uint64_t value, unsigned bytes = 8) {
    registers.write(offset, bytes, value, RegisterBank::kAllLanes, now);
  }
  std::uint64_t read(const char* name) { return read(registers.bank().offset_of(name)); }
  void write(const char* name, std::uint64_t value) { write(registers.bank().offset_of(name), value); }
  void run(Cycle cycles) { registers.advance(now += cycles); }

  /// One block of memory to memory on channel `ch`: 64-bit items, from 0x1000 to 0x8000.
  void program(unsigned ch, std::uint32_t items) {
    const std::string prefix = "CH" + std::to_string(ch) + "_";
    const auto set = [&](const char* name, std::uint64_t value) { write((prefix + name).c_str(), value); };
    set(registers.cfg_v2() ? "CFG2" : "CFG", 0);
    set("SAR", 0x1000 + 0x800 * ch);
    set("DAR", 0x8000 + 0x800 * ch);
    set("BLOCK_TS", items - 1);
    set("CTL", 0x1B00);
  }
  void set_enable(unsigned ch, bool on) {
    if (registers.chen_v2()) {
      const unsigned lo = ch < 16 ? ch : ch + 16;
      write("DMAC_CHEN2", (on ? std::uint64_t{1} << lo : 0) | (std::uint64_t{1} << (lo + 16)));
    } else {
      write("DMAC_CHEN", (on ? 1u << ch : 0u) | (0x100u << ch));
    }
  }
  IntStatus status(unsigned ch) {
    return static_cast<IntStatus>(read(("CH" + std::to_string(ch) + "_INTSTATUS").c_str()));
  }

  ArrayPort port;
  RecordedLines lines;
  Registers registers;
  Cycle now = 0;
};

}  // namespace dmavp::dmac
