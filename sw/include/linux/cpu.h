#ifndef LINUX_CPU_H
#define LINUX_CPU_H

#include <linux/cpumask.h>
#include <linux/smp.h>

/* CPUs neither come nor go. */
static inline void cpus_read_lock(void) {}
static inline void cpus_read_unlock(void) {}

#endif
