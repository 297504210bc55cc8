# Sourced by the scripts beside it. A folder of one's own, and an environment in which only the system's programs and
# the installed package are found.
set -euo pipefail
fail() { echo "$1" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

clean() { # clean COMMAND...
  env -i PATH=/usr/bin:/bin HOME="$work" LC_ALL=C.UTF-8 SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "$@"
}
build() { # build PREFIX SOURCE [CMAKE-ARGUMENT...]: configures and builds in SOURCE/build, quietly unless it fails
  local prefix=$1 source=$2
  shift 2
  clean cmake -S "$source" -B "$source/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" "$@" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "$source: cannot be configured"; }
  clean cmake --build "$source/build" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$source: cannot be built"; }
}
refused() { # refused WHAT PATTERN COMMAND...: fails, and says so
  local what=$1 pattern=$2 text
  shift 2
  if text=$(clean "$@" 2>&1); then fail "$what was accepted"; fi
  # CMake breaks lines where it likes.
  grep -qE -- "$pattern" <<<"$(tr -s '\n ' ' ' <<<"$text")" || fail "$what: not said: $pattern
$text"
}
