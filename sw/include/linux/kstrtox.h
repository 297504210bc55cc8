/* Text to numbers, strictly: one optional newline at the end, nothing else. 0, -EINVAL or -ERANGE. */
#ifndef DMAVP_LINUX_KSTRTOX_H
#define DMAVP_LINUX_KSTRTOX_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* base 0: 0x and 0 prefixes decide. */
int kstrtoull(const char* s, unsigned int base, unsigned long long* res);
int kstrtoll(const char* s, unsigned int base, long long* res);
int kstrtoul(const char* s, unsigned int base, unsigned long* res);
int kstrtol(const char* s, unsigned int base, long* res);
int kstrtouint(const char* s, unsigned int base, unsigned int* res);
int kstrtoint(const char* s, unsigned int base, int* res);
int kstrtou16(const char* s, unsigned int base, u16* res);
int kstrtou8(const char* s, unsigned int base, u8* res);
#define kstrtou32(s, base, res) kstrtouint((s), (base), (res))
#define kstrtou64(s, base, res) kstrtoull((s), (base), (res))
/* y, Y, t, T, 1, on; n, N, f, F, 0, of. */
int kstrtobool(const char* s, bool* res);

#ifdef __cplusplus
}
#endif
#endif
