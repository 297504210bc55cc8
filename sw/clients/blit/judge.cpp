#include "clients/blit/judge.h"

namespace dmavp::blit {
namespace {

/// visit(offset into memory(), x, y, sample, byte as it should be) for each byte of a pixel.
template <class Visit>
void each_pixel_byte(const Task& task, const Canvas& source, const Frame& to, Visit visit) {
  for (u32 y = 0; y < to.height; y++)
    for (u32 x = 0; x < to.width; x++)
      for (u32 sample = 0; sample < to.samples; sample++)
        visit(Canvas::kGuard + to.at(x, y, sample), x, y, sample,
              expected(task.operation, source.frame(), source.pixels(), task.rectangle, task.value, x, y,
                       sample));
}

void note(Difference* found, const Difference& one) {
  const size_t before = found->count;
  if (!before || one.offset < found->offset) *found = one;
  found->count = before + 1;
}

}  // namespace

void spoil(const Task& task, const Canvas& source, Canvas* target) {
  each_pixel_byte(task, source, target->frame(), [target](size_t offset, u32, u32, u32, u8 right) {
    target->memory()[offset] = static_cast<u8>(~right);
  });
}

Difference compare(const Task& task, const Canvas& source, const Canvas& target) {
  Difference found = {};
  const u8* memory = target.memory();
  each_pixel_byte(task, source, target.frame(), [&](size_t offset, u32 x, u32 y, u32 sample, u8 right) {
    if (memory[offset] != right) note(&found, {1, false, offset, x, y, sample, right, memory[offset]});
  });
  for (size_t offset = 0; offset < target.bytes(); offset++)
    if (target.is_guard(offset) && memory[offset] != Canvas::kGuardByte)
      note(&found, {1, true, offset, 0, 0, 0, Canvas::kGuardByte, memory[offset]});
  return found;
}

}  // namespace dmavp::blit
