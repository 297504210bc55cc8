/* CRC-32 (IEEE 802.3, reflected polynomial 0xedb88320), without the inversions before and after. */
#ifndef DMAVP_LINUX_CRC32_H
#define DMAVP_LINUX_CRC32_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

u32 crc32_le(u32 crc, const void* p, size_t len);
#define crc32(seed, data, length) crc32_le((seed), (data), (length))

#ifdef __cplusplus
}
#endif
#endif
