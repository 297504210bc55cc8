// Wait queues and completions.
#include <linux/completion.h>
#include <linux/wait.h>

#include "kernel/exec/internal.h"

using namespace dmavp::kernel::exec;

namespace {

void queue_entry(wait_queue_head* head, wait_queue_entry* entry, int state, bool exclusive) {
  if (exclusive)
    entry->flags |= WQ_FLAG_EXCLUSIVE;
  else
    entry->flags &= ~static_cast<unsigned>(WQ_FLAG_EXCLUSIVE);
  if (list_empty(&entry->entry)) {
    if (exclusive)
      list_add_tail(&entry->entry, &head->head);
    else
      list_add(&entry->entry, &head->head);
  }
  // The state first, then the look at the condition: in between a wake-up must count.
  dmavp_set_current_state(static_cast<unsigned>(state));
}

void wake_queue(wait_queue_head* head, unsigned mode, int exclusive, void* key) {
  for (list_head* at = head->head.next; at != &head->head;) {
    auto* entry = list_entry(at, wait_queue_entry, entry);
    at = at->next;
    const unsigned flags = entry->flags;
    const int woken = entry->func(entry, mode, 0, key);
    if (woken < 0) break;
    if (woken != 0 && (flags & WQ_FLAG_EXCLUSIVE) != 0 && --exclusive == 0) break;
  }
}

long wait_for(struct completion* x, long timeout, unsigned state) {
  dmavp_might_sleep(nullptr, 0);
  point(Step::kMutexLock);
  Thread& t = self();
  if (x->done == 0) {
    struct wait_queue_entry entry;
    init_wait_entry(&entry, 0);
    t.waits_kind = "completion";
    do {
      queue_entry(&x->wait, &entry, static_cast<int>(state), true);
      if (x->done != 0) break;
      timeout = schedule_timeout(timeout);
    } while (x->done == 0 && timeout != 0);
    finish_wait(&x->wait, &entry);
    t.waits_kind = nullptr;
    if (x->done == 0) return 0;
  }
  if (x->done != ~0u) --x->done;
  return timeout != 0 ? timeout : 1;
}

}  // namespace

extern "C" {

void init_waitqueue_head(struct wait_queue_head* head) {
  spin_lock_init(&head->lock);
  INIT_LIST_HEAD(&head->head);
}

int default_wake_function(struct wait_queue_entry* entry, unsigned int mode, int, void*) {
  return wake(thread_of(static_cast<task_struct*>(entry->private_)), mode) ? 1 : 0;
}

int autoremove_wake_function(struct wait_queue_entry* entry, unsigned int mode, int flags, void* key) {
  const int woken = default_wake_function(entry, mode, flags, key);
  if (woken != 0) list_del_init(&entry->entry);
  return woken;
}

void init_wait_entry(struct wait_queue_entry* entry, int flags) {
  entry->flags = static_cast<unsigned>(flags);
  entry->private_ = current;
  entry->func = &autoremove_wake_function;
  INIT_LIST_HEAD(&entry->entry);
}

void add_wait_queue(struct wait_queue_head* head, struct wait_queue_entry* entry) {
  list_add(&entry->entry, &head->head);
  point(Step::kState);
}

void remove_wait_queue(struct wait_queue_head*, struct wait_queue_entry* entry) {
  list_del_init(&entry->entry);
  point(Step::kState);
}

void prepare_to_wait(struct wait_queue_head* head, struct wait_queue_entry* entry, int state) {
  queue_entry(head, entry, state, false);
}

long prepare_to_wait_event(struct wait_queue_head* head, struct wait_queue_entry* entry, int state) {
  queue_entry(head, entry, state, (entry->flags & WQ_FLAG_EXCLUSIVE) != 0);
  return 0;
}

void prepare_to_wait_exclusive(struct wait_queue_head* head, struct wait_queue_entry* entry, int state) {
  queue_entry(head, entry, state, true);
}

void finish_wait(struct wait_queue_head*, struct wait_queue_entry* entry) {
  current->__state = TASK_RUNNING;
  list_del_init(&entry->entry);
  point(Step::kState);
}

void __wake_up(struct wait_queue_head* head, unsigned int mode, int exclusive, void* key) {
  wake_queue(head, mode, exclusive, key);
  point(Step::kWake);
}

void init_completion(struct completion* x) {
  x->done = 0;
  init_waitqueue_head(&x->wait);
}

void complete(struct completion* x) {
  if (x->done != ~0u) ++x->done;
  wake_queue(&x->wait, TASK_NORMAL, 1, nullptr);
  point(Step::kWake);
}

void complete_all(struct completion* x) {
  x->done = ~0u;
  wake_queue(&x->wait, TASK_NORMAL, 0, nullptr);
  point(Step::kWake);
}

bool completion_done(struct completion* x) { return x->done != 0; }

bool try_wait_for_completion(struct completion* x) {
  point(Step::kMutexLock);
  if (x->done == 0) return false;
  if (x->done != ~0u) --x->done;
  return true;
}

void wait_for_completion(struct completion* x) { wait_for(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE); }

unsigned long wait_for_completion_timeout(struct completion* x, unsigned long timeout) {
  return static_cast<unsigned long>(wait_for(x, static_cast<long>(timeout), TASK_UNINTERRUPTIBLE));
}

int wait_for_completion_interruptible(struct completion* x) {
  wait_for(x, MAX_SCHEDULE_TIMEOUT, TASK_INTERRUPTIBLE);
  return 0;
}

long wait_for_completion_interruptible_timeout(struct completion* x, unsigned long timeout) {
  return wait_for(x, static_cast<long>(timeout), TASK_INTERRUPTIBLE);
}

}  // extern "C"
