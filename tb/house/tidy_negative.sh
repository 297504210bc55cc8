#!/usr/bin/env bash
# tidy.sh and flags.sh must find what they look for.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "$1"; exit 1; }

echo 'int a;' >"$tmp/a.cpp"
"$here/tidy.sh" "$tmp" || fail "a tidy tree was refused"
for _ in $(seq 701); do echo; done >"$tmp/long.h"
"$here/tidy.sh" "$tmp" 2>/dev/null && fail "not found: 701 lines"
rm "$tmp/long.h"
for place in work/main work/ home/me/x root/x tmp/build-x; do
  echo "// see /$place" >"$tmp/b.h"
  "$here/tidy.sh" "$tmp" 2>/dev/null && fail "not found: /$place"
done
rm "$tmp/b.h"
printf '#!/bin/sh\n' >"$tmp/run"
"$here/tidy.sh" "$tmp" 2>/dev/null && fail "not found: a script without its run bit"
rm "$tmp/run"
"$here/tidy.sh" "$tmp/none" 2>/dev/null && fail "a tree that is not there passed"

all="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
compiled() { # compiled FLAGS FILE
  printf '[\n{\n  "directory": "/",\n  "command": "c++ %s -c x",\n  "file": "%s"\n}\n]\n' "$1" "$2" >"$tmp/commands.json"
  "$here/flags.sh" "$tmp" "$tmp/commands.json" -Werror 2>/dev/null
}
compiled "$all" "$tmp/a.cpp" || fail "a clean unit was refused"
compiled "${all/-Wconversion /}" "$tmp/a.c" || fail "a clean unit of C was refused"
for flag in $all; do
  compiled "$(echo " $all " | sed "s/ $flag / /")" "$tmp/a.cpp" && fail "not found: a unit without $flag"
done
for flag in -w -Wno-error -Wno-error=shadow -Wno-conversion; do
  compiled "$all $flag" "$tmp/a.cpp" && fail "not found: $flag"
done
printf '[\n{\n  "command": "cc %s -c x",\n  "file": "%s"\n},\n{\n  "command": "cc -w -c x",\n  "file": "%s"\n}\n]\n' "$all" \
  "$tmp/a.cpp" "$tmp/linux/source/b.c" >"$tmp/commands.json"
"$here/flags.sh" "$tmp" "$tmp/commands.json" -Werror 2>/dev/null || fail "a fetched unit was taken for ours"
compiled "$all" /elsewhere/a.cpp && fail "passed without a unit of ours"
git -C "$tmp" init -q && git -C "$tmp" add a.cpp || fail "git"
compiled "$all" "$tmp/a.cpp" || fail "a compiled file was refused"
echo 'int c;' >"$tmp/c.cpp"
git -C "$tmp" add c.cpp
compiled "$all" "$tmp/a.cpp" && fail "not found: a file that nothing compiles"
mkdir "$tmp/Unity"
printf '#include "%s"\n' "$tmp/a.cpp" "$tmp/c.cpp" >"$tmp/Unity/unity_0_cxx.cxx"
compiled "$all" "$tmp/Unity/unity_0_cxx.cxx" || fail "files compiled as one were refused"
compiled -Wall "$tmp/Unity/unity_0_cxx.cxx" && fail "not found: files compiled as one without warnings"
exit 0
