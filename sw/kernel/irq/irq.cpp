// Interrupt numbers and their handlers. The number is the one in the device tree.
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

#include <cstdio>
#include <new>

#include "kernel/exec/internal.h"
#include "kernel/irq/chip.h"

namespace {

using namespace dmavp::kernel;
using namespace dmavp::kernel::exec;

constexpr unsigned kNumbers = 1024;
constexpr unsigned kNobodyCared = 1000;  // unhandled in a row, then the interrupt is switched off

struct Action {
  irq_handler_t handler;
  void* dev_id;
  unsigned long flags;
  char name[48];
  const char* given;
  Action* next;
};

struct Number {
  Action* actions = nullptr;
  unsigned disabled = 0;   // depth
  unsigned cpu = 0;        // that gets it
  unsigned running = 0;    // CPUs inside the handlers, one bit each
  unsigned unhandled = 0;  // in a row
};

Number numbers[kNumbers];
spinlock_t numbers_lock;

bool valid(unsigned irq) { return irq != 0 && irq < kNumbers && irq <= irq::plic_sources(); }

unsigned choose_cpu(unsigned long allowed) {
  unsigned candidates[kMaxCpus];
  unsigned count = 0;
  for (unsigned i = 0; i < g.cpus; ++i)
    if ((allowed >> i & 1) != 0 && irq::plic_has_cpu(i)) candidates[count++] = i;
  return count == 0 ? kMaxCpus : candidates[draw(g.affinity_stream, count)];
}

void handle(unsigned cpu, unsigned irq) {
  Number& n = numbers[irq];
  if (g.observed)
    event(dmavp::port::SoftEventKind::kInterruptEntry, n.actions != nullptr ? n.actions->name : "", irq);
  if (n.actions == nullptr) {
    diagnostic(1, "kernel.spurious-interrupt", "interrupt %u has no handler", irq);
    irq::plic_mask(irq, true);
    return;
  }
  if (n.disabled != 0) return;  // claimed before the mask arrived; comes again when it is enabled
  n.running |= 1u << cpu;
  bool handled = false;
  for (Action* action = n.actions; action != nullptr; action = action->next) {
    if (action->handler(static_cast<int>(irq), action->dev_id) != IRQ_NONE) handled = true;
    if (!self().irqs_off)
      diagnostic(2, "kernel.irq-enable-in-hardirq", "handler %s of interrupt %u enabled interrupts",
                 action->name, irq);
    self().irqs_off = true;
  }
  n.running &= ~(1u << cpu);
  n.unhandled = handled ? 0 : n.unhandled + 1;
  if (n.unhandled == kNobodyCared) {
    char handler[320];
    g.machine->describe_code(reinterpret_cast<const void*>(n.actions->handler), handler, sizeof(handler));
    diagnostic(2, "kernel.irq-nobody-cared",
               "interrupt %u (%s%s%s) was not handled %u times in a row and is off now", irq, n.actions->name,
               handler[0] != '\0' ? ", " : "", handler, n.unhandled);
    ++n.disabled;
    irq::plic_mask(irq, true);
  }
}

}  // namespace

namespace dmavp::kernel::exec {

void handle_external(unsigned cpu) {
  while (const unsigned irq = irq::plic_claim(cpu)) {
    if (irq >= kNumbers || irq > irq::plic_sources()) {
      diagnostic(2, "kernel.bad-claim", "the interrupt controller claims interrupt %u, which does not exist",
                 irq);
      break;
    }
    handle(cpu, irq);
    if (g.observed) event(dmavp::port::SoftEventKind::kInterruptExit, "", irq);
    irq::plic_complete(cpu, irq);
  }
}

bool irq_probe(const void* device_tree, const char** error) { return irq::plic_probe(device_tree, error); }
void irq_setup() { irq::plic_setup(); }

void irq_reset() {
  for (Number& n : numbers) {
    for (Action* action = n.actions; action != nullptr;) {
      Action* next = action->next;
      delete action;
      action = next;
    }
    n = Number{};
  }
  numbers_lock = {};
  irq::plic_reset();
}

}  // namespace dmavp::kernel::exec

extern "C" {

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char* name,
                void* dev_id) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (irq::plic_sources() == 0) return -ENXIO;
  if (!valid(irq) || handler == nullptr || ((flags & IRQF_SHARED) != 0 && dev_id == nullptr)) return -EINVAL;
  auto* action = new (std::nothrow) Action{handler, dev_id, flags, "", name, nullptr};
  if (action == nullptr) return -ENOMEM;
  std::snprintf(action->name, sizeof(action->name), "%s", name != nullptr ? name : "?");

  Number& n = numbers[irq];
  unsigned long saved = 0;
  spin_lock_irqsave(&numbers_lock, saved);
  Action** last = &n.actions;
  bool busy = false;
  for (; *last != nullptr; last = &(*last)->next)
    busy = busy || ((*last)->flags & IRQF_SHARED) == 0 || (flags & IRQF_SHARED) == 0;
  const bool first = last == &n.actions;
  if (!busy) {
    *last = action;
    if (first) {
      n.disabled = (flags & IRQF_NO_AUTOEN) != 0 ? 1 : 0;
      n.unhandled = 0;
      n.cpu = choose_cpu(~0ul);
    }
  }
  const unsigned cpu = n.cpu;
  const bool masked = n.disabled != 0;
  spin_unlock_irqrestore(&numbers_lock, saved);
  if (busy) {
    delete action;
    return -EBUSY;
  }
  if (first) {
    if (cpu == kMaxCpus) {
      free_irq(irq, dev_id);
      return -ENXIO;
    }
    irq::plic_mask(irq, masked);
    irq::plic_enable(cpu, irq, true);
  }
  return 0;
}

const void* free_irq(unsigned int irq, void* dev_id) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (!valid(irq)) return nullptr;
  Number& n = numbers[irq];
  unsigned long saved = 0;
  spin_lock_irqsave(&numbers_lock, saved);
  Action** link = &n.actions;
  while (*link != nullptr && (*link)->dev_id != dev_id) link = &(*link)->next;
  Action* action = *link;
  if (action != nullptr) *link = action->next;
  const bool last = action != nullptr && n.actions == nullptr;
  const unsigned cpu = n.cpu;
  spin_unlock_irqrestore(&numbers_lock, saved);
  if (action == nullptr) {
    diagnostic(2, "kernel.free-irq", "interrupt %u has no handler with this dev_id", irq);
    return nullptr;
  }
  if (last && cpu < kMaxCpus) irq::plic_enable(cpu, irq, false);
  synchronize_irq(irq);
  const char* name = action->given;
  delete action;
  return name;
}

void synchronize_irq(unsigned int irq) {
  if (!valid(irq) || g.here == nullptr) return;
  if (self().hardirq != 0 && (numbers[irq].running >> g.here->index & 1) != 0)
    fatal("handler of interrupt %u waits for itself (synchronize_irq or disable_irq)", irq);
  while (numbers[irq].running != 0) {
    if (self().atomic())
      cpu_relax();
    else
      sleep_until(local_time() + 1'000'000, TASK_UNINTERRUPTIBLE);
  }
}

void disable_irq_nosync(unsigned int irq) {
  if (!valid(irq)) return;
  if (numbers[irq].disabled++ == 0) irq::plic_mask(irq, true);
}

void disable_irq(unsigned int irq) {
  disable_irq_nosync(irq);
  synchronize_irq(irq);
}

void enable_irq(unsigned int irq) {
  if (!valid(irq)) return;
  if (numbers[irq].disabled == 0) {
    diagnostic(2, "kernel.unbalanced-enable-irq", "interrupt %u is enabled already", irq);
    return;
  }
  if (--numbers[irq].disabled == 0) irq::plic_mask(irq, false);
}

int irq_set_affinity(unsigned int irq, const struct cpumask* mask) {
  if (!valid(irq)) return -EINVAL;
  const unsigned cpu = choose_cpu(mask->bits[0]);
  if (cpu == kMaxCpus) return -EINVAL;
  Number& n = numbers[irq];
  const unsigned before = n.cpu;
  n.cpu = cpu;
  if (before == cpu || n.actions == nullptr) return 0;
  irq::plic_enable(cpu, irq, true);
  irq::plic_enable(before, irq, false);
  return 0;
}

}  // extern "C"
