// Client: reads an image from a JEDEC NOR flash by full-duplex DMA and compares it with a host file. The
// image is written first, unless the board has put it there.
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/worker.h"
#include "drivers/dw-ssi/dw-ssi.h"

static char default_path[] = "README.md";
static char default_flash[] = "spi-flash";
static char* path = default_path;
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "host file with the image");
static char* flash = default_flash;
module_param(flash, charp, 0444);
MODULE_PARM_DESC(flash, "alias or path of the flash");
static bool program = true;
module_param(program, bool, 0444);
MODULE_PARM_DESC(program, "erase and write the image first; false = it is there (dmavp,image of the flash)");
static uint chunk = 4096;
module_param(chunk, uint, 0444);
MODULE_PARM_DESC(chunk, "bytes per read command");
static uint hz = 0;
module_param(hz, uint, 0444);
MODULE_PARM_DESC(hz, "serial clock in Hz, 0 = spi-max-frequency of the flash");
static uint wait_ms = 0;
module_param(wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "how long to wait for DMA channels that others hold");
static uint run_ms = 0;
module_param(run_ms, uint, 0444);
MODULE_PARM_DESC(run_ms, "the image is read again until this much time has passed, 0 = once");
static uint retries = 0;
module_param(retries, uint, 0444);
MODULE_PARM_DESC(retries, "how often work that failed is done again before the client gives up");

namespace {

enum Command : u8 {
  kPageProgram = 0x02,
  kReadStatus = 0x05,
  kWriteEnable = 0x06,
  kFastRead = 0x0B,
  kSectorErase = 0x20,
  kReadId = 0x9F,
};

constexpr u8 kBusy = 1u << 0;
constexpr u32 kPage = 256;
constexpr u32 kSector = 4096;
constexpr u32 kHeader = 5;        // command, address, dummy byte of a fast read
constexpr u32 kAddressable = 24;  // bits
constexpr unsigned kBusyLimit_ms = 4000;

/// The part and the buffers of its messages. Header and data have cache lines of their own.
struct chip {
  struct client_worker* worker;
  struct dw_ssi* ssi;
  u32 select;
  u32 rate;
  u32 size;
  u8* header_tx;
  u8* header_rx;
  u8* fill;     ///< what is sent while data are received
  u8* discard;  ///< what is received while data are sent
};

/// `count` bytes of header, then data that are sent (tx) or received (rx), one of them, or none.
int message(struct chip* c, u32 count, const u8* tx, u8* rx, u32 bytes) {
  const struct dw_ssi_part parts[] = {{c->header_tx, c->header_rx, count},
                                      {tx ? tx : c->fill, rx ? rx : c->discard, bytes}};
  return dw_ssi_message(c->ssi, c->select, c->rate, parts, bytes ? 2 : 1);
}

void set_address(struct chip* c, Command command, u32 address) {
  c->header_tx[0] = command;
  c->header_tx[1] = static_cast<u8>(address >> 16);
  c->header_tx[2] = static_cast<u8>(address >> 8);
  c->header_tx[3] = static_cast<u8>(address);
  c->header_tx[4] = 0;
}

int wait_ready(struct chip* c, unsigned pause_us) {
  const ktime_t end = ktime_get() + s64{kBusyLimit_ms} * NSEC_PER_MSEC;
  for (;;) {
    c->header_tx[0] = kReadStatus;
    c->header_tx[1] = 0;
    const int ret = message(c, 2, nullptr, nullptr, 0);
    if (ret) return ret;
    if (!(c->header_rx[1] & kBusy)) return 0;
    if (ktime_get() > end) return -ETIMEDOUT;
    usleep_range(pause_us, pause_us + pause_us / 4);
  }
}

// Erase or page program: enabled before, waited for after.
int change(struct chip* c, Command command, u32 address, const u8* data, u32 bytes) {
  c->header_tx[0] = kWriteEnable;
  int ret = message(c, 1, nullptr, nullptr, 0);
  if (ret) return ret;
  set_address(c, command, address);
  ret = message(c, 4, data, nullptr, bytes);
  return ret ? ret : wait_ready(c, bytes ? 100 : 5000);
}

int write_image(struct chip* c, const struct firmware* file) {
  int ret = 0;
  for (u32 at = 0; at < file->size && !ret; at += kSector) ret = change(c, kSectorErase, at, nullptr, 0);
  for (u32 at = 0; at < file->size && !ret; at += kPage) {
    const size_t left = file->size - at;
    ret = change(c, kPageProgram, at, file->data + at, static_cast<u32>(left < kPage ? left : kPage));
  }
  return ret;
}

int read_image(struct chip* c, u8* to, size_t bytes) {
  for (size_t at = 0; at < bytes; at += chunk) {
    const size_t left = bytes - at;
    const u32 now = static_cast<u32>(left < chunk ? left : chunk);
    const s64 issued = ktime_to_ns(ktime_get());
    set_address(c, kFastRead, static_cast<u32>(at));
    const int ret = message(c, kHeader, nullptr, to + at, now);
    if (ret) return ret;
    dmavp_client_transfer(c->worker->client, dw_ssi_channel(c->ssi), issued, now, false);
  }
  return 0;
}

int identify(struct chip* c) {
  char text[16];
  memset(c->header_tx, 0, kHeader);
  c->header_tx[0] = kReadId;
  const int ret = message(c, 4, nullptr, nullptr, 0);
  if (ret) return ret;
  const u8* id = c->header_rx + 1;
  if (id[0] == 0 || id[0] == 0xFF || id[2] < 10 || id[2] > kAddressable) {
    pr_err("spi-flash: %s answers %02x %02x %02x, no flash of up to 16 MiB\n", flash, id[0], id[1], id[2]);
    return -ENODEV;
  }
  c->size = 1u << id[2];
  scnprintf(text, sizeof(text), "%02x%02x%02x", id[0], id[1], id[2]);
  dmavp_client_note(c->worker->client, "jedec_id", text);
  return 0;
}

int read_and_compare(struct chip* c, const struct firmware* file) {
  u8* image = static_cast<u8*>(kzalloc(file->size ? file->size : 1, GFP_KERNEL));
  if (!image) {
    pr_err("spi-flash: %s: no memory for another %zu bytes\n", path, file->size);
    return -ENOMEM;
  }
  int ret = read_image(c, image, file->size);
  if (!ret && client_compare("spi-flash", file->data, image, file->size)) ret = -EBADMSG;
  if (!ret) {
    const u32 crc = client_note_checksum(c->worker, image, file->size);
    if (!c->worker->rounds)
      pr_info("spi-flash: %s: %zu bytes read and equal, crc32 %08x\n", path, file->size, crc);
  }
  kfree(image);
  return ret;
}

int use(struct chip* c, const struct firmware* file) {
  int ret = identify(c);
  if (ret) return ret;
  if (file->size > c->size) {
    pr_err("spi-flash: %s: an image of %zu bytes, the flash has %u\n", path, file->size, c->size);
    return -EFBIG;
  }
  // Once is enough for all rounds.
  if (program && !c->worker->rounds) ret = write_image(c, file);
  if (!ret) ret = read_and_compare(c, file);
  const struct dw_ssi_counts counts = dw_ssi_read_counts(c->ssi);
  client_note_number(c->worker, "messages_by_dma", counts.by_dma);
  client_note_number(c->worker, "messages_by_cpu", counts.by_cpu);
  client_note_number(c->worker, "overruns", counts.overruns);
  return ret;
}

struct dw_ssi* open_master(struct client_worker* worker, struct device_node* master) {
  const s64 since = ktime_get();
  for (;;) {
    struct dw_ssi* ssi = dw_ssi_open(master);
    if (!IS_ERR(ssi)) return ssi;
    const int error = static_cast<int>(PTR_ERR(ssi));
    if (client_worker_wait(worker, error, since)) continue;
    pr_err("spi-flash: the master of %s cannot be opened: error %d%s\n", flash, error,
           error == -EPROBE_DEFER ? " (no free DMA channel)"
           : error == -ENODEV     ? " (no driver)"
                                  : "");
    return ssi;
  }
}

int find_chip(struct chip* c, struct device_node** master) {
  struct device_node* node = of_find_node_by_path(flash);
  if (!node || !of_device_is_compatible(node, "jedec,spi-nor")) {
    pr_err("spi-flash: %s: no such alias or node, or no jedec,spi-nor\n", flash);
    return -ENODEV;
  }
  c->rate = hz;
  if (of_property_read_u32(node, "reg", &c->select) ||
      (!hz && of_property_read_u32(node, "spi-max-frequency", &c->rate)))
    return -EINVAL;
  *master = of_get_parent(node);
  return 0;
}

int with_buffers(struct chip* c, struct device_node* master, const struct firmware* file) {
  const size_t most = chunk > kPage ? chunk : kPage;
  int ret = -ENOMEM;
  c->header_tx = static_cast<u8*>(kzalloc(kHeader, GFP_KERNEL));
  c->header_rx = static_cast<u8*>(kzalloc(kHeader, GFP_KERNEL));
  c->fill = static_cast<u8*>(kzalloc(most, GFP_KERNEL));
  c->discard = static_cast<u8*>(kzalloc(most, GFP_KERNEL));
  if (!c->header_tx || !c->header_rx || !c->fill || !c->discard) {
    pr_err("spi-flash: no memory for two buffers of %zu bytes\n", most);
  } else {
    c->ssi = open_master(c->worker, master);
    ret = IS_ERR(c->ssi) ? static_cast<int>(PTR_ERR(c->ssi)) : use(c, file);
    if (!IS_ERR(c->ssi)) dw_ssi_close(c->ssi);
  }
  kfree(c->discard);
  kfree(c->fill);
  kfree(c->header_rx);
  kfree(c->header_tx);
  return ret;
}

int work(struct client_worker* worker) {
  const struct firmware* file = nullptr;
  struct device_node* master = nullptr;
  struct chip c = {};
  c.worker = worker;
  int ret = find_chip(&c, &master);
  if (ret) return ret;
  ret = request_firmware(&file, path, nullptr);
  if (ret) {
    pr_err("spi-flash: %s cannot be read: error %d\n", path, ret);
    return ret;
  }
  dmavp_client_note(worker->client, "file", path);
  ret = with_buffers(&c, master, file);
  release_firmware(file);
  return ret;
}

struct client_worker worker;

int spi_flash_init() {
  if (!chunk) {
    pr_err("spi-flash: chunk must not be 0\n");
    return -EINVAL;
  }
  worker.work = work;
  worker.wait_ms = wait_ms;
  worker.run_ms = run_ms;
  worker.retries = retries;
  return client_worker_start(&worker, "spi-flash");
}

void spi_flash_exit() { client_worker_stop(&worker); }

}  // namespace

module_init(spi_flash_init);
module_exit(spi_flash_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: an image in a JEDEC flash, read by DMA and compared");
