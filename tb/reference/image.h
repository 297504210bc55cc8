// A range of memory as a test sees it: plain bytes at a bus address.
#pragma once

#include <cstddef>
#include <vector>

#include "reference/spec.h"

namespace dmavp::reference {

class Image {
 public:
  Image() = default;
  Image(u64 base, std::size_t size) : base_(base), bytes_(size) {}

  u64 base() const { return base_; }
  u64 end() const { return base_ + bytes_.size(); }
  std::size_t size() const { return bytes_.size(); }
  u8* data() { return bytes_.data(); }
  const u8* data() const { return bytes_.data(); }

  bool contains(u64 address, u64 bytes = 1) const {
    return address >= base_ && address - base_ <= bytes_.size() && bytes <= bytes_.size() - (address - base_);
  }
  u8& operator[](u64 address) { return bytes_[static_cast<std::size_t>(address - base_)]; }
  u8 operator[](u64 address) const { return bytes_[static_cast<std::size_t>(address - base_)]; }

  /// Little-endian.
  u64 load(u64 address, unsigned bytes = 8) const {
    u64 v = 0;
    for (unsigned i = 0; i < bytes; ++i) v |= u64{(*this)[address + i]} << (8 * i);
    return v;
  }
  void store(u64 address, u64 value, unsigned bytes = 8) {
    for (unsigned i = 0; i < bytes; ++i) (*this)[address + i] = static_cast<u8>(value >> (8 * i));
  }

 private:
  u64 base_ = 0;
  std::vector<u8> bytes_;
};

/// A linked-list item as software writes it.
struct Item {
  u64 address = 0;
  u64 sar = 0, dar = 0;
  u32 block_ts = 0;  ///< items - 1
  u64 llp = 0;
  u64 ctl = 0;

  void write(Image& image) const {
    image.store(address + lli::kSar, sar);
    image.store(address + lli::kDar, dar);
    image.store(address + lli::kBlockTs, block_ts);
    image.store(address + lli::kLlp, llp);
    image.store(address + lli::kCtl, ctl);
  }
};

}  // namespace dmavp::reference
