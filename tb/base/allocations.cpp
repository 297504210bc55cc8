// Counts every allocation of a test program.
#include <cstdlib>
#include <new>

namespace dmavp {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++dmavp::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
