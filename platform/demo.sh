#!/usr/bin/env bash
# From a fresh Debian 12 machine to the main job: installs what is missing, builds, runs `dmavp run`.
# Extra arguments go to `dmavp run` (for example: ./platform/demo.sh --board generic32).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
./platform/setup.sh
build=${DMAVP_BUILD_DIR:-$root/build}
mkdir -p "$build"
cmake -S "$root" -B "$build" -G Ninja >"$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 3; }
# Only what the main job needs: the program and the modules, no tests.
cmake --build "$build" --target dmavp_program
"$build/dmavp" run "$@"
