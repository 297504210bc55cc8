// The levels of one DMA handshake interface, without SystemC.
#pragma once

namespace dmavp {

/// Levels a peripheral drives towards the controller.
struct DmaRequest {
  bool burst = false;   ///< dma_req: a burst transaction can be served
  bool single = false;  ///< dma_single: at least one item can be moved
  bool last = false;    ///< dma_last: only a peripheral that is flow controller drives it

  bool operator==(const DmaRequest& other) const {
    return burst == other.burst && single == other.single && last == other.last;
  }
  bool operator!=(const DmaRequest& other) const { return !(*this == other); }
};

}  // namespace dmavp
