#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#ifdef __cplusplus
extern "C" {
#endif

/* One round of a polling loop: simulated time passes. A preemption point. */
void cpu_relax(void);

#ifdef __cplusplus
}
#endif
#endif
