/* Files of the host that a client writes, beside linux/ because Linux has no such thing; what it reads is
 * <linux/firmware.h>. */
#ifndef DMAVP_FILE_H
#define DMAVP_FILE_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes a whole file, anew, at once: it takes no simulated time. 0 or the negative errno of the host, which
 * also fails the run with exit status 2. */
int dmavp_file_write(const char* path, const void* data, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
