// Diagnostics, the end in an error, and what a report says about threads.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <linux/mutex.h>
#include <linux/refcount.h>

#include "kernel/exec/internal.h"
#include "kernel/services.h"

namespace dmavp::kernel::exec {

namespace {

const char* state_name(const Thread& t) {
  if (t.ended) return "ended";
  if (t.task.pid == 0) return "idle";
  if (g.cpu[t.cpu].current == &t) return "running";
  if (t.queued) return "ready";
  if (!t.woken) return "not started";
  return "sleeping";
}

}  // namespace

port::Machine& machine() { return *g.machine; }
const Tunables& tunables() { return g.tunables; }
RunStatistics& statistics() { return g.statistics; }
unsigned cpus() { return g.cpus; }

void charge(Time cost) { point(Step::kCharge, cost); }
void charge_primitive() { point(Step::kCharge); }

void charge_copy(std::size_t bytes) {
  if (g.here != nullptr) point(Step::kCharge, costs(*g.here).copy_per_kib * bytes / 1024);
}

void charge_cache_lines(std::size_t lines) {
  if (g.here != nullptr) point(Step::kCharge, costs(*g.here).cache_line * lines);
}

Time now() { return local_time(); }
unsigned cpu() { return g.here != nullptr ? g.here->index : 0; }
bool in_software() { return g.here != nullptr; }
bool atomic_context() { return g.here != nullptr && self().atomic(); }
const char* thread_name() { return self().name; }
unsigned live_threads() { return g.live; }

unsigned running_threads(const char* module) {
  unsigned count = 0;
  for (const Thread* t = g.known; t != nullptr; t = t->next_known) {
    if (!t->woken || t->returned || t->ended) continue;
    if (std::strcmp(loader_owner(reinterpret_cast<const void*>(t->function)), module) == 0) count++;
  }
  return count;
}

bool call_fails(port::FallibleCall call, const void* site) {
  if (!g.failures_planned || g.here == nullptr) return false;
  return g.machine->fails(call, loader_owner(site), local_time());
}

void event(port::SoftEventKind kind, const char* text, std::uint64_t number, std::uint64_t address,
           std::uint64_t bytes) {
  if (!g.machine->observed()) return;
  port::SoftEvent e;
  e.kind = kind;
  e.cpu = cpu();
  e.time = local_time();
  e.text = text;
  e.number = number;
  e.address = address;
  e.bytes = bytes;
  g.machine->observe(e);
}

void diagnostic(int severity, const char* kind, const char* format, ...) {
  static char text[1024];
  int used = std::snprintf(text, sizeof(text), "%s: ", kind);
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text + used, sizeof(text) - static_cast<unsigned>(used), format, arguments);
  va_end(arguments);
  if (g.machine == nullptr) {
    std::fprintf(stderr, "%s\n", text);
    return;
  }
  // Diagnostics count in the result, so they are sent whether or not a trace is wanted.
  port::SoftEvent e;
  e.kind = port::SoftEventKind::kDiagnostic;
  e.cpu = cpu();
  e.time = local_time();
  e.text = text;
  e.number = static_cast<std::uint64_t>(severity);
  g.machine->observe(e);
  g.machine->log(severity >= 2 ? 3 : severity == 1 ? 4 : 6, local_time(), cpu(), text);
}

void fatal(const char* format, ...) {
  static char text[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  if (g.machine == nullptr) {
    std::fprintf(stderr, "%s\n", text);
    std::abort();
  }
  g.machine->fatal(text);
  g.dead = true;
  if (g.here == nullptr) std::abort();
  for (;;) switch_out();  // this thread never runs again
}

std::uint64_t progress() { return g.progress; }

Whereabouts whereabouts() {
  const Cpu* c = g.here;
  if (c == nullptr) return {"host", "process", 0};
  const Thread* t = c->current;
  return {t->name, t->hardirq != 0 ? "hardirq" : t->softirq != 0 ? "softirq" : "process", c->index};
}

void tell_context(const Thread& t) {
  if (!g.observed) return;
  event(port::SoftEventKind::kContext, t.hardirq != 0       ? "hardirq"
                                       : t.softirq != 0     ? "softirq"
                                       : &t == g.here->idle ? "idle"
                                                            : "process");
}

}  // namespace dmavp::kernel::exec

namespace dmavp::kernel {

using namespace exec;

const char* Kernel::describe_threads() {
  static char text[16384];
  std::size_t used = 0;
  const auto add = [&](const char* format, auto... values) {
    if (used >= sizeof(text)) return;
    const int n = std::snprintf(text + used, sizeof(text) - used, format, values...);
    if (n > 0) used += static_cast<std::size_t>(n);
  };
  text[0] = '\0';
  for (const Thread* t = g.known; t != nullptr; t = t->next_known) {
    if (t->ended || t->task.pid == 0) continue;
    if (t->system && !t->queued && g.cpu[t->cpu].current != t) continue;
    add("%s (pid %d) on cpu %u: %s", t->name, t->task.pid, t->cpu, state_name(*t));
    if (t->hardirq != 0 || t->softirq != 0)
      add(", interrupted by a %s", t->hardirq != 0 ? "hard interrupt" : "softirq");
    if (t->waits_mutex != nullptr && t->waits_mutex->owner != nullptr)
      add(", waits for the mutex that %s took at %s", thread_of(t->waits_mutex->owner).name,
          base_name(t->waits_mutex->site));
    else if (t->waits_kind != nullptr && t->waits_for != nullptr)
      add(", waits for %s %s", t->waits_kind, t->waits_for);
    else if (t->waits_kind != nullptr)
      add(", waits for %s", t->waits_kind);
    if (t->site_file != nullptr && g.cpu[t->cpu].current != t) {
      if (t->site_line != 0)
        add(", last sleeping call at %s:%d", base_name(t->site_file), t->site_line);
      else
        add(", last sleeping call at %s", base_name(t->site_file));
    }
    const unsigned held = t->held_count < kMaxHeldLocks ? t->held_count : kMaxHeldLocks;
    for (unsigned i = 0; i < held; ++i) add(", holds the lock taken at %s", base_name(t->held[i].site));
    add("%s", "\n");
    if (used < sizeof(text)) describe_stack(*t, text, sizeof(text));
    used = std::strlen(text);
  }
  return text;
}

}  // namespace dmavp::kernel

// For debuggers (platform/gdb/dmavp.gdb), which call them in a stopped program.
using namespace dmavp::kernel::exec;

extern "C" __attribute__((used)) const char* dmavp_debug_now() {
  static char text[160];
  const Whereabouts where = whereabouts();
  const Time t = local_time();
  std::snprintf(text, sizeof(text), "%llu.%06llu us, cpu%u, %s, %s", t / 1'000'000ull, t % 1'000'000ull,
                where.cpu, where.context, where.thread);
  return text;
}

extern "C" __attribute__((used)) const char* dmavp_debug_threads() {
  return g.machine != nullptr ? dmavp::kernel::Kernel::instance().describe_threads() : "no software yet\n";
}

extern "C" void dmavp_refcount_bad(const char* what) {
  dmavp::kernel::exec::diagnostic(2, "kernel.refcount", "%s (thread %s)", what,
                                  dmavp::kernel::exec::thread_name());
}
