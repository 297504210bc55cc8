#!/usr/bin/env bash
# Breaks what a requirement asks for, once for each requirement, and shows that its tests notice. A mutation is a line of
# mutations.txt: ID@FILE@SED@FILTER. SED changes FILE of sw/ in a copy of the tree; FILTER are the tests (GoogleTest) that have to fail.
# usage: mutate.sh BUILD [ID...]     works in BUILD/mutants, on every core; without ID: all
# Prints a line for each. Exit status: 0; 1 when a mutation changed nothing, did not compile or was not noticed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
table=$root/tb/requirements/mutations.txt
mkdir -p "${1:?usage: mutate.sh BUILD [ID...]}/mutants"
work=$(realpath "$1")/mutants
shift
targets="framework-cases slave-cases driver-cases interleaved-cases modules_pure modules_running kernel_svc_memory_test
  kernel_exec_context_test"
programs="tb/modules/modules_pure tb/modules/modules_running tb/kernel/kernel_svc_memory_test tb/kernel/kernel_exec_context_test"

# A tree of its own for each core: sources as they are now, built once.
prepare() { # prepare TREE
  rm -rf "$1/source" && mkdir -p "$1/source"
  git -C "$root" ls-files -z --cached --others --exclude-standard -- CMakeLists.txt models platform sw tb |
    tar -C "$root" --null --ignore-failed-read --files-from=- -c 2>/dev/null | tar -C "$1/source" -xm
  cmake -S "$1/source" -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DDMAVP_INSTALL=OFF \
    "-DDMAVP_TB_ONLY=modules;kernel" >"$1/log" 2>&1
  # shellcheck disable=SC2086
  cmake --build "$1/build" -j 1 --target $targets >>"$1/log" 2>&1
}

run() { # run TREE FILTER: 0 when everything passes
  local program found=1
  for program in $programs; do
    if [ -n "$(cd "$1/build/${program%/*}" && "./${program##*/}" --gtest_filter="$2" --gtest_list_tests 2>/dev/null)" ]; then
      found=0
      (cd "$1/build/${program%/*}" && timeout 120 "./${program##*/}" --gtest_filter="$2" || false) >>"$1/log" 2>&1 || return 1
    fi
  done
  return $((found * 2))
}

try() { # try TREE LINE
  local tree=$1 id file change filter status=0
  IFS='@' read -r id file change filter <<<"$2"
  local source=$tree/source/sw/$file
  cp "$source" "$tree/saved"
  if ! sed -E "$change" "$tree/saved" >"$source"; then
    echo "$id: sed does not understand its mutation"
    cp "$tree/saved" "$source"
    return 1
  fi
  if cmp -s "$tree/saved" "$source"; then
    echo "$id: the mutation changes nothing in sw/$file"
    return 1
  fi
  : >"$tree/log"
  # shellcheck disable=SC2086
  if ! cmake --build "$tree/build" -j 1 --target $targets >>"$tree/log" 2>&1; then
    echo "$id: the mutant does not compile: $(grep -m1 'error: ' "$tree/log")"
    status=1
  else
    run "$tree" "$filter" && status=0 || status=$?
    case $status in
      0) echo "$id: NOT NOTICED by $filter"; status=1 ;;
      1) echo "$id: noticed by $filter"; status=0 ;;
      *) echo "$id: no test is called $filter"; status=1 ;;
    esac
  fi
  cp "$tree/saved" "$source"
  return $status
}

worker() { # worker NUMBER COUNT LINE...
  local number=$1 count=$2 bad=0 i
  local tree=$work/$number
  shift 2
  prepare "$tree" || { echo "the copy does not build, see $tree/log"; return 1; }
  local lines=("$@")
  for ((i = number; i < ${#lines[@]}; i += count)); do
    try "$tree" "${lines[i]}" || bad=1
  done
  return $bad
}

mapfile -t lines < <(awk -F@ -v ids="$*" '
  BEGIN { n = split(ids, list, " "); for (i = 1; i <= n; i++) wanted[list[i]] = 1 }
  /^#/ || NF == 0 { next }
  !n || $1 in wanted' "$table")
[ ${#lines[@]} -gt 0 ] || { echo "mutations.txt has no such id" >&2; exit 1; }
if [ $# -eq 0 ]; then
  missing=$(awk -F'[@|]' 'NR == FNR { if (!/^#/) has[$1] = 1; next }
    !/^#/ && $2 != "later" && !($1 in has) { printf " %s", $1 }' "$table" "$root/tb/requirements/requirements.txt")
  [ -z "$missing" ] || { echo "no mutation for$missing" >&2; exit 1; }
fi
status=0 count=$(nproc) pids=()
for ((n = 0; n < count; n++)); do worker "$n" "$count" "${lines[@]}" & pids+=($!); done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
exit $status
