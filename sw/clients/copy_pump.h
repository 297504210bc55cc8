/* Pumps a row of transfers through a DMA channel, several of them in flight: those of one copy, or any that
 * the caller prepares. Used by several clients. */
#ifndef DMAVP_CLIENTS_COPY_PUMP_H
#define DMAVP_CLIENTS_COPY_PUMP_H

#include <linux/atomic.h>
#include <linux/dmaengine.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "dmavp/client.h"

#ifdef __cplusplus
extern "C" {
#endif

struct copy_pump;

/* A transfer in flight. */
struct copy_slot {
  struct copy_pump* pump;
  s64 issued_ns;
  size_t bytes;
};

struct copy_pump {
  struct dma_chan* chan;
  struct dmavp_client* client;
  size_t chunk;       /* bytes per transfer */
  unsigned int depth; /* transfers in flight at most */
  wait_queue_head_t wait;
  atomic_t in_flight;
  atomic_t failures;
  unsigned int timeout_ms; /* how long one transfer may take; set by init, may be changed */
  struct copy_slot* slots; /* depth of them, used in turn: a channel completes in order */
  unsigned int turn;
};

/* Any idle memcpy channel, or the one called `name` (NULL or "": any). NULL when there is none. */
struct dma_chan* copy_pump_request(const char* name);
/* The same for a channel of other capabilities. */
struct dma_chan* copy_pump_request_for(const dma_cap_mask_t* mask, const char* name);
/* 0, -EINVAL for chunk or depth 0, -ENOMEM. The caller has filled nothing of *pump. */
int copy_pump_init(struct copy_pump* pump, struct dma_chan* chan, struct dmavp_client* client, size_t chunk,
                   unsigned int depth);
void copy_pump_exit(struct copy_pump* pump);
/*
 * Copies and waits for the last callback. 0; -EIO when a transfer failed; -ENOMEM when the channel could not
 * prepare one; -ETIMEDOUT when nothing completed in time; -EINTR when the thread is told to stop. After an
 * error the channel is idle. Process context.
 */
int copy_pump_run(struct copy_pump* pump, dma_addr_t dst, dma_addr_t src, size_t length);

/*
 * The parts of it, for transfers of other kinds: room, add, room, add, ..., end. Process context.
 * Room waits until another transfer may be in flight: 0, -ETIMEDOUT, -EINTR. Add submits and issues a
 * transfer of `bytes` that the caller has prepared: 0, -ENOMEM when tx is NULL, or what submit says. End
 * waits for the last callback, or after an error (`ret` of room or add) terminates all; it returns what
 * copy_pump_run does.
 */
int copy_pump_room(struct copy_pump* pump);
int copy_pump_add(struct copy_pump* pump, struct dma_async_tx_descriptor* tx, size_t bytes);
int copy_pump_end(struct copy_pump* pump, int ret);

#ifdef __cplusplus
}
#endif
#endif
