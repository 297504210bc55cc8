// Runs the benchmarks of a program and holds ratios of their best times against gates.
#pragma once

#include <string>
#include <vector>

namespace dmavp::bench {

/// time(numerator) / time(denominator) of the best repetitions. Names are prefixes of benchmark names.
struct Gate {
  enum Kind { kAtLeast, kAtMost, kReport };
  std::string what;
  std::string numerator;
  std::string denominator;
  Kind kind;
  double limit;
};

/// Handles Google Benchmark's options and `--gates=off` behind them (nothing is held against a limit), runs,
/// prints the table. Exit status: 1 when a gate is missed or its benchmarks did not run.
int run(int argc, char** argv, const std::vector<Gate>& gates);

}  // namespace dmavp::bench
