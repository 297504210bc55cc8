#include "bench/gates.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

namespace dmavp::bench {
namespace {

/// Prints as usual and keeps the best time of every benchmark.
class BestTimes : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred || run.run_type != Run::RT_Iteration || run.iterations == 0) continue;
      // Of the processor, not of the wall: others may use the machine.
      const std::string name = run.benchmark_name();
      const bool manual = name.find("/manual_time") != std::string::npos;
      const double time = (manual ? run.real_accumulated_time : run.cpu_accumulated_time) /
                          static_cast<double>(run.iterations);
      const auto [at, first] = best_.emplace(name, time);
      if (!first) at->second = std::min(at->second, time);
    }
    ConsoleReporter::ReportRuns(runs);
  }
  /// Of the one benchmark that is called `name` or `name/...`; 0 if there is none.
  double of(const std::string& name) const {
    for (const auto& [key, time] : best_) {
      if (key == name || key.compare(0, name.size() + 1, name + "/") == 0) return time;
    }
    return 0;
  }

 private:
  std::map<std::string, double> best_;
};

}  // namespace

int run(int argc, char** argv, const std::vector<Gate>& gates) {
  bool judged = true;
  if (argc > 1 && std::strcmp(argv[argc - 1], "--gates=off") == 0) {
    judged = false;
    argv[--argc] = nullptr;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  BestTimes best;
  benchmark::RunSpecifiedBenchmarks(&best);
  bool met = true;
  std::printf("\n%-70s %8s  %s\n", "ratio of the best times", "value", "gate");
  for (const Gate& gate : gates) {
    const double above = best.of(gate.numerator);
    const double below = best.of(gate.denominator);
    const bool ran = above > 0 && below > 0;
    const double ratio = ran ? above / below : 0;
    const bool ok = ran && (gate.kind == Gate::kReport ||
                            (gate.kind == Gate::kAtLeast ? ratio >= gate.limit : ratio <= gate.limit));
    met = met && (judged ? ok : ran);
    std::printf("%-70s %8.3f  ", gate.what.c_str(), ratio);
    if (!ran) {
      std::puts("did not run");
    } else if (gate.kind == Gate::kReport) {
      std::puts("-");
    } else {
      std::printf("%s %g %s\n", gate.kind == Gate::kAtLeast ? ">=" : "<=", gate.limit,
                  !judged ? "not judged"
                  : ok    ? "met"
                          : "MISSED");
    }
  }
  return met ? 0 : 1;
}

}  // namespace dmavp::bench
