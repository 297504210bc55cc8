// Linked-list items in memory (spec dw-axi-dmac 3.1): 64 bytes, little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dmac/channel_config.h"

namespace dmavp::dmac {

inline constexpr unsigned kLliBytes = 64;
inline constexpr unsigned kLliFetchBytes = 40;         ///< 0x00..0x27
inline constexpr unsigned kLliWriteBackOffset = 0x20;  ///< CTL, SSTAT, DSTAT, LLP_STATUS
inline constexpr unsigned kLliWriteBackBytes = 24;     ///< 0x20..0x37

inline constexpr std::uint32_t kItemsMask = 0x3FFFFF;  ///< BLOCK_TS and CMPLTD_BLK_TFR_SIZE
inline constexpr std::uint32_t kLeftMask = 0x7FFF;     ///< DATA_LEFT_IN_FIFO
inline constexpr std::uint64_t kLlpAddress = ~std::uint64_t{kLliBytes - 1};
inline constexpr std::uint64_t kLlpMaster = 1;

struct LinkedListItem {
  std::uint64_t sar = 0;
  std::uint64_t dar = 0;
  std::uint32_t block_ts = 0;  ///< items - 1, 22 bits
  std::uint64_t llp = 0;       ///< [63:6] next item, [0] master of the next fetch
  Ctl ctl;
};

/// Decodes the kLliFetchBytes that a fetch read.
LinkedListItem decode_lli(const std::byte* bytes);

struct LliWriteBack {
  Ctl ctl;  ///< VALID already cleared
  std::uint32_t sstat = 0;
  std::uint32_t dstat = 0;
  std::uint32_t completed_items = 0;
  std::uint32_t left_in_fifo = 0;
  bool block_done = false;
  bool transfer_done = false;
};

/// Encodes the kLliWriteBackBytes written at item + kLliWriteBackOffset.
void encode_write_back(const LliWriteBack& status, std::byte* bytes);

}  // namespace dmavp::dmac
