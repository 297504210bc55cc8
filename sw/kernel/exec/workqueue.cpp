// The system work queue: one thread, started with the first work.
#include <linux/kthread.h>
#include <linux/workqueue.h>

#include "kernel/exec/internal.h"

namespace dmavp::kernel::exec {

namespace {

struct Queue {
  list_head works{};
  wait_queue_head wait{};
  task_struct* worker = nullptr;
  work_struct* running = nullptr;
};

Queue queue;

int worker_main(void*) {
  for (;;) {
    ___wait_event_dmavp(queue.wait, !list_empty(&queue.works), TASK_INTERRUPTIBLE);
    auto* work = list_first_entry(&queue.works, struct work_struct, entry);
    list_del_init(&work->entry);
    work->pending = 0;
    queue.running = work;
    work->func(work);  // may free the work
    queue.running = nullptr;
    point(Step::kSchedule);
  }
}

void wait_until_idle(const work_struct* work) {
  while (queue.running == work || work->pending != 0)
    sleep_until(local_time() + 1'000'000, TASK_UNINTERRUPTIBLE);
}

}  // namespace

void workqueue_reset() { queue = Queue{}; }

}  // namespace dmavp::kernel::exec

using namespace dmavp::kernel::exec;

extern "C" {

bool schedule_work(struct work_struct* work) {
  if (queue.worker == nullptr) {
    INIT_LIST_HEAD(&queue.works);
    init_waitqueue_head(&queue.wait);
    Thread* t = new_thread(&worker_main, nullptr, "kworker");
    if (t == nullptr) return false;
    t->system = true;
    --g.live;
    queue.worker = &t->task;
    wake(*t, TASK_NORMAL);
  }
  const bool fresh = work->pending == 0;
  if (fresh) {
    work->pending = 1;
    list_add_tail(&work->entry, &queue.works);
    wake_up(&queue.wait);
  }
  return fresh;
}

bool flush_work(struct work_struct* work) {
  dmavp_might_sleep(__FILE__, __LINE__);
  const bool busy = work->pending != 0 || queue.running == work;
  wait_until_idle(work);
  return busy;
}

bool cancel_work_sync(struct work_struct* work) {
  dmavp_might_sleep(__FILE__, __LINE__);
  const bool was_pending = work->pending != 0;
  if (was_pending) {
    list_del_init(&work->entry);
    work->pending = 0;
  }
  wait_until_idle(work);
  return was_pending;
}

struct workqueue_struct dmavp_system_wq = {"events"};

void dmavp_delayed_work_due(struct timer_list* timer) {
  schedule_work(&container_of(timer, struct delayed_work, timer)->work);
}

bool schedule_delayed_work(struct delayed_work* dwork, unsigned long delay) {
  if (delay == 0 && !timer_pending(&dwork->timer)) return schedule_work(&dwork->work);
  if (timer_pending(&dwork->timer) || dwork->work.pending != 0) return false;
  mod_timer(&dwork->timer, jiffies + delay);
  return true;
}

bool mod_delayed_work(struct workqueue_struct*, struct delayed_work* dwork, unsigned long delay) {
  const bool waited = cancel_delayed_work(dwork);
  schedule_delayed_work(dwork, delay);
  return waited;
}

bool cancel_delayed_work(struct delayed_work* dwork) {
  if (timer_delete(&dwork->timer) != 0) return true;
  if (dwork->work.pending == 0) return false;
  list_del_init(&dwork->work.entry);
  dwork->work.pending = 0;
  return true;
}

bool cancel_delayed_work_sync(struct delayed_work* dwork) {
  const bool waited = timer_delete_sync(&dwork->timer) != 0;
  return cancel_work_sync(&dwork->work) || waited;
}

bool flush_delayed_work(struct delayed_work* dwork) {
  if (timer_delete_sync(&dwork->timer) != 0) schedule_work(&dwork->work);
  return flush_work(&dwork->work);
}

void flush_scheduled_work(void) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (queue.worker == nullptr) return;
  while (!list_empty(&queue.works) || queue.running != nullptr)
    sleep_until(local_time() + 1'000'000, TASK_UNINTERRUPTIBLE);
}

}  // extern "C"
