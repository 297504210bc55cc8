// Interrupts that are given back when their device loses its driver.
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>

namespace {

struct Requested {
  unsigned int irq;
  void* dev_id;
};

void release(struct device*, void* data) {
  const auto* r = static_cast<const Requested*>(data);
  free_irq(r->irq, r->dev_id);
}

int matches(struct device*, void* data, void* wanted) {
  const auto* a = static_cast<const Requested*>(data);
  const auto* b = static_cast<const Requested*>(wanted);
  return a->irq == b->irq && a->dev_id == b->dev_id;
}

}  // namespace

extern "C" {

int devm_request_irq(struct device* dev, unsigned int irq, irq_handler_t handler, unsigned long flags,
                     const char* name, void* dev_id) {
  auto* r = static_cast<Requested*>(devres_alloc(&release, sizeof(Requested), GFP_KERNEL));
  if (r == nullptr) return -ENOMEM;
  const int result = request_irq(irq, handler, flags, name != nullptr ? name : dev_name(dev), dev_id);
  if (result != 0) {
    devres_free(r);
    return result;
  }
  r->irq = irq;
  r->dev_id = dev_id;
  devres_add(dev, r);
  return 0;
}

void devm_free_irq(struct device* dev, unsigned int irq, void* dev_id) {
  Requested wanted{irq, dev_id};
  devres_destroy(dev, &release, &matches, &wanted);
  free_irq(irq, dev_id);
}

}  // extern "C"
