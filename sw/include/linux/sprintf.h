/* Formatting with the kernel's extensions: %pad and %pap (pointer to an address), %pOF (device node), %pK,
 * %px, %pS, %pV (struct va_format), %pe (error pointer), %*ph (bytes). */
#ifndef DMAVP_LINUX_SPRINTF_H
#define DMAVP_LINUX_SPRINTF_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Length the whole text would have; at most size - 1 characters and a zero are written. */
int dmavp_vsnprintf(char* buf, size_t size, const char* format, va_list args);
int dmavp_snprintf(char* buf, size_t size, const char* format, ...) __printf(3, 4);
/* Length actually written. */
int vscnprintf(char* buf, size_t size, const char* format, va_list args);
int scnprintf(char* buf, size_t size, const char* format, ...) __printf(3, 4);

/* kmalloc'd text, NULL without memory. */
char* kasprintf(gfp_t gfp, const char* format, ...) __printf(2, 3);
char* kvasprintf(gfp_t gfp, const char* format, va_list args);

#ifndef __cplusplus
#include <stdio.h>
#define snprintf dmavp_snprintf
#define vsnprintf dmavp_vsnprintf
#endif

#ifdef __cplusplus
}
#endif
#endif
