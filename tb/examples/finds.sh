#!/usr/bin/env bash
# A run that ends with status 1 and names the cause in a line "failed: ...".
# usage: finds.sh PATTERN PROGRAM ARGUMENT...
set -u
pattern=${1:?usage: finds.sh PATTERN PROGRAM ARGUMENT...}
shift
status=0
output=$("$@" 2>&1) || status=$?
printf '%s\n' "$output"
[ "$status" -eq 1 ] || { echo "status $status instead of 1"; exit 1; }
grep -qE "^  failed: .*$pattern" <<<"$output" || { echo "no line says: failed: $pattern"; exit 1; }
