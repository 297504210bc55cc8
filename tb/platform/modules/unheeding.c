/* Its handler never takes an interrupt for its own, so the line stays up. */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

#define IER 4
#define TRANSMITTER_EMPTY 2 /* pending at once: nothing was ever sent */

static noinline irqreturn_t not_mine(int irq, void* data) {
  (void)irq;
  (void)data;
  return IRQ_NONE;
}

static int __init unheeding_init(void) {
  struct device_node* node = of_find_compatible_node(NULL, NULL, "snps,dw-apb-uart");
  void __iomem* uart = of_iomap(node, 0);
  const unsigned int irq = irq_of_parse_and_map(node, 0);
  int ret = request_irq(irq, not_mine, 0, "unheeding", node);
  if (ret) return ret;
  writel(TRANSMITTER_EMPTY, (char*)uart + IER);
  msleep(20);
  writel(0, (char*)uart + IER);
  free_irq(irq, node);
  return 0;
}
static void __exit unheeding_exit(void) {}
module_init(unheeding_init);
module_exit(unheeding_exit);
MODULE_LICENSE("MIT");
