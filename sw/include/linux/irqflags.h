/* The CPU's interrupt enable; flags are 0 when interrupts were enabled, 1 when not. */
#ifndef LINUX_IRQFLAGS_H
#define LINUX_IRQFLAGS_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned long dmavp_irq_save(void);
/* A preemption point: what became due while interrupts were off is taken here. */
void dmavp_irq_restore(unsigned long flags);
unsigned long dmavp_irq_flags(void);

#define local_irq_save(flags) ((flags) = dmavp_irq_save())
#define local_irq_restore(flags) dmavp_irq_restore(flags)
#define local_irq_disable() ((void)dmavp_irq_save())
#define local_irq_enable() dmavp_irq_restore(0)
#define local_save_flags(flags) ((flags) = dmavp_irq_flags())
#define irqs_disabled() (dmavp_irq_flags() != 0)
#define irqs_disabled_flags(flags) ((flags) != 0)

#ifdef __cplusplus
}
#endif
#endif
