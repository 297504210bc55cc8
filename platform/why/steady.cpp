#include "platform/why/steady.h"

#include <algorithm>
#include <cmath>

#include "dmac/lli.h"
#include "dmac/planner.h"

namespace dmavp::platform::why {
namespace {

constexpr double kBoundary = 4096;  ///< no burst crosses a multiple of it

/// As dmac::make_shape() cuts bursts.
double bytes_of(const dmac::Parameters& p, double width, unsigned asked, double block_bytes) {
  double beats = dmac::longest_burst(p);
  if (asked != 0) beats = std::min<double>(beats, asked);
  if (p.fifo_credit == dmac::FifoCredit::kBurst)
    beats = std::min(beats, std::floor(dmac::fifo_bytes_of(p) / 2 / width));
  return std::max(1.0, std::min({std::max(beats, 1.0) * width, kBoundary, block_bytes}));
}

/// Mean length of a burst when boundaries cut some.
double mean_bytes(double burst, double block, double split) {
  return split <= 0 ? burst : block / (block / burst + split);
}

}  // namespace

const Loop& Pace::slowest() const { return *std::max_element(loops.begin(), loops.end()); }

double Pace::cycles_per_burst() const { return slowest().cycles / slowest().bursts; }

double Pace::demand() const { return std::min(1.0, wire / cycles_per_burst()); }

double Pace::block_cycles(double bytes) const {
  const double bursts = std::max(1.0, std::ceil(bytes / burst_bytes - 1e-9));
  const double missing = bursts - bytes / burst_bytes;  // of the last one
  double between = 1;                                   // of bursts that wait for nothing but R or W
  for (const Loop& loop : loops) {
    if (loop.limit == Limit::kReadData || loop.limit == Limit::kWriteData || loop.limit == Limit::kAddresses)
      between = std::max(between, loop.cycles);
  }
  double longest = 0;
  for (const Loop& loop : loops) {
    const double rounds = std::floor((bursts - 1) / loop.bursts);
    const double rest = bursts - 1 - rounds * loop.bursts;
    longest = std::max(longest, rounds * loop.cycles + rest * std::min(between, loop.cycles));
  }
  return std::max(1.0, fill + longest - missing * wire);
}

Pace pace(const dmac::Parameters& p, const Load& load) {
  const double read_bytes = mean_bytes(bytes_of(p, load.read_width, load.read_burst, load.block_bytes),
                                       load.block_bytes, load.split_reads);
  const double write_bytes = mean_bytes(bytes_of(p, load.write_width, load.write_burst, load.block_bytes),
                                        load.block_bytes, load.split_writes);
  Pace result;
  result.read_bytes = read_bytes;
  result.write_bytes = write_bytes;
  result.burst_bytes = std::max(read_bytes, write_bytes);
  // Cycles and numbers of bursts are turned into those of bursts of this length.
  const double per_read = result.burst_bytes / read_bytes;
  const double per_write = result.burst_bytes / write_bytes;
  const double rd = std::max(1.0, read_bytes / load.read_width);  // beats of a burst
  const double wr = std::max(1.0, write_bytes / load.write_width);
  const auto dead = static_cast<double>(p.burst_overhead);
  const double dead_write = p.write_overhead ? dead : 0;
  const auto lr = static_cast<double>(load.read_latency);
  const auto lw = static_cast<double>(load.write_latency);

  const auto issue = static_cast<double>(p.issue_interval);
  const double r_wire = std::max(rd + dead, issue) * per_read;
  const double w_wire = std::max(wr + dead_write, issue) * per_write;
  result.wire = std::max(r_wire, w_wire);
  const auto add = [&](Limit limit, double cycles, double bursts) {
    result.loops.push_back({limit, std::max(cycles, 1.0), std::max(bursts, 1e-3)});
  };
  add(Limit::kReadData, r_wire / load.read_share, 1);
  add(Limit::kWriteData, w_wire / load.write_share, 1);
  add(Limit::kAddresses, issue * std::max(per_read, per_write), 1);

  // From the address of a read to the first beat of the write that takes its last bytes on, and on to the
  // last beat of that.
  const auto delay = static_cast<double>(p.cut_through_delay);
  const bool whole = p.write_start == dmac::WriteStart::kStoreAndForward;
  const double reads_for_write = std::max(1.0, write_bytes / read_bytes);
  double to_write = lr + (whole ? reads_for_write * (rd + dead) - dead - 1 : 0) + delay;
  if (!whole) to_write += std::max(0.0, rd * reads_for_write - wr);  // a fast write waits for a slow read
  const double writes_for_read = std::max(1.0, read_bytes / write_bytes);
  const double to_last_write = to_write + writes_for_read * (wr + dead_write) - dead_write - 1;
  result.fill = to_last_write + lw + 1;

  const double read_limit = p.read_limit != 0 ? p.read_limit : std::max(load.read_osr, 1u);
  const double write_limit = p.write_limit != 0 ? p.write_limit : std::max(load.write_osr, 1u);
  const auto reuse = static_cast<double>(p.read_slot_latency);
  if (p.read_slot_release == dmac::SlotRelease::kLastWriteBeat)
    add(Limit::kReadSlots, to_last_write + 1 + reuse, std::max(read_limit / per_read, 1.0));
  else
    add(Limit::kReadSlots, lr + rd + dead + reuse, read_limit / per_read);
  if (p.write_slot_release == dmac::SlotRelease::kResponse)
    add(Limit::kWriteSlots, wr + lw, write_limit / per_write);
  else
    add(Limit::kWriteSlots, wr + dead_write, write_limit / per_write);
  if (p.copy_limit != 0)
    add(Limit::kCopySlots, to_last_write + lw + 1 + reuse, std::max(p.copy_limit / per_read, 1.0));

  if (p.fifo_credit == dmac::FifoCredit::kBurst) {
    const double ahead =
        whole && p.start_threshold != 0 ? std::ceil(p.start_threshold * load.write_width / read_bytes) : 0;
    // Behind a boundary bursts begin at multiples of their length; writes that then begin where no read does
    // need one more of the reads.
    const double burst = bytes_of(p, load.read_width, load.read_burst, load.block_bytes);
    const bool apart =
        load.displacement % static_cast<unsigned>(burst) != 0 && per_read < 1.5 && per_write < 1.5;
    const double phase = apart && load.block_bytes > 2 * kBoundary ? 1 : 0;
    const double room = std::floor(dmac::fifo_bytes_of(p) / read_bytes + 1e-9);
    const double bursts = std::max((room - ahead - phase) / per_read, 1.0);
    const double freed = p.fifo_release == dmac::FifoRelease::kResponse ? lw : 0;
    add(Limit::kFifo, to_last_write + freed + static_cast<double>(p.fifo_latency), bursts);
  }
  return result;
}

double item_cycles(const dmac::Parameters& p, const Load& load, bool write) {
  const unsigned bytes = write ? dmac::kLliWriteBackBytes : dmac::kLliFetchBytes;
  const double beats = std::ceil(static_cast<double>(bytes) / p.data_width_bytes);
  const double accesses = std::ceil(beats / dmac::longest_burst(p));
  return beats + accesses * static_cast<double>(write ? load.write_latency : load.read_latency);
}

std::vector<double> fair_shares(const std::vector<Contender>& contenders) {
  std::vector<double> shares(contenders.size(), 1.0);
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const unsigned own = contenders[i].priority;
    double left = 1.0;
    std::vector<Contender> equals;
    double heads = 1.0;  // this one is there
    for (std::size_t j = 0; j < contenders.size(); ++j) {
      const Contender& c = contenders[j];
      if (j == i || c.priority < own) continue;
      if (c.priority > own) {
        left -= c.demand * c.present;
      } else {
        equals.push_back(c);
        heads += c.present;
      }
    }
    left = std::max(left, 0.0);
    std::sort(equals.begin(), equals.end(),
              [](const Contender& a, const Contender& b) { return a.demand < b.demand; });
    for (const Contender& c : equals) {
      left -= std::min(c.demand, left / heads) * c.present;
      heads -= c.present;
    }
    shares[i] = std::clamp(left, 0.05, 1.0);
  }
  return shares;
}

double all_done(std::vector<Job> jobs) {
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.wire * b.alone < b.wire * a.alone;
  });
  std::vector<double> left(jobs.size(), 1.0);
  double now = 0;
  while (true) {
    // The speed of each, as a part of its work per cycle, until the next one ends.
    std::vector<double> speed(jobs.size(), 0.0);
    double free = 1, next = -1;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (left[i] <= 0) continue;
      double equals = 0;
      for (std::size_t j = i; j < jobs.size() && jobs[j].priority == jobs[i].priority; ++j) {
        if (left[j] > 0) ++equals;
      }
      const double most = 1 / std::max(jobs[i].alone, 1.0);
      speed[i] = jobs[i].wire > 0 ? std::min(most, free / equals / jobs[i].wire) : most;
      free = std::max(0.0, free - speed[i] * jobs[i].wire);
      if (speed[i] > 0 && (next < 0 || left[i] / speed[i] < next)) next = left[i] / speed[i];
    }
    if (next < 0) return now;
    now += next;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      left[i] -= speed[i] * next;
      if (left[i] < 1e-9) left[i] = 0;
    }
  }
}

}  // namespace dmavp::platform::why
