#!/usr/bin/env bash
# Line and branch coverage of models/ and sw/ by the counters of a coverage build, and a gate.
#   tb/coverage/report.sh BUILD
# Prints the totals and the files with the most lines that no test reaches. BUILD/coverage.csv has every file,
# BUILD/coverage/index.html every line and branch. Branches that the compiler adds for exceptions are not counted.
# Exit status: 0; 1 below 90 % of lines or 75 % of branches, or when nothing was counted; else what gcovr says.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath -- "${1:?usage: tb/coverage/report.sh BUILD}")
mkdir -p "$build/coverage"
cd "$root"
gcovr "$build" --root "$root" --filter 'models/' --filter 'sw/' --exclude-throw-branches -j "$(nproc)" \
  --csv "$build/coverage.csv" --html-details "$build/coverage/index.html" >/dev/null
"$root/tb/coverage/gate.sh" 90 75 <"$build/coverage.csv"
