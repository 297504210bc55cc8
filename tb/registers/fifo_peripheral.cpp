#include "registers/fifo_peripheral.h"

#include <algorithm>

namespace dmavp::tb {

DmaRequest FifoPeripheral::levels() const {
  if (!awake_ && transactions_.size() >= plan_.silent_after) return {};
  const u64 ready = plan_.source ? items_ : space();
  const u64 burst = plan_.burst_items;
  if (!plan_.controls) return {ready >= burst, plan_.singles && ready != 0, false};
  const std::vector<bool>& script = plan_.script_of(block_);
  const bool single = script[number_];
  if (ready < (single ? 1 : burst)) return {};
  return {true, single, number_ + 1 == script.size()};
}

void FifoPeripheral::asked(DmaRequest levels) {
  if (!levels.burst && !levels.single) return;
  if (!has_asked_) open_.burst_at_first = levels.burst;
  has_asked_ = true;
  open_.burst_at_last |= levels.burst;
  open_.single |= levels.single;
}

bool FifoPeripheral::access(bool write, u8* data, u64 bytes) {
  if (write == plan_.source) return false;
  bool fits = true;
  for (u64 i = 0; i < bytes; ++i) {
    if (plan_.source) data[i] = reference::stream_byte(plan_.seed, moved_.size());
    moved_.push_back(data[i]);
    if (part_ == 0) {  // an item takes its place with its first byte
      fits &= (plan_.source ? items_ : space()) != 0;
      if (fits) items_ += plan_.source ? u64{0} - 1 : 1;
    }
    if (++part_ == plan_.item_bytes()) part_ = 0;
  }
  open_.bytes += bytes;
  return fits;
}

void FifoPeripheral::acknowledged(bool finish) {
  part_ = 0;  // the rest of a block may fill no item
  open_.finish = finish;
  transactions_.push_back(open_);
  open_ = {};
  has_asked_ = false;
  if (!plan_.controls || ++number_ < plan_.script_of(block_).size()) return;
  number_ = 0;
  ++block_;
}

void FifoPeripheral::tick() {
  const u64 wanted = 1 + random_.below(plan_.chunk);
  if (plan_.source) {
    items_ += std::min(wanted, space());
  } else {
    items_ -= std::min(wanted, items_);
  }
}

}  // namespace dmavp::tb
