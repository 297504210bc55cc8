/*
 * Modules. Texts about a module are strings "tag=value" in section .modinfo of its file, where they are read
 * without loading it; functions and parameters are tables in sections __initcalls and __param.
 */
#ifndef DMAVP_LINUX_MODULE_H
#define DMAVP_LINUX_MODULE_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/mod_devicetable.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MODULE_NAME_LEN 56

enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };

struct module {
  enum module_state state;
  int refcount; /* users; it cannot be unloaded while there are any */
  char name[MODULE_NAME_LEN];
};

/* One per module; every source file carries it, the linker keeps one. */
#if defined(DMAVP_MODULE) && !defined(DMAVP_MODULE_DEFINED)
#define DMAVP_MODULE_DEFINED
struct module __this_module
    __attribute__((__weak__, __visibility__("hidden"))) = {MODULE_STATE_UNFORMED, 0, KBUILD_MODNAME};
static struct module* const __this_module_entry DMAVP_TABLE_ENTRY(".this_module", 8) = &__this_module;
MODULE_INFO(name, KBUILD_MODNAME);
#endif

#define module_init(fn) DMAVP_INITCALL(fn, 6)
#define module_exit(fn) DMAVP_CALL_ENTRY(fn, NULL, fn, 0)

#define MODULE_LICENSE(text) MODULE_INFO(license, text)
#define MODULE_AUTHOR(text) MODULE_INFO(author, text)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_VERSION(text) MODULE_INFO(version, text)
#define MODULE_ALIAS(text) MODULE_INFO(alias, text)
#define MODULE_SOFTDEP(text) MODULE_INFO(softdep, text)
#define MODULE_FIRMWARE(text) MODULE_INFO(firmware, text)
#define MODULE_IMPORT_NS(text) MODULE_INFO(import_ns, #text)
#define MODULE_DEVICE_TABLE(type, name) \
  static const void* const __mod_##type##__##name##_device_table __attribute__((__unused__)) = &(name)

/* NULL is the kernel itself and always works. False when the module is going away. */
bool try_module_get(struct module* module);
void __module_get(struct module* module);
void module_put(struct module* module);
int module_refcount(struct module* module);

static inline const char* module_name(const struct module* module) {
  return module ? module->name : "kernel";
}
static inline bool module_is_live(struct module* module) { return module->state != MODULE_STATE_GOING; }

#ifdef __cplusplus
}
#endif
#endif
