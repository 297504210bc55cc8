// The device tree in memory: nodes and properties unflattened from the blob, and finding them.
#include <libfdt.h>
#include <linux/kstrtox.h>
#include <linux/of.h>

#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "kernel/services.h"

namespace {

std::vector<char> image;               // own copy of the blob; values point into it
std::deque<struct device_node> nodes;  // in order of the blob
std::deque<struct property> properties;
std::deque<std::string> names;
char reason[200];

bool fail(const char** error, const char* what, int code) {
  dmavp_snprintf(reason, sizeof(reason), "device tree: %s (%s)", what, fdt_strerror(code));
  *error = reason;
  return false;
}

void read_properties(int offset, struct device_node& node) {
  struct property** tail = &node.properties;
  int p;
  fdt_for_each_property_offset(p, image.data(), offset) {
    int length = 0;
    const char* name = nullptr;
    const void* value = fdt_getprop_by_offset(image.data(), p, &name, &length);
    if (value == nullptr) continue;
    properties.push_back({const_cast<char*>(name), length, const_cast<void*>(value), nullptr});
    *tail = &properties.back();
    tail = &properties.back().next;
  }
}

struct device_node* add_node(int offset, struct device_node* parent) {
  nodes.emplace_back();
  struct device_node& node = nodes.back();
  node = {};
  const char* full = fdt_get_name(image.data(), offset, nullptr);
  names.emplace_back(full);
  node.full_name = names.back().c_str();
  names.emplace_back(full, std::strcspn(full, "@"));
  node.name = names.back().c_str();
  node.phandle = fdt_get_phandle(image.data(), offset);
  node.parent = parent;
  read_properties(offset, node);
  struct device_node** tail = &node.child;
  int child;
  fdt_for_each_subnode(child, image.data(), offset) {
    *tail = add_node(child, &node);
    tail = &(*tail)->sibling;
  }
  return &node;
}

/// Index of the node in the blob's order, -1 for NULL: searches go on behind it.
std::size_t position_after(const struct device_node* from) {
  if (from == nullptr) return 0;
  for (std::size_t i = 0; i < nodes.size(); i++)
    if (&nodes[i] == from) return i + 1;
  return nodes.size();
}

template <typename Accept>
struct device_node* search(struct device_node* from, Accept accept) {
  for (std::size_t i = position_after(from); i < nodes.size(); i++)
    if (accept(nodes[i])) return &nodes[i];
  return nullptr;
}

/// Rank of `compatible` in the node's list, 0 most specific, -1 absent.
int compatible_rank(const struct device_node* np, const char* compatible) {
  int length = 0;
  const auto* list = static_cast<const char*>(of_get_property(np, "compatible", &length));
  int rank = 0;
  for (int at = 0; list != nullptr && at < length; rank++) {
    const std::size_t n = strnlen(list + at, static_cast<std::size_t>(length - at));
    if (n == static_cast<std::size_t>(length - at)) return -1;  // not terminated
    if (strcasecmp(list + at, compatible) == 0) return rank;
    at += static_cast<int>(n) + 1;
  }
  return -1;
}

struct device_node* find_path(const char* path) {
  struct device_node* node = nodes.empty() ? nullptr : &nodes[0];
  while (node != nullptr) {
    while (*path == '/') path++;
    if (*path == '\0') return node;
    const std::size_t n = std::strcspn(path, "/");
    const bool with_unit = std::memchr(path, '@', n) != nullptr;
    struct device_node* child = node->child;
    for (; child != nullptr; child = child->sibling) {
      const char* name = with_unit ? child->full_name : child->name;
      if (std::strlen(name) == n && std::memcmp(name, path, n) == 0) break;
    }
    node = child;
    path += n;
  }
  return nullptr;
}

}  // namespace

namespace dmavp::kernel::tree {

bool start(const void* blob, const char** error) {
  stop();
  if (blob == nullptr) {
    *error = "the board has no device tree";
    return false;
  }
  int code = fdt_check_header(blob);
  if (code != 0) return fail(error, "bad header", code);
  const auto* bytes = static_cast<const char*>(blob);
  image.assign(bytes, bytes + fdt_totalsize(blob));
  code = fdt_check_full(image.data(), image.size());
  if (code != 0) return fail(error, "damaged", code);
  const int root = fdt_next_node(image.data(), -1, nullptr);
  if (root < 0) return fail(error, "no root node", root);
  add_node(root, nullptr);
  return true;
}

void stop() {
  nodes.clear();
  properties.clear();
  names.clear();
  image.clear();
}

}  // namespace dmavp::kernel::tree

// --- finding nodes
// ------------------------------------------------------------------------------------------------

struct device_node* of_find_node_by_path(const char* path) {
  if (path == nullptr || path[0] == '\0') return nullptr;
  if (path[0] == '/') return find_path(path);
  const std::size_t n = std::strcspn(path, "/");
  const struct device_node* aliases = find_path("/aliases");
  const char* target = nullptr;
  if (aliases == nullptr || of_property_read_string(aliases, std::string(path, n).c_str(), &target) != 0)
    return nullptr;
  return find_path((std::string(target) + (path + n)).c_str());
}

struct device_node* of_find_node_by_phandle(phandle handle) {
  if (handle == 0) return nullptr;
  return search(nullptr, [&](const struct device_node& n) { return n.phandle == handle; });
}

struct device_node* of_find_compatible_node(struct device_node* from, const char* type,
                                            const char* compatible) {
  return search(from, [&](const struct device_node& n) {
    const char* device_type = nullptr;
    if (type != nullptr && (of_property_read_string(&n, "device_type", &device_type) != 0 ||
                            std::strcmp(device_type, type) != 0))
      return false;
    return compatible_rank(&n, compatible) >= 0;
  });
}

struct device_node* of_find_node_by_name(struct device_node* from, const char* name) {
  return search(from, [&](const struct device_node& n) { return std::strcmp(n.name, name) == 0; });
}

struct device_node* of_find_node_with_property(struct device_node* from, const char* name) {
  return search(from, [&](const struct device_node& n) { return of_property_present(&n, name); });
}

struct device_node* of_find_matching_node_and_match(struct device_node* from,
                                                    const struct of_device_id* matches,
                                                    const struct of_device_id** match) {
  return search(from, [&](const struct device_node& n) {
    const struct of_device_id* m = of_match_node(matches, &n);
    if (m != nullptr && match != nullptr) *match = m;
    return m != nullptr;
  });
}

struct device_node* of_find_all_nodes(struct device_node* prev) {
  return search(prev, [](const struct device_node&) { return true; });
}

struct device_node* of_get_parent(const struct device_node* node) {
  return node != nullptr ? node->parent : nullptr;
}

struct device_node* of_get_next_child(const struct device_node* node, struct device_node* prev) {
  if (prev != nullptr) return prev->sibling;
  return node != nullptr ? node->child : nullptr;
}

struct device_node* of_get_next_available_child(const struct device_node* node, struct device_node* prev) {
  do {
    prev = of_get_next_child(node, prev);
  } while (prev != nullptr && !of_device_is_available(prev));
  return prev;
}

struct device_node* of_get_child_by_name(const struct device_node* node, const char* name) {
  struct device_node* child;
  for_each_child_of_node(node, child) if (std::strcmp(child->name, name) == 0) return child;
  return nullptr;
}

// --- what a node is
// -----------------------------------------------------------------------------------------------

bool of_device_is_compatible(const struct device_node* np, const char* compatible) {
  return np != nullptr && compatible_rank(np, compatible) >= 0;
}

bool of_machine_is_compatible(const char* compatible) {
  return !nodes.empty() && of_device_is_compatible(&nodes[0], compatible);
}

bool of_device_is_available(const struct device_node* np) {
  if (np == nullptr) return false;
  const char* status = nullptr;
  if (of_property_read_string(np, "status", &status) != 0) return !of_property_present(np, "status");
  return std::strcmp(status, "okay") == 0 || std::strcmp(status, "ok") == 0;
}

const struct of_device_id* of_match_node(const struct of_device_id* matches, const struct device_node* np) {
  const struct of_device_id* best = nullptr;
  int best_rank = 0;
  if (matches == nullptr || np == nullptr) return nullptr;
  for (; matches->compatible[0] != '\0' || matches->name[0] != '\0' || matches->type[0] != '\0'; matches++) {
    if (matches->name[0] != '\0' && std::strcmp(matches->name, np->name) != 0) continue;
    const int rank = matches->compatible[0] != '\0' ? compatible_rank(np, matches->compatible) : 1 << 20;
    if (rank < 0 || (best != nullptr && rank >= best_rank)) continue;
    best = matches;
    best_rank = rank;
  }
  return best;
}

int dmavp_of_path(const struct device_node* np, char* buffer, size_t size) {
  if (np->parent == nullptr) return scnprintf(buffer, size, "/");
  const int n = np->parent->parent != nullptr ? dmavp_of_path(np->parent, buffer, size) : 0;
  return n + scnprintf(buffer + n, size - static_cast<size_t>(n), "/%s", np->full_name);
}

int of_alias_get_id(struct device_node* np, const char* stem) {
  const struct device_node* aliases = find_path("/aliases");
  if (aliases == nullptr) return -ENODEV;
  const std::size_t n = std::strlen(stem);
  for (const struct property* p = aliases->properties; p != nullptr; p = p->next) {
    int id = 0;
    if (std::strncmp(p->name, stem, n) != 0 || kstrtoint(p->name + n, 10, &id) != 0) continue;
    if (find_path(static_cast<const char*>(p->value)) == np) return id;
  }
  return -ENODEV;
}

namespace {
int cells_of(const struct device_node* np, const char* name, int fallback) {
  u32 cells = 0;
  for (np = np->parent; np != nullptr; np = np->parent)
    if (of_property_read_u32(np, name, &cells) == 0) return static_cast<int>(cells);
  return fallback;
}
}  // namespace

int of_n_addr_cells(struct device_node* np) { return cells_of(np, "#address-cells", 2); }
int of_n_size_cells(struct device_node* np) { return cells_of(np, "#size-cells", 1); }
