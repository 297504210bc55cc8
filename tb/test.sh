#!/usr/bin/env bash
# Installs what is missing, builds and runs the tests.
#   ./tb/test.sh                 the default tier (under 10 minutes on 2 cores)
#   ./tb/test.sh --full          everything at the stated numbers
#   ./tb/test.sh --seeds N       N seeds where the default tier has 2 and the full one 20
#   ./tb/test.sh --sanitize      under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer; in the timed mode
#                                only tests of the controller, without those of the label plain
#   ./tb/test.sh --coverage      counts lines and branches of models/ and sw/; fails below 90 % and 75 %
#   ./tb/test.sh --linux         Linux's framework, driver and dmatest in place of ours and against ours, and mainline's
#                                device trees as boards (docs/linux.md); nothing else
#   ./tb/test.sh --label NAME    the tests of a label only (seeds: what takes seeds)
#   ./tb/test.sh --junit NAME    results to <build>/NAME.xml instead of <build>/junit.xml
#   further arguments go to ctest (for example: -R registers)
# <build> is build/, with --sanitize build-sanitize/, with --coverage build-coverage/. Green is what ctest and tb/junit.sh
# both call green. A test may take 300 s unless it says otherwise. DMAVP_SEED_BASE is the first seed, 1 by default.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
full=0 seeds="" preset=release label="" junit=junit linux=OFF target=all
while [ $# -gt 0 ]; do
  case $1 in
    --full) full=1 ;;
    --seeds) seeds=${2:?--seeds needs a number}; shift ;;
    --sanitize) preset=sanitize ;;
    --coverage) preset=coverage ;;
    --linux) linux=ON target=dmavp_linux label=linux junit=junit-linux ;;
    --label) label=${2:?--label needs a name}; shift ;;
    --junit) junit=${2:?--junit needs a name}; shift ;;
    -h|--help) sed -n '2,16p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) break ;;
  esac
  shift
done
./platform/setup.sh
case $preset in release) build=build ;; *) build=build-$preset ;; esac
[ "$linux" = OFF ] || ./tb/linux/fetch.sh "$build/linux/source"
cmake --preset "$preset" -DDMAVP_LINUX="$linux" >/dev/null
cmake --build --preset "$preset" --target "$target"
if [ "$full" = 1 ]; then export DMAVP_FULL=1; else unset DMAVP_FULL; fi
if [ -z "$seeds" ]; then [ "$full" = 1 ] && seeds=20 || seeds=2; fi
export DMAVP_SEEDS=$seeds
results=$root/$build/$junit.xml
rm -f "$results"
[ "$preset" != coverage ] || find "$build" -name '*.gcda' -delete # counters of an earlier run
left_out=""
[ "$preset" != sanitize ] || left_out=plain
status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error --timeout 300 -j "$(nproc)" \
  --output-junit "$results" ${label:+-L "^$label\$"} ${left_out:+-LE "^$left_out\$"} "$@" </dev/null || status=$?
./tb/junit.sh "$results" || status=1
[ "$preset" != coverage ] || ./tb/coverage/report.sh "$build" || status=1
exit $status
