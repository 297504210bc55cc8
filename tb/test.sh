#!/usr/bin/env bash
# Installs what is missing, builds and runs the tests.
#   ./tb/test.sh                 the default tier (under 10 minutes on 2 cores)
#   ./tb/test.sh --full          everything at the stated numbers
#   ./tb/test.sh --seeds N       default tier with N seeds
#   ./tb/test.sh --sanitize      the same under AddressSanitizer and UndefinedBehaviorSanitizer
#   further arguments go to ctest (for example: -R registers)
# JUnit XML goes to <build>/junit.xml.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
full=0 seeds="" preset=release
while [ $# -gt 0 ]; do
  case $1 in
    --full) full=1 ;;
    --seeds) seeds=${2:?--seeds needs a number}; shift ;;
    --sanitize) preset=sanitize ;;
    -h|--help) sed -n '2,9p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) break ;;
  esac
  shift
done
./platform/setup.sh
case $preset in release) build=build ;; sanitize) build=build-sanitize ;; esac
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
if [ "$full" = 1 ]; then export DMAVP_FULL=1; else unset DMAVP_FULL; fi
if [ -z "$seeds" ]; then [ "$full" = 1 ] && seeds=20 || seeds=2; fi
export DMAVP_SEEDS=$seeds
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" \
  --output-junit "$root/$build/junit.xml" "$@"
