/* Symbols that other modules may use. Everything else of a module is hidden. */
#ifndef DMAVP_LINUX_EXPORT_H
#define DMAVP_LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

/* Behind the definition. The name is recorded in section __ksymtab_strings, which the module loader reads. */
#define EXPORT_SYMBOL(symbol)                                                  \
  extern __typeof__(symbol) symbol __attribute__((__visibility__("default"))); \
  static const char __kstrtab_##symbol[] DMAVP_TABLE_ENTRY("__ksymtab_strings", 1) = #symbol
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS(symbol, ns) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, ns) EXPORT_SYMBOL(symbol)

#ifdef DMAVP_MODULE
#ifdef __cplusplus
extern "C" {
#endif
struct module;
extern struct module __this_module __attribute__((__visibility__("hidden")));
#ifdef __cplusplus
}
#endif
#define THIS_MODULE (&__this_module)
#else
#define THIS_MODULE ((struct module*)0)
#endif

#endif
