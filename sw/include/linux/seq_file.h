#ifndef DMAVP_LINUX_SEQ_FILE_H
#define DMAVP_LINUX_SEQ_FILE_H

#include <linux/types.h>

struct seq_file;

#endif
