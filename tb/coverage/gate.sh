#!/usr/bin/env bash
# The totals of gcovr's CSV table on standard input, the files with the most lines missed, and a gate.
# usage: gate.sh LINES BRANCHES          percent that models/ and sw/ each have to reach
# Exit status: 0, or 1 below that.
set -euo pipefail
awk -F, -v lines_min="${1:?usage: gate.sh LINES BRANCHES}" -v branches_min="${2:?usage: gate.sh LINES BRANCHES}" '
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  {
    room = $1; sub("/.*", "", room)
    for (name in column) { sum[room, name] += $column[name]; sum["all", name] += $column[name] }
    missed = $column["line_total"] - $column["line_covered"]
    if (missed > 0) holes[++n] = sprintf("%6d of %4d lines  %s", missed, $column["line_total"], $1)
  }
  function percent(room, what) {
    return sum[room, what "_total"] ? 100 * sum[room, what "_covered"] / sum[room, what "_total"] : 0
  }
  END {
    split("models sw all", rooms, " ")
    for (r = 1; r <= 3; r++) {
      printf "%-6s  %5.1f %% of %5d lines  %5.1f %% of %5d branches\n", rooms[r], percent(rooms[r], "line"),
             sum[rooms[r], "line_total"], percent(rooms[r], "branch"), sum[rooms[r], "branch_total"]
    }
    print "not reached:"
    fflush()
    for (i = 1; i <= n; i++) print holes[i] | "sort -k1,1nr -k5 | head -n 15"
    close("sort -k1,1nr -k5 | head -n 15")
    for (r = 1; r <= 3; r++) {
      if (percent(rooms[r], "line") >= lines_min && percent(rooms[r], "branch") >= branches_min) continue
      printf "%s is below the gate: %s %% of lines, %s %% of branches\n", rooms[r], lines_min, branches_min
      bad = 1
    }
    exit bad
  }'
