/* The C library's strings and what the kernel adds. */
#ifndef DMAVP_LINUX_STRING_H
#define DMAVP_LINUX_STRING_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/sprintf.h>
#include <linux/types.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Characters copied without the zero, or -E2BIG when cut (always terminated); size in bytes. */
ssize_t dmavp_strscpy(char* dest, const char* src, size_t size);
#ifdef __cplusplus
}
template <size_t N>
inline ssize_t strscpy(char (&dest)[N], const char* src) {
  return dmavp_strscpy(dest, src, N);
}
inline ssize_t strscpy(char* dest, const char* src, size_t size) { return dmavp_strscpy(dest, src, size); }
extern "C" {
#else
#define DMAVP_STRSCPY_2(dest, src) dmavp_strscpy(dest, src, sizeof(dest))
#define DMAVP_STRSCPY_3(dest, src, size) dmavp_strscpy(dest, src, size)
#define DMAVP_STRSCPY_PICK(a, b, c, which, ...) which
#define strscpy(...) DMAVP_STRSCPY_PICK(__VA_ARGS__, DMAVP_STRSCPY_3, DMAVP_STRSCPY_2, 0)(__VA_ARGS__)
#endif
/* Without white space in front and behind; the end is cut in place. */
char* strim(char* s);
char* skip_spaces(const char* s);
#define strstrip(s) strim(s)
/* Equal, a newline at the end of either aside. */
bool sysfs_streq(const char* a, const char* b);
/* Index of `string` in the array of n (or up to NULL), -EINVAL when absent. */
int match_string(const char* const* array, size_t n, const char* string);

/* kmalloc'd copies, NULL without memory. */
char* kstrdup(const char* s, gfp_t gfp);
char* kstrndup(const char* s, size_t max, gfp_t gfp);
const char* kstrdup_const(const char* s, gfp_t gfp);
void kfree_const(const void* s);
void* kmemdup(const void* src, size_t len, gfp_t gfp);

/* First byte that differs from c, or NULL. */
void* memchr_inv(const void* start, int c, size_t bytes);
static inline void* memset32(u32* s, u32 value, size_t count) {
  for (size_t i = 0; i < count; i++) s[i] = value;
  return s;
}
#define memzero_explicit(s, n) memset((s), 0, (n))
#define str_has_prefix(s, prefix) (strncmp((s), (prefix), strlen(prefix)) == 0 ? strlen(prefix) : 0)
#define strstarts(s, prefix) (strncmp((s), (prefix), strlen(prefix)) == 0)

#ifdef __cplusplus
}
#endif
#endif
