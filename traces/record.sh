#!/usr/bin/env bash
# Records the golden traces, every scenario on every board, and says in numbers what has changed.
#   traces/record.sh [--program FILE] [--golden DIRECTORY] [--to DIRECTORY] [BOARD...]
# Default: build/dmavp, what is compared with and written to is traces, every board the program lists.
# traces/settings.txt keeps the runs short. Record anew only when a change of behaviour is meant; the difference belongs
# into the same commit, and the numbers into its message.
# Exit status: 0 recorded, 2 a run failed (its trace stays as it was) or the command line is wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/build/dmavp golden=$root/traces to="" quiet=0 boards=()
while [ $# -gt 0 ]; do
  case $1 in
    --program|--golden|--to)
      [ $# -gt 1 ] || { echo "record.sh: $1 needs a value" >&2; exit 2; }
      declare "${1#--}=$2"; shift ;;
    --quiet) quiet=1 ;;
    -h|--help) sed -n '2,7p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
    -*) echo "record.sh: no option \"$1\"" >&2; exit 2 ;;
    *) boards+=("$1") ;;
  esac
  shift
done
to=${to:-$golden}
program=$(realpath -- "$program") golden=$(realpath -- "$golden") to=$(realpath -- "$to")
cd "$root" # the settings name files below it

names() { # names KIND: the first words of what the program lists
  local list
  list=$("$program" "$1") || { echo "record.sh: \"$program $1\" failed" >&2; return 2; }
  [ -n "$list" ] || { echo "record.sh: the program lists no $1" >&2; return 2; }
  sed 's/:.*//' <<<"$list"
}
[ ${#boards[@]} -gt 0 ] || { list=$(names boards) || exit 2; mapfile -t boards <<<"$list"; }
list=$(names scenarios) || exit 2
mapfile -t scenarios <<<"$list"

settings() { # settings SCENARIO BOARD: options, one a line
  awk -v scenario="$1" -v board="$2" '
    $1 == scenario || $1 == scenario "@" board {
      for (i = 2; i <= NF; i++) text[$1 != scenario] = text[$1 != scenario] "--set\n" $i "\n" }
    END { printf "%s%s", text[0], text[1] }' traces/settings.txt
}
figures() { # figures FILE: lines, end in ps, bursts, interrupts taken
  awk '!/^#/ { end = $1 "" } $3 == "burst" { bursts++ } $3 == "interrupt-entry" { taken++ }
       END { printf "%d %s %d %d\n", NR, end, bursts, taken }' "$1"
}

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
failed=0 changed=0 kept=0
for board in "${boards[@]}"; do
  mkdir -p "$to/$board"
  for scenario in "${scenarios[@]}"; do
    mapfile -t options < <(settings "$scenario" "$board")
    if ! "$program" run "$scenario" --board "$board" "${options[@]}" --quiet --trace "$new/trace" 2>"$new/err"; then
      echo "$board/$scenario: the run failed: $(tail -n 3 "$new/err")" >&2
      failed=1
      continue
    fi
    old=$golden/$board/$scenario.trace
    read -r lines end bursts taken < <(figures "$new/trace")
    if [ ! -f "$old" ]; then
      changed=$((changed + 1))
      text="new, $lines lines, $end ps, $bursts bursts, $taken interrupts"
    elif cmp -s "$old" "$new/trace"; then
      kept=$((kept + 1)) text=""
    else
      changed=$((changed + 1))
      read -r _ old_end old_bursts old_taken < <(figures "$old")
      diff --speed-large-files "$old" "$new/trace" >"$new/diff" || true
      text="$(grep -c '^>' "$new/diff" || true) lines added, $(grep -c '^<' "$new/diff" || true) removed"
      text+=", first at line $(cmp "$old" "$new/trace" 2>&1 | grep -oE '[0-9]+$' || true)"
      text+="; simulated time $old_end -> $end ps, bursts $old_bursts -> $bursts, interrupts $old_taken -> $taken"
    fi
    [ -z "$text" ] || [ "$quiet" = 1 ] || echo "$board/$scenario: $text"
    mv "$new/trace" "$to/$board/$scenario.trace"
  done
  for file in "$golden/$board"/*.trace; do
    scenario=$(basename "$file" .trace)
    if [ -f "$file" ] && [ "$to" = "$golden" ] && ! grep -qxF -- "$scenario" <<<"$list"; then
      rm "$file"
      changed=$((changed + 1))
      [ "$quiet" = 1 ] || echo "$board/$scenario: removed, there is no such scenario"
    fi
  done
done
[ "$quiet" = 1 ] || echo "$changed traces changed, $kept are as they were"
[ $failed -eq 0 ] || exit 2
