// One area per CPU, DMAVP_PERCPU_UNIT apart; an object has the same offset in each.
#include <linux/percpu.h>

#include <cstring>

#include "kernel/exec/internal.h"

namespace {

constexpr std::size_t kGrain = 64;  // a cache line, so that CPUs and objects do not share one
constexpr std::size_t kGrains = DMAVP_PERCPU_UNIT / kGrain;

alignas(4096) unsigned char area[NR_CPUS][DMAVP_PERCPU_UNIT];
std::uint16_t length[kGrains];  // in grains, at the first grain of an object
bool used[kGrains];

}  // namespace

namespace dmavp::kernel::exec {

void percpu_reset() {
  std::memset(length, 0, sizeof(length));
  std::memset(used, 0, sizeof(used));
}

}  // namespace dmavp::kernel::exec

using namespace dmavp::kernel::exec;

extern "C" {

void* __alloc_percpu(size_t size, size_t align) {
  const std::size_t grains = (size + kGrain - 1) / kGrain;
  point(Step::kCharge);
  if (size == 0 || grains > kGrains || align > 4096) return nullptr;
  const std::size_t step = align > kGrain ? align / kGrain : 1;
  for (std::size_t first = 0; first + grains <= kGrains; first += step) {
    std::size_t n = 0;
    while (n < grains && !used[first + n]) ++n;
    if (n < grains) continue;
    for (n = 0; n < grains; ++n) used[first + n] = true;
    length[first] = static_cast<std::uint16_t>(grains);
    for (unsigned cpu = 0; cpu < NR_CPUS; ++cpu) std::memset(area[cpu] + first * kGrain, 0, grains * kGrain);
    return area[0] + first * kGrain;
  }
  return nullptr;
}

void free_percpu(void* object) {
  if (object == nullptr) return;
  const auto offset = static_cast<std::size_t>(static_cast<unsigned char*>(object) - area[0]);
  if (offset >= DMAVP_PERCPU_UNIT || offset % kGrain != 0 || length[offset / kGrain] == 0) {
    diagnostic(2, "kernel.bad-free", "free_percpu of something that alloc_percpu did not return");
    return;
  }
  const std::size_t first = offset / kGrain;
  for (std::size_t n = 0; n < length[first]; ++n) used[first + n] = false;
  length[first] = 0;
  point(Step::kCharge);
}

}  // extern "C"
