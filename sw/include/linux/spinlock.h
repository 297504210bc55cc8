/* Spinlocks. A CPU that finds one taken spins: its local time passes until the owner has released it. */
#ifndef LINUX_SPINLOCK_H
#define LINUX_SPINLOCK_H

#include <asm/processor.h>
#include <linux/bottom_half.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each is one preemption point. `site` is "file:line" for reports. Taking a lock that this CPU holds is a
 * deadlock and ends the simulation with a report. */
void dmavp_spin_lock(spinlock_t* lock, const char* site);
void dmavp_spin_lock_bh(spinlock_t* lock, const char* site);
unsigned long dmavp_spin_lock_irqsave(spinlock_t* lock, const char* site);
int dmavp_spin_trylock(spinlock_t* lock, const char* site);
int dmavp_spin_trylock_irqsave(spinlock_t* lock, unsigned long* flags, const char* site);
void dmavp_spin_unlock(spinlock_t* lock, const char* site);
void dmavp_spin_unlock_bh(spinlock_t* lock, const char* site);
/* flags as saved; 0 enables interrupts. */
void dmavp_spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags, const char* site);

#define spin_lock_init(lock)         \
  do {                               \
    spinlock_t* init_lock_ = (lock); \
    init_lock_->locked = 0;          \
    init_lock_->owner_cpu = 0;       \
    init_lock_->owner = NULL;        \
    init_lock_->site = NULL;         \
  } while (0)

#define spin_lock(lock) dmavp_spin_lock((lock), DMAVP_SITE)
#define spin_lock_nested(lock, subclass) dmavp_spin_lock((lock), DMAVP_SITE)
#define spin_lock_bh(lock) dmavp_spin_lock_bh((lock), DMAVP_SITE)
#define spin_lock_irq(lock) ((void)dmavp_spin_lock_irqsave((lock), DMAVP_SITE))
#define spin_lock_irqsave(lock, flags) ((flags) = dmavp_spin_lock_irqsave((lock), DMAVP_SITE))
#define spin_trylock(lock) dmavp_spin_trylock((lock), DMAVP_SITE)
#define spin_trylock_irqsave(lock, flags) dmavp_spin_trylock_irqsave((lock), &(flags), DMAVP_SITE)
#define spin_unlock(lock) dmavp_spin_unlock((lock), DMAVP_SITE)
#define spin_unlock_bh(lock) dmavp_spin_unlock_bh((lock), DMAVP_SITE)
#define spin_unlock_irq(lock) dmavp_spin_unlock_irqrestore((lock), 0, DMAVP_SITE)
#define spin_unlock_irqrestore(lock, flags) dmavp_spin_unlock_irqrestore((lock), (flags), DMAVP_SITE)

static inline int spin_is_locked(const spinlock_t* lock) { return lock->locked != 0; }
#define assert_spin_locked(lock) lockdep_assert_held(lock)

#define raw_spin_lock_init(lock) spin_lock_init(lock)
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_lock_irq(lock) spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock) spin_unlock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

#ifdef __cplusplus
}
#endif
#endif
