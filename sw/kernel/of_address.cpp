// Addresses through `ranges`, interrupts through `interrupt-parent`.
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

namespace {

/// One step up: the address of a child of `bus` as an address of the bus's parent.
bool through_ranges(const struct device_node* bus, u64& address) {
  int length = 0;
  const auto* ranges = static_cast<const __be32*>(of_get_property(bus, "ranges", &length));
  if (ranges == nullptr) return false;
  if (length == 0) return true;  // the same addresses above
  auto* node = const_cast<struct device_node*>(bus);
  u32 child_cells = 2, size_cells = 1;
  of_property_read_u32(bus, "#address-cells", &child_cells);
  of_property_read_u32(bus, "#size-cells", &size_cells);
  const int parent_cells = of_n_addr_cells(node);
  const int entry = static_cast<int>(child_cells + size_cells) + parent_cells;
  for (int left = length / 4; left >= entry; left -= entry, ranges += entry) {
    const u64 from = of_read_number(ranges, static_cast<int>(child_cells));
    const u64 to = of_read_number(ranges + child_cells, parent_cells);
    const u64 size =
        of_read_number(ranges + static_cast<int>(child_cells) + parent_cells, static_cast<int>(size_cells));
    if (address < from || address - from >= size) continue;
    address = to + (address - from);
    return true;
  }
  return false;
}

bool translate(const struct device_node* np, u64& address) {
  for (const struct device_node* bus = np->parent; bus != nullptr && bus->parent != nullptr;
       bus = bus->parent)
    if (!through_ranges(bus, address)) return false;
  return true;
}

}  // namespace

u64 of_translate_address(struct device_node* np, const __be32* address) {
  u64 value = of_read_number(address, of_n_addr_cells(np));
  return translate(np, value) ? value : OF_BAD_ADDR;
}

int of_address_to_resource(struct device_node* np, int index, struct resource* res) {
  int length = 0;
  const auto* reg = static_cast<const __be32*>(of_get_property(np, "reg", &length));
  if (reg == nullptr || index < 0 || np->parent == nullptr) return -EINVAL;
  const int address_cells = of_n_addr_cells(np), size_cells = of_n_size_cells(np);
  const int entry = address_cells + size_cells;
  if (size_cells == 0 || (index + 1) * entry > length / 4) return -EINVAL;
  reg += index * entry;
  u64 address = of_read_number(reg, address_cells);
  const u64 size = of_read_number(reg + address_cells, size_cells);
  if (size == 0 || !translate(np, address)) return -EINVAL;
  const char* name = nullptr;
  if (of_property_read_string_index(np, "reg-names", index, &name) != 0) name = np->full_name;
  *res = {address, address + size - 1, name, IORESOURCE_MEM};
  return 0;
}

void __iomem* of_iomap(struct device_node* np, int index) {
  struct resource res;
  return of_address_to_resource(np, index, &res) == 0 ? ioremap(res.start, resource_size(&res)) : nullptr;
}

// --- interrupts
// -------------------------------------------------------------------------------------------------

namespace {
struct device_node* interrupt_parent(const struct device_node* np) {
  for (const struct device_node* n = np; n != nullptr; n = n->parent) {
    if (of_property_present(n, "interrupt-parent")) return of_parse_phandle(n, "interrupt-parent", 0);
    if (n != np && of_property_present(n, "interrupt-controller")) return const_cast<struct device_node*>(n);
  }
  return nullptr;
}
}  // namespace

int of_irq_parse_one(struct device_node* np, int index, struct of_phandle_args* out) {
  if (index < 0) return -EINVAL;
  if (of_property_present(np, "interrupts-extended"))
    return of_parse_phandle_with_args(np, "interrupts-extended", "#interrupt-cells", index, out);
  if (!of_property_present(np, "interrupts")) return -ENOENT;
  struct device_node* controller = interrupt_parent(np);
  u32 cells = 0;
  if (controller == nullptr || of_property_read_u32(controller, "#interrupt-cells", &cells) != 0 ||
      cells == 0 || cells > MAX_PHANDLE_ARGS) {
    pr_err("%pOF: no interrupt controller for `interrupts`\n", np);
    return -EINVAL;
  }
  out->np = controller;
  out->args_count = static_cast<int>(cells);
  for (u32 i = 0; i < cells; i++)
    if (of_property_read_u32_index(np, "interrupts", static_cast<u32>(index) * cells + i, &out->args[i]) != 0)
      return -ENOENT;
  return 0;
}

int of_irq_count(struct device_node* np) {
  struct of_phandle_args args;
  int count = 0;
  while (of_irq_parse_one(np, count, &args) == 0) count++;
  return count;
}

int of_irq_get(struct device_node* np, int index) {
  struct of_phandle_args args;
  const int ret = of_irq_parse_one(np, index, &args);
  if (ret != 0) return ret;
  // Type, number, flags: only shared peripheral interrupts (type 0) reach the controller that stands in.
  if (args.args_count == 3) return args.args[0] == 0 ? static_cast<int>(args.args[1] + 32) : -ENXIO;
  return args.args[0] != 0 ? static_cast<int>(args.args[0]) : -ENXIO;  // source 0 does not exist
}

int of_irq_get_byname(struct device_node* np, const char* name) {
  const int index = of_property_match_string(np, "interrupt-names", name);
  return index < 0 ? index : of_irq_get(np, index);
}

unsigned int irq_of_parse_and_map(struct device_node* np, int index) {
  const int irq = of_irq_get(np, index);
  return irq > 0 ? static_cast<unsigned int>(irq) : 0;
}
