/* IS_ENABLED() of a configuration name: 1 when it is defined as 1, 0 when it is undefined. */
#ifndef DMAVP_LINUX_KCONFIG_H
#define DMAVP_LINUX_KCONFIG_H

#define CONFIG_DMA_ENGINE 1
#define CONFIG_DMA_ENGINE_RAID 1 /* up to 256 addresses in a dmaengine_unmap_data (K44) */
#define CONFIG_DMA_OF 1
#define CONFIG_OF 1
#define CONFIG_HAS_DMA 1
#define CONFIG_HAS_IOMEM 1
#define CONFIG_64BIT 1
#define CONFIG_PM 1
#define CONFIG_PM_SLEEP 1
#define CONFIG_ARCH_DMA_ADDR_T_64BIT 1

#define DMAVP_CONFIG_ARG_1 0,
#define DMAVP_CONFIG_SECOND(ignored, value, ...) value
#define DMAVP_CONFIG_PICK(arg1_or_junk) DMAVP_CONFIG_SECOND(arg1_or_junk 1, 0, 0)
#define DMAVP_CONFIG_PASTE(value) DMAVP_CONFIG_PICK(DMAVP_CONFIG_ARG_##value)
#define DMAVP_CONFIG_IS(x) DMAVP_CONFIG_PASTE(x)

#define IS_BUILTIN(option) DMAVP_CONFIG_IS(option)
#define IS_MODULE(option) DMAVP_CONFIG_IS(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
