// Reading properties and lists of phandles.
#include <linux/kernel.h>
#include <linux/of.h>

#include <cstring>

struct property* of_find_property(const struct device_node* np, const char* name, int* length) {
  if (np == nullptr) return nullptr;
  for (struct property* p = np->properties; p != nullptr; p = p->next)
    if (std::strcmp(p->name, name) == 0) {
      if (length != nullptr) *length = p->length;
      return p;
    }
  return nullptr;
}

const void* of_get_property(const struct device_node* np, const char* name, int* length) {
  const struct property* p = of_find_property(np, name, length);
  return p != nullptr ? p->value : nullptr;
}

bool of_property_read_bool(const struct device_node* np, const char* name) {
  return of_property_present(np, name);
}

namespace {

/// Bytes [offset, offset + bytes) of a property, or the error of the readers.
int value_of(const struct device_node* np, const char* name, size_t offset, size_t bytes,
             const unsigned char** out) {
  const struct property* p = of_find_property(np, name, nullptr);
  if (p == nullptr) return -EINVAL;
  if (p->length == 0) return -ENODATA;
  if (offset + bytes > static_cast<size_t>(p->length)) return -EOVERFLOW;
  *out = static_cast<const unsigned char*>(p->value) + offset;
  return 0;
}

u64 big_endian(const unsigned char* p, size_t bytes) {
  u64 value = 0;
  while (bytes-- > 0) value = value << 8 | *p++;
  return value;
}

template <typename T>
int read_array(const struct device_node* np, const char* name, size_t first, T* out, size_t count) {
  const unsigned char* value = nullptr;
  const int ret = value_of(np, name, first * sizeof(T), count * sizeof(T), &value);
  if (ret != 0) return ret;
  for (size_t i = 0; i < count; i++) out[i] = static_cast<T>(big_endian(value + i * sizeof(T), sizeof(T)));
  return 0;
}

}  // namespace

int of_property_read_u8(const struct device_node* np, const char* name, u8* out) {
  return read_array(np, name, 0, out, 1);
}
int of_property_read_u16(const struct device_node* np, const char* name, u16* out) {
  return read_array(np, name, 0, out, 1);
}
int of_property_read_u32(const struct device_node* np, const char* name, u32* out) {
  return read_array(np, name, 0, out, 1);
}
int of_property_read_s32(const struct device_node* np, const char* name, s32* out) {
  return read_array(np, name, 0, out, 1);
}
int of_property_read_u64(const struct device_node* np, const char* name, u64* out) {
  return read_array(np, name, 0, out, 1);
}
int of_property_read_u32_index(const struct device_node* np, const char* name, u32 index, u32* out) {
  return read_array(np, name, index, out, 1);
}
int of_property_read_u32_array(const struct device_node* np, const char* name, u32* out, size_t count) {
  return read_array(np, name, 0, out, count);
}
int of_property_read_u64_array(const struct device_node* np, const char* name, u64* out, size_t count) {
  return read_array(np, name, 0, out, count);
}

int of_property_read_variable_u32_array(const struct device_node* np, const char* name, u32* out,
                                        size_t min_count, size_t max_count) {
  int length = 0;
  const bool present = of_find_property(np, name, &length) != nullptr;
  size_t count = min_count;
  if (present && max_count != 0) {
    const size_t given = static_cast<size_t>(length) / sizeof(u32);
    count = given < min_count ? min_count : given > max_count ? max_count : given;
  }
  const int ret = read_array(np, name, 0, out, count);
  return ret != 0 ? ret : static_cast<int>(count);
}

int of_property_count_elems_of_size(const struct device_node* np, const char* name, int size) {
  int length = 0;
  if (of_find_property(np, name, &length) == nullptr) return -EINVAL;
  if (length == 0) return -ENODATA;
  return length % size == 0 ? length / size : -EINVAL;
}

// --- strings
// ----------------------------------------------------------------------------------------------------

namespace {
/// Walks the strings of a property: the count, or the index of the one equal to `wanted`, or with `index` >=
/// 0 that one in *out; errors as documented in of.h.
int walk_strings(const struct device_node* np, const char* name, const char* wanted, int index,
                 const char** out) {
  const struct property* p = of_find_property(np, name, nullptr);
  if (p == nullptr) return -EINVAL;
  if (p->length == 0) return -ENODATA;
  const auto* s = static_cast<const char*>(p->value);
  const char* const end = s + p->length;
  int at = 0;
  for (; s < end; at++) {
    const size_t n = strnlen(s, static_cast<size_t>(end - s));
    if (s + n >= end) return -EILSEQ;
    if (index == at) {
      *out = s;
      return 0;
    }
    if (wanted != nullptr && std::strcmp(s, wanted) == 0) return at;
    s += n + 1;
  }
  return wanted != nullptr || index >= 0 ? -ENODATA : at;
}
}  // namespace

int of_property_read_string(const struct device_node* np, const char* name, const char** out) {
  return walk_strings(np, name, nullptr, 0, out);
}
int of_property_read_string_index(const struct device_node* np, const char* name, int index,
                                  const char** out) {
  return index < 0 ? -EINVAL : walk_strings(np, name, nullptr, index, out);
}
int of_property_count_strings(const struct device_node* np, const char* name) {
  return walk_strings(np, name, nullptr, -1, nullptr);
}
int of_property_match_string(const struct device_node* np, const char* name, const char* string) {
  return walk_strings(np, name, string, -1, nullptr);
}

// --- phandles
// ---------------------------------------------------------------------------------------------------

namespace {
/// Entry `index`, or with a negative index the number of entries. cells_name NULL: cell_count cells each.
int walk_phandles(const struct device_node* np, const char* list_name, const char* cells_name, int cell_count,
                  int index, struct of_phandle_args* out) {
  int length = 0;
  const auto* list = static_cast<const __be32*>(of_get_property(np, list_name, &length));
  if (list == nullptr) return -ENOENT;
  if (length % 4 != 0) return -EINVAL;
  const __be32* const end = list + length / 4;
  int at = 0;
  for (; list < end; at++) {
    const phandle handle = be32_to_cpu(*list++);
    int cells = 0;
    struct device_node* target = nullptr;
    if (handle != 0) {  // 0 is a deliberate hole without cells
      target = of_find_node_by_phandle(handle);
      u32 count = static_cast<u32>(cell_count);
      if (target == nullptr ||
          (cells_name != nullptr && of_property_read_u32(target, cells_name, &count) != 0)) {
        pr_err("%pOF: entry %d of %s names no node with %s\n", np, at, list_name,
               cells_name != nullptr ? cells_name : "that phandle");
        return -EINVAL;
      }
      if (count > MAX_PHANDLE_ARGS || list + count > end) {
        pr_err("%pOF: entry %d of %s is too short: %u cells are needed\n", np, at, list_name, count);
        return -EINVAL;
      }
      cells = static_cast<int>(count);
    }
    if (at == index) {
      if (handle == 0) return -ENOENT;
      if (out != nullptr) {
        out->np = target;
        out->args_count = cells;
        for (int i = 0; i < cells; i++) out->args[i] = be32_to_cpu(list[i]);
      }
      return 0;
    }
    list += cells;
  }
  return index < 0 ? at : -ENOENT;
}
}  // namespace

int of_parse_phandle_with_args(const struct device_node* np, const char* list_name, const char* cells_name,
                               int index, struct of_phandle_args* out) {
  return index < 0 ? -EINVAL : walk_phandles(np, list_name, cells_name, 0, index, out);
}
int of_parse_phandle_with_fixed_args(const struct device_node* np, const char* list_name, int cell_count,
                                     int index, struct of_phandle_args* out) {
  return index < 0 ? -EINVAL : walk_phandles(np, list_name, nullptr, cell_count, index, out);
}
int of_count_phandle_with_args(const struct device_node* np, const char* list_name, const char* cells_name) {
  return walk_phandles(np, list_name, cells_name, 0, -1, nullptr);
}
struct device_node* of_parse_phandle(const struct device_node* np, const char* name, int index) {
  struct of_phandle_args args;
  return of_parse_phandle_with_fixed_args(np, name, 0, index, &args) == 0 ? args.np : nullptr;
}
