#include "platform/calibrate/reference_point.h"

#include <algorithm>
#include <vector>

#include "dmac/engine.h"

namespace dmavp::platform {

namespace {

using dmac::Engine;

constexpr std::uint64_t kDestination = std::uint64_t{1} << 40;  // far from every source
constexpr Cycle kLongest = Cycle{1} << 40;                      // what takes longer never ends

/// Most of `from` that have not reached their `to`.
unsigned most_at_a_time(std::vector<Cycle> from, std::vector<Cycle> to, bool end_counts) {
  std::sort(from.begin(), from.end());
  std::sort(to.begin(), to.end());
  unsigned most = 0;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    while (ended < to.size() && (end_counts ? to[ended] < from[i] : to[ended] <= from[i])) ++ended;
    most = std::max(most, static_cast<unsigned>(i + 1 - ended));
  }
  return most;
}

class Bench final : public dmac::EngineClient, public Observer {
 public:
  Bench(const dmac::Parameters& parameters, const ReferencePoint& point)
      : point_(point),
        memory_(point.memory),
        engine_(parameters, clock_, {"dmac0"}, memory_, *this),
        overlaps_(parameters.block_overlap) {
    memory_.set_listener(&engine_);
    engine_.set_observer(this);
  }

  TransferFigures run() {
    start();
    while (!done_) {
      const Cycle wake = std::max(engine_.next_wake(), engine_.now());
      engine_.advance(memory_.advance(std::min(wake, kLongest)));
      if (engine_.now() >= kLongest) break;
    }
    TransferFigures f;
    f.cycles = done_ ? engine_.now() : kNever;
    f.read_bursts = read_from_.size();
    f.write_bursts = write_from_.size();
    f.reads_outstanding = most_at_a_time(read_from_, read_to_, false);
    f.writes_outstanding = most_at_a_time(write_from_, write_to_, true);
    f.first_address = first_address_;
    f.first_read = first_read_;
    f.first_write = first_write_;
    return f;
  }

  void channel_event(unsigned, dmac::IntStatus bits, Cycle) override {
    if ((bits & dmac::kDmaTfrDone) == 0) return;
    done_ = given_ == point_.transfers;
    if (!done_) start();
  }
  bool take_shadow_set(unsigned, dmac::ShadowSet& set) override {
    if (given_ == point_.transfers) return false;
    set = transfer(given_++);
    return true;
  }
  void diagnostic(unsigned, Severity, const char*, const char*, Cycle) override {}

  unsigned interests() const override { return kBursts; }
  void burst(const BurstEvent& e) override {
    if (e.kind == BurstKind::kRead) {
      first_address_ = std::min(first_address_, e.accepted);
      first_read_ = std::min(first_read_, e.first_beat);
      read_from_.push_back(e.accepted);
      read_to_.push_back(e.last_beat);
    } else {
      first_write_ = std::min(first_write_, e.first_beat);
      write_from_.push_back(e.accepted);
      write_to_.push_back(e.response);
    }
  }

 private:
  /// A transfer as the registers of a channel.
  dmac::ShadowSet transfer(unsigned number) const {
    unsigned width = 0;
    while (point_.width_bytes >> (width + 1) != 0) ++width;
    const std::uint64_t length = point_.max_burst - 1;
    const std::uint64_t last = number + 1 == point_.transfers || !overlaps_ ? dmac::kCtlLast : 0;
    const std::uint64_t behind = std::uint64_t{number} * point_.bytes;
    dmac::ShadowSet set;
    set.sar = point_.source + behind;
    set.dar = kDestination + point_.destination + behind;
    set.block_ts = point_.bytes / point_.width_bytes - 1;
    set.ctl.raw = std::uint64_t{width} << 8 | std::uint64_t{width} << 11 | std::uint64_t{1} << 38 |
                  length << 39 | std::uint64_t{1} << 47 | length << 48 | last | dmac::kCtlValid;
    return set;
  }

  void start() {
    dmac::ChannelConfig config;
    config.src_multiblk = config.dst_multiblk = dmac::MultiBlock::kShadow;
    engine_.set_config(0, config);
    engine_.enable(0);
  }

  const ReferencePoint& point_;
  const Clock clock_{1'000'000'000};
  ReferenceMemory memory_;
  Engine engine_;
  const bool overlaps_;
  unsigned given_ = 0;  ///< transfers
  bool done_ = false;
  std::vector<Cycle> read_from_, read_to_, write_from_, write_to_;
  Cycle first_address_ = kNever, first_read_ = kNever, first_write_ = kNever;
};

}  // namespace

TransferFigures simulate(const dmac::Parameters& parameters, const ReferencePoint& point) {
  dmac::Parameters p = parameters;
  p.num_channels = 1;
  p.data_width_bytes = point.width_bytes;
  p.max_burst_len = point.max_burst;
  p.burstlen_width = 8;
  return Bench(p, point).run();
}

}  // namespace dmavp::platform
