/* Parameters of a module: set by name from "name=value" when it is loaded, described for `dmavp modules`. */
#ifndef DMAVP_LINUX_MODULEPARAM_H
#define DMAVP_LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kernel_param;
struct module;

#define KERNEL_PARAM_OPS_FL_NOARG (1u << 0) /* "name" alone calls set with NULL */

struct kernel_param_ops {
  unsigned int flags;
  int (*set)(const char* value, const struct kernel_param* kp); /* 0 or a negative errno */
  int (*get)(char* buffer, const struct kernel_param* kp);      /* length; buffer of 4096 bytes */
  void (*free)(void* arg);
};

struct kparam_string {
  unsigned int maxlen; /* bytes with the zero */
  char* string;
};

struct kparam_array {
  unsigned int max;
  unsigned int elemsize;
  unsigned int* num; /* elements given, may be NULL */
  const struct kernel_param_ops* ops;
  void* elem;
};

struct kernel_param {
  const char* name;
  struct module* mod;
  const struct kernel_param_ops* ops;
  u16 perm;
  s8 level;
  u8 flags;
  union {
    void* arg;
    const struct kparam_string* str;
    const struct kparam_array* arr;
  };
};

#define DMAVP_UNIQUE_1(prefix, line) prefix##line
#define DMAVP_UNIQUE_2(prefix, line) DMAVP_UNIQUE_1(prefix, line)
#define __MODULE_INFO(tag, unique, info)                                                            \
  static const char DMAVP_UNIQUE_2(__modinfo_##tag##_, unique)[] DMAVP_TABLE_ENTRY(".modinfo", 1) = \
      #tag "=" info
#define MODULE_INFO(tag, info) __MODULE_INFO(tag, __COUNTER__, info)
#define MODULE_PARM_DESC(name, text) __MODULE_INFO(parm, name, #name ":" text)
#define __MODULE_PARM_TYPE(name, type) __MODULE_INFO(parmtype, name, #name ":" type)

#define __module_param_call(param, operations, argument, permissions)                  \
  static const struct kernel_param __param_##param DMAVP_TABLE_ENTRY("__param", 8) = { \
      #param, THIS_MODULE, operations, permissions, -1, 0, {(void*)(argument)}}

#define module_param_cb(name, ops, arg, perm) __module_param_call(name, ops, arg, perm)
#define module_param_named(name, value, type, perm)             \
  __module_param_call(name, &param_ops_##type, &(value), perm); \
  __MODULE_PARM_TYPE(name, #type)
#define module_param(name, type, perm) module_param_named(name, name, type, perm)
#define module_param_unsafe(name, type, perm) module_param(name, type, perm)
#define module_param_string(name, text, length, perm)                         \
  static const struct kparam_string __param_string_##name = {length, text};   \
  __module_param_call(name, &param_ops_string, &__param_string_##name, perm); \
  __MODULE_PARM_TYPE(name, "string")
#define module_param_array_named(name, array, type, count, perm)                                \
  static const struct kparam_array __param_arr_##name = {                                       \
      sizeof(array) / sizeof((array)[0]), sizeof((array)[0]), count, &param_ops_##type, array}; \
  __module_param_call(name, &param_array_ops, &__param_arr_##name, perm);                       \
  __MODULE_PARM_TYPE(name, "array of " #type)
#define module_param_array(name, type, count, perm) module_param_array_named(name, name, type, count, perm)
#define kernel_param_lock(module) (void)(module)
#define kernel_param_unlock(module) (void)(module)

/* set parses strictly into *(type *)kp->arg: -EINVAL, -ERANGE. get prints with a newline. */
#define DMAVP_PARAM_TYPE(name)                                            \
  extern const struct kernel_param_ops param_ops_##name;                  \
  int param_set_##name(const char* value, const struct kernel_param* kp); \
  int param_get_##name(char* buffer, const struct kernel_param* kp)
DMAVP_PARAM_TYPE(byte);
DMAVP_PARAM_TYPE(short);
DMAVP_PARAM_TYPE(ushort);
DMAVP_PARAM_TYPE(int);
DMAVP_PARAM_TYPE(uint);
DMAVP_PARAM_TYPE(long);
DMAVP_PARAM_TYPE(ulong);
DMAVP_PARAM_TYPE(ullong);
DMAVP_PARAM_TYPE(hexint);
DMAVP_PARAM_TYPE(bool);
DMAVP_PARAM_TYPE(invbool);
DMAVP_PARAM_TYPE(charp); /* char *: a kmalloc'd copy, freed with the module */
#undef DMAVP_PARAM_TYPE
extern const struct kernel_param_ops param_ops_string;
extern const struct kernel_param_ops param_array_ops;
/* kp->str: -ENOSPC when the text does not fit. */
int param_set_copystring(const char* value, const struct kernel_param* kp);
int param_get_string(char* buffer, const struct kernel_param* kp);

#ifdef __cplusplus
}
#endif

#include <linux/export.h>

#endif
