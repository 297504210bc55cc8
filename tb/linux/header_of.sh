#!/usr/bin/env bash
# Prints which header of Linux declares a name, as in #include: <linux/foo.h>. Nothing when none does.
# usage: header_of.sh INCLUDE_TREE NAME [SOURCE]      (INCLUDE_TREE has linux/ below it; headers that SOURCE includes first)
set -euo pipefail
tree=${1:?usage: header_of.sh INCLUDE_TREE NAME [SOURCE]} name=${2:?the name is missing} source=${3:-}
[ -d "$tree" ] || exit 0
cd "$tree"
patterns=(
  "^[A-Za-z_][A-Za-z0-9_ \*()]*[ \*]$name\("
  "^$name\("
  "^#define[[:space:]]+$name([^A-Za-z0-9_]|\$)"
  "^(struct|union|enum) $name([^A-Za-z0-9_].*)?\{"
  "^(typedef .*[^A-Za-z0-9_]|\} *)$name([^A-Za-z0-9_].*)?;"
  "^extern .*[^A-Za-z0-9_]$name([^A-Za-z0-9_]|\$)"
  "^[[:space:]]+$name[[:space:]]*(,|=|\$)"
  "^#[[:space:]]+define[[:space:]]+$name([^A-Za-z0-9_]|\$)" # of another system, mostly
)
for pattern in "${patterns[@]}"; do
  mapfile -t found < <(grep -rlE --include='*.h' "$pattern" . 2>/dev/null | sed 's|^\./||' | awk '{ print length($0), $0 }' |
    sort -n | cut -d' ' -f2-)
  [ ${#found[@]} -gt 0 ] || continue
  best=${found[0]}
  for header in "${found[@]}"; do
    if [ -n "$source" ] && grep -qE "^#[[:space:]]*include[[:space:]]*<$header>" "$source" 2>/dev/null; then
      best=$header
      break
    fi
  done
  echo "<$best>"
  exit 0
done
