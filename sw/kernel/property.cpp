// Properties of a device, and what its driver's table says about it.
#include <linux/property.h>

#include <linux/errno.h>
#include <linux/of.h>
#include <linux/of_device.h>

bool device_property_present(const struct device* dev, const char* name) {
  return of_property_present(dev->of_node, name);
}
bool device_property_read_bool(const struct device* dev, const char* name) {
  return of_property_read_bool(dev->of_node, name);
}
int device_property_read_u8(const struct device* dev, const char* name, u8* value) {
  return of_property_read_u8(dev->of_node, name, value);
}
int device_property_read_u16(const struct device* dev, const char* name, u16* value) {
  return of_property_read_u16(dev->of_node, name, value);
}
int device_property_read_u32(const struct device* dev, const char* name, u32* value) {
  return of_property_read_u32(dev->of_node, name, value);
}
int device_property_read_u64(const struct device* dev, const char* name, u64* value) {
  return of_property_read_u64(dev->of_node, name, value);
}
int device_property_read_u32_array(const struct device* dev, const char* name, u32* value, size_t count) {
  if (value == nullptr) return device_property_count_u32(dev, name);
  return of_property_read_u32_array(dev->of_node, name, value, count);
}
int device_property_count_u32(const struct device* dev, const char* name) {
  return of_property_count_u32_elems(dev->of_node, name);
}
int device_property_read_string(const struct device* dev, const char* name, const char** value) {
  return of_property_read_string(dev->of_node, name, value);
}
int device_property_match_string(const struct device* dev, const char* name, const char* string) {
  return of_property_match_string(dev->of_node, name, string);
}

const struct of_device_id* of_match_device(const struct of_device_id* matches, const struct device* dev) {
  return of_match_node(matches, dev->of_node);
}

const void* of_device_get_match_data(const struct device* dev) {
  if (dev->driver == nullptr) return nullptr;
  const struct of_device_id* match = of_match_device(dev->driver->of_match_table, dev);
  return match != nullptr ? match->data : nullptr;
}

const void* device_get_match_data(const struct device* dev) { return of_device_get_match_data(dev); }
