// Cyclic transfers: a ring of items without LAST. With write-back the controller takes VALID from each item
// it has finished; here the item gets it back. A late interrupt finds several finished; one that is so late
// that the controller has met a finished item finds it halted.
#include <linux/io.h>
#include <linux/lockdep.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

bool is_valid(const LliNode* node) { return kLliValid.of(Value<Ctl>{le64_to_cpu(node->item->ctl)}); }
void make_valid(LliNode* node) { node->item->ctl |= cpu_to_le64(kLliValid(1).raw); }

/// The oldest item is finished: it gets VALID again. 1 when a period ended with it.
u32 renew_oldest(Descriptor* d) {
  LliNode* node = d->oldest;
  make_valid(node);
  d->oldest = d->following(node);
  return node->ends_period;
}

/// Without write-back nothing in memory tells which items are finished; those before the running one are. An
/// interrupt that is a whole ring late looks like one that is on time.
u32 renew_by_position(Channel* c, Descriptor* d) {
  const RunningItem running = running_item(c, d);
  if (!running.node || d->following(running.node) == d->oldest) return 0;
  u32 periods = 0;
  while (d->oldest != running.node) periods += renew_oldest(d);
  if (running.finished && !c->chip->write_back) periods += renew_oldest(d);
  return periods;
}

/// Periods that have ended since the last time.
u32 renew(Channel* c, Descriptor* d) {
  u32 periods = 0;
  bool any = false;
  for (const LliNode* stop = d->oldest; !is_valid(d->oldest);) {
    periods += renew_oldest(d);
    any = true;
    if (d->oldest == stop) break;
  }
  return any ? periods : renew_by_position(c, d);
}

/// Halted on an item that was not ready: it is by now, so the controller can fetch it again.
void go_on(Channel* c, Descriptor* d) {
  if (d->late++ == 0)
    dev_warn(c->chip->dev, "%s: cyclic transfer halted, the interrupt of a period came too late\n",
             channel_name(c));
  const u64 llp = ioread64(c->regs + reg::kLlp);
  for (LliNode* node = d->first; node; node = node->next)
    if (node->address == llp && !is_valid(node)) make_valid(node);
  hw_fetch_again(c);
}

}  // namespace

void service_cyclic(Channel* c, Descriptor* d, u32 status) {
  lockdep_assert_held(&c->vc.lock);
  const u32 periods = renew(c, d);
  if (status & irq::kInvalidItem) go_on(c, d);
  if (periods) vchan_cyclic_callback(&d->vd);
}

}  // namespace dmavp::dw_axi_dmac
