/* Sizes and offsets of what C and C++ share, as each language sees them. */
#ifndef SVC_LAYOUT_H
#define SVC_LAYOUT_H

#include <stddef.h>

struct svc_layout {
  const char* what;
  size_t value;
};

#ifdef __cplusplus
extern "C" const struct svc_layout* svc_layout_c(void);
#define SVC_CLASS class_
#define SVC_CLASS_TYPE class_
#else
const struct svc_layout* svc_layout_c(void);
#define SVC_CLASS class
#define SVC_CLASS_TYPE class
#endif

#define S(type) \
  { #type, sizeof(type) }
#define O(type, member) \
  { #type "." #member, offsetof(type, member) }
#define SVC_LAYOUTS                                                                                       \
  S(struct list_head), S(struct hlist_node), S(atomic_t), S(atomic64_t), S(dma_addr_t), S(phys_addr_t),   \
      S(gfp_t), S(struct kref), S(struct kobject), O(struct kobject, kref), S(struct device),             \
      O(struct device, p), O(struct device, driver), O(struct device, power), O(struct device, dma_mask), \
      O(struct device, dma_parms), O(struct device, of_node), O(struct device, release),                  \
      {"struct device.class", offsetof(struct device, SVC_CLASS)},                                        \
      {"struct class", sizeof(struct SVC_CLASS_TYPE)}, S(struct device_driver),                           \
      O(struct device_driver, of_match_table), O(struct device_driver, pm), S(struct device_attribute),   \
      S(struct device_dma_parameters), S(struct bus_type), S(struct platform_device),                     \
      O(struct platform_device, dev), O(struct platform_device, resource), S(struct platform_driver),     \
      O(struct platform_driver, driver), S(struct resource), S(struct device_node),                       \
      O(struct device_node, properties), S(struct property), S(struct of_phandle_args),                   \
      S(struct of_device_id), O(struct of_device_id, compatible), O(struct of_device_id, data),           \
      S(struct scatterlist), O(struct scatterlist, dma_address), S(struct sg_table), S(struct ida),       \
      S(struct dev_pm_ops), S(struct dev_pm_info), S(struct module), S(struct kernel_param),              \
      O(struct kernel_param, arg), S(struct kernel_param_ops), S(struct kparam_string),                   \
      S(struct kparam_array), S(struct dmavp_initcall), S(struct firmware), S(struct va_format),          \
      S(spinlock_t), S(struct mutex), S(struct completion), S(wait_queue_head_t),                         \
      S(struct wait_queue_entry), S(struct tasklet_struct), S(struct timer_list), S(struct task_struct),  \
      S(refcount_t), S(enum dma_data_direction), S(ktime_t), S(struct dma_chan), S(struct dma_device),    \
      O(struct dma_device, device_issue_pending), S(struct dma_async_tx_descriptor),                      \
      S(struct dma_slave_config), S(struct dma_slave_caps), S(struct dma_tx_state),                       \
      S(struct dmaengine_unmap_data), S(struct dma_chan_dev)

#endif
