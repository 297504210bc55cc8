/* Attributes of devices. There is no file system: links do nothing, attributes are kept and can be read by
 * tests. */
#ifndef DMAVP_LINUX_SYSFS_H
#define DMAVP_LINUX_SYSFS_H

#include <linux/compiler.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kobject;

struct attribute {
  const char* name;
  umode_t mode;
};

struct attribute_group {
  const char* name;
  struct attribute** attrs;
};

#define __ATTRIBUTE_GROUPS(_name) \
  static const struct attribute_group* _name##_groups[] = {&_name##_group, NULL}
#define ATTRIBUTE_GROUPS(_name)                                              \
  static const struct attribute_group _name##_group = {NULL, _name##_attrs}; \
  __ATTRIBUTE_GROUPS(_name)

/* At most PAGE_SIZE bytes. */
int sysfs_emit(char* buffer, const char* format, ...) __printf(2, 3);
int sysfs_emit_at(char* buffer, int at, const char* format, ...) __printf(3, 4);

static inline int sysfs_create_link(struct kobject* kobj, struct kobject* target, const char* name) {
  (void)kobj;
  (void)target;
  (void)name;
  return 0;
}
static inline void sysfs_remove_link(struct kobject* kobj, const char* name) {
  (void)kobj;
  (void)name;
}

#ifdef __cplusplus
}
#endif
#endif
