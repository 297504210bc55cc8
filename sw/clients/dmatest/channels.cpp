// Channels under test: acquired, their threads created, started, stopped; channels released.
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/dmatest/dmatest.h"

namespace dmavp::dmatest {
namespace {

const char* operation(dma_transaction_type type) {
  switch (type) {
    case DMA_MEMCPY:
      return "copy";
    case DMA_MEMSET:
      return "set";
    case DMA_XOR:
      return "xor";
    default:
      return "pq";
  }
}

/// Creates the threads of one operation, stopped; returns how many there are.
unsigned add_threads(Test& test, Channel* channel, dma_transaction_type type) {
  dma_chan* chan = channel->chan;
  unsigned n = 0;
  for (; n < test.parameters.threads_per_chan; n++) {
    auto* thread = static_cast<Thread*>(kzalloc(sizeof(Thread), GFP_KERNEL));
    if (!thread) {
      pr_warn("dmatest: No memory for %s-%s%u\n", dma_chan_name(chan), operation(type), n);
      break;
    }
    thread->test = &test;
    thread->chan = chan;
    thread->type = type;
    thread->pending = true;
    init_waitqueue_head(&thread->wait);
    thread->task = kthread_create(run_thread, thread, "%s-%s%u", dma_chan_name(chan), operation(type), n);
    if (IS_ERR(thread->task)) {
      pr_warn("dmatest: Failed to create thread %s-%s%u\n", dma_chan_name(chan), operation(type), n);
      kfree(thread);
      break;
    }
    get_task_struct(thread->task);  // it may have ended when it is stopped
    list_add_tail(&thread->node, &channel->threads);
  }
  return n;
}

int add_channel(Test& test, dma_chan* chan) {
  auto* channel = static_cast<Channel*>(kzalloc(sizeof(Channel), GFP_KERNEL));
  if (!channel) {
    pr_warn("dmatest: No memory for %s\n", dma_chan_name(chan));
    return -ENOMEM;
  }
  channel->chan = chan;
  INIT_LIST_HEAD(&channel->threads);
  const dma_device* device = chan->device;
  if (dma_has_cap(DMA_COMPLETION_NO_ORDER, device->cap_mask) && test.parameters.polled) {
    test.parameters.polled = false;
    pr_warn("dmatest: DMA_COMPLETION_NO_ORDER, polled disabled\n");
  }
  unsigned n = 0;
  if (dma_has_cap(DMA_MEMCPY, device->cap_mask) && dmatest_mode == 0)
    n += add_threads(test, channel, DMA_MEMCPY);
  if (dma_has_cap(DMA_MEMSET, device->cap_mask) && dmatest_mode == 1)
    n += add_threads(test, channel, DMA_MEMSET);
  if (dma_has_cap(DMA_XOR, device->cap_mask)) n += add_threads(test, channel, DMA_XOR);
  if (dma_has_cap(DMA_PQ, device->cap_mask)) n += add_threads(test, channel, DMA_PQ);
  channel->thread_count = n;
  pr_info("dmatest: Added %u threads using %s\n", n, dma_chan_name(chan));
  list_add_tail(&channel->node, &test.channels);
  test.channel_count++;
  return 0;
}

/// An empty name matches every channel and device.
bool matches(dma_chan* chan, void* param) {
  const auto* p = static_cast<const Parameters*>(param);
  return (!p->channel[0] || !strcmp(dma_chan_name(chan), p->channel)) &&
         (!p->device[0] || !strcmp(dev_name(chan->device->dev), p->device));
}

void acquire_with(Test& test, dma_transaction_type type) {
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(type, mask);
  const unsigned limit = test.parameters.max_channels;
  while (!limit || test.channel_count < limit) {
    dma_chan* chan = dma_request_channel(mask, matches, &test.parameters);
    if (!chan) return;
    if (add_channel(test, chan)) {
      dma_release_channel(chan);
      return;
    }
  }
}

void release(Channel* channel) {
  Thread *thread, *next;
  list_for_each_entry_safe(thread, next, &channel->threads, node) {
    const bool started = !thread->pending;
    const int ret = kthread_stop(thread->task);
    // Stopped before its first step: its function never runs, so nobody else says that it has ended.
    if (started && !thread->finished) thread_ended(*thread->test, 0);
    pr_debug("dmatest: thread on %s exited with status %d\n", dma_chan_name(channel->chan), ret);
    put_task_struct(thread->task);
    list_del(&thread->node);
    kfree(thread);
  }
  dmaengine_terminate_sync(channel->chan);
  dma_release_channel(channel->chan);
  kfree(channel);
}

}  // namespace

void acquire_channels(Test& test) {
  acquire_with(test, DMA_MEMCPY);
  acquire_with(test, DMA_MEMSET);
  acquire_with(test, DMA_XOR);
  acquire_with(test, DMA_PQ);
}

void start_threads(Test& test) {
  Channel* channel;
  Thread* thread;
  unsigned starting = 0;
  list_for_each_entry(channel, &test.channels, node) list_for_each_entry(thread, &channel->threads, node)
      starting += thread->pending;
  test.failures = 0;
  test.threads_running += starting;
  if (!test.client) test.client = dmavp_client_start("dmatest", "dmatest");
  if (!starting && !test.threads_running && test.client) {
    pr_err("dmatest: no channel to test\n");
    dmavp_client_finish(test.client, -ENODEV);
    test.client = nullptr;
  }
  list_for_each_entry(channel, &test.channels, node) {
    unsigned n = 0;
    list_for_each_entry(thread, &channel->threads, node) {
      if (!thread->pending) continue;
      thread->pending = false;
      wake_up_process(thread->task);
      n++;
    }
    pr_info("dmatest: Started %u threads using %s\n", n, dma_chan_name(channel->chan));
  }
}

void release_channels(Test& test) {
  // Out of the lists first: a thread that ends takes the lock, so it is given up while waiting for threads.
  LIST_HEAD(going);
  list_splice_tail_init(&test.channels, &going);
  test.channel_count = 0;
  mutex_unlock(&test.lock);
  Channel *channel, *next;
  list_for_each_entry_safe(channel, next, &going, node) {
    list_del(&channel->node);
    release(channel);
  }
  mutex_lock(&test.lock);
}

bool any_running(const Test& test) {
  Channel* channel;
  Thread* thread;
  list_for_each_entry(channel, &test.channels, node) list_for_each_entry(
      thread, &channel->threads, node) if (!thread->finished && !thread->pending) return true;
  return false;
}

bool any_pending(const Test& test) {
  Channel* channel;
  Thread* thread;
  list_for_each_entry(channel, &test.channels, node)
      list_for_each_entry(thread, &channel->threads, node) if (thread->pending) return true;
  return false;
}

void log_channels(const Test& test) {
  Channel* channel;
  list_for_each_entry(channel, &test.channels, node)
      pr_info("dmatest: %u threads using %s\n", channel->thread_count, dma_chan_name(channel->chan));
}

}  // namespace dmavp::dmatest
