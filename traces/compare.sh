#!/usr/bin/env bash
# Runs every scenario on every board and compares with the golden traces: the first line that differs, with context.
#   traces/compare.sh [--program FILE] [--golden DIRECTORY] [BOARD...]     default: build/dmavp, traces, every board
# Exit status: 0 equal, 1 different, 2 a run failed, a golden trace is missing or belongs to no scenario.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
golden=$root/traces
arguments=("$@")
for ((i = 0; i < $#; i++)); do
  case ${arguments[i]} in
    --golden) golden=${arguments[i + 1]:-} ;;
    --to) echo "compare.sh: no option \"--to\"" >&2; exit 2 ;;
    -h|--help) sed -n '2,4p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
  esac
done
context=5
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
"$root/traces/record.sh" "$@" --quiet --to "$new" || exit 2

# Lines FIRST..LAST of a file, numbered, the differing one marked.
show() {
  awk -v first="$2" -v last="$3" -v mark="$4" 'NR >= first && NR <= last {
    printf "%s%6d  %s\n", NR == mark ? ">" : " ", NR, $0 }' "$1"
}

status=0 equal=0
worse() { [ "$status" -ge "$1" ] || status=$1; }
for directory in "$new"/*/; do
  board=$(basename "$directory")
  for file in "$golden/$board"/*.trace; do
    [ -f "$directory/$(basename "$file")" ] || [ ! -f "$file" ] ||
      { echo "$file: there is no such scenario (traces/record.sh removes it)" >&2; worse 2; }
  done
  for file in "$directory"*.trace; do
    name=$board/$(basename "$file" .trace)
    old=$golden/$name.trace
    [ -f "$old" ] || { echo "$old: no such golden trace (traces/record.sh makes it)" >&2; worse 2; continue; }
    line=$(awk 'NR == FNR { golden[NR] = $0; lines = NR; next }
                FNR > lines || $0 != golden[FNR] { print FNR; found = 1; exit }
                END { if (!found && FNR < lines) print FNR + 1 }' "$old" "$file")
    [ -n "$line" ] || { equal=$((equal + 1)); continue; }
    worse 1
    first=$((line > context ? line - context : 1))
    echo "$name: first difference in line $line"
    echo "--- golden ($(wc -l <"$old") lines)"
    show "$old" "$first" $((line + context)) "$line"
    echo "+++ this run ($(wc -l <"$file") lines)"
    show "$file" "$first" $((line + context)) "$line"
  done
done
echo "$equal traces are as recorded"
[ "$equal" -gt 0 ] || worse 1
exit $status
