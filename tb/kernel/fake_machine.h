// A machine without SystemC for tests of the kernel: RAM in an array, a PLIC, devices that raise interrupts
// later, and a clock that hands out time in slices of any size.
#pragma once

#include <libfdt.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernel/kernel.h"
#include "port/machine.h"

namespace dmavp::tb {

using port::kNever;
using port::Time;

inline constexpr std::uint64_t kPlicBase = 0x0c000000;
inline constexpr std::uint64_t kAlarmBase = 0x10000000;  ///< alarm n at +16 n raises interrupt n + 1
inline constexpr unsigned kSources = 31;
inline constexpr Time kNs = 1000;
inline constexpr Time kUs = 1000 * kNs;
inline constexpr Time kMs = 1000 * kUs;

/// Alarm registers: +0 write n: line goes high n nanoseconds later; +4 write: line goes low; +8 read: level.
class FakeMachine : public port::Machine {
 public:
  explicit FakeMachine(std::uint64_t seed, unsigned cpus, Time slice = kMs)
      : seed_(seed), cpus_(cpus), slice_(slice), ram_(4 << 20) {
    build_tree();
  }

  // --- what tests look at ---
  std::vector<std::string> diagnostics;  ///< "kernel.kind: text"
  std::vector<std::string> lines;
  std::vector<port::SoftEvent> events;
  std::string fatal_text;
  bool want_events = false;
  Time mmio_time = 60 * kNs;
  std::function<bool(std::uint64_t)> bus_error = [](std::uint64_t) { return false; };

  bool saw(const std::string& kind) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [&](const std::string& d) { return d.compare(0, kind.size(), kind) == 0; });
  }

  /// Runs hardware and software until nothing is left to do or `end`; returns the time reached.
  Time run(kernel::Kernel& kernel, Time end = kNever) {
    kernel_ = &kernel;
    while (fatal_text.empty()) {
      while (!pending_.empty() && pending_.begin()->first.first <= now_) {
        auto action = pending_.begin()->second;
        pending_.erase(pending_.begin());
        action();
      }
      slice_end_ = now_ + slice_;
      end_ = end;
      const Time software = kernel.run();  // first: it may add to pending_
      const Time next = pending_.empty() ? software : std::min(software, pending_.begin()->first.first);
      if (next == kNever || next >= end) break;
      now_ = std::max(now_, next);
    }
    return now_;
  }

  /// Something the hardware does at a time.
  void at(Time when, std::function<void()> action) { pending_[{when, serial_++}] = std::move(action); }
  void set_line(unsigned source, bool level) {
    line_[source] = level;
    gateway(source);
    update_outputs();
  }

  // --- Machine ---
  port::MmioResult read(unsigned, std::uint64_t address, unsigned, Time now) override {
    if (bus_error(address)) return {0, mmio_time, false};
    return {read_register(address, now), mmio_time, true};
  }
  port::MmioResult write(unsigned, std::uint64_t address, unsigned, std::uint64_t value, Time now) override {
    if (bus_error(address)) return {0, mmio_time, false};
    write_register(address, static_cast<std::uint32_t>(value), now);
    return {0, mmio_time, true};
  }
  Time horizon() override {
    const Time event = pending_.empty() ? kNever : pending_.begin()->first.first;
    return std::min({event, slice_end_, end_});
  }
  unsigned ram_regions() override { return 1; }
  port::RamRegion ram_region(unsigned) override {
    return {0x80000000, ram_.size(), ram_.data(), ram_.data()};
  }
  const void* device_tree() override { return tree_.data(); }
  std::uint32_t choice_stream(const char* name) override {
    const auto [at, fresh] = streams_.emplace(name, static_cast<std::uint32_t>(states_.size()));
    if (fresh) {
      std::uint64_t h = 0xcbf29ce484222325u ^ seed_;
      for (const char* c = name; *c != '\0'; ++c) h = (h ^ static_cast<unsigned char>(*c)) * 0x100000001b3u;
      states_.push_back(h);
    }
    return at->second;
  }
  std::uint64_t draw(std::uint32_t stream, std::uint64_t bound) override {
    std::uint64_t z = states_[stream] += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return bound == 0 ? z : z % bound;
  }
  bool observed() override { return want_events; }
  void observe(const port::SoftEvent& event) override {
    if (event.kind == port::SoftEventKind::kDiagnostic)
      diagnostics.emplace_back(event.text);
    else
      events.push_back(event);
  }
  void report(const port::ClientReport&) override {}
  void client_note(const char*, const char*, const char*) override {}
  void log(int, Time, unsigned, const char* line) override { lines.emplace_back(line); }
  std::int64_t file_size(const char*) override { return -2; }
  std::int64_t file_read(const char*, std::uint64_t, void*, std::uint64_t) override { return -2; }
  void fatal(const char* text) override { fatal_text = text; }

 private:
  std::uint32_t read_register(std::uint64_t address, Time now) {
    if (address >= kAlarmBase) return line_[(address - kAlarmBase) / 16 + 1] ? 1 : 0;
    const std::uint64_t offset = address - kPlicBase;
    if (offset >= 0x200000 && offset % 0x1000 == 4) {
      const auto context = static_cast<unsigned>((offset - 0x200000) / 0x1000);
      for (unsigned s = 1; s <= kSources; ++s) {
        if (!requested_[s] || priority_[s] == 0 || (enable_[context] >> s & 1) == 0) continue;
        requested_[s] = false;
        at(now, [this] { update_outputs(); });
        return s;
      }
    }
    return 0;
  }
  void write_register(std::uint64_t address, std::uint32_t value, Time now) {
    if (address >= kAlarmBase) {
      const auto source = static_cast<unsigned>((address - kAlarmBase) / 16 + 1);
      if (address % 16 == 0)
        at(now + value * kNs, [this, source] { set_line(source, true); });
      else
        at(now, [this, source] { set_line(source, false); });
      return;
    }
    const std::uint64_t offset = address - kPlicBase;
    if (offset < 0x1000) {
      priority_[offset / 4] = value;
    } else if (offset >= 0x2000 && offset < 0x200000) {
      enable_[(offset - 0x2000) / 0x80] = value;
    } else if (offset >= 0x200000 && offset % 0x1000 == 4) {
      const auto context = static_cast<unsigned>((offset - 0x200000) / 0x1000);
      if ((enable_[context] >> value & 1) == 0) return;
      at(now, [this, value] {
        in_service_[value] = false;
        gateway(value);
        update_outputs();
      });
      return;
    }
    at(now, [this] { update_outputs(); });
  }
  void gateway(unsigned source) {
    if (!line_[source] || in_service_[source]) return;
    in_service_[source] = true;
    requested_[source] = true;
  }
  void update_outputs() {
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) {
      bool level = false;
      for (unsigned s = 1; s <= kSources; ++s)
        level = level || (requested_[s] && priority_[s] != 0 && (enable_[2 * cpu] >> s & 1) != 0);
      kernel_->set_interrupt(cpu, level, now_);
    }
  }
  void build_tree() {
    tree_.resize(8192);
    void* fdt = tree_.data();
    fdt_create(fdt, 8192);
    fdt_finish_reservemap(fdt);
    fdt_begin_node(fdt, "");
    fdt_property_u32(fdt, "#address-cells", 1);
    fdt_property_u32(fdt, "#size-cells", 1);
    fdt_begin_node(fdt, "cpus");
    fdt_property_u32(fdt, "#address-cells", 1);
    fdt_property_u32(fdt, "#size-cells", 0);
    for (unsigned i = 0; i < cpus_; ++i) {
      fdt_begin_node(fdt, ("cpu@" + std::to_string(i)).c_str());
      fdt_property_string(fdt, "device_type", "cpu");
      fdt_property_u32(fdt, "reg", i);
      fdt_begin_node(fdt, "interrupt-controller");
      fdt_property_u32(fdt, "phandle", i + 1);
      fdt_property_u32(fdt, "#interrupt-cells", 1);
      fdt_end_node(fdt);
      fdt_end_node(fdt);
    }
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "memory@80000000");
    fdt_property_string(fdt, "device_type", "memory");
    const fdt32_t memory[2] = {cpu_to_fdt32(0x80000000),
                               cpu_to_fdt32(static_cast<std::uint32_t>(ram_.size()))};
    fdt_property(fdt, "reg", memory, sizeof(memory));
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "interrupt-controller@c000000");
    fdt_property_string(fdt, "compatible", "sifive,plic-1.0.0");
    fdt_property_u32(fdt, "#interrupt-cells", 1);
    fdt_property_u32(fdt, "riscv,ndev", kSources);
    const fdt32_t reg[2] = {cpu_to_fdt32(kPlicBase), cpu_to_fdt32(0x4000000)};
    fdt_property(fdt, "reg", reg, sizeof(reg));
    std::vector<fdt32_t> contexts;
    for (unsigned i = 0; i < cpus_; ++i)
      for (const unsigned line : {11u, 9u}) {
        contexts.push_back(cpu_to_fdt32(i + 1));
        contexts.push_back(cpu_to_fdt32(line));
      }
    fdt_property(fdt, "interrupts-extended", contexts.data(), static_cast<int>(contexts.size() * 4));
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    if (fdt_finish(fdt) != 0) throw std::logic_error("device tree of the fake machine");
  }

  std::uint64_t seed_;
  unsigned cpus_;
  Time slice_;
  std::vector<std::byte> ram_;
  std::vector<char> tree_;
  std::map<std::string, std::uint32_t> streams_;
  std::vector<std::uint64_t> states_;
  kernel::Kernel* kernel_ = nullptr;
  Time now_ = 0;
  Time slice_end_ = 0;
  Time end_ = kNever;
  std::uint64_t serial_ = 0;
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> pending_;
  std::array<bool, kSources + 1> line_{}, requested_{}, in_service_{};
  std::array<std::uint32_t, kSources + 1> priority_{};
  std::array<std::uint32_t, 16> enable_{};
};

}  // namespace dmavp::tb
