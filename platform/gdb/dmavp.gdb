# Commands for gdb: software on the simulated CPUs is code of this process. Use: gdb -x platform/gdb/dmavp.gdb build/dmavp
set breakpoint pending on
set print thread-events off
handle SIGVTALRM nostop noprint pass
# Single steps take long; the watchdog would call that an endless loop.
set environment DMAVP_WATCHDOG_S 0

define dmavp-now
  printf "%s\n", ((const char* (*)(void))dmavp_debug_now)()
end
document dmavp-now
Simulated time of the CPU whose software runs, the CPU, its context (process, softirq, hardirq) and its thread.
The thread is "host" while hardware is simulated.
end

define dmavp-threads
  printf "%s", ((const char* (*)(void))dmavp_debug_threads)()
end
document dmavp-threads
Every thread of the simulated software: CPU, state, what it waits for and who holds that, locks it holds, and the
functions of modules on its stack.
end
