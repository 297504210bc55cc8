#include "memory/backing_store.h"

#include <sys/mman.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace dmavp {
namespace {

constexpr std::uint64_t kLargest = std::uint64_t{1} << 40;

std::byte* map_zeroes(std::uint64_t size) {
  void* memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot map " + std::to_string(size) + " bytes of simulated memory");
  }
  // Few page faults and few TLB misses; if the host has no huge pages, nothing is lost.
  madvise(memory, size, MADV_HUGEPAGE);
  return static_cast<std::byte*>(memory);
}

}  // namespace

BackingStore::BackingStore(std::uint64_t size, Views views) : size_(size) {
  if (size == 0 || size > kLargest) {
    throw std::invalid_argument("memory size " + std::to_string(size) + " is not in 1 .. 2^40 bytes");
  }
  bus_ = map_zeroes(size);
  cpu_ = bus_;
  if (views == Views::kSeparate) {
    try {
      cpu_ = map_zeroes(size);
    } catch (...) {
      munmap(bus_, size);
      throw;
    }
  }
}

BackingStore::~BackingStore() {
  if (cpu_ != bus_) munmap(cpu_, size_);
  munmap(bus_, size_);
}

}  // namespace dmavp
