#ifndef LINUX_BOTTOM_HALF_H
#define LINUX_BOTTOM_HALF_H

#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* No softirq runs on this CPU in between; pending ones run in the last enable. */
void local_bh_disable(void);
void local_bh_enable(void);

#ifdef __cplusplus
}
#endif
#endif
