/* Minimal scenarios for what a provider may get wrong (docs/linux.md); each runs in a thread of its own and
 * tells what it saw as notes of the client's result. */
#ifndef TB_LINUX_JUDGE_H
#define TB_LINUX_JUDGE_H

#include <linux/dmaengine.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One transfer and what became of it. */
struct judge_transfer {
  dma_cookie_t cookie;
  int callbacks;
  enum dmaengine_tx_result result;
  u32 residue; /* of the result */
};

/* Two buffers of coherent memory and a channel. */
struct judge_bench {
  struct dma_chan* chan;
  struct device* dev;
  u8 *src, *dst;
  dma_addr_t src_bus, dst_bus;
};
#define JUDGE_BYTES 65536u

struct judge_case {
  const char* name;
  int (*run)(void); /* 0, or why it could not be played */
};
extern const struct judge_case judge_copy_cases[], judge_slave_cases[];

void judge_note(const char* key, s64 value);
/* The same for the simulated time, in picoseconds as traces have it. */
void judge_note_now(const char* key);

/* A channel with `capability`, by number or any (-1). 0 or a negative errno. */
int judge_open(struct judge_bench* b, enum dma_transaction_type capability, int number);
void judge_close(struct judge_bench* b);
/* The same for a channel that is in b->chan already. */
int judge_buffers(struct judge_bench* b);

/* A copy of `bytes` from `src` (bus address) to the destination, submitted. 0 or -ENOMEM. */
int judge_copy(struct judge_bench* b, dma_addr_t src, u32 bytes, struct judge_transfer* t);
/* Opens a channel for copies, and submits and issues one of the source. 0 or a negative errno. */
int judge_start(struct judge_bench* b, int number, u32 bytes, struct judge_transfer* t);
/* Waits for the callback; false after `ms`. */
bool judge_wait(struct judge_transfer* t, unsigned int ms);

#ifdef __cplusplus
}
#endif
#endif
