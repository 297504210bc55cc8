/* Pumps one copy through a DMA channel as a row of transfers, several of them in flight. Used by several
 * clients. */
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
};

/* Any idle memcpy channel, or the one called `name` (NULL or "": any). NULL when there is none. */
struct dma_chan* copy_pump_request(const char* name);
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

#ifdef __cplusplus
}
#endif
#endif
