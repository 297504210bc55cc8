#!/usr/bin/env bash
# The gdb session of docs/debugging.md: its commands work, and find driver, client, context and sleeping threads.
# usage: debugging.sh DMAVP ROOT          exit status 77: not allowed to debug here
set -eu
dmavp=${1:?usage: debugging.sh DMAVP ROOT}
root=${2:?usage: debugging.sh DMAVP ROOT}
cd "$root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -E '^\(gdb\) ' docs/debugging.md | sed 's/^(gdb) //' >"$work/session"
[ "$(wc -l <"$work/session")" -ge 8 ] || { echo "docs/debugging.md has no session"; exit 1; }
gdb -q -nx -batch -iex 'set debuginfod enabled off' -x platform/gdb/dmavp.gdb -x "$work/session" \
  --args "$dmavp" run uart-loopback --quiet >"$work/output" 2>&1 || true
if grep -qE 'ptrace: Operation not permitted|Cannot PTRACE_TRACEME' "$work/output"; then
  echo "NOT RUN: this machine does not let one process debug another"
  exit 77
fi
# In this order, as a release build has them too.
expected=('^Breakpoint 1, .*prep_slave_sg' '^#0 .*prep_slave_sg' '^#[0-9]+ .*dw_uart_open' '^#[0-9]+ .*thread_main'
  '^[0-9]+\.[0-9]{6} us, cpu[0-9], process, uart-loopback$'
  '^Breakpoint 2, .*channel_interrupt' '^#0 .*channel_interrupt' '^#[0-9]+ .*take_interrupt'
  '^[0-9]+\.[0-9]{6} us, cpu[0-9], hardirq, ' '^init \(pid [0-9]+\) on cpu [0-9]: sleeping'
  '^uart-loopback \(pid [0-9]+\) on cpu [0-9]: sleeping, waits for completion$' '^  in .*wait_for'
  '^  from dw_uart_send \(dw-uart.so\)$')
line=0
for pattern in "${expected[@]}"; do
  next=$(tail -n +$((line + 1)) "$work/output" | grep -nE -m1 -- "$pattern" | cut -d: -f1) || true
  if [ -z "$next" ]; then
    echo "not found behind line $line of gdb's output: $pattern"
    cat -n "$work/output"
    exit 1
  fi
  line=$((line + next))
done
