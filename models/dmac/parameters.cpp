#include "dmac/parameters.h"

namespace dmavp::dmac {

namespace {

class Checker {
 public:
  std::vector<ParameterProblem> problems;

  void range(std::string field, std::uint64_t value, std::uint64_t low, std::uint64_t high,
             const char* unit) {
    if (value >= low && value <= high) return;
    add(std::move(field), "is " + std::to_string(value) + ", must be " + std::to_string(low) + ".." +
                              std::to_string(high) + unit);
  }
  void power_of_two(std::string field, std::uint64_t value) {
    if (value != 0 && (value & (value - 1)) == 0) return;
    add(std::move(field), "is " + std::to_string(value) + ", must be a power of two");
  }
  void add(std::string field, std::string message) {
    problems.push_back({std::move(field), std::move(message)});
  }
};

std::string element(const char* field, unsigned index) {
  return std::string(field) + "[" + std::to_string(index) + "]";
}

}  // namespace

std::vector<ParameterProblem> validate(const Parameters& p) {
  Checker check;
  check.range("num_channels", p.num_channels, 1, kMaxChannels, " channels");
  check.range("num_hs_if", p.num_hs_if, 0, 64, " handshake interfaces");
  check.range("num_masters", p.num_masters, 1, 2, " AXI master ports");
  check.range("data_width_bytes", p.data_width_bytes, 1, 64, " bytes");
  check.power_of_two("data_width_bytes", p.data_width_bytes);
  check.range("addr_width", p.addr_width, 32, 64, " bits");
  check.range("burstlen_width", p.burstlen_width, 4, 8, " bits");
  for (unsigned ch = 0; ch < p.num_channels && ch < kMaxChannels; ++ch) {
    check.range(element("max_block_items", ch), p.max_block_items[ch], 4, kMaxBlockItems, " items");
    if (p.reset_priority[ch] != kDefaultPriority) {
      check.range(element("reset_priority", ch), p.reset_priority[ch], 0, p.num_channels - 1, "");
    }
  }
  check.range("max_burst_len", p.max_burst_len, 1, 256, " beats");
  check.range("max_msize", p.max_msize, 1, 1024, " items");
  check.range("fifo_depth", p.fifo_depth, 4, 1024, " entries");
  check.range("osr_lmt", p.osr_lmt, 1, 16, " outstanding requests");
  check.range("intr_io_type", p.intr_io_type, 0, 2, " (combined, per channel, both)");
  check.range("granule_bytes", p.granule_bytes, 64, 1u << 20, " bytes");

  // Latencies are added to cycle counts; far beyond any hardware is as wrong as negative.
  constexpr Cycle kLongest = 1'000'000;
  check.range("register_latency", p.register_latency, 0, kLongest, " cycles");
  check.range("start_latency", p.start_latency, 0, kLongest, " cycles");
  check.range("done_latency", p.done_latency, 0, kLongest, " cycles");
  check.range("issue_interval", p.issue_interval, 1, kLongest, " cycles");
  check.range("burst_overhead", p.burst_overhead, 0, kLongest, " cycles");
  check.range("cut_through_delay", p.cut_through_delay, 0, kLongest, " cycles");
  check.range("start_threshold", p.start_threshold, 0, 1024, " items");
  check.range("read_slot_latency", p.read_slot_latency, 0, kLongest, " cycles");
  check.range("read_limit", p.read_limit, 0, kMaxOutstanding, " bursts");
  check.range("write_limit", p.write_limit, 0, kMaxOutstanding, " bursts");
  check.range("copy_limit", p.copy_limit, 0, kMaxOutstanding, " bursts");
  check.range("block_gap", p.block_gap, 0, kLongest, " cycles");
  check.range("fifo_latency", p.fifo_latency, 0, kLongest, " cycles");
  check.range("lli_decode_latency", p.lli_decode_latency, 0, kLongest, " cycles");
  return std::move(check.problems);
}

}  // namespace dmavp::dmac
