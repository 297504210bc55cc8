/* Interrupt handlers, softirqs and tasklets. */
#ifndef LINUX_INTERRUPT_H
#define LINUX_INTERRUPT_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/irqreturn.h>
#include <linux/kernel.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;

typedef irqreturn_t (*irq_handler_t)(int irq, void* dev_id);

#define IRQF_TRIGGER_NONE 0x00000000
#define IRQF_TRIGGER_RISING 0x00000001
#define IRQF_TRIGGER_FALLING 0x00000002
#define IRQF_TRIGGER_HIGH 0x00000004
#define IRQF_TRIGGER_LOW 0x00000008
#define IRQF_SHARED 0x00000080
#define IRQF_ONESHOT 0x00002000
#define IRQF_NO_SUSPEND 0x00004000
#define IRQF_NO_THREAD 0x00010000
#define IRQF_NO_AUTOEN 0x00080000

/* irq: the number in the device tree. -EINVAL: no such interrupt, no handler, shared without dev_id; -EBUSY:
 * taken and not shared by both; -ENXIO: no interrupt controller. May sleep. */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char* name, void* dev_id);
/* Waits until the handler does not run on any CPU. Returns the name given at request, NULL when not found. */
const void* free_irq(unsigned int irq, void* dev_id);
int devm_request_irq(struct device* dev, unsigned int irq, irq_handler_t handler, unsigned long flags,
                     const char* name, void* dev_id);
void devm_free_irq(struct device* dev, unsigned int irq, void* dev_id);

/* Nested: as many enables as disables. */
void enable_irq(unsigned int irq);
void disable_irq(unsigned int irq); /* and waits for running handlers */
void disable_irq_nosync(unsigned int irq);
void synchronize_irq(unsigned int irq);
int irq_set_affinity(unsigned int irq, const struct cpumask* mask);
static inline int irq_set_affinity_hint(unsigned int irq, const struct cpumask* mask) {
  (void)irq;
  (void)mask;
  return 0;
}

/* --- softirqs --- */
enum {
  HI_SOFTIRQ = 0,
  TIMER_SOFTIRQ,
  NET_TX_SOFTIRQ,
  NET_RX_SOFTIRQ,
  BLOCK_SOFTIRQ,
  IRQ_POLL_SOFTIRQ,
  TASKLET_SOFTIRQ,
  NR_SOFTIRQS
};

void raise_softirq(unsigned int nr);

/* --- tasklets: run once per schedule, never on two CPUs at once, first in first out per CPU --- */
struct tasklet_struct {
  struct tasklet_struct* next;
  unsigned long state; /* TASKLET_STATE_* bits */
  atomic_t count;      /* disabled when not 0 */
  bool use_callback;
  union {
    void (*func)(unsigned long data);
    void (*callback)(struct tasklet_struct* t);
  };
  unsigned long data;
};

enum {
  TASKLET_STATE_SCHED, /* waits to run */
  TASKLET_STATE_RUN    /* runs now */
};

#define DECLARE_TASKLET(name, callback_) \
  struct tasklet_struct name = {NULL, 0, ATOMIC_INIT(0), true, {.callback = callback_}, 0}
#define DECLARE_TASKLET_DISABLED(name, callback_) \
  struct tasklet_struct name = {NULL, 0, ATOMIC_INIT(1), true, {.callback = callback_}, 0}
#define from_tasklet(var, callback_tasklet, tasklet_fieldname) \
  container_of(callback_tasklet, __typeof__(*var), tasklet_fieldname)

void tasklet_setup(struct tasklet_struct* t, void (*callback)(struct tasklet_struct* t));
void tasklet_init(struct tasklet_struct* t, void (*func)(unsigned long data), unsigned long data);
/* Nothing happens if it is scheduled already and has not begun to run. A preemption point. */
void tasklet_schedule(struct tasklet_struct* t);
void tasklet_hi_schedule(struct tasklet_struct* t);
/* Lets a scheduled run happen, waits for a running one; the tasklet is idle afterwards. May sleep. */
void tasklet_kill(struct tasklet_struct* t);
void tasklet_unlock_wait(struct tasklet_struct* t);
void tasklet_disable_nosync(struct tasklet_struct* t);
void tasklet_disable(struct tasklet_struct* t); /* and waits for a running one */
void tasklet_disable_in_atomic(struct tasklet_struct* t);
void tasklet_enable(struct tasklet_struct* t);
int tasklet_trylock(struct tasklet_struct* t);
void tasklet_unlock(struct tasklet_struct* t);

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct tasklet_struct) == 40, "layout of struct tasklet_struct");
DMAVP_STATIC_ASSERT(offsetof(struct tasklet_struct, data) == 32, "layout of struct tasklet_struct");

#endif
