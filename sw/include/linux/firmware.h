/* Files of the host. */
#ifndef DMAVP_LINUX_FIRMWARE_H
#define DMAVP_LINUX_FIRMWARE_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;

struct firmware {
  size_t size;    /* bytes */
  const u8* data; /* kmalloc'd, so it can be mapped for DMA */
  void* priv;
};

/* 0, -ENOENT and other errors of the file, -ENOMEM when it does not fit into RAM. */
int request_firmware(const struct firmware** fw, const char* name, struct device* dev);
int firmware_request_nowarn(const struct firmware** fw, const char* name, struct device* dev);
void release_firmware(const struct firmware* fw);

#ifdef __cplusplus
}
#endif
#endif
