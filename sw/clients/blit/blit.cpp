// Client: takes rectangles out of pictures, takes colours apart, turns columns into lines and clears, by
// interleaved DMA. Pictures are PPM and PGM files of the host; the CPU computes each result too.
#include <linux/crc32.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/blit/judge.h"
#include "clients/copy_pump.h"
#include "clients/worker.h"
#include "dmavp/cost.h"
#include "dmavp/file.h"

static char default_operation[] = "crop,transpose";
static char nothing[] = "";
static char* operation = default_operation;
module_param(operation, charp, 0444);
MODULE_PARM_DESC(operation, "crop, planes, transpose, clear; several with commas, one after the other");
static uint x;
module_param(x, uint, 0444);
MODULE_PARM_DESC(x, "left column of the rectangle that crop takes and clear overwrites");
static uint y;
module_param(y, uint, 0444);
MODULE_PARM_DESC(y, "its upper line");
static uint width;
module_param(width, uint, 0444);
MODULE_PARM_DESC(width, "its columns, 0 = to the right border");
static uint height;
module_param(height, uint, 0444);
MODULE_PARM_DESC(height, "its lines, 0 = to the lower border");
static uint value;
module_param(value, uint, 0444);
MODULE_PARM_DESC(value, "what clear writes into each byte, 0..255");
static char* input = nothing;
module_param(input, charp, 0444);
MODULE_PARM_DESC(input, "PPM (P6) or PGM (P5) file, empty = a test picture");
static char* output = nothing;
module_param(output, charp, 0444);
MODULE_PARM_DESC(output, "file for the result, PPM or (planes, grey) PGM; written even when it is wrong");
static uint columns = 64;
module_param(columns, uint, 0444);
MODULE_PARM_DESC(columns, "of the test picture, 1..16384");
static uint lines = 48;
module_param(lines, uint, 0444);
MODULE_PARM_DESC(lines, "of the test picture, 1..16384");
static uint align = 16;
module_param(align, uint, 0444);
MODULE_PARM_DESC(align, "lines of pictures in RAM begin at multiples of it, 1..4096 bytes");
static uint chunks = 1024;
module_param(chunks, uint, 0444);
MODULE_PARM_DESC(chunks, "chunks per transfer at most");
static uint depth = 4;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "transfers in flight at most");
static char* channel = nothing;
module_param(channel, charp, 0444);
MODULE_PARM_DESC(channel, "name of the channel (dma0chan1), empty = any");
static uint wait_ms;
module_param(wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "how long to wait for DMA channels that others hold");
static uint run_ms;
module_param(run_ms, uint, 0444);
MODULE_PARM_DESC(run_ms, "done again until this much time has passed, 0 = once");
static uint retries;
module_param(retries, uint, 0444);
MODULE_PARM_DESC(retries, "how often work that failed is done again before the client gives up");

namespace dmavp::blit {
namespace {

constexpr unsigned kMostOperations = 16;
constexpr uint kMaxAlign = 4096;

Operation operations[kMostOperations];
unsigned operation_count;

struct Session {
  struct client_worker* worker;
  struct dma_chan* chan;
  struct copy_pump pump;
  dma_interleaved_template* xt;
  u64 chunks;  ///< of all transfers
};

const char* sample_name(const Frame& frame, u32 sample) {
  static const char* const kNames[] = {"red", "green", "blue"};
  return frame.samples == kRgb ? kNames[sample] : "grey";
}

const char* kind(const Frame& frame) { return frame.samples == kRgb ? "RGB" : "grey"; }

int allocate(Canvas* canvas, const Frame& frame) {
  const int ret = canvas->allocate(frame);
  if (ret) pr_err("blit: no memory for a picture of %u x %u pixels\n", frame.width, frame.height);
  return ret;
}

int draw(Canvas* picture) {
  const Frame frame = make_frame(columns, lines, kRgb, 255, align);
  const int ret = allocate(picture, frame);
  if (ret) return ret;
  dmavp_cost_copy(frame.bytes());
  for (u32 row = 0; row < frame.height; row++)
    for (u32 column = 0; column < frame.width; column++)
      for (u32 sample = 0; sample < kRgb; sample++)
        picture->pixels()[frame.at(column, row, sample)] = test_picture(frame, column, row, sample);
  return 0;
}

int read_file(const struct firmware* file, Canvas* picture) {
  Frame frame;
  Problem problem;
  const size_t at = read_picture(file->data, file->size, &frame, &problem);
  if (!at) {
    pr_err("blit: %s %s\n", input, problem.text);
    return -EINVAL;
  }
  const size_t behind = file->size - at - frame.bytes();
  if (behind) pr_warn("blit: %s has %zu bytes behind the picture, which are ignored\n", input, behind);
  const int ret =
      allocate(picture, make_frame(frame.width, frame.height, frame.samples, frame.levels, align));
  if (ret) return ret;
  dmavp_cost_copy(frame.bytes());
  for (u32 row = 0; row < frame.height; row++)
    memcpy(picture->line(row), file->data + at + row * frame.pitch, frame.line());
  return 0;
}

int load(Session* s, Canvas* picture) {
  const struct firmware* file = nullptr;
  if (!*input) return draw(picture);
  int ret = request_firmware(&file, input, nullptr);
  if (ret) {
    pr_err("blit: %s cannot be read: error %d\n", input, ret);
    return ret;
  }
  ret = read_file(file, picture);
  release_firmware(file);
  if (!ret) dmavp_client_note(s->worker->client, "file", input);
  return ret;
}

/// The picture as a file: noted, and written where it is wanted.
int publish(Session* s, const Canvas& picture) {
  const Frame& frame = picture.frame();
  const size_t room = kMaxHeader + 1 + size_t{frame.height} * frame.line();
  u8* text = static_cast<u8*>(kmalloc(room, GFP_KERNEL));
  if (!text) {
    pr_err("blit: no memory for a file of %zu bytes\n", room);
    return -ENOMEM;
  }
  size_t at = write_header(frame, reinterpret_cast<char*>(text));
  for (u32 row = 0; row < frame.height; row++, at += frame.line())
    memcpy(text + at, picture.line(row), frame.line());
  dmavp_cost_copy(at);
  client_note_checksum(s->worker, text, at);
  const int ret = *output ? dmavp_file_write(output, text, at) : 0;
  if (ret) pr_err("blit: %s cannot be written: error %d\n", output, ret);
  kfree(text);
  return ret;
}

int move_pattern(Session* s, const Pattern& whole, dma_addr_t src, dma_addr_t dst) {
  Pieces pieces(whole, chunks);
  Pattern piece;
  int ret = 0;
  while (!ret && pieces.next(&piece)) {
    ret = copy_pump_room(&s->pump);
    if (ret) break;
    fill_template(piece, src, dst, s->xt);
    ret = copy_pump_add(&s->pump,
                        dmaengine_prep_interleaved_dma(s->chan, s->xt, DMA_PREP_INTERRUPT | DMA_CTRL_ACK),
                        piece.lines * piece.chunks * piece.size);
    s->chunks += piece.lines * piece.chunks;
  }
  return ret;
}

/// Line by line; all at once where the lines follow each other without a gap.
int clear(Session* s, const Task& task, const Frame& frame, dma_addr_t dst) {
  const Rectangle& r = task.rectangle;
  const bool gaps = size_t{r.width} * frame.samples != frame.pitch;
  const size_t bytes = size_t{r.width} * frame.samples * (gaps ? 1 : r.height);
  int ret = 0;
  for (u32 row = 0; !ret && row < (gaps ? r.height : 1); row++) {
    ret = copy_pump_room(&s->pump);
    if (ret) break;
    struct dma_async_tx_descriptor* tx = dmaengine_prep_dma_memset(
        s->chan, dst + frame.at(r.x, r.y + row, 0), task.value, bytes, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
    ret = copy_pump_add(&s->pump, tx, bytes);
  }
  return ret;
}

int move_mapped(Session* s, const Task& task, const Frame& from, const Frame& to, dma_addr_t src,
                dma_addr_t dst) {
  int ret = 0;
  for (unsigned i = 0; !ret && i < patterns(task.operation, from); i++)
    ret = move_pattern(s, pattern(task.operation, from, to, task.rectangle, i), src, dst);
  // A channel works in order: what clears comes behind what copies.
  if (!ret && task.operation == Operation::kClear) ret = clear(s, task, to, dst);
  ret = copy_pump_end(&s->pump, ret);
  s->worker->reported = ret != 0;
  return ret;
}

int move(Session* s, const Task& task, Canvas* source, Canvas* target) {
  struct device* dev = dmaengine_get_dma_device(s->chan);
  const dma_addr_t src = dma_map_single(dev, source->memory(), source->bytes(), DMA_TO_DEVICE);
  if (dma_mapping_error(dev, src)) return -ENOMEM;
  // Guard bytes share lines of the cache with pixels: written back before, fetched again after.
  const dma_addr_t dst = dma_map_single(dev, target->memory(), target->bytes(), DMA_BIDIRECTIONAL);
  if (dma_mapping_error(dev, dst)) {
    dma_unmap_single(dev, src, source->bytes(), DMA_TO_DEVICE);
    return -ENOMEM;
  }
  const int ret =
      move_mapped(s, task, source->frame(), target->frame(), src + Canvas::kGuard, dst + Canvas::kGuard);
  dma_unmap_single(dev, dst, target->bytes(), DMA_BIDIRECTIONAL);
  dma_unmap_single(dev, src, source->bytes(), DMA_TO_DEVICE);
  return ret;
}

size_t judge(const Task& task, const Canvas& source, const Canvas& target) {
  const Difference d = compare(task, source, target);
  dmavp_cost_copy(2 * target.bytes());
  if (!d.count) return 0;
  if (d.outside) {
    pr_err("blit: %s: byte %zd, which belongs to no pixel, is %02x, expected %02x; %zu bytes are wrong\n",
           name_of(task.operation), static_cast<ssize_t>(d.offset) - static_cast<ssize_t>(Canvas::kGuard),
           d.actual, d.expected, d.count);
  } else {
    pr_err("blit: %s: %s of pixel (%u, %u) is %02x, expected %02x; %zu bytes are wrong\n",
           name_of(task.operation), sample_name(target.frame(), d.sample), d.x, d.y, d.actual, d.expected,
           d.count);
  }
  return d.count;
}

/// One operation; the result takes the place of the picture, right or wrong.
int operate(Session* s, Operation op, Canvas* picture) {
  Task task = {op, {x, y, width, height}, static_cast<u8>(value)};
  const bool bounded = op == Operation::kCrop || op == Operation::kClear;
  const Frame& from = picture->frame();
  if (bounded && !fit(&task.rectangle, from)) {
    pr_err("blit: %s: a rectangle of %u x %u pixels at (%u, %u) is not inside a picture of %u x %u\n",
           name_of(op), width, height, x, y, from.width, from.height);
    return -EINVAL;
  }
  if (op == Operation::kPlanes && from.samples != kRgb) {
    pr_err("blit: planes: the picture is grey, it has no colours to take apart\n");
    return -EINVAL;
  }
  Canvas result;
  int ret = allocate(&result, result_of(op, from, task.rectangle, align));
  if (ret) return ret;
  spoil(task, *picture, &result);
  dmavp_cost_copy(result.bytes());
  const u32 before = crc32_le(0, picture->memory(), picture->bytes());
  ret = move(s, task, picture, &result);
  size_t wrong = ret ? 0 : judge(task, *picture, result);
  if (crc32_le(0, picture->memory(), picture->bytes()) != before) {
    pr_err("blit: %s: the source is not what it was\n", name_of(op));
    wrong++;
  }
  if (!ret && wrong) ret = -EBADMSG;
  picture->swap(result);
  return ret;
}

int operate_all(Session* s, Canvas* picture) {
  int ret = 0;
  for (unsigned i = 0; !ret && i < operation_count; i++) {
    ret = operate(s, operations[i], picture);
    if (ret) pr_err("blit: %s: stopped by error %d\n", name_of(operations[i]), ret);
  }
  return ret;
}

void describe(Session* s, const Canvas& picture) {
  const Frame& frame = picture.frame();
  char text[40];
  scnprintf(text, sizeof(text), "%u x %u %s", frame.width, frame.height, kind(frame));
  dmavp_client_note(s->worker->client, "operation", operation);
  dmavp_client_note(s->worker->client, "picture", text);
  client_note_number(s->worker, "chunks", s->chunks);
}

int with_channel(Session* s) {
  Canvas picture;
  int ret = load(s, &picture);
  if (ret) return ret;
  ret = operate_all(s, &picture);
  describe(s, picture);
  // A picture shows best what went wrong when DMA made it.
  if (!ret || ret == -EBADMSG || ret == -EIO || ret == -ETIMEDOUT) {
    const int published = publish(s, picture);
    if (!ret) ret = published;
  }
  if (!ret && !s->worker->rounds)
    pr_info("blit: %s: %u x %u pixels (%s), all as expected\n", operation, picture.frame().width,
            picture.frame().height, kind(picture.frame()));
  return ret;
}

struct dma_chan* request(const struct client_worker* worker) {
  const s64 since = ktime_get();
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_INTERLEAVE, mask);
  for (unsigned i = 0; i < operation_count; i++)
    if (operations[i] == Operation::kClear) dma_cap_set(DMA_MEMSET, mask);
  for (;;) {
    struct dma_chan* chan = copy_pump_request_for(&mask, channel);
    if (chan || !client_worker_wait(worker, -EBUSY, since)) return chan;
  }
}

int work(struct client_worker* worker) {
  Session s = {};
  s.worker = worker;
  s.chan = request(worker);
  if (!s.chan) {
    pr_err("blit: no free channel%s%s that does what is needed: interleaved transfers%s\n",
           *channel ? " named " : "", channel, strstr(operation, "clear") ? ", memset" : "");
    return -ENODEV;
  }
  const size_t longest = min(size_t{chunks}, size_t{kMaxSide});  // of a line
  s.xt = static_cast<dma_interleaved_template*>(kmalloc(struct_size(s.xt, sgl, longest), GFP_KERNEL));
  int ret = copy_pump_init(&s.pump, s.chan, worker->client, 1, depth);
  if (!ret && !s.xt) ret = -ENOMEM;
  if (ret)
    pr_err("blit: no memory for transfers of %u chunks, %u in flight\n", chunks, depth);
  else
    ret = with_channel(&s);
  if (s.pump.slots) copy_pump_exit(&s.pump);
  kfree(s.xt);
  dma_release_channel(s.chan);
  return ret;
}

struct client_worker worker;

bool good_parameters() {
  size_t bad = 0;
  operation_count = read_operations(operation, operations, kMostOperations, &bad);
  if (!operation_count) {
    pr_err("blit: operation: \"%s\" does not begin with one of crop, planes, transpose, clear (at most %u)\n",
           operation + bad, kMostOperations);
    return false;
  }
  if (!columns || !lines || columns > kMaxSide || lines > kMaxSide) {
    pr_err("blit: columns=%u and lines=%u must be 1 to %u\n", columns, lines, kMaxSide);
    return false;
  }
  if (!align || align > kMaxAlign || value > 255 || !chunks || !depth) {
    pr_err("blit: align must be 1 to %u, value at most 255, chunks and depth not 0\n", kMaxAlign);
    return false;
  }
  return true;
}

int blit_init() {
  if (!good_parameters()) return -EINVAL;
  worker.work = work;
  worker.wait_ms = wait_ms;
  worker.run_ms = run_ms;
  worker.retries = retries;
  return client_worker_start(&worker, "blit");
}

void blit_exit() { client_worker_stop(&worker); }

module_init(blit_init);
module_exit(blit_exit);

}  // namespace
}  // namespace dmavp::blit

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: crop, planes, transpose and clear of pictures by interleaved DMA");
