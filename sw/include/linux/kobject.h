/* The part of kobjects that devices use: a name and a reference count. */
#ifndef DMAVP_LINUX_KOBJECT_H
#define DMAVP_LINUX_KOBJECT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/sysfs.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kobject {
  const char* name; /* kmalloc'd by dev_set_name() */
  struct list_head entry;
  struct kobject* parent;
  struct kref kref;
};

static inline const char* kobject_name(const struct kobject* kobj) { return kobj->name; }

#ifdef __cplusplus
}
#endif
#endif
