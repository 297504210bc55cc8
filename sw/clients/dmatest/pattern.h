// The bytes dmatest writes and expects. Pure arithmetic.
#pragma once

#include <linux/types.h>

namespace dmavp::dmatest {

// A byte says where it belongs: bit 7 source, bit 6 to be copied, bit 5 to be overwritten, bits 4..0 a
// counter.
inline constexpr u8 kSource = 0x80;
inline constexpr u8 kDestination = 0x00;
inline constexpr u8 kCopy = 0x40;
inline constexpr u8 kOverwrite = 0x20;
inline constexpr u8 kCountMask = 0x1f;
inline constexpr u8 kMemsetIndex = 0x01;
inline constexpr unsigned kPeriod = kCountMask + 1;

/// Byte with class bits `bits` that originates from index `i`; in memset mode every index counts as
/// kMemsetIndex.
constexpr u8 pattern(u8 bits, size_t i, bool is_memset) {
  return static_cast<u8>(bits | (~(is_memset ? kMemsetIndex : i) & kCountMask));
}

/// Which buffer and which of its bytes: `length` bytes at `offset` of `size` are those of the transfer.
struct Region {
  size_t offset;
  size_t length;
  size_t size;
};

void fill_source(u8* buffer, const Region& region, bool is_memset);
void fill_destination(u8* buffer, const Region& region, bool is_memset);

/// Receives the wrong bytes of one pass: the first kMaxErrors of it, then only their number.
inline constexpr unsigned kMaxErrors = 32;
struct Mismatch {
  bool source;
  size_t index;
  const char* verdict;  ///< "overwritten", "not copied", "was copied", "mismatch"
  u8 expected;
  u8 actual;
};
class Reporter {
 public:
  virtual void mismatch(const Mismatch& m) = 0;
  virtual void suppressed(unsigned count) = 0;

 protected:
  ~Reporter() = default;
};

/// Number of wrong bytes. `source_offset` is where the copied bytes of a destination came from.
unsigned check_source(const u8* buffer, const Region& region, bool is_memset, Reporter& reporter);
unsigned check_destination(const u8* buffer, const Region& region, size_t source_offset, bool is_memset,
                           Reporter& reporter);

}  // namespace dmavp::dmatest
