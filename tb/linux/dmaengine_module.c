/*
 * Linux's dmaengine.c as a module. Linux builds it into the kernel, where it stays for ever, so it has no
 * exit; a module that is unloaded here must give back what the two initcalls of the file took. Nothing comes
 * before the file.
 */
#include <drivers/dma/dmaengine.c>

static void dmaengine_exit(void) {
  int cap;

  class_unregister(&dma_devclass);
  dmaengine_destroy_unmap_pool();
  for_each_dma_cap_mask(cap, dma_cap_mask_all) free_percpu(channel_table[cap]);
  ida_destroy(&dma_ida);
}
module_exit(dmaengine_exit);
