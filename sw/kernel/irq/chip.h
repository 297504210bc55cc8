// The interrupt controller as the generic interrupt code uses it: a PLIC, or the stand-in with its register
// map.
#pragma once

#include <cstdint>

namespace dmavp::kernel::irq {

/// Reads base address, number of sources and contexts from the device tree. No controller in the tree is
/// fine. False and a reason when its node is unusable.
bool plic_probe(const void* device_tree, const char** error);
void plic_reset();
/// Brings all sources and contexts into a known state: disabled, priority 1, threshold 0. On a kernel thread.
void plic_setup();
/// Highest valid interrupt number, 0 without a controller.
unsigned plic_sources();
bool plic_has_cpu(unsigned cpu);
/// Pending interrupt with the highest priority, 0 when there is none.
unsigned plic_claim(unsigned cpu);
void plic_complete(unsigned cpu, unsigned source);
/// Lets a source through to one CPU's context, or not.
void plic_enable(unsigned cpu, unsigned source, bool on);
bool plic_enabled(unsigned cpu, unsigned source);
/// For all contexts at once.
void plic_mask(unsigned source, bool masked);

}  // namespace dmavp::kernel::irq
