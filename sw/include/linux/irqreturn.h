#ifndef LINUX_IRQRETURN_H
#define LINUX_IRQRETURN_H

enum irqreturn {
  IRQ_NONE = 0, /* not ours */
  IRQ_HANDLED = 1,
};
typedef enum irqreturn irqreturn_t;
#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

#endif
