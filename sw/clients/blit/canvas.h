// A picture in RAM that DMA reads and writes, with bytes around it and behind its lines that nobody may
// touch.
#pragma once

#include <linux/types.h>

#include "clients/blit/picture.h"

namespace dmavp::blit {

class Canvas {
 public:
  Canvas() = default;
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Memory for a picture, all of it guard bytes; 0 or -ENOMEM, then it is empty.
  int allocate(const Frame& frame);
  void swap(Canvas& other);

  const Frame& frame() const { return frame_; }
  u8* pixels() { return memory_ + kGuard; }
  const u8* pixels() const { return memory_ + kGuard; }
  u8* line(u32 y) { return pixels() + y * frame_.pitch; }
  const u8* line(u32 y) const { return pixels() + y * frame_.pitch; }

  /// What is mapped for DMA: the pixels and the guard bytes on either side.
  u8* memory() { return memory_; }
  const u8* memory() const { return memory_; }
  size_t bytes() const { return frame_.bytes() + 2 * kGuard; }
  static constexpr size_t kGuard = 64;  ///< bytes in front of the pixels, and behind
  static constexpr u8 kGuardByte = 0xA5;
  /// Whether this byte of memory() belongs to no pixel.
  bool is_guard(size_t offset) const {
    return offset < kGuard || offset - kGuard >= frame_.bytes() ||
           (offset - kGuard) % frame_.pitch >= frame_.line();
  }

 private:
  Frame frame_ = {};
  u8* memory_ = nullptr;
};

}  // namespace dmavp::blit
