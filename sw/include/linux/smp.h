#ifndef LINUX_SMP_H
#define LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned int dmavp_processor_id(void);
#define smp_processor_id() dmavp_processor_id()
#define raw_smp_processor_id() dmavp_processor_id()
static inline int get_cpu(void) {
  preempt_disable();
  return (int)dmavp_processor_id();
}
static inline void put_cpu(void) { preempt_enable(); }

#ifdef __cplusplus
}
#endif
#endif
