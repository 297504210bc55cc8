#!/usr/bin/env bash
# Runs traces/golden.toml and compares with the golden traces; shows the first line that differs, with context.
#   traces/compare.sh [PROGRAM [BOARD...]]                default: build/dmavp, all boards
# Exit status: 0 equal, 1 different, 2 a run failed or a golden trace is missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${1:-$root/build/dmavp}
boards=("${@:2}")
[ ${#boards[@]} -gt 0 ] || boards=(k210 jh7110 agilex5 generic16 generic32)
context=5
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

# Lines FIRST..LAST of a file, numbered, the differing one marked.
show() {
  awk -v first="$2" -v last="$3" -v mark="$4" 'NR >= first && NR <= last {
    printf "%s%6d  %s\n", NR == mark ? ">" : " ", NR, $0 }' "$1"
}

different=0
for board in "${boards[@]}"; do
  golden=$root/traces/$board.trace
  [ -f "$golden" ] || { echo "$golden: no such golden trace (traces/record.sh makes it)" >&2; exit 2; }
  "$root/traces/record.sh" "$program" "$new" "$board" || { echo "$board: the run failed" >&2; exit 2; }
  line=$(awk 'NR == FNR { golden[NR] = $0; lines = NR; next }
              FNR > lines || $0 != golden[FNR] { print FNR; found = 1; exit }
              END { if (!found && FNR < lines) print FNR + 1 }' "$golden" "$new/$board.trace")
  if [ -z "$line" ]; then
    echo "$board: equal, $(wc -l <"$golden") lines"
    continue
  fi
  different=1
  first=$((line > context ? line - context : 1))
  echo "$board: first difference in line $line"
  echo "--- traces/$board.trace ($(wc -l <"$golden") lines)"
  show "$golden" "$first" $((line + context)) "$line"
  echo "+++ this run ($(wc -l <"$new/$board.trace") lines)"
  show "$new/$board.trace" "$first" $((line + context)) "$line"
done
exit $different
