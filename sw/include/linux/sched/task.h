#ifndef LINUX_SCHED_TASK_H
#define LINUX_SCHED_TASK_H

#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps the structure valid after the thread has ended. */
struct task_struct* get_task_struct(struct task_struct* task);
void put_task_struct(struct task_struct* task);

#ifdef __cplusplus
}
#endif
#endif
