/* Access to numbers at any address. */
#ifndef DMAVP_LINUX_UNALIGNED_H
#define DMAVP_LINUX_UNALIGNED_H

#include <asm/byteorder.h>
#include <linux/types.h>
#include <string.h>

#define DMAVP_UNALIGNED(type, name, convert_get, convert_put)    \
  static inline type get_unaligned_##name(const void* p) {       \
    type value;                                                  \
    memcpy(&value, p, sizeof(value));                            \
    return (type)convert_get(value);                             \
  }                                                              \
  static inline void put_unaligned_##name(type value, void* p) { \
    const type converted = (type)convert_put(value);             \
    memcpy(p, &converted, sizeof(converted));                    \
  }
DMAVP_UNALIGNED(u16, le16, le16_to_cpu, cpu_to_le16)
DMAVP_UNALIGNED(u32, le32, le32_to_cpu, cpu_to_le32)
DMAVP_UNALIGNED(u64, le64, le64_to_cpu, cpu_to_le64)
DMAVP_UNALIGNED(u16, be16, be16_to_cpu, cpu_to_be16)
DMAVP_UNALIGNED(u32, be32, be32_to_cpu, cpu_to_be32)
DMAVP_UNALIGNED(u64, be64, be64_to_cpu, cpu_to_be64)
#undef DMAVP_UNALIGNED

#define get_unaligned(ptr)                                      \
  ({                                                            \
    __typeof__(*(ptr)) unaligned_value_;                        \
    memcpy(&unaligned_value_, (ptr), sizeof(unaligned_value_)); \
    unaligned_value_;                                           \
  })
#define put_unaligned(value, ptr)                               \
  ({                                                            \
    __typeof__(*(ptr)) unaligned_value_ = (value);              \
    memcpy((ptr), &unaligned_value_, sizeof(unaligned_value_)); \
  })

#endif
