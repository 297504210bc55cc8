// Finds software that loops on the host without letting simulated time pass.
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernel/exec/exec.h"
#include "platform/run/crash.h"

namespace dmavp::platform {
namespace {

constexpr int kExitInternalFault = 3;
constexpr int kTicksPerSecond = 4;

unsigned limit_ticks = 0;
std::uint64_t last_steps = 0;
unsigned idle_ticks = 0;

// Runs on the interrupted stack's process-wide signal: counts CPU time of this process, not of the host.
void on_tick(int, siginfo_t*, void* machine_context) {
  const std::uint64_t steps = kernel::exec::progress();
  const bool running = std::strcmp(kernel::exec::whereabouts().thread, "host") != 0;
  if (!running || steps != last_steps) {
    last_steps = steps;
    idle_ticks = 0;
    return;
  }
  if (++idle_ticks < limit_ticks) return;
  std::array<char, 120> text{};
  std::snprintf(text.data(), text.size(),
                "software runs without letting simulated time pass (%u s of CPU time)",
                limit_ticks / kTicksPerSecond);
  report_location(text.data(), machine_context);
  ::_exit(kExitInternalFault);
}

}  // namespace

void start_watchdog(unsigned seconds) {
  if (const char* text = std::getenv("DMAVP_WATCHDOG_S"); text != nullptr) {
    seconds = static_cast<unsigned>(std::strtoul(text, nullptr, 10));
  }
  if (seconds == 0) return;
  limit_ticks = seconds * kTicksPerSecond;
  struct sigaction action {};
  action.sa_sigaction = on_tick;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  ::sigaction(SIGVTALRM, &action, nullptr);
  itimerval period{};
  period.it_interval.tv_usec = 1'000'000 / kTicksPerSecond;
  period.it_value = period.it_interval;
  ::setitimer(ITIMER_VIRTUAL, &period, nullptr);
}

}  // namespace dmavp::platform
