/* Properties of a device; results as of the of_ functions, -ENXIO and -EINVAL without a node. */
#ifndef DMAVP_LINUX_PROPERTY_H
#define DMAVP_LINUX_PROPERTY_H

#include <linux/device.h>
#include <linux/fwnode.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

bool device_property_present(const struct device* dev, const char* name);
bool device_property_read_bool(const struct device* dev, const char* name);
int device_property_read_u8(const struct device* dev, const char* name, u8* value);
int device_property_read_u16(const struct device* dev, const char* name, u16* value);
int device_property_read_u32(const struct device* dev, const char* name, u32* value);
int device_property_read_u64(const struct device* dev, const char* name, u64* value);
/* value NULL: the number of elements. */
int device_property_read_u32_array(const struct device* dev, const char* name, u32* value, size_t count);
int device_property_count_u32(const struct device* dev, const char* name);
int device_property_read_string(const struct device* dev, const char* name, const char** value);
int device_property_match_string(const struct device* dev, const char* name, const char* string);
const void* device_get_match_data(const struct device* dev);

static inline struct fwnode_handle* dev_fwnode(const struct device* dev) { return dev->fwnode; }

#ifdef __cplusplus
}
#endif
#endif
