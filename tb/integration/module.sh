#!/usr/bin/env bash
# Modules built outside this tree are loaded by the installed program; one with a symbol that nobody has is refused.
# usage: module.sh ROOT SOURCE
root=$(realpath "$1") source=$(realpath "$2")
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
dmavp=$root/usr/bin/dmavp

cp -r "$source/tb/integration/module" mine
cp "$source/tb/examples/hello_dma.c" "$source/tb/platform/modules/lacking.c" mine
build "$root/usr" "$work/mine"
modules=$work/mine/build/modules

clean "$dmavp" run memcpy --set client.copy.count=1 --insmod "$modules/hello-dma.so,size=5000" >out 2>&1 ||
  { cat out >&2; fail "hello-dma failed"; }
grep -q "hello_dma: 5000 bytes on dma0chan[0-9]: equal" out || { cat out >&2; fail "hello-dma: not equal"; }

clean "$dmavp" run memcpy --set client.copy.count=1 --insmod "$modules/two-copies.so,size=3000" >out 2>&1 ||
  { cat out >&2; fail "two-copies failed"; }
grep -qE "^ *two-copies +two-copies +2 +6000 B +0 " out || { cat out >&2; fail "two-copies: not reported"; }
grep -q "two-copies: verdict equal" out || { cat out >&2; fail "two-copies: not equal"; }

refused "a symbol that nobody has" "lacking.*symbol_that_nobody_provides" \
  "$dmavp" run memcpy --insmod "$modules/lacking.so"
