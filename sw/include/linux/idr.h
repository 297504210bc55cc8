/* Small numbers handed out lowest first. */
#ifndef DMAVP_LINUX_IDR_H
#define DMAVP_LINUX_IDR_H

#include <linux/gfp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ida {
  unsigned long* bits;   /* kmalloc'd, grows */
  unsigned int capacity; /* numbers it has room for */
};

#define IDA_INIT(name) \
  { NULL, 0 }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

static inline void ida_init(struct ida* ida) {
  ida->bits = NULL;
  ida->capacity = 0;
}

/* Lowest free number in min..max, -ENOSPC or -ENOMEM. */
int ida_alloc_range(struct ida* ida, unsigned int min, unsigned int max, gfp_t gfp);
/* Freeing what is not in use is the diagnostic "kernel.bad-free". */
void ida_free(struct ida* ida, unsigned int id);
void ida_destroy(struct ida* ida);
bool ida_is_empty(const struct ida* ida);

static inline int ida_alloc(struct ida* ida, gfp_t gfp) { return ida_alloc_range(ida, 0, 0x7fffffffu, gfp); }
static inline int ida_alloc_min(struct ida* ida, unsigned int min, gfp_t gfp) {
  return ida_alloc_range(ida, min, 0x7fffffffu, gfp);
}
static inline int ida_alloc_max(struct ida* ida, unsigned int max, gfp_t gfp) {
  return ida_alloc_range(ida, 0, max, gfp);
}
#define ida_simple_get(ida, start, end, gfp) \
  ida_alloc_range((ida), (start), (end) ? (end)-1 : 0x7fffffffu, (gfp))
#define ida_simple_remove(ida, id) ida_free((ida), (id))

#ifdef __cplusplus
}
#endif
#endif
