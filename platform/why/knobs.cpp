#include "platform/why/knobs.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "dmac/planner.h"

namespace dmavp::platform::why {
namespace {

constexpr unsigned kDeepest = 1024;     // range of dmavp,fifo-depth
constexpr unsigned kWidest = 64;        // bytes
constexpr unsigned kMostRequests = 16;  // of SRC_OSR_LMT and DST_OSR_LMT

class Builder {
 public:
  explicit Builder(const Situation& now)
      : now_(now), worker_(now.workers[now.subject]), controller_(now.controllers[worker_.controller]) {}

  std::vector<Candidate> build() {
    if (shares_wires(now_)) {
      add(Effort::kWires, "dmavp,shared-data-port", "1", "0",
          [](dmac::Parameters& p, Load&) { p.shared_data_port = false; });
      return std::move(found_);
    }
    burst_length();
    slots("dmavp,read-limit", parameters().read_limit, worker_.load.read_osr, &dmac::Parameters::read_limit);
    slots("dmavp,write-limit", parameters().write_limit, worker_.load.write_osr,
          &dmac::Parameters::write_limit);
    if (parameters().copy_limit != 0)
      slots("dmavp,copy-limit", parameters().copy_limit, 0, &dmac::Parameters::copy_limit);
    fifo_depth();
    structure();
    width();
    return std::move(found_);
  }

 private:
  const dmac::Parameters& parameters() const { return controller_.parameters; }
  std::string path(const char* property) const { return controller_.name + ":" + property; }

  using Change = std::function<void(dmac::Parameters&, Load&)>;
  void add(Effort effort, const char* property, const std::string& from, const std::string& to,
           const Change& change, const std::vector<const char*>& more = {}) {
    Candidate c;
    c.effort = effort;
    c.knob = knob_;
    c.change.path = path(property);
    c.change.from = from;
    c.change.to = to;
    c.change.settings.push_back(c.change.path + "=" + to);
    for (const char* other : more) c.change.settings.push_back(path(other) + "=" + to);
    c.then = now_;
    for (Worker& w : c.then.workers) {
      if (w.controller != worker_.controller) continue;
      dmac::Parameters unused;
      const double width = w.load.read_width;
      change(unused, w.load);
      wider_items(w, w.load.read_width / width);
    }
    Load unused;
    change(c.then.controllers[worker_.controller].parameters, unused);
    found_.push_back(std::move(c));
  }

  /// BLOCK_TS counts items: wider ones make longer blocks, where a transfer needs several.
  static void wider_items(Worker& w, double times) {
    const double transfers = w.blocks - w.chained;
    const double most = w.load.block_bytes * times;
    if (times == 1 || transfers <= 0 || w.chained <= w.small) return;
    const double bytes = (w.blocks - w.small) * w.load.block_bytes;
    const double blocks = std::max(transfers, transfers * std::ceil(bytes / transfers / most - 1e-6));
    w.chained = std::max(0.0, blocks + w.small - transfers);
    w.blocks = blocks + w.small;
    w.load.block_bytes = bytes / blocks;
  }

  /// What software programs, and the controller allows. Shorter bursts need less of the FIFO each.
  void burst_length() {
    ++knob_;
    const unsigned most = 1u << std::min(parameters().burstlen_width, 8u);
    const unsigned asked = worker_.load.read_burst != 0 ? worker_.load.read_burst : most;
    const unsigned now = std::min({asked, parameters().max_burst_len, most});
    const unsigned half_fifo = parameters().fifo_depth / 2;
    const bool clipped = parameters().fifo_credit == dmac::FifoCredit::kBurst && half_fifo < now;
    const auto set = [this](unsigned now_is, unsigned beats) {
      const bool raises = beats > parameters().max_burst_len;
      // The controller's own limit is the same property unless it has one of its own; it holds for items,
      // too.
      const bool follows = raises || parameters().max_burst_len == now_is;
      const std::vector<const char*> more =
          raises ? std::vector<const char*>{"dmavp,max-burst-len"} : std::vector<const char*>{};
      add(
          Effort::kSoftware, "snps,axi-max-burst-len", std::to_string(now_is), std::to_string(beats),
          [beats, follows](dmac::Parameters& p, Load& load) {
            if (follows) p.max_burst_len = beats;
            load.read_burst = load.write_burst = beats;
          },
          more);
    };
    for (unsigned beats = 2 * now; beats <= most; beats *= 2) set(now, beats);
    ++knob_;
    unsigned first = 1;
    while (first < (clipped ? half_fifo : now)) first *= 2;
    for (unsigned beats = first / 2; beats != 0; beats /= 2) set(now, beats);
  }

  void slots(const char* property, unsigned limit, unsigned osr, unsigned dmac::Parameters::*member) {
    ++knob_;
    const unsigned now = limit != 0 ? limit : osr;
    for (unsigned more = 2 * now; more <= dmac::kMaxOutstanding && more != 0; more *= 2) {
      add(more <= kMostRequests ? Effort::kSoftware : Effort::kLimit, property, std::to_string(now),
          std::to_string(more), [member, more](dmac::Parameters& p, Load&) { p.*member = more; });
    }
  }

  void fifo_depth() {
    ++knob_;
    for (unsigned depth = 2 * parameters().fifo_depth; depth <= kDeepest; depth *= 2) {
      add(Effort::kMemory, "dmavp,fifo-depth", std::to_string(parameters().fifo_depth), std::to_string(depth),
          [depth](dmac::Parameters& p, Load&) { p.fifo_depth = depth; });
    }
  }

  void structure() {
    ++knob_;
    if (parameters().write_start == dmac::WriteStart::kStoreAndForward) {
      add(Effort::kStructure, "dmavp,write-start", "store-and-forward", "cut-through",
          [](dmac::Parameters& p, Load&) { p.write_start = dmac::WriteStart::kCutThrough; });
    }
    ++knob_;
    if (parameters().read_slot_release == dmac::SlotRelease::kLastWriteBeat) {
      add(Effort::kStructure, "dmavp,read-slot-release", "last-write-beat", "last-beat",
          [](dmac::Parameters& p, Load&) { p.read_slot_release = dmac::SlotRelease::kLastBeat; });
    }
    ++knob_;
    if (!parameters().lli_prefetch_en && worker_.chained > 0) {
      add(Effort::kStructure, "dmavp,lli-prefetch", "0", "1",
          [](dmac::Parameters& p, Load&) { p.lli_prefetch_en = true; });
    }
  }

  void width() {
    ++knob_;
    const unsigned bytes = parameters().data_width_bytes;
    if (bytes >= kWidest || worker_.load.read_width != bytes || worker_.load.write_width != bytes) return;
    unsigned code = 0;
    while (1u << code < bytes) ++code;
    add(Effort::kWires, "snps,data-width", std::to_string(code), std::to_string(code + 1),
        [bytes](dmac::Parameters& p, Load& load) {
          p.data_width_bytes = 2 * bytes;
          if (load.read_width == bytes) load.read_width = 2 * bytes;
          if (load.write_width == bytes) load.write_width = 2 * bytes;
        });
  }

  const Situation& now_;
  const Worker& worker_;
  const Controller& controller_;
  unsigned knob_ = 0;
  std::vector<Candidate> found_;
};

}  // namespace

std::vector<Candidate> candidates(const Situation& now) { return Builder(now).build(); }

}  // namespace dmavp::platform::why
