#!/usr/bin/env bash
# A run that ends with status 1 and names the cause in a line of its result: "failed: ..." or "warning: ...".
# usage: finds.sh PATTERN PROGRAM ARGUMENT...
set -u
pattern=${1:?usage: finds.sh PATTERN PROGRAM ARGUMENT...}
shift
status=0
output=$("$@" 2>&1) || status=$?
printf '%s\n' "$output"
[ "$status" -eq 1 ] || { echo "status $status instead of 1"; exit 1; }
grep -qE "^  (failed|warning): .*$pattern" <<<"$output" || { echo "no line of the result says: $pattern"; exit 1; }
grep -qE "^  failed: " <<<"$output" || { echo "no line says what failed"; exit 1; }
