#!/usr/bin/env bash
# Does what a page of docs/ says, in an empty folder with the installed packages. A comment in front of each block
# of code tells what it is:
#   <!-- file: NAME -->       the content of a file
#   <!-- copy: PATH NAME -->  (no block) a file of the repository
#   <!-- from: PATH -->       a part of a file of the repository
#   <!-- run -->              "$ COMMAND", followed by lines of its output; "..." stands for others
#   <!-- packages -->         how to make and install the packages: those that are named are the ones that exist
# usage: docs.sh ROOT SOURCE PAGE      (PAGE: the name of a file in SOURCE/docs)
root=$(realpath "$1") source=$(realpath "$2")
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
page=$source/docs/${3:?the page is missing}

output="" commands=0
lines() { # lines BLOCK: runs its commands and looks for its other lines
  local line
  while IFS= read -r line; do
    case $line in
      '$ '*)
        output=$(clean PATH="$root/usr/bin:/usr/bin:/bin" CMAKE_PREFIX_PATH="$root/usr" bash -c "${line#\$ }" 2>&1) ||
          fail "$line
$output"
        commands=$((commands + 1)) ;;
      ...) ;;
      *) # times are simulated and so are part of what is promised
        grep -qxF -- "$line" <<<"$output" || fail "not printed: $line
$output"
        output=${output#*"$line"} ;;
    esac
  done <"$1"
}

block() { # block KIND ARGUMENT: of the lines in the file "block"
  case $1 in
    file) mkdir -p "$(dirname "$2")" && cp block "$2" ;;
    from) awk 'NR == FNR { part = part $0 "\n"; next } { all = all $0 "\n" } END { exit !index(all, part) }' \
      block "$source/$2" || fail "$2 has no such lines:
$(cat block)" ;;
    run) lines block ;;
    packages) grep -oE '[a-z_-]+\*\.deb' block >names || fail "no package is named"
      while read -r name; do
        compgen -G "$root/packages/$name" >/dev/null || fail "cpack writes no $name: $(ls "$root/packages")"
      done <names ;;
    *) fail "$page: a block of code without a comment that says what it is: $(head -n 1 block)" ;;
  esac
}

kind="" argument="" inside=0 blocks=0
while IFS= read -r line; do
  if [ $inside = 1 ]; then
    if [ "$line" = '```' ]; then
      block "$kind" "$argument"
      kind="" inside=0 blocks=$((blocks + 1))
    else
      printf '%s\n' "$line" >>block
    fi
  elif [[ $line == '```'* ]]; then
    inside=1
    : >block
  elif [[ $line =~ ^\<!--\ copy:\ ([^ ]+)\ ([^ ]+)\ --\>$ ]]; then
    cp "$source/${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  elif [[ $line =~ ^\<!--\ ([a-z]+)(:\ ([^ ]+))?\ --\>$ ]]; then
    kind=${BASH_REMATCH[1]} argument=${BASH_REMATCH[3]}
  fi
done <"$page"
[ "$blocks" -ge 5 ] && [ "$commands" -ge 3 ] || fail "only $blocks blocks and $commands commands were found"
