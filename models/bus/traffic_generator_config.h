// What a traffic generator sends. Plain data, no SystemC.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace dmavp {

struct TrafficGeneratorConfig {
  std::uint64_t base = 0;      ///< of the memory that it works on, on the bus
  std::uint64_t size = 4096;   ///< bytes, 4096 or more
  Cycle period = 32;           ///< cycles from one burst to the next, 1 or more
  unsigned beats = 16;         ///< of a burst, 1 .. 256
  unsigned beat_bytes = 8;     ///< 1 .. 128, a power of two; a burst has 4096 bytes at most
  unsigned read_percent = 50;  ///< of its bursts, 0 .. 100, evenly spread
  unsigned outstanding = 4;    ///< bursts on their way at most, 1 .. 64
  unsigned qos = 0;            ///< AxQOS, 0 .. 15
  bool random = false;         ///< addresses; else one burst behind the other
};

}  // namespace dmavp
