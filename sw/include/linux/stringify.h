#ifndef DMAVP_LINUX_STRINGIFY_H
#define DMAVP_LINUX_STRINGIFY_H

#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)

#endif
