// Random numbers: a stream per thread, named after it, and one per CPU for interrupt context.
#include <linux/random.h>

#include <cstdio>
#include <cstring>

#include "kernel/exec/internal.h"

using namespace dmavp::kernel::exec;

namespace {

std::uint64_t next64() {
  Thread& t = self();
  if (g.here != nullptr && t.interrupted()) return draw(g.here->random_stream, 0);
  if (!t.has_random) {
    char name[80];
    std::snprintf(name, sizeof(name), "random.%s", t.name);
    t.random_stream = g.machine->choice_stream(name);
    t.has_random = true;
  }
  return draw(t.random_stream, 0);
}

}  // namespace

extern "C" {

void get_random_bytes(void* buffer, size_t bytes) {
  auto* out = static_cast<unsigned char*>(buffer);
  while (bytes != 0) {
    const std::uint64_t value = next64();
    const size_t n = bytes < sizeof(value) ? bytes : sizeof(value);
    for (size_t i = 0; i < n; ++i) out[i] = static_cast<unsigned char>(value >> (8 * i));
    out += n;
    bytes -= n;
  }
}

u8 get_random_u8(void) { return static_cast<u8>(next64()); }
u16 get_random_u16(void) { return static_cast<u16>(next64()); }
u32 get_random_u32(void) { return static_cast<u32>(next64()); }
u64 get_random_u64(void) { return next64(); }
u32 get_random_u32_below(u32 ceiling) { return ceiling < 2 ? 0 : static_cast<u32>(next64() % ceiling); }

}  // extern "C"
