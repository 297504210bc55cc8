#!/usr/bin/env bash
# tests.sh finds what it is to find: tests that take seeds without saying which, and simulations without an end.
# usage: tests_negative.sh
set -u
check=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/tests.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
try() { # try WANTED NAME: the test program on standard input
  local status=0
  mkdir -p "$work/tb/room"
  cat >"$work/tb/room/case_test.cpp"
  "$check" "$work" >"$work/said" 2>&1 || status=$?
  [ "$status" -eq "$1" ] || { echo "$2: exit status $status, wanted $1" >&2; bad=1; }
}
traced='SCOPED_TRACE("seed " + std::to_string(seed));'
printf 'TEST(A, B) {\n  for (u64 seed = 1; seed < 9; ++seed) {\n    play(seed);\n  }\n}\n' | try 1 "a range without a trace"
printf 'TEST(A, B) {\n  for (u64 seed = 1; seed < 9; ++seed) {\n    %s\n  }\n}\n' "$traced" | try 0 "a range with one"
printf 'TEST(A, B) {\n  Random r(seed_base());\n}\n' | try 1 "a first seed without a trace"
printf 'TEST(A, B) {\n  %s\n}\nTEST(A, C) {\n  play(first_program());\n}\n' "$traced" | try 1 "a trace in another test"
grep -q 'case_test.cpp:5: ' "$work/said" || { echo "the line is not named" >&2; bad=1; }
printf 'TEST(A, B) {\n  Random r(7);\n}\n' | try 0 "a number that never changes"
printf 'TEST(A, B) {\n  sc_core::sc_start();\n}\n' | try 1 "a simulation without an end"
printf 'TEST(A, B) {\n  sc_core::sc_start(limit);\n}\n' | try 0 "a simulation with one"
rm -r "$work/tb/room"
"$check" "$work" >/dev/null 2>&1 && { echo "green without tests" >&2; bad=1; }
exit $bad
