/* Threads ("tasks") as modules see them. */
#ifndef LINUX_SCHED_H
#define LINUX_SCHED_H

#include <asm/processor.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TASK_COMM_LEN 16

#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_DEAD 0x0080
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE TASK_UNINTERRUPTIBLE

#define MAX_SCHEDULE_TIMEOUT LONG_MAX
#define MAX_NICE 19
#define MIN_NICE (-20)

#define PF_KTHREAD 0x00200000

/* The public part of a thread; the kernel keeps the rest behind it. */
struct task_struct {
  unsigned int __state; /* TASK_* */
  int pid;              /* 1.. in order of creation; 0 for the idle threads */
  unsigned int flags;   /* PF_* */
  int static_prio;      /* 120 + nice */
  int exit_code;
  int usage; /* get_task_struct() count */
  char comm[TASK_COMM_LEN];
};

/* The thread whose stack the code runs on, interrupt or not. A variable, not a macro: C++ headers use the
 * word. */
extern struct task_struct* current __asm__("dmavp_current");
static inline struct task_struct* get_current(void) { return current; }

/* Sets the state a following schedule() acts on. A preemption point. */
void dmavp_set_current_state(unsigned int state);
#define set_current_state(state) dmavp_set_current_state(state)
#define __set_current_state(state) (current->__state = (state))
#define get_current_state() (current->__state)

/* Gives the CPU away; returns when the thread runs again. With a state other than TASK_RUNNING it sleeps
 * until somebody wakes it. Not in atomic context (reported as kernel.sleep-in-atomic). */
void schedule(void);
/* As schedule(), for at most `timeout` jiffies; returns the jiffies left (0: timed out). */
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
void yield(void);
#define io_schedule() schedule()

/* 1 if the thread slept and is runnable now, 0 if it was running. */
int wake_up_process(struct task_struct* task);
int wake_up_state(struct task_struct* task, unsigned int state);

void set_user_nice(struct task_struct* task, long nice);
static inline int task_nice(const struct task_struct* task) { return task->static_prio - 120; }
static inline int task_pid_nr(const struct task_struct* task) { return task->pid; }

int dmavp_need_resched(void);
#define need_resched() dmavp_need_resched()
/* Lets another thread run if one is due; a preemption point. 1 if it did. */
int dmavp_cond_resched(void);
#define cond_resched() dmavp_cond_resched()

/* There are no signals in this system. */
static inline int signal_pending(struct task_struct* task) {
  (void)task;
  return 0;
}
static inline int signal_pending_state(unsigned int state, struct task_struct* task) {
  (void)state;
  (void)task;
  return 0;
}

u64 sched_clock(void); /* nanoseconds of the CPU's local time */
static inline u64 local_clock(void) { return sched_clock(); }

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct task_struct) == 40, "layout of struct task_struct");
DMAVP_STATIC_ASSERT(offsetof(struct task_struct, comm) == 24, "layout of struct task_struct");

#endif
