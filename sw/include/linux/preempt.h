/* In which context does this code run? */
#ifndef LINUX_PREEMPT_H
#define LINUX_PREEMPT_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void preempt_disable(void);
void preempt_enable(void); /* a preemption point when it reaches zero */
#define preempt_enable_no_resched() preempt_enable()
int preempt_count(void); /* spinlocks held and preempt_disable() depth */

int dmavp_in_hardirq(void);
int dmavp_in_softirq(void); /* serving one, or bottom halves disabled */
int dmavp_in_serving_softirq(void);
int dmavp_in_atomic(void);

#define in_hardirq() dmavp_in_hardirq()
#define in_irq() dmavp_in_hardirq()
#define in_softirq() dmavp_in_softirq()
#define in_serving_softirq() dmavp_in_serving_softirq()
#define in_interrupt() (dmavp_in_hardirq() || dmavp_in_softirq())
#define in_task() (!(dmavp_in_hardirq() || dmavp_in_serving_softirq()))
#define in_nmi() 0
#define in_atomic() dmavp_in_atomic()
#define preemptible() (!dmavp_in_atomic() && !dmavp_irq_flags())
unsigned long dmavp_irq_flags(void);

#ifdef __cplusplus
}
#endif
#endif
