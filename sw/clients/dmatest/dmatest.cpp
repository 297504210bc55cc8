// Parameters of dmatest and what writing or reading them does.
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "clients/dmatest/dmatest.h"

namespace dmatest = dmavp::dmatest;

static unsigned int test_buf_size = 16384;
module_param(test_buf_size, uint, 0644);
MODULE_PARM_DESC(test_buf_size, "bytes per buffer");

static char test_device[32];
module_param_string(device, test_device, sizeof(test_device), 0644);
MODULE_PARM_DESC(device, "name of the controller to test, empty = any");

static unsigned int threads_per_chan = 1;
module_param(threads_per_chan, uint, 0644);
MODULE_PARM_DESC(threads_per_chan, "threads per channel and operation");

static unsigned int max_channels;
module_param(max_channels, uint, 0644);
MODULE_PARM_DESC(max_channels, "channels to test at most, 0 = all");

static unsigned int iterations;
module_param(iterations, uint, 0644);
MODULE_PARM_DESC(iterations, "transfers per thread, 0 = endless");

static unsigned int run_ms;  // not in Linux's
module_param(run_ms, uint, 0644);
MODULE_PARM_DESC(run_ms,
                 "threads end when so much time has passed, 0 = when they have made their iterations");

unsigned int dmatest::dmatest_mode;
module_param_named(dmatest, dmavp::dmatest::dmatest_mode, uint, 0644);
MODULE_PARM_DESC(dmatest, "0 = memcpy, 1 = memset");

static unsigned int xor_sources = 3;
module_param(xor_sources, uint, 0644);
MODULE_PARM_DESC(xor_sources, "source buffers of XOR");

static unsigned int pq_sources = 3;
module_param(pq_sources, uint, 0644);
MODULE_PARM_DESC(pq_sources, "source buffers of P+Q");

static int timeout = 3000;
module_param(timeout, int, 0644);
MODULE_PARM_DESC(timeout, "ms per transfer, -1 = endless");

static bool noverify;
module_param(noverify, bool, 0644);
MODULE_PARM_DESC(noverify, "neither fill nor check the buffers");

static bool norandom;
module_param(norandom, bool, 0644);
MODULE_PARM_DESC(norandom, "whole buffers at offset 0 instead of random lengths and offsets");

bool dmatest::verbose;
module_param_named(verbose, dmavp::dmatest::verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "print passed tests too");

static int alignment = -1;
module_param(alignment, int, 0644);
MODULE_PARM_DESC(alignment, "log2 of the granularity of lengths and offsets, -1 = the controller's");

static unsigned int transfer_size;
module_param(transfer_size, uint, 0644);
MODULE_PARM_DESC(transfer_size, "bytes per transfer, 0 = random");

static bool polled;
module_param(polled, bool, 0644);
MODULE_PARM_DESC(polled, "poll for completion instead of waiting for the callback");

static bool nobounce;
module_param(nobounce, bool, 0644);
MODULE_PARM_DESC(nobounce, "allocate buffers with GFP_DMA");

static char test_channel[20];
static bool run_wanted;
static bool wait_wanted;

namespace dmavp::dmatest {
namespace {

Test make_test() {
  Test t = {};
  return t;
}
Test test = make_test();

void trim_into(char* to, size_t size, const char* from) {
  while (*from == ' ' || *from == '\t' || *from == '\n') from++;
  size_t n = strlen(from);
  while (n && (from[n - 1] == ' ' || from[n - 1] == '\t' || from[n - 1] == '\n')) n--;
  if (n >= size) n = size - 1;
  memcpy(to, from, n);
  to[n] = '\0';
}

/// Copies the parameters into the shared block and acquires what they name.
void add_tests() {
  Parameters& p = test.parameters;
  p.buf_size = test_buf_size;
  trim_into(p.channel, sizeof(p.channel), test_channel);
  trim_into(p.device, sizeof(p.device), test_device);
  p.threads_per_chan = threads_per_chan;
  p.max_channels = max_channels;
  p.iterations = iterations;
  p.run_ms = run_ms;
  p.xor_sources = xor_sources;
  p.pq_sources = pq_sources;
  p.timeout = timeout;
  p.noverify = noverify;
  p.norandom = norandom;
  p.alignment = alignment;
  p.transfer_size = transfer_size;
  p.polled = polled;
  p.nobounce = nobounce;
  acquire_channels(test);
}

bool parameters_usable() {
  if (test_buf_size) return true;
  pr_err("dmatest: test_buf_size must not be 0\n");
  return false;
}

int set_run(const char* value, const struct kernel_param* kp) {
  int ret = param_set_bool(value, kp);
  if (ret || !test.initialized) return ret;  // at load, module_init looks at it
  mutex_lock(&test.lock);
  if (!run_wanted) {
    release_channels(test);
  } else if (any_running(test)) {
    ret = -EBUSY;
  } else if (!parameters_usable()) {
    ret = -EINVAL;
  } else if (!any_pending(test) && test.last_error) {
    ret = test.last_error;
  } else {
    if (!any_pending(test)) {
      pr_info("dmatest: No channels configured, continue with any\n");
      release_channels(test);
      add_tests();
    }
    start_threads(test);
  }
  mutex_unlock(&test.lock);
  return ret;
}

int get_run(char* buffer, const struct kernel_param* kp) {
  mutex_lock(&test.lock);
  run_wanted = any_running(test);
  if (!run_wanted && !any_pending(test)) release_channels(test);
  mutex_unlock(&test.lock);
  return param_get_bool(buffer, kp);
}

int get_wait(char* buffer, const struct kernel_param* kp) {
  if (test.parameters.iterations || test.parameters.run_ms) wait_event(test.thread_wait, !any_running(test));
  wait_wanted = true;
  return param_get_bool(buffer, kp);
}

const char* last_channel() {
  if (list_empty(&test.channels)) return nullptr;
  return dma_chan_name(list_last_entry(&test.channels, Channel, node)->chan);
}

/// Acquires the named channel at once: the other parameters have to be written first.
int set_channel(const char* value, const struct kernel_param* kp) {
  char before[sizeof(test_channel)];
  strscpy(before, test_channel, sizeof(before));
  int ret = param_set_copystring(value, kp);
  if (ret || !test.initialized) return ret;
  mutex_lock(&test.lock);
  char name[sizeof(test_channel)];
  trim_into(name, sizeof(name), test_channel);
  strscpy(test_channel, name, sizeof(test_channel));
  if (any_running(test) || !parameters_usable()) {
    ret = any_running(test) ? -EBUSY : -EINVAL;
    strscpy(test_channel, before, sizeof(test_channel));  // refused: the next run is not about that channel
  } else {
    if (!any_pending(test)) release_channels(test);
    Channel* channel;
    list_for_each_entry(channel, &test.channels,
                        node) if (name[0] && !strcmp(dma_chan_name(channel->chan), name)) ret = -EBUSY;
    if (!ret) {
      add_tests();
      const char* last = last_channel();
      if (!last) {
        test_channel[0] = '\0';
        ret = -EBUSY;
      } else if (name[0] && strcmp(last, name)) {
        strscpy(test_channel, last, sizeof(test_channel));
        ret = -EINVAL;
      }
    }
    test.last_error = ret;
  }
  mutex_unlock(&test.lock);
  return ret;
}

int get_channel(char* buffer, const struct kernel_param* kp) {
  mutex_lock(&test.lock);
  if (!any_running(test) && !any_pending(test)) {
    release_channels(test);
    test_channel[0] = '\0';
  }
  mutex_unlock(&test.lock);
  return param_get_string(buffer, kp);
}

int get_test_list(char* buffer, const struct kernel_param*) {
  mutex_lock(&test.lock);
  log_channels(test);
  mutex_unlock(&test.lock);
  buffer[0] = '\0';
  return 0;
}

kernel_param_ops make_ops(int (*set)(const char*, const struct kernel_param*),
                          int (*get)(char*, const struct kernel_param*)) {
  kernel_param_ops ops = {};
  ops.set = set;
  ops.get = get;
  return ops;
}
const kernel_param_ops run_ops = make_ops(set_run, get_run);
const kernel_param_ops wait_ops = make_ops(param_set_bool, get_wait);
const kernel_param_ops channel_ops = make_ops(set_channel, get_channel);
const kernel_param_ops list_ops = make_ops(nullptr, get_test_list);
struct kparam_string channel_string = {sizeof(test_channel), test_channel};

int dmatest_init() {
  INIT_LIST_HEAD(&test.channels);
  mutex_init(&test.lock);
  init_waitqueue_head(&test.thread_wait);
  if (run_wanted) {
    if (!parameters_usable()) return -EINVAL;
    mutex_lock(&test.lock);
    add_tests();
    start_threads(test);
    mutex_unlock(&test.lock);
  }
  test.initialized = true;
  if (wait_wanted && test.parameters.iterations) wait_event(test.thread_wait, !any_running(test));
  return 0;
}

void dmatest_exit() {
  mutex_lock(&test.lock);
  release_channels(test);
  mutex_unlock(&test.lock);
}

module_init(dmatest_init);
module_exit(dmatest_exit);

}  // namespace
}  // namespace dmavp::dmatest

module_param_cb(run, &dmavp::dmatest::run_ops, &run_wanted, 0644);
__MODULE_PARM_TYPE(run, "bool");
MODULE_PARM_DESC(run, "1 = start, 0 = stop; reads whether a test is running");
module_param_cb(wait, &dmavp::dmatest::wait_ops, &wait_wanted, 0444);
__MODULE_PARM_TYPE(wait, "bool");
MODULE_PARM_DESC(wait, "wait until all tests are done (with iterations)");
module_param_cb(channel, &dmavp::dmatest::channel_ops, &dmavp::dmatest::channel_string, 0644);
__MODULE_PARM_TYPE(channel, "string");
MODULE_PARM_DESC(channel, "name of the channel to acquire (dma0chan1), empty = any");
module_param_cb(test_list, &dmavp::dmatest::list_ops, nullptr, 0444);
__MODULE_PARM_TYPE(test_list, "list");
MODULE_PARM_DESC(test_list, "reading logs the channels under test");

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: random transfers on every channel, checked byte by byte");
