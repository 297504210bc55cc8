#!/usr/bin/env bash
# Every mutation in the full tier (DMAVP_FULL=1); skipped otherwise, with status 77.
# usage: full.sh BUILD
set -eu
[ "${DMAVP_FULL:-}" = 1 ] || exit 77
exec "$(dirname "${BASH_SOURCE[0]}")/mutate.sh" "${1:?usage: full.sh BUILD}"
