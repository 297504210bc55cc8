#include "reference/peripheral.h"

#include <algorithm>

namespace dmavp::reference {

namespace {

/// Walks through the transactions of a peripheral, block by block.
class Checker {
 public:
  Checker(const Peripheral& peripheral, bool following) : p_(peripheral), following_(following) {}

  /// Nothing, or why the transaction cannot be the next one of a block with `left` bytes to go.
  const char* wrong(const Transaction& t, u64 left, std::size_t block, std::size_t number) const {
    if (t.bytes > left) return "more bytes than the block has left";
    if (t.bytes % p_.item_bytes() != 0 && t.bytes != left) return "a part of an item";
    if (t.finish && t.bytes != left) return "dma_finish before the end of the block";
    if (p_.controls) {
      const std::vector<bool>& script = p_.script_of(block);
      const u64 asked = script[number] ? p_.item_bytes() : p_.burst_bytes();
      return t.bytes == asked ? nullptr : "not as long as the flow controller asked for";
    }
    if (t.bytes == 0 || t.bytes > p_.burst_bytes()) return "neither a single nor a burst";
    if (following_) return nullptr;  // what lay ahead of it depends on time
    if (left >= p_.burst_bytes())
      return t.bytes == p_.burst_bytes() ? nullptr : "no burst of MSIZE items in the burst region";
    const bool rest = t.bytes == left;
    const bool single = t.bytes == std::min(left, p_.item_bytes());
    if (rest && t.burst_at_last) return nullptr;
    if (single && t.single && !t.burst_at_first) return nullptr;
    return "neither one item on dma_single nor the rest on dma_req in the single region";
  }

 private:
  const Peripheral& p_;
  const bool following_;
};

}  // namespace

std::optional<std::string> check_transactions(const Peripheral& peripheral, bool following,
                                              const std::vector<u64>& block_bytes,
                                              const std::vector<Transaction>& seen, bool whole) {
  const Checker checker(peripheral, following);
  std::size_t n = 0;
  for (std::size_t block = 0; block < block_bytes.size(); ++block) {
    u64 left = block_bytes[block];
    for (std::size_t number = 0; left != 0; ++number, ++n) {
      if (n == seen.size()) {
        if (!whole) return std::nullopt;
        return "only " + std::to_string(n) + " transactions, " + std::to_string(left) + " bytes of block " +
               std::to_string(block) + " missing";
      }
      const Transaction& t = seen[n];
      const char* wrong = checker.wrong(t, left, block, number);
      const bool ends = t.bytes == left;
      if (!wrong && ends && !t.finish && !following && !peripheral.software)
        wrong = "no dma_finish at the end of the block";
      if (wrong)
        return "transaction " + std::to_string(n) + " of " + std::to_string(t.bytes) + " bytes, " +
               std::to_string(left) + " bytes left in block " + std::to_string(block) + ": " + wrong;
      left -= t.bytes;
    }
  }
  if (n != seen.size()) return "transactions after the last block";
  return std::nullopt;
}

}  // namespace dmavp::reference
