/* Hints to caches: no effect here. */
#ifndef DMAVP_LINUX_PREFETCH_H
#define DMAVP_LINUX_PREFETCH_H

static inline void prefetch(const void* address) { (void)address; }
static inline void prefetchw(const void* address) { (void)address; }

#endif
