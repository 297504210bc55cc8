#ifndef LINUX_HARDIRQ_H
#define LINUX_HARDIRQ_H
#include <linux/irqflags.h>
#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

void synchronize_irq(unsigned int irq);

#ifdef __cplusplus
}
#endif
#endif
