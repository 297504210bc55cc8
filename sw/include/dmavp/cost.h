/* What work of the CPU that the kernel cannot see costs in simulated time; beside linux/ because Linux has no
 * such thing. */
#ifndef DMAVP_COST_H
#define DMAVP_COST_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The running CPU copies, fills or compares `bytes` (property of its node). A preemption point. */
void dmavp_cost_copy(size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
