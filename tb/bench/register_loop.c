/* Module of a benchmark: accesses registers of an idle controller, marking begin and end in the log. */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

static uint base = 0x10000000;
module_param(base, uint, 0444);
MODULE_PARM_DESC(base, "physical address of the controller");
static uint count = 1000;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "accesses of each kind");

#define DMAC_CHEN 0x018
#define CH1_SAR 0x100

static int __init register_loop_init(void) {
  char __iomem* regs = ioremap(base, 0x1000);
  u32 seen = 0;
  uint i;

  if (!regs) return -ENOMEM;
  pr_info("loop begins\n");
  for (i = 0; i < count; ++i) seen |= readl(regs + DMAC_CHEN);
  pr_info("read\n");
  for (i = 0; i < count; ++i) writel(i, regs + CH1_SAR);
  pr_info("written\n");
  iounmap(regs);
  return seen == 0 ? 0 : -EBUSY;
}
module_init(register_loop_init);

static void __exit register_loop_exit(void) {}
module_exit(register_loop_exit);

MODULE_LICENSE("MIT");
