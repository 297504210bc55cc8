/* Lists read under RCU; readers never see a half-linked entry because software steps are atomic. */
#ifndef DMAVP_LINUX_RCULIST_H
#define DMAVP_LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define list_add_rcu list_add
#define list_add_tail_rcu list_add_tail
/* Readers may still stand on the entry, so its forward link stays. */
static inline void list_del_rcu(struct list_head* entry) {
  if (dmavp_list_unlink(entry)) entry->prev = LIST_POISON2;
}
#define list_for_each_entry_rcu(pos, head, member, ...) list_for_each_entry(pos, head, member)

#endif
