#!/usr/bin/env bash
# Every test that takes seeds names the seed in its failures: where a function of a test asks for seeds of the tier
# (tier.h) or goes through a range of them, it has a SCOPED_TRACE. And every simulation has an end in simulated time: no
# sc_start() without a duration, components/simulate.h instead.
# usage: tests.sh ROOT
set -u
cd "${1:?usage: seeds.sh ROOT}" || exit 2
mapfile -t files < <(find tb -name '*_test.cpp' | LC_ALL=C sort)
[ ${#files[@]} -gt 0 ] || { echo "no tests to look at" >&2; exit 1; }
found=$(awk '
  # A block is everything from a line at the left margin to the closing brace there.
  FNR == 1 { asks = 0; traced = 0; head = "" }
  /^[A-Za-z]/ && head == "" { head = FNR }
  /(^|[^A-Za-z_])(seeds|seed_base|first_program)\(\)/ || /for \(.*[^A-Za-z_]seed( =|:| :)/ { asks = asks ? asks : FNR }
  /SCOPED_TRACE\(/ { traced = 1 }
  /^}/ {
    if (asks && !traced) print FILENAME ":" asks ": a test takes seeds and has no SCOPED_TRACE with the seed"
    asks = 0; traced = 0; head = ""
  }' "${files[@]}")
endless=$(grep -rnE --include='*.cpp' --include='*.h' 'sc_start\(\)' tb |
  grep -vE '^tb/(examples|bench|integration)/' | sed -E 's/:[^:]*$/: a simulation without an end, see components\/simulate.h/')
found+=${endless:+${found:+$'\n'}$endless}
[ -z "$found" ] || { printf '%s\n' "$found" >&2; exit 1; }
