// Peripherals of the bench: a data register each, and requests by the DMA handshake.
#pragma once

#include <vector>

#include "base/dma_request.h"
#include "reference/spec.h"

namespace dmavp::tb {

using reference::u32;
using reference::u64;
using reference::u8;

/// Where bus masters see the data registers, one page per handshake interface.
inline constexpr u64 kDevices = 0x40000000;
inline constexpr u64 kDevicePage = 0x1000;
inline constexpr unsigned kDeviceCount = 64;
inline constexpr u64 device_at(unsigned interface) { return kDevices + kDevicePage * interface; }

/// Asks for as much as it is `ready` for, and fails the test if it is given or asked for more. Every address
/// of its page is its data register.
struct Device {
  u32 item = 4;             ///< bytes
  u32 burst = 1;            ///< items that dma_req stands for
  bool singles = true;      ///< dma_single while anything is ready
  u32 gap = 3;              ///< cycles from dma_ack to the next levels
  std::vector<u32> script;  ///< flow controller: items of each transaction of a block, 1 or `burst`
  bool careless = false;    ///< does not mind being accessed unasked

  u64 ready = 0;                  ///< bytes it holds (source) or has room for (sink)
  std::vector<u8> data;           ///< all it gave or took, in order
  std::vector<u32> transactions;  ///< bytes of each
  unsigned finishes = 0;          ///< dma_finish
  bool misused = false;           ///< accessed for more than it was ready for
  u32 open = 0;                   ///< bytes since the last dma_ack

  /// Byte `n` of the stream that a source gives.
  static u8 stream(unsigned interface, u64 n) {
    return static_cast<u8>((n * 0x9E3779B1u >> 7) + interface * 31);
  }

  DmaRequest levels() const {
    if (!script.empty()) {
      const std::size_t at = transactions.size() % script.size();
      const bool one = script[at] == 1;
      return {ready >= u64{script[at]} * item, one, at + 1 == script.size()};
    }
    return {ready >= u64{burst} * item, singles && ready >= item, false};
  }
};

}  // namespace dmavp::tb
