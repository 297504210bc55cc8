/* Addresses of nodes, translated through `ranges` to the bus of the CPUs. */
#ifndef DMAVP_LINUX_OF_ADDRESS_H
#define DMAVP_LINUX_OF_ADDRESS_H

#include <linux/ioport.h>
#include <linux/of.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OF_BAD_ADDR ((u64)-1)

/* 0; -EINVAL when there is no such entry of `reg` or no way to the CPUs. */
int of_address_to_resource(struct device_node* np, int index, struct resource* res);
u64 of_translate_address(struct device_node* np, const __be32* address);
void __iomem* of_iomap(struct device_node* np, int index);

#ifdef __cplusplus
}
#endif
#endif
