#include "platform/calibrate/errors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "platform/calibrate/fit.h"

namespace dmavp::platform {

namespace {

Cycle apart(Cycle a, Cycle b) { return a > b ? a - b : b - a; }

Spread spread_of(std::vector<double> values) {
  Spread s;
  if (values.empty()) return s;
  std::sort(values.begin(), values.end());
  s.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  s.p95 = values[(values.size() * 95 + 99) / 100 - 1];
  s.worst = values.back();
  return s;
}

}  // namespace

std::int64_t Comparison::cycles() const {
  return static_cast<std::int64_t>(simulated.cycles) - static_cast<std::int64_t>(point->measured.cycles);
}

double Comparison::percent() const {
  return 100.0 * std::abs(static_cast<double>(cycles())) / static_cast<double>(point->measured.cycles);
}

bool Comparison::same_bursts() const {
  return simulated.read_bursts == point->measured.read_bursts &&
         simulated.write_bursts == point->measured.write_bursts;
}

bool Comparison::same_outstanding() const {
  return simulated.reads_outstanding == point->measured.reads_outstanding &&
         simulated.writes_outstanding == point->measured.writes_outstanding;
}

Cycle Comparison::first_apart() const {
  const TransferFigures& m = point->measured;
  return std::max({apart(simulated.first_address, m.first_address), apart(simulated.first_read, m.first_read),
                   apart(simulated.first_write, m.first_write)});
}

std::vector<Comparison> compare(const dmac::Parameters& fitted, const std::vector<ReferencePoint>& points) {
  std::vector<Comparison> rows;
  for (const ReferencePoint& p : points)
    rows.push_back({&p, simulate(configured(fitted, p.configuration), p)});
  return rows;
}

ErrorSummary summarise(const std::vector<Comparison>& rows, bool shared) {
  const Target& target = shared ? kSharedTarget : kSeparateTarget;
  ErrorSummary s;
  std::vector<double> percents, cycles;
  for (const Comparison& row : rows) {
    if (row.point->memory.shared != shared) continue;
    ++s.rows;
    const double off = std::abs(static_cast<double>(row.cycles()));
    percents.push_back(row.percent());
    cycles.push_back(off);
    if (!row.same_bursts()) ++s.bursts_differ;
    if (!row.same_outstanding()) ++s.outstanding_differ;
    s.first_apart = std::max(s.first_apart, row.first_apart());
    if (row.percent() > target.worst && off > static_cast<double>(target.worst_cycles)) s.met = false;
  }
  s.percent = spread_of(std::move(percents));
  s.cycles = spread_of(std::move(cycles));
  s.met = s.met && s.percent.mean <= target.mean && s.percent.p95 <= target.p95 && s.bursts_differ == 0 &&
          s.outstanding_differ == 0 && s.first_apart <= kFirstTarget;
  return s;
}

}  // namespace dmavp::platform
