#include "drivers/dw-axi-dmac/slave_plan.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr u32 kShortestCodedBurst = 4;  // code 1; there is none for 2

constexpr u64 lowest_bit(u64 bits) { return bits & (~bits + 1); }
constexpr u64 larger(u64 a, u64 b) { return a > b ? a : b; }
u8 log2_of(u64 power) { return static_cast<u8>(__builtin_ctzll(power)); }

}  // namespace

u32 legal_burst(u32 maxburst, u32 limit) {
  const u32 most = maxburst < limit ? maxburst : limit;
  if (most < kShortestCodedBurst) return 1;
  return u32{1} << (31 - __builtin_clz(most));
}

u32 msize_code(u32 burst) { return burst < kShortestCodedBurst ? 0 : static_cast<u32>(log2_of(burst)) - 1; }

SlavePlan::SlavePlan(const Device& device, u64 address, u64 length, unsigned bus_width, u32 max_items)
    : address_(address), left_(length) {
  const u64 item = u64{1} << device.width;
  if (!length || length % item) return;
  u64 width = lowest_bit(address | length | u64{1} << bus_width);
  // Towards memory not wider than the register: a pause or terminate then leaves nothing in the FIFO that
  // does not fill an access, so no byte that the peripheral has given away is lost (5.4).
  // The same where the peripheral ends the block, so that what has been moved is a number of items.
  if ((!device.destination || device.flow_control) && width > item) width = item;
  memory_width_ = log2_of(width);
  src_width_ = device.destination ? memory_width_ : device.width;
  const u64 most = u64{max_items} << src_width_;
  const u64 unit = larger(width, item);
  const u64 burst = larger(unit, u64{device.burst} << device.width);
  if (most < unit) return;
  step_ = most - most % (most >= burst ? burst : unit);
  possible_ = true;
}

bool SlavePlan::next(SlaveBlock& block) {
  if (!possible_ || !left_) return false;
  const u64 bytes = left_ < step_ ? left_ : step_;
  block = {address_, static_cast<u32>(bytes), static_cast<u32>(bytes >> src_width_), memory_width_};
  address_ += bytes;
  left_ -= bytes;
  return true;
}

}  // namespace dmavp::dw_axi_dmac
