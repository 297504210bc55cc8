#include "peripherals/dma_request_line.h"

#include <algorithm>

namespace dmavp {

void DmaRequestLine::observe(Observer* observer, EventSource source, unsigned line) {
  observer_ = interested(observer, kDmaRequests);
  source_ = source;
  line_ = line;
}

void DmaRequestLine::drop(Picoseconds at) {
  if (levels_ == DmaRequest{}) return;
  tell({}, at);
  tell(levels_, cycle_after(at));
}

void DmaRequestLine::dma_acknowledge(bool, Picoseconds at) {
  ++acknowledges_;
  // Until then nothing can be sampled, so the levels of now are told for then: what changes in between
  // follows by update() with a time that is moved there.
  tell(levels_, cycle_after(at));
}

void DmaRequestLine::tell(DmaRequest levels, Picoseconds at) {
  told_at_ = std::max(told_at_, at);
  if (observer_ != nullptr) {
    observer_->dma_request({source_, told_at_, line_, levels.burst, levels.single, levels.last});
  }
  if (port_.size() != 0) port_->dma_request(levels, told_at_);
}

}  // namespace dmavp
