/* The device tree. Nodes live as long as the kernel; references are counted for form's sake only. */
#ifndef DMAVP_LINUX_OF_H
#define DMAVP_LINUX_OF_H

#include <asm/byteorder.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/fwnode.h>
#include <linux/mod_devicetable.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;

typedef u32 phandle;

struct property {
  char* name;
  int length;  /* bytes */
  void* value; /* as in the blob: cells are big endian */
  struct property* next;
};

struct device_node {
  const char* name; /* without unit address */
  u32 phandle;
  const char* full_name; /* with unit address */
  struct fwnode_handle fwnode;
  struct property* properties;
  struct device_node* parent;
  struct device_node* child;
  struct device_node* sibling;
  void* data;
};

#define MAX_PHANDLE_ARGS 16
struct of_phandle_args {
  struct device_node* np;
  int args_count;
  u32 args[MAX_PHANDLE_ARGS];
};

#define of_fwnode_handle(node) (&(node)->fwnode)
#define of_match_ptr(ptr) (ptr)
#define of_node_full_name(np) ((np) ? (np)->full_name : "<no-node>")

static inline struct device_node* of_node_get(struct device_node* node) { return node; }
static inline void of_node_put(struct device_node* node) { (void)node; }

/* ---- finding nodes; NULL when there is none ---- */
struct device_node* of_find_node_by_path(const char* path); /* full path or alias */
struct device_node* of_find_node_by_phandle(phandle handle);
struct device_node* of_find_compatible_node(struct device_node* from, const char* type,
                                            const char* compatible);
struct device_node* of_find_node_by_name(struct device_node* from, const char* name);
struct device_node* of_find_node_with_property(struct device_node* from, const char* name);
struct device_node* of_find_matching_node_and_match(struct device_node* from,
                                                    const struct of_device_id* matches,
                                                    const struct of_device_id** match);
struct device_node* of_find_all_nodes(struct device_node* prev);
struct device_node* of_get_parent(const struct device_node* node);
struct device_node* of_get_next_child(const struct device_node* node, struct device_node* prev);
struct device_node* of_get_next_available_child(const struct device_node* node, struct device_node* prev);
struct device_node* of_get_child_by_name(const struct device_node* node, const char* name);
struct device_node* of_parse_phandle(const struct device_node* np, const char* name, int index);
#define for_each_child_of_node(parent, child) \
  for ((child) = of_get_next_child(parent, NULL); (child); (child) = of_get_next_child(parent, child))
#define for_each_available_child_of_node(parent, child)              \
  for ((child) = of_get_next_available_child(parent, NULL); (child); \
       (child) = of_get_next_available_child(parent, child))
#define for_each_compatible_node(dn, type, compatible)               \
  for ((dn) = of_find_compatible_node(NULL, type, compatible); (dn); \
       (dn) = of_find_compatible_node(dn, type, compatible))

/* ---- what a node says ---- */
bool of_device_is_compatible(const struct device_node* np, const char* compatible);
bool of_machine_is_compatible(const char* compatible);
bool of_device_is_available(const struct device_node* np); /* status absent, "okay" or "ok" */
/* The entry for the most specific string of `compatible`. */
const struct of_device_id* of_match_node(const struct of_device_id* matches, const struct device_node* np);
/* Data of the entry of the driver's table that fits the device; NULL when there is none. */
const void* of_device_get_match_data(const struct device* dev);
/* Path of the node; returns its length. */
int dmavp_of_path(const struct device_node* np, char* buffer, size_t size);
int of_alias_get_id(struct device_node* np, const char* stem);
int of_n_addr_cells(struct device_node* np);
int of_n_size_cells(struct device_node* np);

struct property* of_find_property(const struct device_node* np, const char* name, int* length);
const void* of_get_property(const struct device_node* np, const char* name, int* length);
bool of_property_read_bool(const struct device_node* np, const char* name);
static inline bool of_property_present(const struct device_node* np, const char* name) {
  return of_find_property(np, name, NULL) != NULL;
}
/* 0; -EINVAL no such property, -ENODATA no value, -EOVERFLOW too short. */
int of_property_read_u8(const struct device_node* np, const char* name, u8* out);
int of_property_read_u16(const struct device_node* np, const char* name, u16* out);
int of_property_read_u32(const struct device_node* np, const char* name, u32* out);
int of_property_read_s32(const struct device_node* np, const char* name, s32* out);
int of_property_read_u64(const struct device_node* np, const char* name, u64* out);
int of_property_read_u32_index(const struct device_node* np, const char* name, u32 index, u32* out);
int of_property_read_u32_array(const struct device_node* np, const char* name, u32* out, size_t count);
int of_property_read_u64_array(const struct device_node* np, const char* name, u64* out, size_t count);
/* Cells read, at least min and at most max (0 = min), or as above. */
int of_property_read_variable_u32_array(const struct device_node* np, const char* name, u32* out, size_t min,
                                        size_t max);
/* Elements, or -EINVAL, or -EINVAL when the length is no multiple. */
int of_property_count_elems_of_size(const struct device_node* np, const char* name, int size);
#define of_property_count_u32_elems(np, name) of_property_count_elems_of_size((np), (name), sizeof(u32))
/* 0; -EINVAL, -ENODATA (also: index too large), -EILSEQ not terminated. */
int of_property_read_string(const struct device_node* np, const char* name, const char** out);
int of_property_read_string_index(const struct device_node* np, const char* name, int index,
                                  const char** out);
int of_property_count_strings(const struct device_node* np, const char* name);
int of_property_match_string(const struct device_node* np, const char* name, const char* string);

/* Entry `index` of a list of phandles with cells. 0; -ENOENT empty or no such entry, -EINVAL malformed. */
int of_parse_phandle_with_args(const struct device_node* np, const char* list_name, const char* cells_name,
                               int index, struct of_phandle_args* out);
int of_parse_phandle_with_fixed_args(const struct device_node* np, const char* list_name, int cell_count,
                                     int index, struct of_phandle_args* out);
int of_count_phandle_with_args(const struct device_node* np, const char* list_name, const char* cells_name);

static inline u64 of_read_number(const __be32* cell, int size) {
  u64 value = 0;

  for (; size > 0; size--, cell++) value = (value << 32) | be32_to_cpu(*cell);
  return value;
}

#ifdef __cplusplus
}
#endif
#endif
