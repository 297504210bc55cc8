#include "platform/calibrate/fit.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace dmavp::platform {

namespace {

using dmac::Parameters;

constexpr unsigned kUnlimited = dmac::kMaxOutstanding;
constexpr std::size_t kFewPoints = 40;  ///< for a first look from every start
constexpr unsigned kKicks = 200;
constexpr double kNear = 1e-4;            ///< distance of a point that needs no further search
constexpr std::size_t kSomePoints = 120;  ///< for the search from promising ones; the end looks at all

unsigned value_of(const std::map<std::string, unsigned>& configuration, const char* key) {
  const auto at = configuration.find(key);
  return at == configuration.end() ? 0 : at->second;
}

std::set<std::string> keys_of(const std::vector<ReferencePoint>& points) {
  std::set<std::string> keys;
  for (const ReferencePoint& p : points)
    for (const auto& entry : p.configuration) keys.insert(entry.first);
  return keys;
}

std::vector<unsigned> range(unsigned first, unsigned last) {
  std::vector<unsigned> values;
  for (unsigned v = first; v <= last; ++v) values.push_back(v);
  return values;
}

template <class T>
unsigned number(T value) {
  return static_cast<unsigned>(value);
}

/// Short transfers, evenly from all of them.
std::vector<const ReferencePoint*> search_points(const std::vector<ReferencePoint>& points,
                                                 std::size_t most) {
  std::vector<const ReferencePoint*> sorted;
  for (const ReferencePoint& p : points) sorted.push_back(&p);
  std::stable_sort(sorted.begin(), sorted.end(), [](const ReferencePoint* a, const ReferencePoint* b) {
    return a->measured.read_bursts < b->measured.read_bursts;
  });
  sorted.resize(std::max<std::size_t>(1, sorted.size() * 3 / 4));  // the longest say nothing new
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ReferencePoint* a, const ReferencePoint* b) { return a->line < b->line; });
  if (sorted.size() <= most) return sorted;
  std::vector<const ReferencePoint*> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(sorted[i * sorted.size() / most]);
  return some;
}

class Search {
 public:
  explicit Search(std::vector<Dimension> dimensions) : dimensions_(std::move(dimensions)) {}

  /// Sum of the distances; stops where it exceeds `bound`.
  static double score(const Parameters& p, const std::vector<const ReferencePoint*>& points, double bound) {
    double sum = 0;
    for (const ReferencePoint* point : points) {
      sum += distance(simulate(configured(p, point->configuration), *point), point->measured);
      if (sum > bound) break;
    }
    return sum;
  }

  /// Changes one parameter after the other as long as that helps.
  double descend(Parameters& p, const std::vector<const ReferencePoint*>& points) const {
    double best = score(p, points, kEndless);
    for (bool better = true; better && best > 0;) {
      better = false;
      for (const Dimension& d : dimensions_)
        better = improve(p, best, points, d, nullptr, Reach::kNeighbours) || better;
    }
    return best;
  }

  /// Of the second of two parameters: the values beside its own, or all.
  enum class Reach { kNeighbours, kAll };

  /// Where that ends, two at a time: what one shifts the other may make good again.
  double descend_by_pairs(Parameters& p, const std::vector<const ReferencePoint*>& points,
                          Reach reach) const {
    double best = descend(p, points);
    for (bool better = true; better && best > 0;) {
      better = false;
      for (std::size_t a = 0; a < dimensions_.size() && !better; ++a) {
        for (std::size_t b = 0; b < dimensions_.size(); ++b)
          better = (a != b && improve(p, best, points, dimensions_[a], &dimensions_[b], reach)) || better;
      }
      if (better) best = descend(p, points);
    }
    return best;
  }

 private:
  static constexpr double kEndless = 1e30;

  bool improve(Parameters& p, double& best, const std::vector<const ReferencePoint*>& points,
               const Dimension& a, const Dimension* b, Reach reach) const {
    bool better = false;
    Parameters found = p;
    for (const unsigned value : a.values) {
      const std::vector<unsigned> seconds = !b                     ? std::vector<unsigned>{0}
                                            : reach == Reach::kAll ? b->values
                                                                   : neighbours(*b, b->get(p));
      for (const unsigned second : seconds) {
        if (value == a.get(p) && !b) continue;
        Parameters tried = p;
        a.set(tried, value);
        if (b) b->set(tried, second);
        const double result = score(tried, points, best);
        if (result >= best) continue;
        best = result;
        found = tried;
        better = true;
      }
    }
    p = found;
    return better;
  }

  static std::vector<unsigned> neighbours(const Dimension& d, unsigned value) {
    const auto at =
        static_cast<std::size_t>(std::find(d.values.begin(), d.values.end(), value) - d.values.begin());
    std::vector<unsigned> result;
    if (at > 0 && at <= d.values.size()) result.push_back(d.values[at - 1]);
    if (at + 1 < d.values.size()) result.push_back(d.values[at + 1]);
    return result;
  }

  std::vector<Dimension> dimensions_;
};

/// Parameters that no file names: a copy engine without handshakes and descriptors.
Parameters plain_engine() {
  Parameters p;
  p.num_channels = 1;
  p.fifo_depth = 1024;
  p.read_limit = kUnlimited;
  p.copy_limit = 32;  // what engines keep a list of, until more are seen at a time
  p.done_latency = 1;
  for (const Dimension& d : all_dimensions()) {
    if (d.values.size() == 1) d.set(p, d.values.front());
  }
  return p;
}

}  // namespace

// One line per parameter: property, values, and the member that it is.
#define DMAVP_DIMENSION(name, member, ...)                                               \
  Dimension {                                                                            \
    name, __VA_ARGS__, [](const Parameters& p) { return number(p.member); },             \
        [](Parameters& p, unsigned v) { p.member = static_cast<decltype(p.member)>(v); } \
  }

std::vector<Dimension> all_dimensions() {
  return {
      DMAVP_DIMENSION("dmavp,start-latency", start_latency, range(0, 12)),
      DMAVP_DIMENSION("dmavp,write-start", write_start, range(0, 1)),
      DMAVP_DIMENSION("dmavp,cut-through-delay", cut_through_delay, range(0, 8)),
      DMAVP_DIMENSION("dmavp,done-latency", done_latency, range(0, 12)),
      DMAVP_DIMENSION("dmavp,read-limit", read_limit, {kUnlimited, 1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64}),
      DMAVP_DIMENSION("dmavp,read-slot-release", read_slot_release, {0, 2}),
      DMAVP_DIMENSION("dmavp,read-slot-latency", read_slot_latency, range(0, 6)),
      DMAVP_DIMENSION("dmavp,copy-limit", copy_limit, {0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64}),
      DMAVP_DIMENSION("dmavp,burst-overhead", burst_overhead, range(0, 4)),
      DMAVP_DIMENSION("dmavp,write-overhead", write_overhead, {1, 0}),
      DMAVP_DIMENSION("dmavp,fifo-credit", fifo_credit, range(0, 1)),
      DMAVP_DIMENSION("dmavp,fifo-depth", fifo_depth, {1024, 512, 256, 128, 64, 32, 16, 8, 4}),
      DMAVP_DIMENSION("dmavp,fifo-latency", fifo_latency, range(0, 4)),
      DMAVP_DIMENSION("dmavp,start-threshold", start_threshold, range(0, 2)),
      DMAVP_DIMENSION("dmavp,issue-interval", issue_interval, range(1, 4)),
      DMAVP_DIMENSION("dmavp,write-address", write_address, range(0, 2)),
      DMAVP_DIMENSION("dmavp,block-overlap", block_overlap, range(0, 1)),
      DMAVP_DIMENSION("dmavp,block-gap", block_gap, range(0, 5)),
      DMAVP_DIMENSION("dmavp,write-limit", write_limit, {kUnlimited}),
      DMAVP_DIMENSION("dmavp,fifo-release", fifo_release, {number(dmac::FifoRelease::kWriteBeat)}),
      DMAVP_DIMENSION("dmavp,read-address", read_address, {number(dmac::ReadAddress::kEager)}),
  };
}

#undef DMAVP_DIMENSION

Parameters configured(const Parameters& fitted, const std::map<std::string, unsigned>& configuration) {
  Parameters p = fitted;
  if (configuration.count("lgfifo") != 0)
    p.fifo_depth = 1u << std::min(value_of(configuration, "lgfifo"), 20u);
  if (const unsigned nax = value_of(configuration, "nax"); nax != 0) {
    p.read_limit = std::min(nax, kUnlimited);
    p.copy_limit = std::min(
        nax + value_of(configuration, "bufdepth") + value_of(configuration, "memsysdepth"), kUnlimited);
  }
  if (value_of(configuration, "unaligned") != 0) {
    p.start_threshold += 1;
    p.cut_through_delay += 1;
    p.fifo_latency -= std::min<Cycle>(p.fifo_latency, 1);
  }
  return p;
}

std::vector<std::string> configuration_notes(const std::vector<ReferencePoint>& points) {
  const std::set<std::string> keys = keys_of(points);
  std::vector<std::string> notes;
  if (keys.count("lgfifo") != 0) notes.push_back("lgfifo=n: dmavp,fifo-depth = <2^n>");
  if (keys.count("nax") != 0) {
    notes.push_back("nax=n: dmavp,read-limit = <n>");
    notes.push_back("nax, bufdepth, memsysdepth: dmavp,copy-limit = <their sum>");
  }
  if (keys.count("unaligned") != 0)
    notes.push_back(
        "unaligned=1: dmavp,start-threshold = <1>, dmavp,cut-through-delay 1 more, dmavp,fifo-latency 1 "
        "less");
  return notes;
}

std::vector<std::string> unknown_keys(const std::vector<ReferencePoint>& points) {
  static const std::set<std::string> kKnown = {"lgfifo", "nax", "bufdepth", "memsysdepth", "unaligned"};
  std::set<std::string> unknown;
  for (const ReferencePoint& p : points) {
    for (const auto& [key, value] : p.configuration) {
      if (kKnown.count(key) == 0 && !(key == "decouple_rw" && value == 0)) unknown.insert(key);
    }
  }
  return {unknown.begin(), unknown.end()};
}

std::vector<Dimension> dimensions_for(const std::vector<ReferencePoint>& points) {
  const std::set<std::string> keys = keys_of(points);
  std::set<std::string> settled;
  if (keys.count("lgfifo") != 0) settled.insert("dmavp,fifo-depth");
  if (keys.count("nax") != 0) settled.insert({"dmavp,read-limit", "dmavp,copy-limit"});
  if (keys.count("unaligned") != 0) settled.insert("dmavp,start-threshold");
  const bool chained =
      std::any_of(points.begin(), points.end(), [](const ReferencePoint& p) { return p.transfers > 1; });
  if (!chained) settled.insert({"dmavp,block-overlap", "dmavp,block-gap"});
  std::vector<Dimension> searched;
  for (Dimension& d : all_dimensions()) {
    if (settled.count(d.property) == 0 && d.values.size() > 1) searched.push_back(std::move(d));
  }
  return searched;
}

double distance(const TransferFigures& simulated, const TransferFigures& measured) {
  constexpr double kOther =
      0.002;  // a figure that differs; small against an error of the cycles that matters
  const auto apart = [](auto a, auto b) { return std::abs(static_cast<double>(a) - static_cast<double>(b)); };
  double sum = std::min(1.0, apart(simulated.cycles, measured.cycles) / static_cast<double>(measured.cycles));
  sum += kOther * std::min(5.0, apart(simulated.read_bursts, measured.read_bursts));
  sum += kOther * std::min(5.0, apart(simulated.write_bursts, measured.write_bursts));
  sum += kOther * std::min(5.0, apart(simulated.reads_outstanding, measured.reads_outstanding));
  sum += kOther * std::min(5.0, apart(simulated.writes_outstanding, measured.writes_outstanding));
  sum += kOther * std::min(5.0, apart(simulated.first_address, measured.first_address));
  sum += kOther * std::min(5.0, apart(simulated.first_read, measured.first_read));
  sum += kOther * std::min(5.0, apart(simulated.first_write, measured.first_write));
  return sum;
}

Parameters fit(const std::vector<ReferencePoint>& points, const std::function<void(double)>& progress) {
  const std::vector<Dimension> dimensions = dimensions_for(points);
  const Search search(dimensions);
  const std::vector<const ReferencePoint*> few = search_points(points, kFewPoints);
  const std::vector<const ReferencePoint*> some = search_points(points, kSomePoints);
  std::vector<const ReferencePoint*> all;
  for (const ReferencePoint& p : points) all.push_back(&p);

  struct Candidate {
    double distance;
    Parameters parameters;
  };
  const auto nearer = [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; };
  std::vector<Candidate> candidates;
  constexpr unsigned kStarts = 8;
  constexpr std::size_t kPromising = 3;
  constexpr double kSteps = kStarts + kPromising + 1;
  for (unsigned start = 0; start < kStarts; ++start) {
    Parameters p = plain_engine();
    p.write_start = static_cast<dmac::WriteStart>(start & 1);
    p.read_slot_release = (start & 2) != 0 ? dmac::SlotRelease::kLastWriteBeat : dmac::SlotRelease::kLastBeat;
    p.fifo_credit = static_cast<dmac::FifoCredit>((start & 4) != 0);
    const double result = search.descend(p, few);
    if (progress) progress((start + 1) / kSteps);
    const auto same = [&](const Candidate& c) { return c.distance == result; };
    if (std::none_of(candidates.begin(), candidates.end(), same)) candidates.push_back({result, p});
  }
  std::stable_sort(candidates.begin(), candidates.end(), nearer);
  candidates.resize(std::min(candidates.size(), kPromising));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].distance =
        search.descend_by_pairs(candidates[i].parameters, some, Search::Reach::kNeighbours);
    if (progress) progress((kStarts + 1.0 + static_cast<double>(i)) / kSteps);
    if (candidates[i].distance == 0) break;
  }
  Candidate& best = *std::min_element(candidates.begin(), candidates.end(), nearer);
  const double near = kNear * static_cast<double>(some.size());
  // A search that has ended too far away leaves its valley with three parameters changed at random.
  std::mt19937 random(1);  // deterministic: the same sequence everywhere
  for (unsigned kick = 0; kick < kKicks && best.distance > near; ++kick) {
    Parameters p = best.parameters;
    for (unsigned i = 0; i < 3; ++i) {
      const Dimension& d = dimensions[random() % dimensions.size()];
      d.set(p, d.values[random() % d.values.size()]);
    }
    const double result = search.descend(p, some);
    if (result < best.distance) best = {result, p};
  }
  // The longest transfers may show what the others do not.
  if (search.descend(best.parameters, all) > kNear * static_cast<double>(all.size()))
    search.descend_by_pairs(best.parameters, all, Search::Reach::kAll);
  if (progress) progress(1.0);
  return best.parameters;
}

}  // namespace dmavp::platform
