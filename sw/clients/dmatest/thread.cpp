// One test thread: random lengths and offsets, one transfer at a time, everything checked.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/dmatest/dmatest.h"
#include "clients/dmatest/pattern.h"
#include "dmavp/cost.h"

namespace dmavp::dmatest {
namespace {

constexpr unsigned kErrorPauseMs = 100;
constexpr unsigned kMaxBuffers = 255;

/// Buffers of one kind, each aligned to 1 << shift.
class Buffers {
 public:
  Buffers() = default;
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;
  ~Buffers() {
    for (unsigned i = 0; i < count_; i++) kfree(raw_[i]);
    kfree(raw_);
    kfree(aligned_);
  }
  bool allocate(unsigned count, size_t size, unsigned shift, gfp_t gfp) {
    raw_ = static_cast<void**>(kcalloc(count, sizeof(void*), GFP_KERNEL));
    aligned_ = static_cast<u8**>(kcalloc(count, sizeof(u8*), GFP_KERNEL));
    if (!raw_ || !aligned_) return false;
    const size_t align = size_t{1} << shift;
    for (; count_ < count; count_++) {
      raw_[count_] = kmalloc(size + align, gfp);
      if (!raw_[count_]) return false;
      const auto address = reinterpret_cast<unsigned long>(raw_[count_]);
      aligned_[count_] = reinterpret_cast<u8*>((address + align - 1) & ~(align - 1));
    }
    return true;
  }
  unsigned count() const { return count_; }
  u8* operator[](unsigned i) const { return aligned_[i]; }

 private:
  void** raw_ = nullptr;
  u8** aligned_ = nullptr;
  unsigned count_ = 0;
};

/// What an operation needs.
struct Shape {
  unsigned sources;
  unsigned destinations;
  unsigned shift;  ///< log2 of the granularity of length and offsets
};

/// Largest odd number up to both: the XOR of an odd number of equal buffers is that buffer.
unsigned odd_limit(unsigned wanted, unsigned provider) {
  const unsigned n = (wanted | 1) < provider ? wanted | 1 : provider;
  return n % 2 || !n ? n : n - 1;
}

Shape shape_of(const Parameters& p, dma_chan* chan, dma_transaction_type type) {
  dma_device* device = chan->device;
  Shape shape = {1, 1, 0};
  switch (type) {
    case DMA_MEMSET:
      shape.shift = device->fill_align;
      break;
    case DMA_XOR:
      shape = {odd_limit(p.xor_sources, device->max_xor), 1, static_cast<unsigned>(device->xor_align)};
      break;
    case DMA_PQ:
      shape = {
          odd_limit(p.pq_sources, static_cast<unsigned>(dma_maxpq(device, static_cast<dma_ctrl_flags>(0)))),
          2, static_cast<unsigned>(device->pq_align)};
      break;
    default:
      shape.shift = device->copy_align;
      break;
  }
  if (p.alignment >= 0) shape.shift = static_cast<unsigned>(p.alignment);
  return shape;
}

unsigned random_below(unsigned bound) {
  u32 value = 0;
  get_random_bytes(&value, sizeof(value));
  return value % bound;
}

/// Prints wrong bytes, thread name first.
class Printer final : public Reporter {
 public:
  void mismatch(const Mismatch& m) override {
    pr_warn("dmatest: %s: %s[0x%zx] %s! Expected %02x, got %02x\n", current->comm,
            m.source ? "srcbuf" : "dstbuf", m.index, m.verdict, m.expected, m.actual);
  }
  void suppressed(unsigned count) override {
    pr_warn("dmatest: %s: %u errors suppressed\n", current->comm, count);
  }
};

/// One iteration's numbers and the two result lines.
struct Attempt {
  unsigned number;
  unsigned length;
  unsigned src_offset;
  unsigned dst_offset;

  void result(const char* message, long value) const {
    pr_info("dmatest: %s: result #%u: '%s' with src_off=0x%x dst_off=0x%x len=0x%x (%ld)\n", current->comm,
            number, message, src_offset, dst_offset, length, value);
  }
  void passed() const {
    if (verbose)
      result("test passed", 0);
    else
      pr_debug("dmatest: %s: result #%u: 'test passed' with src_off=0x%x dst_off=0x%x len=0x%x (0)\n",
               current->comm, number, src_offset, dst_offset, length);
  }
};

constexpr char kTimedOut[] = "test timed out";
constexpr char kDataError[] = "data error";
constexpr char kErrorStatus[] = "completion error status";
constexpr char kBusyStatus[] = "completion busy status";

/// How a transfer failed, for the result of the run.
const char* word_of(const char* message) {
  if (message == kTimedOut) return "timeout";
  if (message == kDataError) return "mismatch";
  return message == kErrorStatus || message == kBusyStatus ? "failed" : "refused";
}

/// The body of a thread, with what lives as long as it.
class Runner {
 public:
  explicit Runner(Thread* thread)
      : thread_(thread),
        p_(thread->test->parameters),
        chan_(thread->chan),
        memset_(thread->type == DMA_MEMSET) {}
  int run();
  unsigned failures() const { return failures_; }

 private:
  bool choose(Attempt& a);
  void attempt(const Attempt& a);
  const char* transfer(const Attempt& a, long& value);
  int map(dmaengine_unmap_data* um, bool& source);
  dma_async_tx_descriptor* prepare(dmaengine_unmap_data* um, const Attempt& a);
  dma_status wait(dma_cookie_t cookie, bool& timed_out);
  void fill(const Attempt& a);
  unsigned verify(const Attempt& a);
  void summary(ktime_t runtime, int ret) const;
  void fail(const Attempt& a, const char* message, long value);

  Thread* thread_;
  const Parameters& p_;
  dma_chan* chan_;
  bool memset_;
  Shape shape_ = {};
  Buffers src_;
  Buffers dst_;
  dma_addr_t* src_bus_ = nullptr;
  u8* coefficients_ = nullptr;
  unsigned tests_ = 0;
  unsigned failures_ = 0;
  u64 total_bytes_ = 0;
  s64 untimed_ns_ = 0;  // spent filling and comparing
};

void callback(void* param) {
  auto* thread = static_cast<Thread*>(param);
  if (thread->finished) {
    WARN(1, "dmatest: completion after the end of its thread: memory may be corrupted\n");
    return;
  }
  thread->completed_ns = ktime_to_ns(ktime_get());
  thread->callback_ran = true;
  wake_up_all(&thread->wait);
}

/// Length and offsets; false when the parameters make that impossible.
bool Runner::choose(Attempt& a) {
  if (p_.transfer_size) {
    if (p_.transfer_size >= p_.buf_size) {
      pr_err("dmatest: %u-byte transfers do not fit buffers of %u bytes\n", p_.transfer_size, p_.buf_size);
      return false;
    }
    a.length = p_.transfer_size;
  } else {
    a.length = p_.norandom ? p_.buf_size : random_below(p_.buf_size) + 1;
    a.length = a.length >> shape_.shift << shape_.shift;
    if (!a.length) a.length = 1u << shape_.shift;
  }
  a.src_offset = a.dst_offset = 0;
  if (!p_.norandom) {
    const unsigned room = p_.buf_size - a.length + 1;
    a.src_offset = random_below(room) >> shape_.shift << shape_.shift;
    a.dst_offset = random_below(room) >> shape_.shift << shape_.shift;
  }
  return true;
}

void Runner::fill(const Attempt& a) {
  const ktime_t start = ktime_get();
  for (unsigned i = 0; i < src_.count(); i++)
    fill_source(src_[i], {a.src_offset, a.length, p_.buf_size}, memset_);
  for (unsigned i = 0; i < dst_.count(); i++)
    fill_destination(dst_[i], {a.dst_offset, a.length, p_.buf_size}, memset_);
  dmavp_cost_copy(size_t{p_.buf_size} * (src_.count() + dst_.count()));
  untimed_ns_ += ktime_to_ns(ktime_sub(ktime_get(), start));
}

unsigned Runner::verify(const Attempt& a) {
  const ktime_t start = ktime_get();
  Printer printer;
  unsigned errors = 0;
  for (unsigned i = 0; i < src_.count(); i++)
    errors += check_source(src_[i], {a.src_offset, a.length, p_.buf_size}, memset_, printer);
  for (unsigned i = 0; i < dst_.count(); i++)
    errors +=
        check_destination(dst_[i], {a.dst_offset, a.length, p_.buf_size}, a.src_offset, memset_, printer);
  dmavp_cost_copy(size_t{p_.buf_size} * (src_.count() + dst_.count()));
  untimed_ns_ += ktime_to_ns(ktime_sub(ktime_get(), start));
  return errors;
}

/// Whole buffers: sources to the device, destinations both ways, so that what surrounds the transfer
/// survives.
int Runner::map(dmaengine_unmap_data* um, bool& source) {
  const unsigned sources = src_.count();
  for (unsigned i = 0; i < sources + dst_.count(); i++) {
    source = i < sources;
    u8* buffer = source ? src_[i] : dst_[i - sources];
    um->addr[i] = dma_map_page(um->dev, virt_to_page(buffer), offset_in_page(buffer), um->len,
                               source ? DMA_TO_DEVICE : DMA_BIDIRECTIONAL);
    const int ret = dma_mapping_error(um->dev, um->addr[i]);
    if (ret) return ret;
    if (source)
      um->to_cnt++;
    else
      um->bidi_cnt++;
  }
  return 0;
}

dma_async_tx_descriptor* Runner::prepare(dmaengine_unmap_data* um, const Attempt& a) {
  dma_device* device = chan_->device;
  const unsigned sources = src_.count();
  const unsigned long flags = p_.polled ? DMA_CTRL_ACK : DMA_CTRL_ACK | DMA_PREP_INTERRUPT;
  for (unsigned i = 0; i < sources; i++) src_bus_[i] = um->addr[i] + a.src_offset;
  const dma_addr_t* destination = &um->addr[sources];
  switch (thread_->type) {
    case DMA_MEMSET:
      return device->device_prep_dma_memset(chan_, destination[0] + a.dst_offset, src_[0][a.src_offset],
                                            a.length, flags);
    case DMA_XOR:
      return device->device_prep_dma_xor(chan_, destination[0] + a.dst_offset, src_bus_, sources, a.length,
                                         flags);
    case DMA_PQ: {
      dma_addr_t pq[2] = {destination[0] + a.dst_offset, destination[1] + a.dst_offset};
      return device->device_prep_dma_pq(chan_, pq, src_bus_, sources, coefficients_, a.length, flags);
    }
    default:
      return device->device_prep_dma_memcpy(chan_, destination[0] + a.dst_offset, src_bus_[0], a.length,
                                            flags);
  }
}

dma_status Runner::wait(dma_cookie_t cookie, bool& timed_out) {
  timed_out = false;
  if (p_.polled) {
    const dma_status status = dma_sync_wait(chan_, cookie);
    thread_->completed_ns = ktime_to_ns(ktime_get());
    dmaengine_terminate_sync(chan_);
    return status;
  }
  dma_async_issue_pending(chan_);
  wait_event_freezable_timeout(thread_->wait, thread_->callback_ran,
                               msecs_to_jiffies(static_cast<unsigned>(p_.timeout)));
  timed_out = !thread_->callback_ran;
  if (timed_out) thread_->completed_ns = ktime_to_ns(ktime_get());
  return dma_async_is_tx_complete(chan_, cookie, nullptr, nullptr);
}

/// NULL when the transfer went well, else the message of its result line and the number behind it.
const char* Runner::transfer(const Attempt& a, long& value) {
  value = 0;
  dmaengine_unmap_data* um = dmaengine_get_unmap_data(
      dmaengine_get_dma_device(chan_), static_cast<int>(src_.count() + dst_.count()), GFP_KERNEL);
  if (!um) return "unmap data NULL";
  um->len = p_.buf_size;
  const char* message = nullptr;
  bool source = true;
  value = map(um, source);
  if (value) {
    message = source ? "src mapping error" : "dst mapping error";
  } else if (dma_async_tx_descriptor* tx = prepare(um, a); !tx) {
    message = "prep error";
    msleep(kErrorPauseMs);
  } else {
    thread_->callback_ran = false;
    if (!p_.polled) {
      tx->callback = callback;
      tx->callback_param = thread_;
    }
    thread_->issued_ns = thread_->completed_ns = ktime_to_ns(ktime_get());
    const dma_cookie_t cookie = tx->tx_submit(tx);
    if (dma_submit_error(cookie)) {
      message = "submit error";
      msleep(kErrorPauseMs);
    } else {
      bool timed_out = false;
      const dma_status status = wait(cookie, timed_out);
      const bool out_of_order_ok =
          status == DMA_OUT_OF_ORDER && dma_has_cap(DMA_COMPLETION_NO_ORDER, chan_->device->cap_mask);
      if (timed_out) {
        message = kTimedOut;
        // What is unmapped now must not be written any more, and the next test needs the channel.
        dmaengine_terminate_sync(chan_);
      } else if (status != DMA_COMPLETE && !out_of_order_ok) {
        message = status == DMA_ERROR ? kErrorStatus : kBusyStatus;
      }
    }
  }
  dmaengine_unmap_put(um);
  return message;
}

void Runner::fail(const Attempt& a, const char* message, long value) {
  a.result(message, value);
  failures_++;
  report_failure(thread_, word_of(message));
}

void Runner::attempt(const Attempt& a) {
  if (!p_.noverify) fill(a);
  thread_->issued_ns = thread_->completed_ns = ktime_to_ns(ktime_get());  // of one that never gets that far
  long value = 0;
  if (const char* message = transfer(a, value)) return fail(a, message, value);
  total_bytes_ += a.length;
  const unsigned errors = p_.noverify ? 0 : verify(a);
  if (errors) return fail(a, kDataError, errors);
  report(thread_, a.length);
  a.passed();
}

void Runner::summary(ktime_t runtime, int ret) const {
  const s64 us = ktime_to_us(runtime);
  u64 iops = 0, kbs = 0;  // iops in 24.8 fixed point
  if (us > 0) {
    const u64 t = static_cast<u64>(us);
    iops = (u64{tests_} << 8) * 1000000 / t;
    kbs = (total_bytes_ >> 10) * 1000000 / t;
  }
  pr_info("dmatest: %s: summary %u tests, %u failures %llu.%02llu iops %llu KB/s (%d)\n", current->comm,
          tests_, failures_, static_cast<unsigned long long>(iops >> 8),
          static_cast<unsigned long long>((iops & 0xff) * 100 >> 8), static_cast<unsigned long long>(kbs),
          ret);
}

int Runner::run() {
  shape_ = shape_of(p_, chan_, thread_->type);
  if (shape_.shift > 31 || (1u << shape_.shift) > p_.buf_size) {
    pr_err("dmatest: %u-byte buffer too small for %u-byte alignment\n", p_.buf_size,
           shape_.shift > 31 ? ~0u : 1u << shape_.shift);
    return -ENOMEM;
  }
  if (shape_.sources + shape_.destinations >= kMaxBuffers || !shape_.sources) {
    pr_err("dmatest: %u sources and %u destinations cannot be tested\n", shape_.sources, shape_.destinations);
    return -ENOMEM;
  }
  const gfp_t gfp = p_.nobounce ? GFP_KERNEL | GFP_DMA : GFP_KERNEL;
  src_bus_ = static_cast<dma_addr_t*>(kcalloc(shape_.sources, sizeof(dma_addr_t), GFP_KERNEL));
  coefficients_ = static_cast<u8*>(kmalloc(shape_.sources, GFP_KERNEL));
  int ret = -ENOMEM;
  if (src_bus_ && coefficients_ && src_.allocate(shape_.sources, p_.buf_size, shape_.shift, gfp) &&
      dst_.allocate(shape_.destinations, p_.buf_size, shape_.shift, gfp)) {
    ret = 0;
    memset(coefficients_, 1, shape_.sources);
    set_user_nice(current, 10);
    const ktime_t start = ktime_get();
    const ktime_t end = start + s64{p_.run_ms} * NSEC_PER_MSEC;
    while (!kthread_should_stop() && !(p_.iterations && tests_ >= p_.iterations) &&
           !(p_.run_ms && ktime_get() >= end)) {
      Attempt a = {++tests_, 0, 0, 0};
      if (!choose(a)) {
        failures_++;
        break;
      }
      attempt(a);
    }
    summary(ktime_sub(ktime_sub(ktime_get(), start), untimed_ns_), 0);
  } else {
    pr_err("dmatest: %s: no memory for its buffers\n", current->comm);
    summary(0, ret);
  }
  if (ret || failures_) dmaengine_terminate_sync(chan_);
  kfree(src_bus_);
  kfree(coefficients_);
  return ret;
}

}  // namespace

int run_thread(void* param) {
  auto* thread = static_cast<Thread*>(param);
  Test& test = *thread->test;
  set_freezable();
  int ret;
  unsigned failures;
  {
    Runner runner(thread);
    ret = runner.run();
    failures = runner.failures() + (ret ? 1 : 0);
  }
  thread->finished = true;
  wake_up(&test.thread_wait);
  thread_ended(test, failures);
  return ret;
}

void thread_ended(Test& test, unsigned failures) {
  mutex_lock(&test.lock);
  test.failures += failures;
  if (--test.threads_running == 0 && test.client) {
    char text[16];
    scnprintf(text, sizeof(text), "%u", test.failures);
    dmavp_client_note(test.client, "failures", text);
    dmavp_client_finish(test.client, test.failures ? -EIO : 0);
    test.client = nullptr;
  }
  mutex_unlock(&test.lock);
}

}  // namespace dmavp::dmatest
