#include "platform/run/crash.h"

#include <execinfo.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernel/exec/exec.h"
#include "platform/run/symbol.h"

namespace dmavp::platform {
namespace {

constexpr std::size_t kStackBytes = 256 * 1024;
constexpr int kMaxFrames = 48;
constexpr int kExitInternalFault = 3;

void say(const char* text) {
  const ssize_t written = ::write(2, text, std::strlen(text));
  static_cast<void>(written);
}

void say_frame(const char* prefix, const void* address) {
  const Symbol symbol = symbolize(address);
  std::array<char, 640> text{};
  std::snprintf(text.data(), text.size(), "%s%s+0x%llx (%s)\n", prefix,
                symbol.name[0] != '\0' ? symbol.name.data() : "?",
                static_cast<unsigned long long>(symbol.offset),
                symbol.object[0] != '\0' ? symbol.object.data() : "?");
  say(text.data());
}

const void* instruction(void* machine_context) {
#if defined(__x86_64__)
  const auto* context = static_cast<const ucontext_t*>(machine_context);
  return reinterpret_cast<const void*>(context->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  const auto* context = static_cast<const ucontext_t*>(machine_context);
  return reinterpret_cast<const void*>(context->uc_mcontext.pc);
#else
  static_cast<void>(machine_context);
  return nullptr;
#endif
}

const char* signal_text(int number) {
  switch (number) {
    case SIGSEGV:
      return "wild pointer or stack overflow (SIGSEGV)";
    case SIGBUS:
      return "bus error of the host (SIGBUS)";
    case SIGFPE:
      return "arithmetic fault, such as a division by zero (SIGFPE)";
    case SIGILL:
      return "illegal instruction (SIGILL)";
    default:
      return "signal";
  }
}

void on_crash(int number, siginfo_t* info, void* machine_context) {
  // A second fault while reporting ends the process at once.
  ::signal(number, SIG_DFL);
  std::array<char, 160> text{};
  if (number == SIGSEGV || number == SIGBUS) {
    std::snprintf(text.data(), text.size(), "%s at address %p", signal_text(number), info->si_addr);
  } else {
    std::snprintf(text.data(), text.size(), "%s", signal_text(number));
  }
  report_location(text.data(), machine_context);
  ::_exit(kExitInternalFault);
}

}  // namespace

void report_location(const char* what, void* machine_context) {
  say("dmavp: ");
  say(what);
  say("\n");
  const void* at = machine_context != nullptr ? instruction(machine_context) : nullptr;
  std::array<char, 512> text{};
  const kernel::exec::Whereabouts where = kernel::exec::whereabouts();
  std::snprintf(text.data(), text.size(), "  context: %s, %s, cpu%u\n", where.thread, where.context,
                where.cpu);
  say(text.data());
  std::array<void*, kMaxFrames> frames{};
  const int count = ::backtrace(frames.data(), kMaxFrames);
  if (at != nullptr) {
    const Symbol symbol = symbolize(at);
    std::snprintf(text.data(), text.size(), "  module: %s\n",
                  symbol.object[0] != '\0' ? symbol.object.data() : "?");
    say(text.data());
    say_frame("  in ", at);
  }
  // Frames of the handler itself come first and are left out.
  int first = 0;
  for (int i = 0; i < count; ++i) {
    if (frames[static_cast<std::size_t>(i)] == at) first = i + 1;
  }
  for (int i = first; i < count; ++i) say_frame("  from ", frames[static_cast<std::size_t>(i)]);
}

void install_crash_handlers() {
  std::array<void*, 1> warm_up{};
  ::backtrace(warm_up.data(), 1);  // loads the unwinder now instead of inside a handler
  static std::array<char, kStackBytes> stack;
  stack_t alternate{};
  alternate.ss_sp = stack.data();
  alternate.ss_size = stack.size();
  ::sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(number, &action, nullptr);
}

}  // namespace dmavp::platform
