// What the client drivers share about their DMA channels.
#pragma once

#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/of.h>

namespace dmavp {

/// The channel `name` of the device, or an ERR_PTR. Where the tree names a request but the controller has no
/// channel left the framework says -ENODEV, like where it names none; here it is -EPROBE_DEFER: it may be
/// asked again. Sleeps.
inline struct dma_chan* request_channel(struct device* dev, const char* name) {
  struct dma_chan* chan = dma_request_chan(dev, name);
  const bool named = of_property_match_string(dev->of_node, "dma-names", name) >= 0;
  if (IS_ERR(chan) && PTR_ERR(chan) == -ENODEV && named)
    return static_cast<struct dma_chan*>(ERR_PTR(-EPROBE_DEFER));
  return chan;
}

}  // namespace dmavp
