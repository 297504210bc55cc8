#include "clients/worker.h"

#include <linux/crc32.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "dmavp/cost.h"

namespace {

constexpr unsigned long kPauseMin_us = 300;  // between rounds and attempts: others get the channels
constexpr unsigned long kPauseMax_us = 900;

/// The work, again after a failure as far as there are retries. Each failure is one of the result, at least.
int attempt(struct client_worker* worker) {
  for (;;) {
    const s64 since = ktime_to_ns(ktime_get());
    worker->reported = false;
    const int ret = worker->work(worker);
    if (!ret) return 0;
    if (!worker->reported) dmavp_client_failure(worker->client, "", since, dmavp_client_result(ret));
    if (!worker->retries || kthread_should_stop()) return ret;
    worker->retries--;
    pr_warn("%s: failed with error %d, tries again\n", current->comm, ret);
    usleep_range(kPauseMin_us, kPauseMax_us);
  }
}

int run(void* data) {
  struct client_worker* worker = static_cast<struct client_worker*>(data);
  const s64 end = ktime_get() + s64{worker->run_ms} * NSEC_PER_MSEC;
  int ret = 0;
  do {
    if (worker->rounds) usleep_range(kPauseMin_us, kPauseMax_us);
    ret = attempt(worker);
    if (!ret) worker->rounds++;
  } while (!ret && worker->run_ms && ktime_get() < end && !kthread_should_stop());
  if (!ret && worker->run_ms) {
    client_note_number(worker, "rounds", worker->rounds);
    pr_info("%s: the same in %u rounds\n", current->comm, worker->rounds);
  }
  dmavp_client_finish(worker->client, ret);
  worker->client = nullptr;
  return ret;
}

}  // namespace

int client_worker_start(struct client_worker* worker, const char* name) {
  worker->client = dmavp_client_start(name, name);
  if (!worker->client) return -ENOMEM;
  worker->rounds = 0;
  worker->varies = false;
  worker->task = kthread_create(run, worker, "%s", name);
  if (IS_ERR(worker->task)) {
    const int ret = static_cast<int>(PTR_ERR(worker->task));
    dmavp_client_finish(worker->client, ret);
    return ret;
  }
  get_task_struct(worker->task);
  wake_up_process(worker->task);
  return 0;
}

void client_worker_stop(struct client_worker* worker) {
  const int ret = kthread_stop(worker->task);
  put_task_struct(worker->task);
  if (worker->client) dmavp_client_finish(worker->client, ret);  // stopped before its first step
}

bool client_worker_wait(const struct client_worker* worker, int error, s64 since) {
  if (error != -EPROBE_DEFER && error != -EBUSY) return false;
  if (ktime_get() - since >= s64{worker->wait_ms} * NSEC_PER_MSEC || kthread_should_stop()) return false;
  usleep_range(kPauseMin_us, kPauseMax_us);
  return true;
}

void client_note_number(struct client_worker* worker, const char* key, u64 value) {
  char text[24];
  scnprintf(text, sizeof(text), "%llu", value);
  dmavp_client_note(worker->client, key, text);
}

u32 client_note_checksum(struct client_worker* worker, const u8* data, size_t bytes) {
  char text[24];
  const u32 crc = ~crc32_le(~u32{0}, data, bytes);
  if (!worker->rounds) worker->checksum = crc;
  worker->varies |= crc != worker->checksum;
  scnprintf(text, sizeof(text), "crc32:%08x", crc);
  dmavp_client_note(worker->client, "checksum", worker->varies ? "varies" : text);
  return crc;
}

size_t client_compare(const char* name, const u8* expected, const u8* actual, size_t bytes) {
  size_t wrong = 0;
  dmavp_cost_copy(2 * bytes);
  for (size_t i = 0; i < bytes; i++) {
    if (expected[i] == actual[i]) continue;
    if (wrong++ == 0) {
      pr_err("%s: byte %zu is %02x, expected %02x\n", name, i, actual[i], expected[i]);
    }
  }
  return wrong;
}
