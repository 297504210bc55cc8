/* Error numbers: the common ones from the C library's <linux/errno.h>, and those only a kernel uses. */
#ifndef DMAVP_LINUX_ERRNO_H
#define DMAVP_LINUX_ERRNO_H

#include_next <linux/errno.h>

#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ENOIOCTLCMD 515
#define ERESTART_RESTARTBLOCK 516
#define EPROBE_DEFER 517 /* ask again later */
#define EOPENSTALE 518
#define ENOPARAM 519
#define ENOTSUPP 524
#define EIOCBQUEUED 529

#endif
