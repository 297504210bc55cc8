#!/usr/bin/env bash
# Runs a compiler, and says of what a file of Linux lacks which header of ours should have it (docs/linux.md).
# usage: explain.sh INCLUDE_TREE COMPILER ARGUMENT...      (INCLUDE_TREE: Linux's own headers, to look names up)
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=${1:?usage: explain.sh INCLUDE_TREE COMPILER ARGUMENT...}
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
LC_ALL=C "$@" 2>"$log" || status=$?
cat "$log" >&2
[ "$status" -ne 0 ] || exit 0
source=${!#}
ours=()
previous=
for word in "$@"; do
  [[ $word != *.c ]] || source=$word
  [ "$previous" != -isystem ] || ours+=("$word")
  previous=$word
done

lacks() { # lacks NAME WHAT
  local header own="" dir
  header=$("$here/header_of.sh" "$tree" "$1" "$source")
  for dir in "${ours[@]}"; do [ -n "$own" ] || own=$("$here/header_of.sh" "$dir" "$1"); done
  printf '%s: missing symbol %s (%s): ' "$source" "$1" "$2"
  if [ -n "$own" ] && [[ $2 != *member* ]]; then
    printf 'ours is in %s, which no header includes that the file includes%s\n' "$own" "${header:+; Linux has it in $header}"
  elif [ -z "$header" ]; then
    printf 'no header of Linux that is at hand declares it\n'
  else
    printf 'Linux has it in %s, so it belongs into sw/include/%s\n' "$header" "$(tr -d '<>' <<<"$header")"
  fi
}
{
  sed -nE "s/.*fatal error: (.*\.h): No such file or directory.*/\1/p" "$log" | sort -u | while read -r header; do
    printf '%s: missing header <%s>: it belongs into sw/include/%s\n' "$source" "$header" "$header"
  done
  sed -nE "s/.*implicit declaration of function '([A-Za-z0-9_]+)'.*/\1 function/p
    s/.*error: '([A-Za-z0-9_]+)' undeclared.*/\1 value/p
    s/.*error: unknown type name '([A-Za-z0-9_]+)'.*/\1 type/p
    s/.*(undefined|incomplete) type '(struct|union|enum) ([A-Za-z0-9_]+)'.*/\3 type/p
    s/.*'(const )?(struct|union) ([A-Za-z0-9_]+)' has no member named '([A-Za-z0-9_]+)'.*/\3 type without member \4/p" "$log" |
    sort -u | while read -r name what; do lacks "$name" "$what"; done
} >&2
exit "$status"
