#!/usr/bin/env bash
# Every unit of ours is compiled, and with the warnings of dmavp_warnings.
# usage: flags.sh ROOT COMPILE_COMMANDS [further flag]...   (-Werror, for example)
set -u
root=$(realpath "${1:?usage: flags.sh ROOT COMPILE_COMMANDS [FLAG]...}") || exit 2
commands=${2:?usage: flags.sh ROOT COMPILE_COMMANDS [FLAG]...}
[ -r "$commands" ] || { echo "$commands: cannot be read" >&2; exit 2; }
shift 2
bad=0

# CMake writes one key a line; units in CMakeFiles/ are CMake's own, but for those that join ours (UNITY_BUILD). What
# tb/linux/fetch.sh has unpacked is not ours.
awk -v root="$root/" -v fetched="$(dirname "$(realpath "$commands")")/linux/source/" -v more="$*" '
  BEGIN { n = split("-Wall -Wextra -Wpedantic -Wshadow " more, flags, " ") }
  /^ *"command":/ { command = " " $0 " " }
  /^ *"file":/ {
    file = $0; sub(/^ *"file": "/, "", file); sub(/",?$/, "", file)
    joined = file ~ /\/Unity\/unity_[^\/]*$/
    if (!joined && (index(file, root) != 1 || file ~ /\/CMakeFiles\// || index(file, fetched) == 1)) next
    unit = joined ? file : substr(file, length(root) + 1); units++
    for (i = 1; i <= n; i++) if (!index(command, " " flags[i] " ")) { print unit ": without " flags[i]; bad = 1 }
    if (unit !~ /\.c$/ && !index(command, " -Wconversion ")) { print unit ": without -Wconversion"; bad = 1 }
    if (match(command, / (-w|-Wno-(error|all|extra|pedantic|shadow|conversion)[^ ]*) /)) {
      print unit ": with" substr(command, RSTART, RLENGTH); bad = 1
    }
  }
  END { if (!units) { print "no unit of ours in the compile commands"; bad = 1 } exit bad }' "$commands" >&2 || bad=1

if [ -e "$root/.git" ] && [ -z "${DMAVP_PARTIAL:-}" ]; then
  mapfile -t joined < <(sed -nE 's/^ *"file": "(.*\/Unity\/unity_[^/]*)",?$/\1/p' "$commands")
  compiled=$(cat "$commands" "${joined[@]}")
  while IFS= read -r unit; do
    [[ $compiled == *"\"$root/$unit\""* ]] || { echo "$unit: nothing compiles it" >&2; bad=1; }
  done < <(git -C "$root" ls-files '*.cpp' '*.c' ':!tb/coverage') # which only a coverage build compiles
fi
exit $bad
