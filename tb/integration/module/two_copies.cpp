// A client in C++: copies a buffer there and back by DMA and reports both transfers.
#include <dmavp/client.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

namespace {

uint size = 4096;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes of a copy");

/// Memory that a device may use, mapped while it lives.
class Buffer {
 public:
  Buffer(device* dev, size_t bytes)
      : dev_(dev), bytes_(bytes), data_(static_cast<u8*>(kzalloc(bytes, GFP_KERNEL))) {}
  ~Buffer() { kfree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  u8* data() { return data_; }
  dma_addr_t map() { return dma_map_single(dev_, data_, bytes_, DMA_BIDIRECTIONAL); }
  void unmap(dma_addr_t address) { dma_unmap_single(dev_, address, bytes_, DMA_BIDIRECTIONAL); }

 private:
  device* dev_;
  size_t bytes_;
  u8* data_;
};

int copy(dmavp_client* client, dma_chan* chan, Buffer& to, Buffer& from) {
  const dma_addr_t source = from.map();
  const dma_addr_t destination = to.map();
  int error = -ENOMEM;
  if (auto* tx = dmaengine_prep_dma_memcpy(chan, destination, source, size, DMA_CTRL_ACK)) {
    const s64 issued = ktime_to_ns(ktime_get());
    const dma_cookie_t cookie = dmaengine_submit(tx);
    error = dma_sync_wait(chan, cookie) == DMA_COMPLETE ? 0 : -EIO;
    dmavp_client_transfer(client, dma_chan_name(chan), issued, size, error != 0);
  }
  to.unmap(destination);
  from.unmap(source);
  return error;
}

int there_and_back(dmavp_client* client, dma_chan* chan) {
  device* dev = dmaengine_get_dma_device(chan);
  Buffer first(dev, size);
  Buffer second(dev, size);
  if (first.data() == nullptr || second.data() == nullptr) return -ENOMEM;
  memset(first.data(), 0x5a, size);
  int error = copy(client, chan, second, first);
  memset(first.data(), 0, size);
  if (error == 0) error = copy(client, chan, first, second);
  for (uint i = 0; i < size && error == 0; ++i) {
    if (first.data()[i] != 0x5a) error = -EIO;
  }
  return error;
}

int two_copies_init() {
  dmavp_client* client = dmavp_client_start("two-copies", "two-copies");
  if (client == nullptr) return -ENOMEM;
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  dma_chan* chan = dma_request_chan_by_mask(&mask);
  const bool found = !IS_ERR(chan);
  const int error = found ? there_and_back(client, chan) : static_cast<int>(PTR_ERR(chan));
  if (found) dma_release_channel(chan);
  dmavp_client_note(client, "verdict", error == 0 ? "equal" : "different");
  dmavp_client_finish(client, error);
  return 0;
}
module_init(two_copies_init);

void two_copies_exit() {}
module_exit(two_copies_exit);

}  // namespace

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Example: a client in C++");
