// RAM of the simulated system as the kernel's services see it: heaps over the machine's regions and their
// addresses.
#pragma once

#include <linux/types.h>

#include <cstddef>
#include <cstdint>

#include "kernel/ram_heap.h"
#include "port/machine.h"

namespace dmavp::kernel::memory {

/// Reads the machine's regions. False and a reason when there is none or a view is not page aligned.
bool start(port::Machine& machine, const char** error);
/// Forgets everything; memory still allocated is gone with it.
void stop();

/// Allocates in the first region with room below `limit` (an address, inclusive); GFP flags: zeroing only.
void* allocate(std::size_t size, std::size_t align, gfp_t flags, const void* site,
               std::uint64_t limit = ~0ull);
/// Reports "kernel.bad-free" unless an object starts at p. `what` names the caller ("kfree").
void release(const void* p, const char* what);
bool find(const void* p, RamHeap::Object& object);

/// An address in the CPU's or the bus view; false when it is in neither.
bool to_physical(const volatile void* p, std::uint64_t& physical);
/// The CPU's and the bus view of RAM that holds all `bytes` from `physical`; null when it is not all RAM.
std::byte* cpu_view(std::uint64_t physical, std::size_t bytes);
std::byte* bus_view(std::uint64_t physical, std::size_t bytes);
/// Address behind the last byte of RAM, lowest address of RAM.
std::uint64_t end_of_ram();
std::uint64_t start_of_ram();
bool coherent();

/// Live objects in all regions, and those whose allocation site `belongs` accepts.
std::size_t live_objects();
struct Leaks {
  std::size_t objects = 0;
  std::size_t bytes = 0;
  std::size_t first_size = 0;
  std::uint64_t first_address = 0;
  const void* first_site = nullptr;
};
Leaks leaks(bool (*belongs)(const void* site, const void* argument), const void* argument);
/// A DMA pool or coherent allocation came (+1) or went (-1): they count as live too.
void count_live(int change);

}  // namespace dmavp::kernel::memory
