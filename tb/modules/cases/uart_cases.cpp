// Reception by DMA with a time-out, on a port whose output is wired to its input: every number of bytes
// arrives. covers: R24 K24
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/slab.h>

#include "drivers/dw-uart/dw-uart.h"
#include "modules/cases/check.h"

static uint burst = 4;  // items of a request of the port
module_param(burst, uint, 0444);
static uint receive_bytes = 64;
module_param(receive_bytes, uint, 0444);

namespace dmavp::test {

unsigned failures;

namespace {

constexpr u32 kBaud = 1500000;
constexpr unsigned kLimit_ms = 60;  // several periods of the driver's poll

/// Byte `n` of everything that the line carries; one lost or twice shows at once.
u8 pattern(u64 n) {
  const u64 z = (n + 1) * 0x9E3779B97F4A7C15u;
  return static_cast<u8>((z ^ z >> 29) * 0xBF58476D1CE4E5B9u >> 56);
}

struct Line {
  u64 arrived = 0;
  u64 wrong = 0;
};

void received(void* context, const u8* data, size_t bytes) {
  auto* line = static_cast<Line*>(context);
  for (size_t n = 0; n < bytes; n++) line->wrong += data[n] != pattern(line->arrived++);
}

/// Bytes that stay in the FIFO of `bytes` after a silence: what is no whole burst, except at the end of the
/// buffer, where the channel takes single items.
u32 left_to_cpu(u32 bytes) {
  const u32 last = bytes % receive_bytes;
  return last / burst == receive_bytes / burst ? 0 : last % burst;
}

int refused(struct device_node* node, const struct dw_uart_config& config) {
  struct dw_uart* uart = dw_uart_open(node, &config);
  if (!IS_ERR(uart)) dw_uart_close(uart);
  return IS_ERR(uart) ? static_cast<int>(PTR_ERR(uart)) : 0;
}

/// A port has one user, and a rate within 3 %.
void refusals(struct device_node* node, const struct dw_uart_config& good) {
  struct dw_uart_config bad = good;
  bad.received = nullptr;
  CHECK_EQ(refused(node, bad), -EINVAL);
  bad = good;
  bad.receive_bytes = 0;
  CHECK_EQ(refused(node, bad), -EINVAL);
  const u32 impossible[] = {0, 1, 200000000};
  for (const u32 baud : impossible) {
    bad = good;
    bad.baud = baud;
    CHECK_EQ(refused(node, bad), -EINVAL);
  }
  struct device_node* other = of_find_node_by_path("dmac0");
  CHECK_EQ(refused(other, good), -ENODEV);
  of_node_put(other);
  CHECK_EQ(refused(node, good), 0);
  struct dw_uart* uart = dw_uart_open(node, &good);
  CHECK_EQ(refused(node, good), -EBUSY);
  if (!IS_ERR(uart)) dw_uart_close(uart);
}

/// Messages of every length up to two buffers and a burst.
int run() {
  Line line;
  struct device_node* node = of_find_node_by_path("serial0");
  const struct dw_uart_config config = {kBaud, receive_bytes, received, &line};
  refusals(node, config);
  struct dw_uart* uart = dw_uart_open(node, &config);
  CHECK(!IS_ERR(uart));
  if (IS_ERR(uart)) return -ENODEV;
  const u32 longest = 2 * receive_bytes + burst;
  u8* message = static_cast<u8*>(kmalloc(longest, GFP_KERNEL));
  u64 sent = 0, by_cpu = 0, full = 0;
  for (u32 bytes = 1; bytes <= longest; bytes++) {
    for (u32 n = 0; n < bytes; n++) message[n] = pattern(sent + n);
    const ktime_t begin = ktime_get();
    CHECK_EQ(dw_uart_send(uart, message, bytes), 0);
    // All has left: 10 bits a character, at a rate that may be 3 % off.
    CHECK((ktime_get() - begin) * kBaud >= s64{bytes} * 10 * NSEC_PER_SEC / 100 * 97);
    sent += bytes;
    for (unsigned ms = 0; ms < kLimit_ms && line.arrived < sent; ms++) usleep_range(1000, 1000);
    by_cpu += left_to_cpu(bytes);
    full += bytes / receive_bytes;
    const struct dw_uart_counts counts = dw_uart_read_counts(uart);
    CHECK_EQ(line.arrived, sent);
    CHECK_EQ(counts.received, sent);
    CHECK_EQ(counts.by_cpu, by_cpu);
    CHECK_EQ(counts.full_buffers, full);
    CHECK_EQ(counts.overruns + counts.line_errors + counts.dma_errors, 0);
    if (failures) {
      pr_err("CHECK failed: first after a message of %u bytes\n", bytes);
      break;
    }
  }
  CHECK_EQ(line.wrong, 0);
  const struct dw_uart_counts counts = dw_uart_read_counts(uart);
  CHECK(counts.timeouts > 0 && counts.polls > 0);
  dw_uart_close(uart);
  of_node_put(node);
  kfree(message);
  return failures ? -EPROTO : 0;
}
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
