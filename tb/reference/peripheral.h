// A peripheral of a program: how it asks for transactions, and what its transactions may look like
// (5.6, 5.7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reference/spec.h"

namespace dmavp::reference {

inline constexpr unsigned kNeverSilent = ~0u;

/// A FIFO on the bus that a line fills (source) or empties (sink) at a random rate.
struct Peripheral {
  bool present = false;
  bool source = false;
  bool software = false;  ///< software polls its FIFO and asks through SWHSSRC or SWHSDST
  bool controls = false;  ///< it is flow controller
  bool singles = false;   ///< drives dma_single; one that controls says with each request which it wants
  unsigned interface = 0;
  unsigned width = 0;                    ///< log2 of the bytes of an item
  unsigned msize = 0;                    ///< code
  u32 burst_items = 1;                   ///< what the controller makes of it
  unsigned depth = 0;                    ///< items, at least MSIZE
  unsigned gap = 0;                      ///< cycles between items of its line, at most
  unsigned chunk = 1;                    ///< items its line moves at a time, at most
  unsigned silent_after = kNeverSilent;  ///< transactions; then it asks no more
  u64 seed = 0;
  /// What a flow controller asks for in each block: true for a single. Blocks beyond start over.
  std::vector<std::vector<bool>> script;

  u64 item_bytes() const { return u64{1} << width; }
  u64 burst_bytes() const { return u64{burst_items} << width; }
  const std::vector<bool>& script_of(std::size_t block) const { return script[block % script.size()]; }
  u64 script_bytes(std::size_t block) const {
    u64 bytes = 0;
    for (bool single : script_of(block)) bytes += single ? item_bytes() : burst_bytes();
    return bytes;
  }
  /// The bus address of its FIFO: every address of the window will do.
  u64 address() const { return kWindows + u64{interface} * kWindowBytes; }

  static constexpr u64 kWindows = 0x41000000;
  static constexpr u64 kWindowBytes = 0x10000;
  static constexpr unsigned kInterfaces = 64;
};

/// Byte number `index` of what a source gives.
inline u8 stream_byte(u64 seed, u64 index) {
  u64 z = (seed + index / 8) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 29)) * 0xBF58476D1CE4E5B9u;
  return static_cast<u8>((z ^ (z >> 32)) >> (8 * (index % 8)));
}

/// One transaction as the peripheral saw it.
struct Transaction {
  u64 bytes = 0;
  bool finish = false;          ///< dma_finish came with dma_ack
  bool burst_at_first = false;  ///< dma_req in the first request that was not empty
  bool burst_at_last = false;   ///< dma_req at any time
  bool single = false;          ///< dma_single at any time
};

/// Whether transactions are such as the table of 5.6 allows for blocks of these lengths. `following`: the
/// other side is flow controller, so that the length is known only as far as it has got. `whole`: all blocks
/// have ended; otherwise any beginning will do. Says what is wrong.
std::optional<std::string> check_transactions(const Peripheral& peripheral, bool following,
                                              const std::vector<u64>& block_bytes,
                                              const std::vector<Transaction>& seen, bool whole);

}  // namespace dmavp::reference
