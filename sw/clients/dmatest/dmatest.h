// dmatest: random transfers on every channel, each checked byte by byte. What its source files share.
#pragma once

#include <linux/dmaengine.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "dmavp/client.h"

namespace dmavp::dmatest {

/// The shared parameter block: copied from the module's parameters whenever channels are acquired, so a later
/// acquisition changes it for every thread.
struct Parameters {
  unsigned buf_size;  ///< bytes
  char channel[20];
  char device[32];
  unsigned threads_per_chan;
  unsigned max_channels;  ///< 0 = all
  unsigned iterations;    ///< 0 = endless
  unsigned run_ms;        ///< 0 = any time
  unsigned xor_sources;
  unsigned pq_sources;
  unsigned transfer_size;  ///< bytes, 0 = random
  int timeout;             ///< ms, -1 = endless
  bool noverify;
  bool norandom;
  int alignment;  ///< log2 bytes, -1 = the provider's
  bool polled;
  bool nobounce;
};

struct Test;

/// One thread of one operation on one channel.
struct Thread {
  list_head node;  // in Channel.threads
  Test* test;
  struct task_struct* task;
  dma_chan* chan;
  dma_transaction_type type;
  wait_queue_head_t wait;  // the callback of the transfer under way
  bool callback_ran;
  bool pending;  // created, not yet started
  bool finished;
  s64 issued_ns;
  s64 completed_ns;  ///< start of the callback, or end of the wait
};

struct Channel {
  list_head node;  // in Test.channels
  dma_chan* chan;
  list_head threads;
  unsigned thread_count;
};

/// All of the module. `lock` guards everything but the flags of threads.
struct Test {
  Parameters parameters;
  list_head channels;
  unsigned channel_count;
  int last_error;  ///< of the latest attempt to acquire a channel by name
  struct mutex lock;
  bool initialized;  ///< module_init has run: parameters written from now on act at once
  wait_queue_head_t thread_wait;
  // The run as a client of the platform, from the start of its threads to the end of the last.
  dmavp_client* client;
  unsigned threads_running;
  unsigned failures;
};

/// What the threads look at while they run (parameters `dmatest` and `verbose` are live).
extern unsigned dmatest_mode;
extern bool verbose;

// --- channels.cpp: all with test.lock held
// ------------------------------------------------------------------------
/// Acquires what the parameters name and creates its threads, stopped.
void acquire_channels(Test& test);
void start_threads(Test& test);
/// Stops threads, terminates and releases every channel.
void release_channels(Test& test);
bool any_running(const Test& test);
bool any_pending(const Test& test);
void log_channels(const Test& test);

// --- thread.cpp
// ---------------------------------------------------------------------------------------------------
int run_thread(void* thread);
/// The transfer of `thread` for the result, once its data have been looked at: `bytes` arrived, or it failed.
inline void report(const Thread* thread, size_t bytes) {
  if (thread->test->client)
    dmavp_client_transfer_at(thread->test->client, dma_chan_name(thread->chan), thread->issued_ns,
                             thread->completed_ns, bytes, false);
}
/// `result` is a word as dmavp_client_failure() takes it.
inline void report_failure(const Thread* thread, const char* result) {
  if (thread->test->client)
    dmavp_client_failure(thread->test->client, dma_chan_name(thread->chan), thread->issued_ns, result);
}
/// A thread has come to its end; the last one finishes the client. Takes test.lock.
void thread_ended(Test& test, unsigned failures);

}  // namespace dmavp::dmatest
