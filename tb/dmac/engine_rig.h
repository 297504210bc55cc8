// What the tests of the burst engine stand on: an AXI port over an array, a client that remembers events, and
// programs as plain values. No SystemC, no registers.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "dmac/engine.h"
#include "dmac/lli.h"

namespace dmavp::dmac::test {

/// An immediate port over one array. Latencies, direct access and errors can be changed at any time.
class ArrayPort : public AxiPort {
 public:
  explicit ArrayPort(std::size_t bytes) : memory(bytes) {}

  Cycle pace = 1;  ///< LaterPort: cycles from one beat of a read to the next

  bool immediate() const override { return true; }
  Path path(unsigned, std::uint64_t address, bool write) override {
    ++path_calls;
    if (address >= memory.size()) return {memory.size(), ~std::uint64_t{0}, 0, nullptr};
    if (address < far_end) return {0, far_end - 1, far_latency, nullptr};
    return {far_end, memory.size() - 1, write ? write_latency : read_latency,
            direct ? memory.data() + far_end : nullptr};
  }
  AxiStatus commit(const Burst& burst, const BurstTimes& times, std::byte* data) override {
    const unsigned number = commits++;
    if (on_commit) on_commit(burst, times);
    if (log) bursts.push_back({burst, times});
    if (number == fail_commit) return fail_status;
    if (burst.address + burst.bytes > memory.size()) return AxiStatus::kDecErr;
    if (burst.fixed) {
      for (std::uint32_t i = 0; i < burst.bytes; i += burst.beat_bytes) {
        const std::uint32_t n = std::min<std::uint32_t>(burst.beat_bytes, burst.bytes - i);
        if (burst.write) {
          std::memcpy(&memory[burst.address], data + i, n);
        } else {
          std::memcpy(data + i, &memory[burst.address], n);
        }
      }
    } else if (burst.write) {
      std::memcpy(&memory[burst.address], data, burst.bytes);
    } else {
      std::memcpy(data, &memory[burst.address], burst.bytes);
    }
    return AxiStatus::kOkay;
  }
  void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}
  /// Tells the engine what is due by `to`, the first cycle at which something is, and returns that cycle.
  virtual Cycle answer(Cycle to) { return to; }
  virtual std::size_t under_way() const { return 0; }
  void set_listener(PortListener*) {}

  void store(std::uint64_t address, std::uint64_t value, unsigned bytes) {
    std::memcpy(&memory[address], &value, bytes);
  }
  std::uint64_t load(std::uint64_t address, unsigned bytes) const {
    std::uint64_t value = 0;
    std::memcpy(&value, &memory[address], bytes);
    return value;
  }

  struct Logged {
    Burst burst;
    BurstTimes times;
  };

  std::vector<std::byte> memory;
  Cycle read_latency = 10;
  Cycle write_latency = 4;
  std::uint64_t far_end = 0;  ///< addresses below it take far_latency both ways
  Cycle far_latency = 0;
  bool direct = false;
  bool log = false;
  unsigned commits = 0;
  unsigned path_calls = 0;
  unsigned fail_commit = ~0u;
  AxiStatus fail_status = AxiStatus::kSlvErr;
  std::function<void(const Burst&, const BurstTimes&)> on_commit;
  std::vector<Logged> bursts;
};

struct Event {
  unsigned channel;
  IntStatus bits;
  Cycle cycle;
  bool operator==(const Event& other) const {
    return channel == other.channel && bits == other.bits && cycle == other.cycle;
  }
};

inline void PrintTo(const Event& e, std::ostream* out) {
  *out << "ch" << e.channel << " 0x" << std::hex << e.bits << std::dec << " @" << e.cycle;
}

class Recorder final : public EngineClient {
 public:
  void channel_event(unsigned channel, IntStatus bits, Cycle cycle) override {
    events.push_back({channel, bits, cycle});
    if (on_event) on_event(events.back());
  }
  void diagnostic(unsigned, Severity, const char* kind, const char*, Cycle) override {
    kinds.push_back(kind);
  }

  IntStatus bits_of(unsigned channel) const {
    IntStatus bits = 0;
    for (const Event& e : events) {
      if (e.channel == channel) bits |= e.bits;
    }
    return bits;
  }
  /// Cycle of the first event with one of `bits`; kNever if there was none.
  Cycle cycle_of(unsigned channel, IntStatus bits) const {
    for (const Event& e : events) {
      if (e.channel == channel && (e.bits & bits)) return e.cycle;
    }
    return kNever;
  }

  std::vector<Event> events;
  std::vector<std::string> kinds;
  std::function<void(const Event&)> on_event;
};

/// CTL as fields.
struct Control {
  unsigned src_width = 3;  ///< log2 bytes
  unsigned dst_width = 3;
  bool src_fixed = false;
  bool dst_fixed = false;
  unsigned burst = 16;  ///< beats; 0: AxLEN not enabled
  unsigned src_master = 0;
  unsigned dst_master = 0;
  bool ioc = false;
  bool last = false;
  bool valid = true;

  std::uint64_t raw() const {
    std::uint64_t ctl = src_master | (std::uint64_t{dst_master} << 2) | (std::uint64_t{src_fixed} << 4) |
                        (std::uint64_t{dst_fixed} << 6) | (std::uint64_t{src_width} << 8) |
                        (std::uint64_t{dst_width} << 11);
    if (burst != 0) {
      ctl |= (std::uint64_t{1} << 38) | (std::uint64_t{burst - 1} << 39) | (std::uint64_t{1} << 47) |
             (std::uint64_t{burst - 1} << 48);
    }
    return ctl | (std::uint64_t{ioc} << 58) | (std::uint64_t{last} << 62) | (std::uint64_t{valid} << 63);
  }
};

inline Parameters default_parameters() {
  Parameters p;
  p.num_channels = 8;
  p.num_masters = 2;
  p.fifo_depth = 256;
  p.max_block_items.fill(1u << 22);
  return p;
}

/// Engine, port and client in one place.
template <class Port>
struct BasicRig {
  explicit BasicRig(const Parameters& parameters = default_parameters(),
                    std::size_t memory = std::size_t{1} << 20)
      : p(parameters), port(memory), engine(p, clock, {"dmac0"}, port, client) {
    port.set_listener(&engine);
  }

  Parameters p;
  Clock clock{1'000'000'000};
  Port port;
  Recorder client;
  Engine engine;

  void fill_random(unsigned seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i + 8 <= port.memory.size(); i += 8) port.store(i, random(), 8);
  }
  void program(unsigned ch, std::uint64_t src, std::uint64_t dst, std::uint32_t bytes,
               const Control& control = {}, unsigned outstanding = 4, unsigned priority = 0) {
    engine.set_sar(ch, src);
    engine.set_dar(ch, dst);
    engine.set_block_ts(ch, (bytes >> control.src_width) - 1);
    engine.set_ctl(ch, control.raw());
    ChannelConfig config;
    config.src_osr_limit = config.dst_osr_limit = static_cast<std::uint8_t>(outstanding);
    config.priority = static_cast<std::uint8_t>(priority);
    engine.set_config(ch, config);
  }
  void write_item(std::uint64_t at, std::uint64_t src, std::uint64_t dst, std::uint32_t bytes,
                  std::uint64_t next, const Control& control) {
    port.store(at + 0x00, src, 8);
    port.store(at + 0x08, dst, 8);
    port.store(at + 0x10, (bytes >> control.src_width) - 1, 8);
    port.store(at + 0x18, next, 8);
    port.store(at + 0x20, control.raw(), 8);
  }
  void program_list(unsigned ch, std::uint64_t first, unsigned outstanding = 4, unsigned priority = 0) {
    engine.set_llp(ch, first);
    ChannelConfig config;
    config.src_multiblk = config.dst_multiblk = MultiBlock::kLinkedList;
    config.src_osr_limit = config.dst_osr_limit = static_cast<std::uint8_t>(outstanding);
    config.priority = static_cast<std::uint8_t>(priority);
    engine.set_config(ch, config);
  }
  /// Runs from wake to wake until nothing moves or `limit` is reached; the number of wakes.
  unsigned run(Cycle limit = 100'000'000) {
    unsigned wakes = 0;
    for (Cycle wake = engine.next_wake(); wake != kNever && wake <= limit; wake = engine.next_wake()) {
      engine.advance(std::max(wake, engine.now()));
      ++wakes;
    }
    return wakes;
  }
};

using Rig = BasicRig<ArrayPort>;

}  // namespace dmavp::dmac::test
