#!/usr/bin/env bash
# A module may need only what the kernel, the libraries behind it and the named modules provide; anything else is named,
# with the header in which Linux declares it. The loader would refuse the module at run time.
# usage: undefined.sh INCLUDE_TREE MODULE.so KERNEL.so [PROVIDER.so]...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage="usage: undefined.sh INCLUDE_TREE MODULE.so KERNEL.so [PROVIDER.so]..."
tree=${1:?$usage} module=${2:?$usage} kernel=${3:?$usage}
shift 2
mapfile -t libraries < <(ldd "$kernel" "$module" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u)
missing=$(comm -23 <(nm -D --undefined-only "$module" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' | sort -u) \
  <(nm -D --defined-only "$@" "${libraries[@]}" | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | sort -u))
[ -n "$missing" ] || exit 0
for name in $missing; do
  header=$("$here/header_of.sh" "$tree" "$name")
  printf '%s: missing symbol %s: declared, but neither the kernel (sw/kernel) nor a module defines it' "${module##*/}" "$name"
  [ -z "$header" ] && printf '\n' || printf '; Linux has it in %s\n' "$header"
done >&2
exit 1
