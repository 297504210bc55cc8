#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/string.h>

#include "oracle/state.h"

namespace dmavp::oracle {
namespace {

struct Client {
  const char* name;
  const char* node;
};
const Client kClients[] = {{"client-a", "/soc/client-a"},
                           {"client-b", "/soc/client-b"},
                           {"client-c", "/soc/client-c"},
                           {"client-d", "/soc/client-d"},
                           {"client-e", "/soc/client-e"},
                           {"uart", nullptr},
                           {"spi", nullptr},
                           {"nobody", nullptr}};

/// Calls that are legal where nothing may sleep.
void atomic_call(unsigned slot, Draws& d) {
  switch (d.below(12)) {
    case 0:
    case 1:
      prepare(slot, d);
      break;
    case 2:
      submit(d);
      break;
    case 3:
    case 9:
      say("issue_pending [%u]", slot);
      dma_async_issue_pending(held[slot]);
      break;
    case 4:
      status(slot, d);
      break;
    case 5:
      control(slot, d, false);
      break;
    case 6:
      configure(slot, d);
      break;
    case 7:
    case 10:
    case 11:
      hardware(slot, d);
      break;
    default:
      capabilities(slot, d);
      break;
  }
}

struct Elsewhere {
  tasklet_struct tasklet;
  unsigned slot;
  Draws* draws;
};
void in_tasklet(tasklet_struct* t) {
  auto* e = container_of(t, struct Elsewhere, tasklet);
  say("in a tasklet:");
  atomic_call(e->slot, *e->draws);
}

/// An interrupt that the program raises itself: a word of the machine's registers is the level of its line.
struct Bell {
  void __iomem* level;
  int irq;
  Elsewhere call;
};
Bell bell;

irqreturn_t bell_rings(int, void*) {
  writel(0, bell.level);
  say("in an interrupt:");
  atomic_call(bell.call.slot, *bell.call.draws);
  return IRQ_HANDLED;
}

void ring(unsigned slot, Draws& d) {
  bell.call = {{}, slot, &d};
  writel(1, bell.level);
  while (readl(bell.level)) udelay(1);
  synchronize_irq(static_cast<unsigned>(bell.irq));
}

void call_elsewhere(unsigned slot, Draws& d) {
  unsigned long flags;
  switch (d.below(4)) {
    case 0: {
      static spinlock_t lock;
      spin_lock_init(&lock);
      spin_lock_irqsave(&lock, flags);
      say("with a lock:");
      atomic_call(slot, d);
      spin_unlock_irqrestore(&lock, flags);
      break;
    }
    case 1:
      local_irq_save(flags);
      say("interrupts off:");
      atomic_call(slot, d);
      local_irq_restore(flags);
      break;
    case 2:
      ring(slot, d);
      break;
    default: {
      Elsewhere e = {{}, slot, &d};
      tasklet_setup(&e.tasklet, in_tasklet);
      tasklet_schedule(&e.tasklet);
      tasklet_kill(&e.tasklet);
      break;
    }
  }
}

void settle() {
  for (dma_chan* chan : held)
    if (chan) tasklet_kill(&to_channel(chan)->vc.task);
}

unsigned some_held(Draws& d) {
  const unsigned from = d.below(kHeld);
  for (unsigned i = 0; i < kHeld; i++)
    if (held[(from + i) % kHeld]) return (from + i) % kHeld;
  return from;
}

void operation(Draws& d) {
  const unsigned slot = some_held(d);
  const unsigned what = d.below(48);
  if (what < 7) return request(d);
  if (what == 7) return release(slot);
  if (what == 8) return change_provider(d);
  if (what == 9) return d.one_in(2) ? toggle_extra_provider(d) : toggle_extra_channel(d);
  if (what == 10) return public_side(d);
  if (what == 11) return unmap_records(d);
  if (what == 12) return descriptor_calls(d);
  if (what == 13) return submit(d);
  if (!held[slot]) return;
  if (what < 16) return call_elsewhere(slot, d);
  if (what == 16) return control(slot, d, true);
  if (what == 17 && d.one_in(4)) return wait(slot, d);
  if (what == 18 && d.one_in(4)) return near_the_wrap(slot);
  atomic_call(slot, d);
}

}  // namespace

void play(u64 seed, unsigned count, const char* skip) {
  for (unsigned i = 0; i < kClientCount; i++) {
    devices[i] = {};
    device_initialize(&devices[i]);
    dev_set_name(&devices[i], "%s", kClients[i].name);
    if (kClients[i].node) devices[i].of_node = of_find_node_by_path(kClients[i].node);
    if (device_add(&devices[i])) say("no device %s", kClients[i].name);
  }
  struct device_node* node = of_find_node_by_path("/soc/dma-controller@50000000");
  bell.level = ioremap(0x50000000, 16);
  bell.irq = static_cast<int>(irq_of_parse_and_map(node, 0));
  of_node_put(node);
  if (!bell.level || request_irq(static_cast<unsigned>(bell.irq), bell_rings, 0, "bell", &bell))
    say("no bell");
  say("early request -> %ld", PTR_ERR(dma_request_chan(&devices[0], "one")));
  register_tree_providers();
  const unsigned skips = static_cast<unsigned>(strlen(skip));
  for (unsigned i = 0; i < count; i++) {
    if (i < skips && skip[i] == '1') continue;
    Draws d(seed, i);
    say("#%u", i);
    operation(d);
    settle();
    say_state();
  }
  free_irq(static_cast<unsigned>(bell.irq), &bell);
  iounmap(bell.level);
  for (unsigned i = 0; i < kHeld; i++) release(i);
  leave_public_side();
  drop_records();
  say_state();
  Draws last(seed, count);
  if (providers[2]) toggle_extra_provider(last);
  unregister_tree_providers();
  for (struct device& dev : devices) {
    of_node_put(dev.of_node);
    dev.of_node = nullptr;
    device_del(&dev);
    put_device(&dev);
  }
  say("end");
}

}  // namespace dmavp::oracle