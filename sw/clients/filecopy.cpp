// Client: loads a host file into RAM, copies it through RAM by DMA, compares and prints the checksum of the
// copy.
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/copy_pump.h"
#include "dmavp/cost.h"

static char default_path[] = "README.md";
static char no_channel[] = "";
static char* path = default_path;
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "host file to copy");
static uint chunk = 4096;
module_param(chunk, uint, 0444);
MODULE_PARM_DESC(chunk, "bytes per transfer");
static uint depth = 4;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "transfers in flight at most");
static char* channel = no_channel;
module_param(channel, charp, 0444);
MODULE_PARM_DESC(channel, "name of the channel (dma0chan1), empty = any");

namespace {

struct task_struct* worker;
struct dma_chan* own_channel;  // from init until the copy is over
dmavp_client* client;          // the same

/// CRC-32 as zip and cksum's relatives use it: reflected 0x04C11DB7, all ones before and after.
u32 crc32(const u8* data, size_t bytes) {
  u32 crc = ~u32{0};
  for (size_t i = 0; i < bytes; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

size_t count_differences(const u8* expected, const u8* actual, size_t bytes) {
  size_t wrong = 0;
  dmavp_cost_copy(2 * bytes);
  for (size_t i = 0; i < bytes; i++) {
    if (expected[i] == actual[i]) continue;
    if (wrong++ == 0)
      pr_err("filecopy: %s: byte %zu of the copy is %02x, expected %02x\n", path, i, actual[i], expected[i]);
  }
  return wrong;
}

int copy(copy_pump* pump, u8* from, u8* to, size_t bytes) {
  struct device* dev = dmaengine_get_dma_device(pump->chan);
  const dma_addr_t src = dma_map_single(dev, from, bytes, DMA_TO_DEVICE);
  if (dma_mapping_error(dev, src)) return -ENOMEM;
  const dma_addr_t dst = dma_map_single(dev, to, bytes, DMA_FROM_DEVICE);
  if (dma_mapping_error(dev, dst)) {
    dma_unmap_single(dev, src, bytes, DMA_TO_DEVICE);
    return -ENOMEM;
  }
  const int ret = copy_pump_run(pump, dst, src, bytes);
  dma_unmap_single(dev, dst, bytes, DMA_FROM_DEVICE);
  dma_unmap_single(dev, src, bytes, DMA_TO_DEVICE);
  return ret;
}

int copy_and_compare(dma_chan* chan, const struct firmware* file) {
  const size_t bytes = file->size;
  copy_pump pump;
  int ret = copy_pump_init(&pump, chan, client, chunk, depth);
  if (ret) return ret;
  // An empty file is copied too: nothing moves and its checksum is that of nothing.
  u8* from = static_cast<u8*>(kmalloc(bytes ? bytes : 1, GFP_KERNEL));
  u8* to = static_cast<u8*>(kzalloc(bytes ? bytes : 1, GFP_KERNEL));
  if (!from || !to) {
    pr_err("filecopy: %s: no memory for two buffers of %zu bytes\n", path, bytes);
    ret = -ENOMEM;
  } else {
    memcpy(from, file->data, bytes);
    dmavp_cost_copy(bytes);
    if (bytes) ret = copy(&pump, from, to, bytes);
    if (!ret && count_differences(file->data, to, bytes)) {
      dmavp_client_transfer(client, dma_chan_name(chan), ktime_to_ns(ktime_get()), 0, true);
      ret = -EIO;
    }
    if (!ret) {
      char checksum[24];
      const u32 crc = crc32(to, bytes);
      scnprintf(checksum, sizeof(checksum), "crc32:%08x", crc);
      dmavp_client_note(client, "file", path);
      dmavp_client_note(client, "checksum", checksum);
      pr_info("filecopy: %s: %zu bytes copied and equal, crc32 %08x\n", path, bytes, crc);
    }
  }
  kfree(from);
  kfree(to);
  copy_pump_exit(&pump);
  return ret;
}

void end(int ret) {
  if (own_channel) dma_release_channel(own_channel);
  own_channel = nullptr;
  dmavp_client_finish(client, ret);
  client = nullptr;
}

int work(void*) {
  const struct firmware* file = nullptr;
  int ret = request_firmware(&file, path, nullptr);
  if (ret) {
    pr_err("filecopy: %s cannot be read: error %d\n", path, ret);
  } else if (own_channel) {
    ret = copy_and_compare(own_channel, file);
  } else {
    pr_err("filecopy: no memcpy channel%s%s\n", *channel ? " named " : "", channel);
    ret = -ENODEV;
  }
  release_firmware(file);  // null is allowed
  if (ret) pr_err("filecopy: %s: stopped by error %d\n", path, ret);
  end(ret);
  return ret;
}

int filecopy_init() {
  if (!chunk || !depth) {
    pr_err("filecopy: chunk and depth must not be 0\n");
    return -EINVAL;
  }
  client = dmavp_client_start("filecopy", "file");
  if (!client) return -ENOMEM;
  // Taken here, not by the thread: a client that is loaded later and takes every channel leaves this one
  // alone.
  own_channel = copy_pump_request(channel);
  worker = kthread_create(work, nullptr, "filecopy");
  if (IS_ERR(worker)) {
    end(static_cast<int>(PTR_ERR(worker)));
    return static_cast<int>(PTR_ERR(worker));
  }
  get_task_struct(worker);
  wake_up_process(worker);
  return 0;
}

void filecopy_exit() {
  const int ret = kthread_stop(worker);
  put_task_struct(worker);
  if (client) end(ret);  // stopped before its first step: work() never runs
}

}  // namespace

module_init(filecopy_init);
module_exit(filecopy_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: copies a host file through RAM by DMA and prints its checksum");
