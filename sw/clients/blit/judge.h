// The CPU's own computation of a result, and what DMA made of it. Pure, no DMA.
#pragma once

#include "clients/blit/canvas.h"
#include "clients/blit/operations.h"

namespace dmavp::blit {

struct Task {
  Operation operation;
  Rectangle rectangle;  ///< fits into the source
  u8 value;             ///< what clearing writes
};

/// Gives each byte of the target a value that is wrong, so that one which DMA leaves out shows.
void spoil(const Task& task, const Canvas& source, Canvas* target);

/// Bytes of the target that are not what they should be, and the first of them.
struct Difference {
  size_t count;
  bool outside;   ///< of all pixels; else pixel (x, y)
  size_t offset;  ///< into memory()
  u32 x, y, sample;
  u8 expected, actual;
};
Difference compare(const Task& task, const Canvas& source, const Canvas& target);

}  // namespace dmavp::blit
