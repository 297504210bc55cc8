#!/usr/bin/env bash
# walls.sh must find each kind of crossing; a check that cannot fail would be worse than none.
set -u
walls=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/walls.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
try() {  # try FILE INCLUDE
  rm -rf "$tmp/t"; mkdir -p "$tmp/t"/{sw,models,platform,tb/reference}
  mkdir -p "$tmp/t/$(dirname "$1")"
  echo "#include $2" >"$tmp/t/$1"
  if "$walls" "$tmp/t" 2>/dev/null; then echo "not found: $2 in $1"; exit 1; fi
}
mkdir -p "$tmp/t"/{sw,models,platform,tb/reference}
"$walls" "$tmp/t" || { echo "an empty house was refused"; exit 1; }
try sw/kernel/a.cpp '<systemc>'
try sw/drivers/a.cpp '"dmac/engine.h"'
try sw/drivers/a.c '"../models/base/clock.h"'
try sw/clients/a.cpp '"kernel/kernel.h"'
try sw/dmaengine/a.cpp '<port/machine.h>'
try sw/kernel/a.cpp '"dmaengine/internal.h"'
try models/dmac/a.h '<linux/types.h>'
try models/bus/a.cpp '"port/machine.h"'
try platform/run/a.cpp '"tb/tier.h"'
try tb/reference/a.cpp '"dmac/lli.h"'
