// Client: loads a DMA channel in each direction with the traffic source and sink, at a rate, burstiness and
// burst length of the user's choice; what arrives is the pattern, or the client fails.
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "clients/traffic/flow.h"

static char default_device[] = "traffic0";
static char default_call[] = "sg";
static char* device = default_device;
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "alias or path of the traffic source and sink");
static bool sink = true;
module_param(sink, bool, 0444);
MODULE_PARM_DESC(sink, "write to the sink");
static bool source = true;
module_param(source, bool, 0444);
MODULE_PARM_DESC(source, "read from the source");
static bool cyclic = false;
module_param(cyclic, bool, 0444);
MODULE_PARM_DESC(cyclic, "one ring of `buffers` periods instead of transfers one after the other");
static unsigned long long bytes = 32768;
module_param(bytes, ullong, 0444);
MODULE_PARM_DESC(bytes, "in each direction");
static uint transfer = 1024;
module_param(transfer, uint, 0444);
MODULE_PARM_DESC(transfer, "bytes of a transfer or period");
static uint buffers = 4;
module_param(buffers, uint, 0444);
MODULE_PARM_DESC(buffers, "transfers in flight, or periods of the ring; at most 64");
static uint pieces = 1;
module_param(pieces, uint, 0444);
MODULE_PARM_DESC(pieces, "places in memory of a transfer; at most 64");
static uint spacing = 0;
module_param(spacing, uint, 0444);
MODULE_PARM_DESC(spacing, "bytes between two of them, which nobody may change");
static char* call = default_call;
module_param(call, charp, 0444);
MODULE_PARM_DESC(call, "how transfers are prepared: sg (scatter list), vec (vector) or interleaved");
static uint maxburst = 4;
module_param(maxburst, uint, 0444);
MODULE_PARM_DESC(maxburst, "items per DMA request; what the channel makes of it is in the result");
static uint burst = 1;
module_param(burst, uint, 0444);
MODULE_PARM_DESC(burst, "items that the line makes or takes at once");
static uint gap = 256;
module_param(gap, uint, 0444);
MODULE_PARM_DESC(gap, "cycles of the device's clock between such bursts");
static uint seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the pattern");
static uint wait_ms = 0;
module_param(wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "how long to wait for DMA channels that others hold");
static uint run_ms = 0;
module_param(run_ms, uint, 0444);
MODULE_PARM_DESC(run_ms, "the streams are repeated until this much time has passed, 0 = once");

namespace dmavp::traffic {
namespace {

Call wanted_call;

constexpr u32 kMargin_ms = 200;
constexpr u32 kSlowest_ms = 1000;  // for what is in flight where the clock is not known

struct Session {
  struct client_worker* worker;
  Device* device;
  Settings settings;
  Flow flows[2];
  struct wait_queue_head wait;
};

bool any_ready(const Session* s) { return ready(&s->flows[0]) || ready(&s->flows[1]); }

bool all_handled(const Session* s) {
  for (const Flow& f : s->flows)
    if (f.chan && f.handled < count(&f)) return false;
  return true;
}

/// How long the line takes for what is in flight, twice, and some time for the software.
u32 patience_ms(const Session* s) {
  const Settings& set = s->settings;
  if (!s->device->hz) return kSlowest_ms;
  const u64 items = u64{set.buffers} * set.transfer / s->device->width;
  const u64 cycles = (items / burst + 1) * gap;
  return static_cast<u32>(min_t(u64, 2 * cycles * 1000 / s->device->hz + kMargin_ms, 100000));
}

int move(Session* s) {
  u32 ctrl = 0;
  for (Flow& f : s->flows) {
    if (!f.chan) continue;
    const int ret = start(&f);
    if (ret) {
      pr_err("traffic: no transfer of %u bytes can be prepared: error %d\n", transfer, ret);
      return ret;
    }
    ctrl |= f.out ? kSinkOn : kSourceOn;
  }
  write(s->device, kCtrl, ctrl);
  while (!all_handled(s)) {
    const u32 patience = patience_ms(s);
    if (!wait_event_timeout(s->wait, any_ready(s), msecs_to_jiffies(patience))) {
      for (const Flow& f : s->flows)
        if (f.chan)
          pr_err("traffic: %s: %llu of %llu transfers within %u ms\n", f.out ? "sink" : "source",
                 static_cast<unsigned long long>(f.handled), static_cast<unsigned long long>(count(&f)),
                 patience);
      return -ETIMEDOUT;
    }
    for (Flow& f : s->flows) {
      const int ret = serve(&f);
      if (ret) return ret;
    }
  }
  // What the sink has yet to take from its FIFO it has yet to check.
  const s64 since = ktime_get();
  while (sink && !(read(s->device, kStatus) & kSinkEmpty) &&
         ktime_get() - since < s64{patience_ms(s)} * NSEC_PER_MSEC)
    usleep_range(50, 100);
  return 0;
}

int judge(Session* s) {
  const u32 lost = read(s->device, kSourceLost);
  const u32 overrun = read(s->device, kSinkLost);
  const u32 underrun = read(s->device, kSourceUnderruns);
  const u32 mismatches = read(s->device, kMismatches);
  u64 wrong = 0;
  for (const Flow& f : s->flows) wrong += f.wrong;
  client_note_number(s->worker, "source_lost", lost);
  client_note_number(s->worker, "sink_starved", read(s->device, kSinkStarved));
  client_note_number(s->worker, "sink_mismatches", mismatches);
  client_note_number(s->worker, "wrong_bytes", wrong);
  if (lost) pr_err("traffic: %u items lost: the source makes more than the channel takes\n", lost);
  if (overrun || underrun)
    pr_err("traffic: %u items written to a full sink, %u read from an empty source\n", overrun, underrun);
  if (mismatches) pr_err("traffic: %u items that the sink did not expect\n", mismatches);
  return lost || overrun || underrun || mismatches || wrong ? -EIO : 0;
}

int check_settings(const Device* d) {
  const struct {
    const char* name;
    u64 value;
  } sizes[] = {{"bytes", bytes}, {"transfer", transfer}};
  for (const auto& size : sizes) {
    if (size.value % d->width == 0) continue;
    pr_err("traffic: %s=%llu is not a number of items of %u bytes\n", size.name,
           static_cast<unsigned long long>(size.value), d->width);
    return -EINVAL;
  }
  if (bytes / d->width <= U32_MAX) return 0;
  pr_err("traffic: bytes=%llu are more items than SINK_LENGTH can hold\n", bytes);
  return -EINVAL;
}

void prepare(Session* s) {
  Device* d = s->device;
  write(d, kCtrl, kReset);
  write(d, kSeed, seed);
  write(d, kBurst, burst);
  write(d, kGap, gap);
  for (Flow& f : s->flows) {
    f.worker = s->worker;
    f.device = d;
    f.settings = &s->settings;
    f.wait = &s->wait;
  }
  s->flows[0].out = true;
}

void note_settings(Session* s) {
  const u64 rate = s->device->hz ? u64{s->device->hz} * burst * s->device->width / gap : 0;
  client_note_number(s->worker, "item_bytes", s->device->width);
  client_note_number(s->worker, "fifo_depth", s->device->depth);
  client_note_number(s->worker, "dma_burst", s->flows[sink ? 0 : 1].burst);
  if (rate) client_note_number(s->worker, "line_bytes_per_s", rate);
}

int run(Session* s) {
  int ret = check_settings(s->device);
  if (ret) return ret;
  prepare(s);
  if (sink) ret = open(&s->flows[0]);
  if (!ret && source) ret = open(&s->flows[1]);
  if (!ret) {
    note_settings(s);
    ret = move(s);
  }
  const int found = ret && ret != -ETIMEDOUT ? ret : judge(s);
  if (!ret) ret = found;
  for (Flow& f : s->flows) close(&f);
  write(s->device, kCtrl, 0);
  return ret;
}

int work(struct client_worker* worker) {
  Session s = {};
  struct device_node* node = of_find_node_by_path(::device);
  if (!node) {
    pr_err("traffic: %s: no such alias or node\n", device);
    return -ENODEV;
  }
  s.worker = worker;
  s.device = find(node);
  if (!s.device) {
    pr_err("traffic: %s is not a traffic source and sink\n", device);
    return -ENODEV;
  }
  s.settings = {bytes, transfer, buffers, pieces, spacing, wanted_call, maxburst, cyclic, seed};
  init_waitqueue_head(&s.wait);
  const int ret = run(&s);
  if (!ret && !worker->rounds)
    pr_info("traffic: %llu bytes %s, all as expected\n", bytes,
            sink && source ? "in each direction"
            : sink         ? "written to the sink"
                           : "read from the source");
  return ret;
}

struct client_worker worker;

bool good_call() {
  const char* const names[] = {"sg", "vec", "interleaved"};
  const Call calls[] = {Call::kList, Call::kVector, Call::kInterleaved};
  for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
    if (strcmp(call, names[i])) continue;
    wanted_call = calls[i];
    return true;
  }
  pr_err("traffic: call=%s is none of sg, vec, interleaved\n", call);
  return false;
}

bool good_parameters() {
  if (!good_call()) return false;
  if (!bytes || !transfer || !maxburst || !gap || !burst || burst > kMostItems) {
    pr_err("traffic: bytes, transfer, maxburst, gap and burst must not be 0, burst at most %u\n", kMostItems);
    return false;
  }
  if (!buffers || buffers > kMostBuffers || !pieces || pieces > kMostPieces) {
    pr_err("traffic: buffers must be 1 to %u, pieces 1 to %u\n", kMostBuffers, kMostPieces);
    return false;
  }
  if (cyclic && (buffers < 2 || bytes % transfer)) {
    pr_err("traffic: a ring has 2 or more buffers, and bytes=%llu is a number of periods\n", bytes);
    return false;
  }
  if (cyclic && (spacing || wanted_call != Call::kList)) {
    pr_err("traffic: a ring has no spacing, and is prepared by a call of its own\n");
    return false;
  }
  if (!sink && !source) pr_err("traffic: neither sink nor source is to be used\n");
  return sink || source;
}

int traffic_init() {
  if (!good_parameters()) return -EINVAL;
  int ret = register_driver();
  if (ret) return ret;
  worker.work = work;
  worker.wait_ms = wait_ms;
  worker.run_ms = run_ms;
  ret = client_worker_start(&worker, "traffic");
  if (ret) unregister_driver();
  return ret;
}

void traffic_exit() {
  client_worker_stop(&worker);
  unregister_driver();
}

module_init(traffic_init);
module_exit(traffic_exit);

}  // namespace
}  // namespace dmavp::traffic

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: loads DMA channels with the traffic source and sink");
