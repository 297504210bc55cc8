#!/usr/bin/env bash
# docs/dmaengine.md: every requirement of requirements.txt with the tests that name it (scan.awk).
# usage: table.sh ROOT             fails when an id has no test, a test names an id that there is not, or the page is another
#        table.sh ROOT --update    writes the page
#        table.sh ROOT --tests ID  what `ctest -R` has to be given to run the tests of an id
set -euo pipefail
root=$(realpath "${1:?usage: table.sh ROOT [--update | --tests ID]}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
page=$root/docs/dmaengine.md
mapfile -t files < <(cd "$root" && find tb -name '*_test.cpp' -o -name '*_cases.cpp' -o -name '*_cases.c' | LC_ALL=C sort)
pairs=$(cd "$root" && awk -f "$here/scan.awk" "${files[@]}")
if [ "${2:-}" = --tests ]; then
  printf '%s\n' "$pairs" | awk -F'\t' -v id="${3:?--tests needs an id}" '
    $1 == id { t = $2; sub(/\./, "\\.", t); list = list (list == "" ? "" : "|") t }
    END { if (list == "") exit 1; print "(^|[./])(" list ")([./]|$)" }'
  exit
fi
wrong=$(printf '%s\n' "$pairs" | awk -F'\t' -v list="$here/requirements.txt" '
  BEGIN {
    while ((getline line < list) > 0) {
      if (line ~ /^#/) continue
      if (split(line, f, "|") != 3 || f[2] !~ /^(done|choice|later)$/) print list ": " line
      status[f[1]] = f[2]
    }
  }
  !($1 in status) { print $3 ": " $2 " names " $1 ", which is no requirement" }
  { tests[$1]++ }
  END { for (id in status) if (status[id] != "later" && !tests[id]) print "tb/requirements: no test names " id }' | LC_ALL=C sort -V)
[ -z "$wrong" ] || { printf '%s\n' "$wrong" >&2; exit 1; }
text=$(
  cat "$here/head.md"
  printf '%s\n' "$pairs" | LC_ALL=C sort -t $'\t' -k1,1 -k3,3 -k2,2 | awk -F'\t' -v list="$here/requirements.txt" '
    { where = $3; sub(/.*\//, "", where)
      tests[$1] = tests[$1] (tests[$1] == "" ? "" : ", ") "[" $2 "](../" $3 ")" }
    END {
      while ((getline line < list) > 0) {
        if (line ~ /^#/) continue
        split(line, f, "|")
        kind = substr(f[1], 1, 1)
        if (kind != last) {
          printf "\n## %s\n\n| id | requirement | status | tests |\n| --- | --- | --- | --- |\n",
                 kind == "R" ? "R: what the client guide asks" : kind == "K" ? "K: what the kernel adds" : "D: checks of mappings"
          last = kind
        }
        printf "| %s | %s | %s | %s |\n", f[1], f[3], f[2], tests[f[1]]
      }
    }'
)
if [ "${2:-}" = --update ]; then
  printf '%s\n' "$text" >"$page"
elif ! diff <(printf '%s\n' "$text") "$page" >&2; then
  echo "docs/dmaengine.md is not what the tests say: tb/requirements/table.sh . --update" >&2
  exit 1
fi
