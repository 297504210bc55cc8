/* What an interrupt controller driver needs beyond interrupt.h. */
#ifndef LINUX_IRQ_H
#define LINUX_IRQ_H

#include <linux/interrupt.h>
#include <linux/irqreturn.h>

#define IRQ_TYPE_NONE 0
#define IRQ_TYPE_LEVEL_HIGH 4
#define NR_IRQS 1024

#endif
