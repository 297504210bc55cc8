// Client: sends a host file out of a UART whose output is wired to its input, receives it and compares.
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "clients/worker.h"
#include "drivers/dw-uart/dw-uart.h"

static char default_path[] = "README.md";
static char default_port[] = "serial0";
static char* path = default_path;
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "host file to send");
static char* port = default_port;
module_param(port, charp, 0444);
MODULE_PARM_DESC(port, "alias or path of the UART");
static uint baud = 1500000;
module_param(baud, uint, 0444);
MODULE_PARM_DESC(baud, "bits per second");
static uint chunk = 997;
module_param(chunk, uint, 0444);
MODULE_PARM_DESC(chunk, "bytes per transfer that sends");
static uint pause_us = 100;
module_param(pause_us, uint, 0444);
MODULE_PARM_DESC(pause_us, "silence on the line between two transfers");
static uint receive_buffer = 512;
module_param(receive_buffer, uint, 0444);
MODULE_PARM_DESC(receive_buffer, "bytes of the receive buffer");
static uint wait_ms = 0;
module_param(wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "how long to wait for DMA channels that others hold");
static uint run_ms = 0;
module_param(run_ms, uint, 0444);
MODULE_PARM_DESC(run_ms, "the file is sent again until this much time has passed, 0 = once");
static uint retries = 0;
module_param(retries, uint, 0444);
MODULE_PARM_DESC(retries, "how often work that failed is done again before the client gives up");

namespace {

constexpr unsigned kReceiveLimit_ms = 100;  // for what is still on the line when all is sent

/// Where received bytes go. Filled by the driver, read by the thread.
struct receiver {
  u8* data;
  size_t room;
  size_t filled;
  size_t surplus;  ///< received beyond the file's length
  wait_queue_head_t wait;
};

void received(void* context, const u8* data, size_t bytes) {
  struct receiver* r = static_cast<struct receiver*>(context);
  const size_t fits = bytes < r->room - r->filled ? bytes : r->room - r->filled;
  memcpy(r->data + r->filled, data, fits);
  r->surplus += bytes - fits;
  WRITE_ONCE(r->filled, r->filled + fits);
  wake_up(&r->wait);
}

struct dw_uart* open_port(struct client_worker* worker, struct receiver* r) {
  struct device_node* node = of_find_node_by_path(port);
  const struct dw_uart_config config = {baud, receive_buffer, received, r};
  const s64 since = ktime_get();
  if (!node) {
    pr_err("uart-loopback: %s: no such alias or node\n", port);
    return static_cast<struct dw_uart*>(ERR_PTR(-ENODEV));
  }
  for (;;) {
    struct dw_uart* uart = dw_uart_open(node, &config);
    if (!IS_ERR(uart)) return uart;
    const int error = static_cast<int>(PTR_ERR(uart));
    if (client_worker_wait(worker, error, since)) continue;
    pr_err("uart-loopback: %s cannot be opened: error %d%s\n", port, error,
           error == -EPROBE_DEFER ? " (no free DMA channel)"
           : error == -ENODEV     ? " (no driver)"
                                  : "");
    return uart;
  }
}

int send_all(struct client_worker* worker, struct dw_uart* uart, const struct firmware* file) {
  for (size_t at = 0; at < file->size; at += chunk) {
    const size_t bytes = file->size - at < chunk ? file->size - at : chunk;
    const s64 issued = ktime_to_ns(ktime_get());
    const int ret = dw_uart_send(uart, file->data + at, bytes);
    if (ret) return ret;
    dmavp_client_transfer(worker->client, dw_uart_channel(uart), issued, bytes, false);
    if (pause_us) usleep_range(pause_us, pause_us + 10);
  }
  return 0;
}

void note_counts(struct client_worker* worker, const struct dw_uart_counts* counts) {
  client_note_number(worker, "received", counts->received);
  client_note_number(worker, "silences", counts->timeouts);
  client_note_number(worker, "polls", counts->polls);
  client_note_number(worker, "full_buffers", counts->full_buffers);
  client_note_number(worker, "bytes_by_cpu", counts->by_cpu);
  client_note_number(worker, "overruns", counts->overruns);
}

// What arrived against what was sent, and what the registers say about losses.
int judge(const struct firmware* file, const struct receiver* r, const struct dw_uart_counts* counts) {
  int ret = 0;
  if (r->filled != file->size || r->surplus) {
    pr_err("uart-loopback: %zu bytes sent, %zu received\n", file->size, r->filled + r->surplus);
    ret = -EIO;
  }
  if (client_compare("uart-loopback", file->data, r->data, r->filled)) ret = -EBADMSG;
  if (counts->overruns || counts->line_errors || counts->dma_errors) {
    pr_err("uart-loopback: %llu overruns, %llu line errors, %llu failed transfers\n", counts->overruns,
           counts->line_errors, counts->dma_errors);
    ret = -EIO;
  }
  return ret;
}

int loop_file(struct client_worker* worker, const struct firmware* file) {
  struct receiver r = {};
  init_waitqueue_head(&r.wait);
  r.room = file->size;
  r.data = static_cast<u8*>(kzalloc(file->size ? file->size : 1, GFP_KERNEL));
  if (!r.data) {
    pr_err("uart-loopback: %s: no memory for another %zu bytes\n", path, file->size);
    return -ENOMEM;
  }
  struct dw_uart* uart = open_port(worker, &r);
  if (IS_ERR(uart)) {
    kfree(r.data);
    return static_cast<int>(PTR_ERR(uart));
  }
  int ret = send_all(worker, uart, file);
  if (!ret) {
    wait_event_timeout(r.wait, READ_ONCE(r.filled) == r.room, msecs_to_jiffies(kReceiveLimit_ms));
  }
  const struct dw_uart_counts counts = dw_uart_read_counts(uart);
  dw_uart_close(uart);
  note_counts(worker, &counts);
  if (!ret) ret = judge(file, &r, &counts);
  if (!ret) {
    const u32 crc = client_note_checksum(worker, r.data, r.filled);
    if (!worker->rounds)
      pr_info("uart-loopback: %s: %zu bytes sent, received and equal, crc32 %08x\n", path, r.filled, crc);
  }
  kfree(r.data);
  return ret;
}

int work(struct client_worker* worker) {
  const struct firmware* file = nullptr;
  int ret = request_firmware(&file, path, nullptr);
  if (ret) {
    pr_err("uart-loopback: %s cannot be read: error %d\n", path, ret);
    return ret;
  }
  dmavp_client_note(worker->client, "file", path);
  ret = loop_file(worker, file);
  release_firmware(file);
  return ret;
}

struct client_worker worker;

int uart_loopback_init() {
  if (!chunk || !baud || !receive_buffer) {
    pr_err("uart-loopback: chunk, baud and receive_buffer must not be 0\n");
    return -EINVAL;
  }
  worker.work = work;
  worker.wait_ms = wait_ms;
  worker.run_ms = run_ms;
  worker.retries = retries;
  return client_worker_start(&worker, "uart-loopback");
}

void uart_loopback_exit() { client_worker_stop(&worker); }

}  // namespace

module_init(uart_loopback_init);
module_exit(uart_loopback_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: a file through a UART and back by DMA");
