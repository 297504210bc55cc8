/* Sets of CPUs. */
#ifndef LINUX_CPUMASK_H
#define LINUX_CPUMASK_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NR_CPUS 4

typedef struct cpumask {
  unsigned long bits[1];
} cpumask_t;
typedef struct cpumask cpumask_var_t[1];

extern unsigned int nr_cpu_ids; /* CPUs of the board */
const struct cpumask* dmavp_cpu_online_mask(void);
#define cpu_online_mask (dmavp_cpu_online_mask())
#define cpu_possible_mask (dmavp_cpu_online_mask())
#define cpu_present_mask (dmavp_cpu_online_mask())

#define num_online_cpus() (nr_cpu_ids)
#define num_possible_cpus() (nr_cpu_ids)
#define num_present_cpus() (nr_cpu_ids)

static inline void cpumask_clear(struct cpumask* mask) { mask->bits[0] = 0; }
static inline void cpumask_setall(struct cpumask* mask) { mask->bits[0] = (1ul << nr_cpu_ids) - 1; }
static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask* mask) { mask->bits[0] |= 1ul << cpu; }
static inline void cpumask_clear_cpu(int cpu, struct cpumask* mask) { mask->bits[0] &= ~(1ul << cpu); }
static inline bool cpumask_test_cpu(int cpu, const struct cpumask* mask) {
  return (mask->bits[0] >> cpu) & 1;
}
static inline bool cpumask_empty(const struct cpumask* mask) { return mask->bits[0] == 0; }
static inline unsigned int cpumask_weight(const struct cpumask* mask) {
  return (unsigned int)__builtin_popcountl(mask->bits[0]);
}
static inline void cpumask_copy(struct cpumask* to, const struct cpumask* from) { *to = *from; }
/* The first CPU after n in the mask; nr_cpu_ids or more when there is none. */
static inline unsigned int cpumask_next(int n, const struct cpumask* mask) {
  unsigned int cpu;

  for (cpu = (unsigned int)(n + 1); cpu < nr_cpu_ids; ++cpu)
    if (cpumask_test_cpu((int)cpu, mask)) break;
  return cpu;
}
static inline unsigned int cpumask_first(const struct cpumask* mask) { return cpumask_next(-1, mask); }
static inline bool cpu_online(unsigned int cpu) { return cpu < nr_cpu_ids; }
const struct cpumask* cpumask_of(unsigned int cpu);
static inline const struct cpumask* cpumask_of_node(int node) {
  (void)node;
  return cpu_online_mask;
}

#define for_each_cpu(cpu, mask)                                                        \
  for ((cpu) = (__typeof__(cpu))cpumask_first(mask); (unsigned int)(cpu) < nr_cpu_ids; \
       (cpu) = (__typeof__(cpu))cpumask_next((int)(cpu), mask))
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_present_cpu(cpu) for_each_cpu(cpu, cpu_present_mask)

#ifdef __cplusplus
}
#endif
#endif
