// One kernel thread that does a client's work, from its start to the report of its end.
#pragma once

#include <linux/types.h>

#include "dmavp/client.h"

struct task_struct;

struct client_worker {
  int (*work)(struct client_worker* worker);  ///< 0 or a negative errno
  unsigned int wait_ms;                       ///< how long to wait for DMA channels that others hold
  unsigned int run_ms;   ///< the work is repeated until this much time has passed; 0: once
  unsigned int retries;  ///< how often work that failed is done again before the client gives up
  struct dmavp_client* client;
  struct task_struct* task;
  unsigned int rounds;  ///< finished so far
  u32 checksum;         ///< of the first round
  bool varies;          ///< another round had another one
  bool reported;        ///< set by work that has reported its failure itself, transfer by transfer
};

/// `name` is the kind of the client, its thread's name and its own name where the scenario gives none.
/// 0 or a negative errno.
int client_worker_start(struct client_worker* worker, const char* name);
/// Waits for the thread.
void client_worker_stop(struct client_worker* worker);

/// A driver has refused with `error`: true, after a pause, when it makes sense to ask again because a DMA
/// channel was in use. `since` is the ktime of the first attempt. Sleeps.
bool client_worker_wait(const struct client_worker* worker, int error, s64 since);

/// "key: value" of the result.
void client_note_number(struct client_worker* worker, const char* key, u64 value);
/// CRC-32 as zip has it, as the note "checksum"; "varies" once rounds have received different data.
u32 client_note_checksum(struct client_worker* worker, const u8* data, size_t bytes);

/// Compares and says in the log where the first difference is. Number of bytes that differ.
size_t client_compare(const char* name, const u8* expected, const u8* actual, size_t bytes);
