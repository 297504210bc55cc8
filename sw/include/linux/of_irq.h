/* Interrupts of nodes. */
#ifndef DMAVP_LINUX_OF_IRQ_H
#define DMAVP_LINUX_OF_IRQ_H

#include <linux/of.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Entry `index` of `interrupts-extended` or `interrupts`: controller and its cells. 0 or a negative errno. */
int of_irq_parse_one(struct device_node* np, int index, struct of_phandle_args* out);
int of_irq_count(struct device_node* np);
/* Interrupt number (the source's number at the controller) > 0 or a negative errno; irq_of_parse_and_map: 0.
 */
int of_irq_get(struct device_node* np, int index);
int of_irq_get_byname(struct device_node* np, const char* name);
unsigned int irq_of_parse_and_map(struct device_node* np, int index);
/* Numbers are those of the controller, so there is no mapping to give back. */
static inline void irq_dispose_mapping(unsigned int irq) { (void)irq; }

#ifdef __cplusplus
}
#endif
#endif
