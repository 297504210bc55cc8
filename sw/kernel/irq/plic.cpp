#include <libfdt.h>
#include <linux/io.h>
#include <linux/spinlock.h>

#include <cstdio>
#include <cstring>

#include "kernel/exec/internal.h"
#include "kernel/irq/chip.h"

namespace dmavp::kernel::irq {

namespace {

constexpr std::uint32_t kNoContext = ~0u;
constexpr unsigned kMaxSources = 1023;

struct Plic {
  std::uint64_t base = 0;
  unsigned sources = 0;
  std::uint32_t context[kMaxCpus] = {};
  // What the enable registers hold, so that a look needs no bus access.
  std::uint32_t enabled[kMaxCpus][(kMaxSources + 32) / 32] = {};
  spinlock_t lock{};
};

Plic plic;
char reason[160];

void write(std::uint64_t offset, std::uint32_t value) { dmavp_mmio_write(plic.base + offset, 4, value); }

std::uint64_t priority(unsigned source) { return 4 * source; }
std::uint64_t enable_word(unsigned cpu, unsigned source) {
  return 0x2000 + 0x80 * std::uint64_t{plic.context[cpu]} + 4 * (source / 32);
}
std::uint64_t threshold(unsigned cpu) { return 0x200000 + 0x1000 * std::uint64_t{plic.context[cpu]}; }
std::uint64_t claim(unsigned cpu) { return threshold(cpu) + 4; }

std::uint64_t cells(const fdt32_t* at, int count) {
  std::uint64_t value = 0;
  while (count-- > 0) value = value << 32 | fdt32_to_cpu(*at++);
  return value;
}

/// The address a bus master sees: through the `ranges` of every bus above.
std::uint64_t translate(const void* fdt, int node, std::uint64_t address) {
  for (int bus = fdt_parent_offset(fdt, node); bus > 0; bus = fdt_parent_offset(fdt, bus)) {
    const int above = fdt_parent_offset(fdt, bus);
    int length = 0;
    const auto* ranges = static_cast<const fdt32_t*>(fdt_getprop(fdt, bus, "ranges", &length));
    if (ranges == nullptr || above < 0) continue;
    const int child = fdt_address_cells(fdt, bus);
    const int parent = fdt_address_cells(fdt, above);
    const int size = fdt_size_cells(fdt, bus);
    const int entry = child + parent + size;
    for (int i = 0; entry > 0 && (i + entry) * 4 <= length; i += entry) {
      const std::uint64_t from = cells(ranges + i, child);
      if (address < from || address - from >= cells(ranges + i + child + parent, size)) continue;
      address = address - from + cells(ranges + i + child, parent);
      break;
    }
  }
  return address;
}

/// Position among the CPU nodes, or -1.
int cpu_index(const void* fdt, int wanted) {
  const int cpus = fdt_path_offset(fdt, "/cpus");
  int node = 0;
  int index = 0;
  fdt_for_each_subnode(node, fdt, cpus) {
    const auto* type = static_cast<const char*>(fdt_getprop(fdt, node, "device_type", nullptr));
    if (type == nullptr || std::strcmp(type, "cpu") != 0) continue;
    const auto* status = static_cast<const char*>(fdt_getprop(fdt, node, "status", nullptr));
    if (status != nullptr && std::strcmp(status, "okay") != 0 && std::strcmp(status, "ok") != 0) continue;
    if (node == wanted) return index;
    ++index;
  }
  return -1;
}

/// The first context listed for each CPU is the one used.
bool read_contexts(const void* fdt, int node) {
  int length = 0;
  const auto* list = static_cast<const fdt32_t*>(fdt_getprop(fdt, node, "interrupts-extended", &length));
  if (list == nullptr) return false;
  const int count = length / 4;
  std::uint32_t number = 0;
  for (int i = 0; i < count; ++number) {
    const int target = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(list[i]));
    if (target < 0) return false;
    int size = 0;
    const auto* width = static_cast<const fdt32_t*>(fdt_getprop(fdt, target, "#interrupt-cells", &size));
    const int arguments = width != nullptr && size == 4 ? static_cast<int>(fdt32_to_cpu(*width)) : 1;
    if (arguments < 1 || i + arguments >= count) return false;
    const std::uint32_t line = fdt32_to_cpu(list[i + 1]);
    i += 1 + arguments;
    if (line == ~0u) continue;  // not present
    const int cpu = cpu_index(fdt, fdt_parent_offset(fdt, target));
    if (cpu >= 0 && cpu < static_cast<int>(kMaxCpus) && plic.context[cpu] == kNoContext)
      plic.context[cpu] = number;
  }
  return true;
}

}  // namespace

void plic_reset() {
  plic = Plic{};
  for (auto& context : plic.context) context = kNoContext;
}

bool plic_probe(const void* fdt, const char** error) {
  plic_reset();
  if (fdt == nullptr) return true;
  int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,plic-1.0.0");
  if (node < 0) node = fdt_node_offset_by_compatible(fdt, -1, "riscv,plic0");
  const bool stand_in = node < 0;
  if (stand_in) node = fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3");
  if (node < 0) return true;

  const auto fail = [&](const char* what) {
    char path[96];
    if (fdt_get_path(fdt, node, path, sizeof(path)) != 0)
      std::snprintf(path, sizeof(path), "interrupt controller");
    std::snprintf(reason, sizeof(reason), "%s: %s", path, what);
    *error = reason;
    return false;
  };
  int length = 0;
  const int address_cells = fdt_address_cells(fdt, fdt_parent_offset(fdt, node));
  const auto* reg = static_cast<const fdt32_t*>(fdt_getprop(fdt, node, "reg", &length));
  if (reg == nullptr || length < 4 * address_cells) return fail("property reg is missing or too short");
  const std::uint64_t base = translate(fdt, node, cells(reg, address_cells));
  unsigned sources = kMaxSources;
  if (stand_in) {
    for (unsigned i = 0; i < kMaxCpus; ++i) plic.context[i] = i;
  } else {
    const auto* ndev = static_cast<const fdt32_t*>(fdt_getprop(fdt, node, "riscv,ndev", &length));
    if (ndev == nullptr || length != 4) return fail("property riscv,ndev is missing or not one cell");
    sources = fdt32_to_cpu(*ndev);
    if (sources == 0 || sources > kMaxSources) return fail("property riscv,ndev must be 1..1023");
    if (!read_contexts(fdt, node)) return fail("property interrupts-extended is missing or malformed");
  }
  plic.base = base;
  plic.sources = sources;
  return true;
}

void plic_setup() {
  if (plic.sources == 0) return;
  for (unsigned cpu = 0; cpu < nr_cpu_ids; ++cpu) {
    if (!plic_has_cpu(cpu)) continue;
    for (unsigned source = 0; source <= plic.sources; source += 32) write(enable_word(cpu, source), 0);
    write(threshold(cpu), 0);
  }
  for (unsigned source = 1; source <= plic.sources; ++source) write(priority(source), 1);
}

unsigned plic_sources() { return plic.sources; }

bool plic_has_cpu(unsigned cpu) {
  return cpu < kMaxCpus && plic.sources != 0 && plic.context[cpu] != kNoContext;
}

unsigned plic_claim(unsigned cpu) {
  return plic_has_cpu(cpu) ? static_cast<unsigned>(dmavp_mmio_read(plic.base + claim(cpu), 4)) : 0;
}

void plic_complete(unsigned cpu, unsigned source) {
  // A completion for a disabled source is ignored by the hardware, and the source would be dead afterwards.
  const bool lost = !plic_enabled(cpu, source);
  if (lost) plic_enable(cpu, source, true);
  write(claim(cpu), source);
  if (lost) plic_enable(cpu, source, false);
}

bool plic_enabled(unsigned cpu, unsigned source) {
  return (plic.enabled[cpu][source / 32] >> source % 32 & 1) != 0;
}

void plic_enable(unsigned cpu, unsigned source, bool on) {
  unsigned long flags = 0;
  spin_lock_irqsave(&plic.lock, flags);
  std::uint32_t& word = plic.enabled[cpu][source / 32];
  word = on ? word | 1u << source % 32 : word & ~(1u << source % 32);
  write(enable_word(cpu, source), word);
  spin_unlock_irqrestore(&plic.lock, flags);
}

void plic_mask(unsigned source, bool masked) { write(priority(source), masked ? 0 : 1); }

}  // namespace dmavp::kernel::irq
