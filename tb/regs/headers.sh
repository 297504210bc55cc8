#!/usr/bin/env bash
# The C header of every board compiles as C11 and as C++17 without a warning, and its macros do what they say.
# usage: headers.sh DMAVP CC CXX
set -eu
dmavp=${1:?usage: headers.sh DMAVP CC CXX} cc=$2 cxx=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/use.c" <<'C'
#include "regs.h"
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
static_assert(DMAC0_CHn_SAR(0) == 0x100 && DMAC0_CHn_SAR(3) == 0x400, "offset");
static_assert(DMAC0_PUT(CHn_CTL_SRC_TR_WIDTH, 3) == 0x300, "put");
static_assert(DMAC0_GET(CHn_CTL_SRC_TR_WIDTH, 0x7FF) == 7, "get");
static_assert(DMAC0_PUT(CHn_CTL_SHADOWREG_OR_LLI_VALID, 1) == UINT64_C(1) << 63, "bit 63");
static_assert(DMAC0_CHn_CTL_RESET == 0x1200, "reset");
static_assert(DMAC0_BASE != 0 && DMAC0_SIZE >= 0x100 && sizeof(DMAC0_BASE) == 8, "place");
uint64_t word(uint32_t items);
uint64_t word(uint32_t items) { return DMAC0_PUT(CHn_BLOCK_TS_BLOCK_TS, items - 1); }
C
boards=$("$dmavp" boards | cut -d: -f1)
[ "$(wc -w <<<"$boards")" -ge 5 ]
for board in $boards; do
  "$dmavp" regs --board "$board" --device all --format h >"$work/regs.h"
  "$cc" -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only "$work/use.c"
  "$cxx" -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -x c++ "$work/use.c"
done
