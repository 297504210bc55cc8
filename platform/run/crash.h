// What becomes of a wild pointer or an endless loop in simulated software: a report with names, not a core
// dump.
#pragma once

namespace dmavp::platform {

/// Installs handlers for SIGSEGV, SIGBUS, SIGFPE and SIGILL on a stack of their own. The report names the
/// context (thread, CPU), the module and the function; then the process exits with status 3.
void install_crash_handlers();

/// Writes the report of the interrupted code to standard error; async-signal-safe as far as the host allows.
/// @param what first line; @param machine_context ucontext_t* of the signal, or null
void report_location(const char* what, void* machine_context);

/// Watches the kernel's progress counter; when it stands still for `seconds` of CPU time while software runs,
/// the place is reported and the process exits with status 3. DMAVP_WATCHDOG_S overrides the time, 0 switches
/// it off.
void start_watchdog(unsigned seconds);

}  // namespace dmavp::platform
