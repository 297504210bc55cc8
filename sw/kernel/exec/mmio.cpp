// Register accesses. Together with point() this is the hot path of drivers.
#include <linux/io.h>

#include "kernel/exec/internal.h"

using namespace dmavp::kernel::exec;

namespace {

void failed(const char* what, u64 address, unsigned bytes) {
  diagnostic(2, "kernel.bus-error", "%s of %u bytes at 0x%llx was answered with a bus error (thread %s)",
             what, bytes, static_cast<unsigned long long>(address), self().name);
}

/// Leaves the CPU, which waits for it: no interrupt is taken before the access is over.
void depart() {
  if (g.lead == 0) return;
  g.here->now += g.lead;
  if (g.here->now >= g.horizon || g.here->now >= g.others) switch_out();
}

void accessed(Step step, dmavp::port::Time duration) {
  Cpu& c = *g.here;
  c.now += duration;
  g.horizon = g.machine->horizon();
  note(step);
  update_limit();
  if (c.now >= g.limit) sync_slow();
}

}  // namespace

extern "C" {

u64 dmavp_mmio_read(u64 address, unsigned int bytes) {
  if (g.here == nullptr) {
    failed("a read outside of the simulated software", address, bytes);
    return ~u64{0};
  }
  depart();
  const auto result = g.machine->read(g.here->index, address, bytes, g.here->now);
  accessed(Step::kMmioRead, result.duration);
  if (__builtin_expect(!result.ok, 0)) {
    failed("a read", address, bytes);
    return ~u64{0};
  }
  return result.value;
}

void dmavp_mmio_write(u64 address, unsigned int bytes, u64 value) {
  if (g.here == nullptr) {
    failed("a write outside of the simulated software", address, bytes);
    return;
  }
  depart();
  const auto result = g.machine->write(g.here->index, address, bytes, value, g.here->now);
  accessed(Step::kMmioWrite, result.duration);
  if (__builtin_expect(!result.ok, 0)) failed("a write", address, bytes);
}

void memcpy_fromio(void* to, const volatile void __iomem* from, size_t bytes) {
  auto* out = static_cast<u8*>(to);
  const auto* in = static_cast<const volatile u8*>(from);
  for (size_t i = 0; i < bytes; ++i) out[i] = readb(in + i);
}

void memcpy_toio(volatile void __iomem* to, const void* from, size_t bytes) {
  auto* out = static_cast<volatile u8*>(to);
  const auto* in = static_cast<const u8*>(from);
  for (size_t i = 0; i < bytes; ++i) writeb(in[i], out + i);
}

void memset_io(volatile void __iomem* to, int value, size_t bytes) {
  auto* out = static_cast<volatile u8*>(to);
  for (size_t i = 0; i < bytes; ++i) writeb(static_cast<u8>(value), out + i);
}

}  // extern "C"
