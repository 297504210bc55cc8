#include "clients/blit/canvas.h"

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

namespace dmavp::blit {

Canvas::~Canvas() { kfree(memory_); }

int Canvas::allocate(const Frame& frame) {
  kfree(memory_);
  frame_ = frame;
  memory_ = static_cast<u8*>(kmalloc(bytes(), GFP_KERNEL));
  if (!memory_) return -ENOMEM;
  memset(memory_, kGuardByte, bytes());
  return 0;
}

void Canvas::swap(Canvas& other) {
  const Frame frame = frame_;
  u8* const memory = memory_;
  frame_ = other.frame_;
  memory_ = other.memory_;
  other.frame_ = frame;
  other.memory_ = memory;
}

}  // namespace dmavp::blit
