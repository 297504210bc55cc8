#!/usr/bin/env bash
# Files can be read in one sitting, and none names a place on one developer's machine.
# usage: tidy.sh ROOT
set -u
cd "${1:?usage: tidy.sh ROOT}" || exit 2
bad=0
say() { printf '%s\n' "$1" >&2; bad=1; }

if [ -e .git ]; then
  mapfile -d '' files < <(git ls-files -z)
else
  mapfile -d '' files < <(find . -type f -not -path './build*' -print0)
fi
[ ${#files[@]} -gt 0 ] || { say "no files to look at"; exit 1; }

while read -r lines file; do
  say "$file: $lines lines, 700 are allowed"
done < <(printf '%s\0' "${files[@]}" | grep -zE '\.(h|cpp|c|cmake|sh|txt|dts|toml)$' |
  xargs -0 -r wc -l 2>/dev/null | awk '$1 > 700 && $2 != "total"')

for file in "${files[@]}"; do
  [ -f "$file" ] && [ ! -x "$file" ] || continue
  IFS= read -r -N 2 start 2>/dev/null <"$file" || continue
  [ "$start" != '#!' ] || say "$file: a script without its run bit"
done

places=$(printf '%s\0' "${files[@]}" |
  xargs -0 grep -nIE '(^|[^A-Za-z0-9_.$}/-])/(work|home|root|Users|tmp/build)([/-]|$)' -- 2>/dev/null)
[ -z "$places" ] || say "a place on one machine:
$places"
exit $bad
