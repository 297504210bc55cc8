// A provider without hardware: the test says when a transfer ends.
#pragma once

#include <linux/dmaengine.h>
#include <linux/platform_device.h>

#include "dmaengine/virt-dma.h"

namespace dmavp::test {

struct Descriptor {
  virt_dma_desc vd;
  unsigned number;  ///< of preparation, from 1
};

struct Channel {
  virt_dma_chan vc;
  virt_dma_desc* active;
  unsigned allocated, freed;  ///< calls of alloc/free_chan_resources
  bool paused;
};

inline constexpr unsigned kChannels = 2;

/// One probed "test,provider" node.
struct Provider {
  dma_device dma;
  Channel channels[kChannels];
};

/// What the providers do next.
struct Script {
  int alloc_result;
  unsigned prepared, released;  ///< descriptors
  unsigned released_locked;     ///< of these, with the lock of their channel held
  unsigned issues;
  int terminations;
  unsigned synchronizations;
};
extern Script script;
extern Provider* providers[2];  ///< in probe order

int register_providers();  ///< platform driver; probes both nodes
void unregister_providers();
/// Fills `dma` with operations and channels, registers nothing.
void setup(Provider* provider, struct device* dev);

inline Channel* to_channel(dma_chan* chan) { return container_of(to_virt_chan(chan), struct Channel, vc); }
/// Ends the active transfer as an interrupt handler would, and starts the next. False when the channel is
/// idle.
bool finish(Channel* channel, dmaengine_tx_result result = DMA_TRANS_NOERROR, u32 residue = 0);
void finish_locked(Channel* channel, dmaengine_tx_result result, u32 residue);
/// Waits until no callback is scheduled or running.
void settle(Channel* channel);

}  // namespace dmavp::test
