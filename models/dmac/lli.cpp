#include "dmac/lli.h"

namespace dmavp::dmac {

namespace {

std::uint64_t load_le(const std::byte* bytes, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < count; ++i) value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

void store_le(std::byte* bytes, std::uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
}

constexpr unsigned kBlockDoneBit = 62;
constexpr unsigned kTransferDoneBit = 63;

}  // namespace

LinkedListItem decode_lli(const std::byte* bytes) {
  LinkedListItem item;
  item.sar = load_le(bytes + 0x00, 8);
  item.dar = load_le(bytes + 0x08, 8);
  item.block_ts = static_cast<std::uint32_t>(load_le(bytes + 0x10, 4)) & kItemsMask;
  item.llp = load_le(bytes + 0x18, 8);
  item.ctl.raw = load_le(bytes + 0x20, 8);
  return item;
}

void encode_write_back(const LliWriteBack& status, std::byte* bytes) {
  store_le(bytes + 0x00, status.ctl.raw, 8);
  store_le(bytes + 0x08, status.sstat, 4);
  store_le(bytes + 0x0C, status.dstat, 4);
  const std::uint64_t items = status.completed_items & kItemsMask;
  const std::uint64_t left = status.left_in_fifo & kLeftMask;
  store_le(bytes + 0x10,
           items | (left << 32) | (std::uint64_t{status.block_done} << kBlockDoneBit) |
               (std::uint64_t{status.transfer_done} << kTransferDoneBit),
           8);
}

}  // namespace dmavp::dmac
