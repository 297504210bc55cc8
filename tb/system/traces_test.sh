#!/usr/bin/env bash
# What traces/compare.sh and traces/record.sh say when a trace differs, is missing, is left over, or a run fails.
# usage: traces_test.sh ROOT PROGRAM
set -u
root=${1:?} program=${2:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/traces/k210" "$work"
bad=0
expect() { # expect WHAT STATUS PATTERN COMMAND...
  local what=$1 wanted=$2 pattern=$3 status=0
  shift 3
  "$@" >"$work/said" 2>&1 || status=$?
  if [ "$status" -ne "$wanted" ] || ! grep -qE -- "$pattern" "$work/said"; then
    echo "$what: exit status $status, wanted $wanted and \"$pattern\":" >&2
    cat "$work/said" >&2
    bad=1
  fi
}
compare() { "$root/traces/compare.sh" --program "$program" --golden "$work" "$@"; }
record() { "$root/traces/record.sh" --program "$program" --golden "$work" "$@"; }

expect "equal" 0 'traces are as recorded' compare k210

sed -i '100s/$/ changed/' "$work/k210/memcpy.trace"
expect "a changed line" 1 '^k210/memcpy: first difference in line 100$' compare k210
grep -qE '^>   100  .* changed$' "$work/said" || { echo "the changed line is not shown" >&2; bad=1; }
grep -qE '^ +95  ' "$work/said" || { echo "no context is shown" >&2; bad=1; }

sed -i '$d' "$work/k210/default.trace"
expect "a missing last line" 1 '^k210/default: first difference' compare k210

# A burst less and a line that only says something else.
line=$(grep -n ' burst ' "$work/k210/memcpy.trace" | head -n 1 | cut -d: -f1)
sed -i "${line}d" "$work/k210/memcpy.trace"
expect "numbers" 0 "^k210/memcpy: 2 lines added, 1 removed, first at line [0-9]+; simulated time ([0-9]+) -> \\1 ps, bursts" \
  record k210
bursts=$(grep -c ' burst ' "$work/k210/memcpy.trace")
grep -qF "bursts $((bursts - 1)) -> $bursts" "$work/said" || { echo "bursts are not counted" >&2; bad=1; }
expect "recorded" 0 '^0 traces changed, [1-9][0-9]* are as they were$' record k210

rm "$work/k210/audio.trace"
expect "a missing trace" 2 'no such golden trace' compare k210
echo left >"$work/k210/former.trace"
expect "a trace left over" 2 'there is no such scenario' compare k210
expect "new and removed" 0 '^k210/former: removed' record k210

expect "an unknown board" 2 'the run failed' compare k211
expect "a program that fails" 2 'boards. failed|scenarios. failed' compare --program /bin/false k210
printf '#!/bin/sh\n[ "$1" = run ] && exit 1\nexec "%s" "$@"\n' "$program" >"$work/failing"
chmod +x "$work/failing"
expect "failing runs" 2 'k210/memcpy: the run failed' record --program "$work/failing" k210
expect "and the traces stay" 0 'traces are as recorded' compare k210
exit $bad
