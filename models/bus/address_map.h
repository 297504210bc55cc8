// Which region of a bus an address belongs to. Pure logic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dmavp {

/// One range of bus addresses, both ends inclusive.
struct AddressRange {
  std::string name;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Ranges that do not overlap, found by binary search behind a last-hit cache that the caller keeps.
class AddressMap {
 public:
  static constexpr unsigned kNone = ~0u;

  /// Adds `size` bytes at `base`; the range may end at 2^64. Returns its index (0, 1, ... in order of
  /// adding).
  /// @throws std::invalid_argument naming both ranges if they overlap, or the range if it is empty or runs
  ///         past 2^64
  unsigned add(std::string name, std::uint64_t base, std::uint64_t size);

  /// Index of the range that holds `address`, or kNone. `hint` is any value on the first call, and then
  /// belongs to the caller's stream of accesses: one per master keeps its locality.
  unsigned find(std::uint64_t address, unsigned& hint) const {
    if (hint < ranges_.size() && address >= ranges_[hint].first && address <= ranges_[hint].last) return hint;
    const unsigned found = search(address);
    if (found != kNone) hint = found;
    return found;
  }
  unsigned find(std::uint64_t address) const { return search(address); }

  /// As find, but kNone also when the `bytes` (1 or more) starting at `address` leave the range.
  unsigned find_span(std::uint64_t address, std::uint64_t bytes, unsigned& hint) const {
    const unsigned found = find(address, hint);
    return found != kNone && bytes - 1 > ranges_[found].last - address ? kNone : found;
  }

  std::size_t size() const { return ranges_.size(); }
  const AddressRange& operator[](std::size_t index) const { return ranges_[index]; }

 private:
  unsigned search(std::uint64_t address) const;

  std::vector<AddressRange> ranges_;  // by index
  std::vector<unsigned> by_address_;  // indices, ascending by address
};

}  // namespace dmavp
