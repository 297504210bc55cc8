// Stopping a channel without waiting for it: a disable ends when the FIFO has drained to the destination,
// which a silent peripheral puts off for ever (5.4), so a timer aborts what an interrupt has not ended.
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr unsigned kTimeoutMs = 10;     // a disable that is answered takes less
constexpr unsigned kAttempts = 100;     // aborts, until somebody asks again
constexpr unsigned kPatienceMs = 1000;  // of who waits

void start_timer(Channel* c) { mod_timer(&c->stop_timer, jiffies + msecs_to_jiffies(kTimeoutMs)); }

void timeout(struct timer_list* timer) {
  Channel* c = container_of(timer, struct Channel, stop_timer);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  // A stop that began while this function waited for the lock has moved the timer.
  if (c->stopping && !time_before(jiffies, timer->expires)) {
    if (!stop_ended(c)) {
      hw_abort(c);
      if (!stop_ended(c)) {
        if (c->stop_attempts++ == 0) dev_err(c->chip->dev, "%s does not stop\n", channel_name(c));
        if (c->stop_attempts < kAttempts) start_timer(c);
      }
    }
    start_next(c);
  }
  spin_unlock_irqrestore(&c->vc.lock, flags);
}

}  // namespace

void begin_stop(Channel* c, Descriptor* d) {
  lockdep_assert_held(&c->vc.lock);
  c->stopping = true;
  c->stopped_descriptor = d;
  c->stop_attempts = 0;
  hw_disable(c);
  if (!stop_ended(c)) start_timer(c);
}

bool stop_ended(Channel* c) {
  lockdep_assert_held(&c->vc.lock);
  if (!c->stopping) return true;
  if (hw_busy(c)) return false;
  // A completion that came while stopping must not complete the next descriptor.
  hw_clear_status(c);
  c->stopping = false;
  if (timer_pending(&c->stop_timer)) timer_delete(&c->stop_timer);
  if (c->stopped_descriptor) vchan_terminate_vdesc(&c->stopped_descriptor->vd);
  c->stopped_descriptor = nullptr;
  wake_up_all(&c->stop_wait);
  return true;
}

void wait_for_stop(Channel* c) {
  if (wait_event_timeout(c->stop_wait, !c->stopping, msecs_to_jiffies(kPatienceMs)) == 0)
    dev_err(c->chip->dev, "%s is still running after %u ms\n", channel_name(c), kPatienceMs);
}

void setup_stop(Channel* c) {
  timer_setup(&c->stop_timer, timeout, 0);
  init_waitqueue_head(&c->stop_wait);
}

}  // namespace dmavp::dw_axi_dmac
