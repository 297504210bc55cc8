/* Pieces of the kernel's own memory. */
#ifndef DMAVP_LINUX_UIO_H
#define DMAVP_LINUX_UIO_H

#include <linux/types.h>

struct kvec {
  void* iov_base;
  size_t iov_len; /* bytes */
};

#endif
