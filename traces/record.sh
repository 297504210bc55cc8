#!/usr/bin/env bash
# Records the golden traces, one per board, by running traces/golden.toml.
#   traces/record.sh [PROGRAM [DIRECTORY [BOARD...]]]     default: build/dmavp, traces, all boards
# Record anew only when a change of behaviour is meant; the difference belongs into the same commit.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${1:-$root/build/dmavp}
directory=${2:-$root/traces}
boards=("${@:3}")
[ ${#boards[@]} -gt 0 ] || boards=(k210 jh7110 agilex5 generic16 generic32)
for board in "${boards[@]}"; do
  "$program" run "$root/traces/golden.toml" --board "$board" --quiet --trace "$directory/$board.trace"
done
