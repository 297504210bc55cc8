// Transfers with a peripheral that run inside the simulated kernel; the host looks at what the peripheral got
// and at the registers. covers: R6 R9 R10 R13 R36 R37 R42 R43 K9 K10 K12 K13 K23 K24 K36 K37
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/scatterlist.h>

#include "modules/cases/slave_bench.h"

static char test[64];
module_param_string(test, test, sizeof(test), 0444);
static bool to_device;
module_param(to_device, bool, 0444);
static bool wide;
module_param(wide, bool, 0444);
static bool one_cpu;
module_param(one_cpu, bool, 0444);
static uint fifo = 64;  // bytes
module_param(fifo, uint, 0444);

namespace dmavp::test {

unsigned failures;
bool slow_interrupts;

namespace {

dma_transfer_direction direction() { return to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM; }

/// Lists of 1 to 17 pieces anywhere in memory, all widths, all bursts; the stream goes on from one to the
/// next (R1 R10 R13).
void lists() {
  SlaveBench b(direction());
  constexpr unsigned kPieces = 17;
  u64 streamed = 0;
  for (unsigned round = 0; round < 60; round++) {
    const unsigned width = 1u << round % 4;
    u32 r[3];
    get_random_bytes(r, sizeof(r));
    CHECK_EQ(b.configure(width, r[0] % 40), 0);
    const unsigned pieces = round % 3 ? 1 + r[1] % kPieces : 1;
    scatterlist sg[kPieces];
    size_t offset[kPieces], length[kPieces], at = 0, total = 0;
    sg_init_table(sg, pieces);
    for (unsigned i = 0; i < pieces; i++) {
      u32 s[2];
      get_random_bytes(s, sizeof(s));
      offset[i] = at + s[0] % 20;
      length[i] = width * (1 + s[1] % (i % 4 ? 20 : 400));
      at = offset[i] + length[i];
      sg_dma_address(&sg[i]) = b.bus + offset[i];
      sg_dma_len(&sg[i]) = static_cast<unsigned>(length[i]);
      if (to_device)
        for (size_t n = 0; n < length[i]; n++) b.buffer[offset[i] + n] = stream_byte(streamed + total + n);
      total += length[i];
    }
    CHECK(at <= b.size);
    Transfer t;
    dma_async_tx_descriptor* tx =
        dmaengine_prep_slave_sg(b.chan, sg, pieces, direction(), DMA_PREP_INTERRUPT);
    memset(static_cast<void*>(sg), 0xff, sizeof(sg));  // K13
    const dma_cookie_t cookie = b.submit(tx, t);
    CHECK_EQ(b.residue(cookie), 0);  // K23: not issued
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    if (!to_device) {
      u64 n = streamed;
      size_t wrong = 0;
      for (unsigned i = 0; i < pieces; i++)
        for (size_t k = 0; k < length[i]; k++) wrong += b.buffer[offset[i] + k] != stream_byte(n++);
      CHECK_EQ(wrong, 0);
    }
    streamed += total;
  }
}

/// One item for each maxburst: the host compares what the controller is told (R6 R9 K11).
void bursts() {
  SlaveBench b(direction());
  for (u32 maxburst = 0; maxburst <= 40; maxburst++) {
    CHECK_EQ(b.configure(4, maxburst), 0);
    Transfer t;
    b.start(t, 0, 256);
    CHECK(b.wait(t));
  }
}

/// K12: what is prepared keeps the configuration that it was prepared with; the host looks at the bursts.
void configurations() {
  SlaveBench b(direction());
  Transfer t[3];
  for (unsigned i = 0; i < 3; i++) {
    CHECK_EQ(b.configure(4, 4u << i), 0);
    b.submit(dmaengine_prep_slave_single(b.chan, b.bus, 256, direction(), 0), t[i]);
  }
  CHECK_EQ(b.configure(1, 1), 0);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t[2]));
}

/// Lengths on both sides of a limit: of a block where the peripheral ends it, and of the residue.
void lengths() {
  SlaveBench b(direction());
  const u32 block = 4 * (wide ? 512 : 4096);
  dma_slave_config cfg = {};
  cfg.src_addr = cfg.dst_addr = kRegister;
  cfg.src_addr_width = cfg.dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES;
  cfg.device_fc = true;
  CHECK_EQ(dmaengine_slave_config(b.chan, &cfg), 0);
  // Memory aligned to the register alone, so that items of both sides are as wide.
  const dma_addr_t at = b.bus + 4;
  CHECK(dmaengine_prep_slave_single(b.chan, at, block + 4, direction(), 0) == nullptr);
  dma_async_tx_descriptor* tx = dmaengine_prep_slave_single(b.chan, at, block, direction(), 0);
  CHECK(tx != nullptr);
  if (tx) dmaengine_submit(tx);
  scatterlist sg[2];
  sg_init_table(sg, 2);
  for (scatterlist& piece : sg) {
    sg_dma_address(&piece) = b.bus;
    sg_dma_len(&piece) = 64;
  }
  tx = dmaengine_prep_slave_sg(b.chan, sg, 2, direction(), 0);
  if (tx) dmaengine_submit(tx);
  cfg.device_fc = false;
  CHECK_EQ(dmaengine_slave_config(b.chan, &cfg), 0);
  tx = dmaengine_prep_slave_single(b.chan, at, block + 4, direction(), 0);
  CHECK(tx != nullptr);
  if (tx) dmaengine_submit(tx);
  for (scatterlist& piece : sg) sg_dma_len(&piece) = 0x80000000;
  CHECK(dmaengine_prep_slave_sg(b.chan, sg, 2, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, u64{1} << 32, 0x80000000, direction(), 0) == nullptr);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
}

/// `dmas` names interface 5 for "rx", which the board may not have.
void few_handshakes() {
  ClientDevice client("s", "/soc/client-s");
  dma_chan* last = dma_request_chan(&client.dev, "tx");
  CHECK(!IS_ERR(last));
  CHECK_EQ(PTR_ERR(dma_request_chan(&client.dev, "rx")), -EINVAL);
  if (!IS_ERR(last)) dma_release_channel(last);
}

/// K24: residue falls by bursts; towards memory it is exactly what has not arrived.
void residue() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  constexpr unsigned kLength = 12000, kSecond = 20000, kPiece = 4000;
  scatterlist sg[3];
  sg_init_table(sg, 3);
  for (unsigned i = 0; i < 3; i++) {
    // The middle piece lies behind the others: addresses alone do not tell the place in the list.
    sg_dma_address(&sg[i]) = b.bus + (i == 1 ? kSecond : i * kPiece);
    sg_dma_len(&sg[i]) = kPiece;
  }
  for (size_t n = 0; to_device && n < b.size; n++) b.buffer[n] = static_cast<u8>(n);
  Transfer t;
  const dma_cookie_t cookie =
      b.submit(dmaengine_prep_slave_sg(b.chan, sg, 3, direction(), DMA_PREP_INTERRUPT), t);
  dma_async_issue_pending(b.chan);
  dma_tx_state state;
  u32 last = kLength;
  unsigned asked = 0, flying = 0;
  while (dmaengine_tx_status(b.chan, cookie, &state) == DMA_IN_PROGRESS) {
    CHECK(state.residue <= last && state.in_flight_bytes <= state.residue &&
          state.in_flight_bytes < fifo + 8);
    if (!to_device) {
      size_t arrived = 0;
      for (size_t n = 0; n < 3 * kPiece; n++) {
        const size_t at = n / kPiece == 1 ? kSecond + n % kPiece : n;
        arrived += b.buffer[at] != 0x5a || stream_byte(n) == 0x5a;
      }
      // Bytes of the stream that look like the background are counted from the start; time goes on, too.
      CHECK(arrived + 200 >= kLength - state.residue && arrived <= kLength - state.residue + 300);
    }
    last = state.residue;
    flying += state.in_flight_bytes != 0;
    asked++;
    ndelay(700);
  }
  CHECK(asked > 20 && flying > 10 && last < kPiece);
  CHECK(b.wait(t));
}

void pause_and_resume() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 4), 0);
  for (size_t n = 0; n < b.size; n++) b.buffer[n] = stream_byte(n);
  dma_tx_state state;
  for (unsigned round = 1; round < 8; round++) {
    Transfer t;
    const dma_cookie_t cookie = b.start(t, 0, b.size);
    udelay(round * 7);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
    const u32 frozen = state.residue;
    CHECK(frozen > 0 && frozen < b.size);
    CHECK_EQ(state.in_flight_bytes, 0);
    usleep_range(100, 100);
    CHECK_EQ(b.residue(cookie), frozen);  // R42
    if (round % 2) {
      CHECK_EQ(dmaengine_resume(b.chan), 0);  // R43
      CHECK(b.wait(t));
      CHECK_EQ(t.calls, 1);
    } else {
      // As serial drivers end a reception: pause, residue, terminate (K37).
      CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
      dmaengine_synchronize(b.chan);
      CHECK_EQ(t.calls, 0);
    }
  }
}

/// The host makes the channel take its time to stop, or not stop at all before it is aborted. What is issued
/// meanwhile waits (R50).
void slow_stop() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 4), 0);
  for (unsigned round = 0; round < 2; round++) {
    Transfer t, next;
    b.start(t, 0, b.size);
    udelay(3);
    const ktime_t before = ktime_get();
    CHECK_EQ(dmaengine_terminate_async(b.chan), 0);  // R36
    CHECK(ktime_get() - before < 5000);
    b.start(next, 0, 64);
    if (round) {
      dmaengine_synchronize(b.chan);
      CHECK(ktime_get() - before > 1000000);
    }
    CHECK(b.wait(next));
    CHECK(ktime_get() - before > 1000000);  // it waited for the channel
    CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(next.calls, 1);
    CHECK_EQ(t.calls, 0);
    dmaengine_synchronize(b.chan);
  }
  // Twice in a row, and while paused.
  Transfer t;
  b.start(t, 0, b.size);
  udelay(3);
  CHECK_EQ(dmaengine_pause(b.chan), 0);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  b.start(t, 0, 64);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  CHECK_EQ(t.calls, 0);
  b.start(t, 0, 64);
  CHECK(b.wait(t));
  CHECK_EQ(t.calls, 1);
}

/// On the real controller with nothing behind the interface: the peripheral never asks. Reads from it can be
/// disabled; towards it the FIFO never drains, and only an abort ends that.
void silent() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  for (size_t n = 0; n < 4096; n++) b.buffer[n] = stream_byte(n);
  dma_tx_state state;
  for (unsigned round = 0; round < 2; round++) {
    Transfer t, second;
    const dma_cookie_t cookie = round ? b.start_cyclic(t, 4096, 1024) : b.start(t, 0, 4096);
    udelay(50);
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_IN_PROGRESS);
    CHECK_EQ(state.residue, 4096);
    CHECK_EQ(state.in_flight_bytes != 0, to_device);
    CHECK_EQ(dmaengine_pause(b.chan), to_device ? -EAGAIN : 0);
    CHECK_EQ(b.residue(cookie), 4096);
    const ktime_t before = ktime_get();
    CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
    CHECK(ktime_get() - before < 10000);
    // What is issued before the channel has stopped runs after it: here a copy, which needs no peripheral.
    u8* copy = static_cast<u8*>(kzalloc(512, GFP_KERNEL));
    const dma_addr_t to = dma_map_single(b.dev, copy, 512, DMA_FROM_DEVICE);
    u8* data = static_cast<u8*>(kmalloc(512, GFP_KERNEL));
    for (size_t n = 0; n < 512; n++) data[n] = stream_byte(n);
    const dma_addr_t from = dma_map_single(b.dev, data, 512, DMA_TO_DEVICE);
    CHECK(!dma_mapping_error(b.dev, to) && !dma_mapping_error(b.dev, from));
    b.submit(dmaengine_prep_dma_memcpy(b.chan, to, from, 512, DMA_PREP_INTERRUPT), second);
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(second, 1, 30));
    CHECK_EQ(second.result.result, DMA_TRANS_NOERROR);
    dma_unmap_single(b.dev, from, 512, DMA_TO_DEVICE);
    dma_unmap_single(b.dev, to, 512, DMA_FROM_DEVICE);
    CHECK(!memcmp(copy, data, 512));
    CHECK_EQ(ktime_get() - before > 5000000, to_device);
    dmaengine_synchronize(b.chan);
    CHECK_EQ(t.calls, 0);
    kfree(copy);
    kfree(data);
  }
}

int try_config(SlaveBench& b, unsigned width, dma_addr_t address, u32 window = 0) {
  dma_slave_config cfg = {};
  cfg.src_addr = cfg.dst_addr = address;
  cfg.src_addr_width = cfg.dst_addr_width = static_cast<dma_slave_buswidth>(width);
  cfg.src_port_window_size = cfg.dst_port_window_size = window;
  return dmaengine_slave_config(b.chan, &cfg);
}

/// What hardware cannot do is refused, with the error of the call, and leaves the channel usable (R8 R13).
void refusals() {
  SlaveBench b(direction());
  const auto single = [&](size_t at, size_t bytes) {
    return dmaengine_prep_slave_single(b.chan, b.bus + at, bytes, direction(), 0);
  };
  CHECK(single(0, 64) == nullptr);  // not configured
  CHECK_EQ(try_config(b, 3, kRegister), -EINVAL);
  CHECK_EQ(try_config(b, 16, kRegister), -EINVAL);  // wider than the bus
  CHECK_EQ(try_config(b, 128, kRegister), -EINVAL);
  CHECK_EQ(try_config(b, 4, kRegister + 2), -EINVAL);
  CHECK_EQ(try_config(b, 4, kRegister, 8), -EINVAL);
  CHECK_EQ(b.configure(4, 8), 0);
  CHECK(single(0, 0) == nullptr);
  CHECK(single(0, 66) == nullptr);
  CHECK(dmaengine_prep_slave_single(b.chan, b.bus, 64, DMA_MEM_TO_MEM, 0) == nullptr);
  CHECK(dmaengine_prep_slave_single(b.chan, b.bus, 64, DMA_DEV_TO_DEV, 0) == nullptr);
  CHECK(dmaengine_prep_slave_sg(b.chan, nullptr, 0, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, 1000, 300, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, 1000, 0, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, 300, 150, direction(), 0) == nullptr);  // 150 % 4

  dma_slave_caps caps;
  CHECK_EQ(dma_get_slave_caps(b.chan, &caps), 0);  // K10
  CHECK(caps.cmd_pause && caps.cmd_resume && caps.cmd_terminate);
  CHECK_EQ(caps.residue_granularity, DMA_RESIDUE_GRANULARITY_BURST);
  CHECK_EQ(caps.max_burst, 16);
  CHECK_EQ(caps.src_addr_widths, 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8);
  CHECK_EQ(caps.directions, 1u << DMA_MEM_TO_MEM | 1u << DMA_MEM_TO_DEV | 1u << DMA_DEV_TO_MEM);

  // The cell is a handshake interface: one user each, and only those that exist.
  CHECK_EQ(PTR_ERR(dma_request_chan(&b.client.dev, to_device ? "tx" : "rx")), -EBUSY);
  CHECK_EQ(PTR_ERR(dma_request_chan(&b.client.dev, "none")), -EINVAL);
  dma_chan* far = dma_request_chan(&b.client.dev, "far");
  CHECK_EQ(IS_ERR(far), !wide);
  if (!IS_ERR(far)) dma_release_channel(far);
  // Without one nothing can be prepared.
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_SLAVE, mask);
  dma_chan* any = dma_request_channel(mask, nullptr, nullptr);
  CHECK(any != nullptr);
  CHECK(dmaengine_prep_slave_single(any, b.bus, 64, direction(), 0) == nullptr);
  dma_release_channel(any);

  for (size_t n = 0; n < 64; n++) b.buffer[n] = stream_byte(n);
  Transfer t;
  b.start(t, 0, 64);
  CHECK(b.wait(t));
}

const Case kCases[] = {
    {"lists", lists},
    {"bursts", bursts},
    {"configurations", configurations},
    {"lengths", lengths},
    {"few_handshakes", few_handshakes},
    {"residue", residue},
    {"pause_and_resume", pause_and_resume},
    {"slow_stop", slow_stop},
    {"silent", silent},
    {"refusals", refusals},
    {"cyclic_positions", cyclic_positions},
    {"cyclic_callbacks", cyclic_callbacks},
    {"cyclic_late", cyclic_late},
    {"cyclic_bound", cyclic_bound},
    {"cyclic_terminate", cyclic_terminate},
};

int run() {
  slow_interrupts = one_cpu;
  return run_case(kCases, ::test);
}
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
