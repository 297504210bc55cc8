/* Doubly linked lists whose links are members of the elements. */
#ifndef DMAVP_LINUX_LIST_H
#define DMAVP_LINUX_LIST_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name) \
  { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)
#define LIST_POISON1 ((struct list_head*)0xdead000000000100ul)
#define LIST_POISON2 ((struct list_head*)0xdead000000000122ul)

#ifdef __cplusplus
extern "C" {
#endif
/* A link that does not point back: diagnostic "kernel.list-corruption". */
void dmavp_list_corrupt(const char* operation, const struct list_head* entry);
#ifdef __cplusplus
}
#endif

static inline void INIT_LIST_HEAD(struct list_head* list) {
  list->next = list;
  list->prev = list;
}

static inline void dmavp_list_link(struct list_head* entry, struct list_head* prev, struct list_head* next) {
  if (unlikely(next->prev != prev || prev->next != next || entry == prev || entry == next)) {
    dmavp_list_corrupt("list_add", entry);
    return;
  }
  next->prev = entry;
  entry->next = next;
  entry->prev = prev;
  prev->next = entry;
}

/* Unlinks; false and nothing changed when the entry is in no list. */
static inline bool dmavp_list_unlink(struct list_head* entry) {
  struct list_head *const next = entry->next, *const prev = entry->prev;

  if (unlikely(next == LIST_POISON1 || prev == LIST_POISON2 || !next || !prev || prev->next != entry ||
               next->prev != entry)) {
    dmavp_list_corrupt("list_del", entry);
    return false;
  }
  next->prev = prev;
  prev->next = next;
  return true;
}

static inline void list_add(struct list_head* entry, struct list_head* head) {
  dmavp_list_link(entry, head, head->next);
}

static inline void list_add_tail(struct list_head* entry, struct list_head* head) {
  dmavp_list_link(entry, head->prev, head);
}

static inline void list_del(struct list_head* entry) {
  if (dmavp_list_unlink(entry)) {
    entry->next = LIST_POISON1;
    entry->prev = LIST_POISON2;
  }
}

static inline void list_del_init(struct list_head* entry) {
  if (dmavp_list_unlink(entry)) INIT_LIST_HEAD(entry);
}

static inline void list_replace(struct list_head* old, struct list_head* entry) {
  entry->next = old->next;
  entry->next->prev = entry;
  entry->prev = old->prev;
  entry->prev->next = entry;
}

static inline void list_replace_init(struct list_head* old, struct list_head* entry) {
  list_replace(old, entry);
  INIT_LIST_HEAD(old);
}

static inline void list_move(struct list_head* entry, struct list_head* head) {
  if (dmavp_list_unlink(entry)) list_add(entry, head);
}

static inline void list_move_tail(struct list_head* entry, struct list_head* head) {
  if (dmavp_list_unlink(entry)) list_add_tail(entry, head);
}

static inline int list_empty(const struct list_head* head) { return READ_ONCE(head->next) == head; }

static inline int list_empty_careful(const struct list_head* head) {
  return list_empty(head) && head->prev == head;
}

static inline int list_is_first(const struct list_head* entry, const struct list_head* head) {
  return entry->prev == head;
}

static inline int list_is_last(const struct list_head* entry, const struct list_head* head) {
  return entry->next == head;
}

static inline int list_is_head(const struct list_head* entry, const struct list_head* head) {
  return entry == head;
}

static inline int list_is_singular(const struct list_head* head) {
  return !list_empty(head) && head->next == head->prev;
}

static inline void dmavp_list_splice(struct list_head* list, struct list_head* prev, struct list_head* next) {
  struct list_head *const first = list->next, *const last = list->prev;

  if (list_empty(list)) return;
  first->prev = prev;
  prev->next = first;
  last->next = next;
  next->prev = last;
}

static inline void list_splice(struct list_head* list, struct list_head* head) {
  dmavp_list_splice(list, head, head->next);
}

static inline void list_splice_tail(struct list_head* list, struct list_head* head) {
  dmavp_list_splice(list, head->prev, head);
}

static inline void list_splice_init(struct list_head* list, struct list_head* head) {
  list_splice(list, head);
  INIT_LIST_HEAD(list);
}

/* The first entry becomes the last. */
static inline void list_rotate_left(struct list_head* head) {
  if (!list_empty(head)) list_move_tail(head->next, head);
}

static inline void list_splice_tail_init(struct list_head* list, struct list_head* head) {
  list_splice_tail(list, head);
  INIT_LIST_HEAD(list);
}

static inline size_t list_count_nodes(struct list_head* head) {
  size_t count = 0;

  for (struct list_head* pos = head->next; pos != head; pos = pos->next) count++;
  return count;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member) \
  (list_empty(head) ? (type*)NULL : list_first_entry(head, type, member))
#define list_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, __typeof__(*(pos)), member)
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))

#define list_for_each(pos, head) for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)
#define list_for_each_safe(pos, n, head) \
  for ((pos) = (head)->next, (n) = (pos)->next; (pos) != (head); (pos) = (n), (n) = (pos)->next)
#define list_for_each_entry(pos, head, member)                                                             \
  for ((pos) = list_first_entry(head, __typeof__(*(pos)), member); !list_entry_is_head(pos, head, member); \
       (pos) = list_next_entry(pos, member))
#define list_for_each_entry_reverse(pos, head, member)                                                    \
  for ((pos) = list_last_entry(head, __typeof__(*(pos)), member); !list_entry_is_head(pos, head, member); \
       (pos) = list_prev_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member)                                                 \
  for ((pos) = list_first_entry(head, __typeof__(*(pos)), member), (n) = list_next_entry(pos, member); \
       !list_entry_is_head(pos, head, member); (pos) = (n), (n) = list_next_entry(n, member))
#define list_for_each_entry_safe_reverse(pos, n, head, member)                                        \
  for ((pos) = list_last_entry(head, __typeof__(*(pos)), member), (n) = list_prev_entry(pos, member); \
       !list_entry_is_head(pos, head, member); (pos) = (n), (n) = list_prev_entry(n, member))
#define list_prepare_entry(pos, head, member) ((pos) ? (pos) : list_entry(head, __typeof__(*(pos)), member))
#define list_for_each_entry_continue(pos, head, member)                              \
  for ((pos) = list_next_entry(pos, member); !list_entry_is_head(pos, head, member); \
       (pos) = list_next_entry(pos, member))
#define list_for_each_entry_from(pos, head, member) \
  for (; !list_entry_is_head(pos, head, member); (pos) = list_next_entry(pos, member))

#endif
