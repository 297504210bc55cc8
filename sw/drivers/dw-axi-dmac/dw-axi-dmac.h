// Provider driver for the DesignWare AXI DMA controller: the controller and its channels.
#pragma once

#include <linux/clk.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/of_dma.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "dmaengine/virt-dma.h"
#include "drivers/dw-axi-dmac/descriptor.h"
#include "drivers/dw-axi-dmac/registers.h"

namespace dmavp::dw_axi_dmac {

inline constexpr unsigned kMaxChannels = 32;
inline constexpr unsigned kFailedCookies = 64;
inline constexpr unsigned kNoHandshake = ~0u;

struct Chip;

/// One channel. Members below `vc` are guarded by vc.lock unless stated.
struct Channel {
  virt_dma_chan vc;
  Chip* chip;
  u8 __iomem* regs;
  unsigned id;
  unsigned priority;               ///< CH_PRIOR
  u32 max_items;                   ///< per block (BLOCK_TS + 1)
  Descriptor* active;              ///< on the hardware, in no list of vc
  bool paused;                     ///< by the client; outlives the descriptor that was running
  bool stopping;                   ///< was told to stop: nothing may start before CH_EN reads 0
  Descriptor* stopped_descriptor;  ///< whose memory the stopping channel may still use, or NULL
  unsigned stop_attempts;          ///< time-outs since the stop began
  struct timer_list stop_timer;
  struct wait_queue_head stop_wait;
  bool configured;  ///< `cfg` is what CHn_CFG holds
  Value<ChCfg> cfg;
  dma_cookie_t failed[kFailedCookies];  ///< the latest cookies that ended with an error, 0 = none
  unsigned failed_next;
  unsigned handshake;  ///< interface of the peripheral, from the device tree, or kNoHandshake
  dma_slave_config peripheral;
  DescriptorPool pool;  ///< own lock
};

struct Chip {
  struct device* dev;
  u8 __iomem* regs;
  u8 __iomem* select;      ///< second window of intel,kmb-axi-dma, else NULL
  spinlock_t select_lock;  ///< its registers are shared by the channels
  struct clk* core_clk;
  struct clk* cfgr_clk;
  dma_device dma;
  Layout layout;
  unsigned channel_count;
  unsigned masters;
  unsigned data_width;  ///< log2 bytes
  unsigned max_burst;   ///< beats, 0 = not limited by the board
  unsigned max_msize;   ///< items of a burst transaction
  unsigned handshakes;  ///< interfaces
  bool write_back;      ///< the controller takes VALID from finished items
  Channel* channels;
};

static_assert(__builtin_offsetof(Channel, vc) == 0);

inline Channel* to_channel(dma_chan* chan) { return container_of(to_virt_chan(chan), struct Channel, vc); }
inline Channel* to_channel(virt_dma_chan* vc) { return container_of(vc, struct Channel, vc); }
inline Descriptor* to_descriptor(virt_dma_desc* vd) { return container_of(vd, struct Descriptor, vd); }
inline const char* channel_name(Channel* c) { return dma_chan_name(&c->vc.chan); }

// --- hardware.cpp: register sequences; callers hold vc.lock where a channel is named
// ----------------------------
/// Everything a boot loader may have left: channels stopped, interrupts cleared and masked; then the
/// controller on. 0 or -ETIMEDOUT.
int hw_init(Chip* chip);
void hw_off(Chip* chip);
bool hw_busy(Channel* c);
/// Enables or masks the channel's interrupts and clears what is pending.
void hw_arm(Channel* c);
void hw_disarm(Channel* c);
void hw_start(Channel* c, Descriptor* d);
void hw_disable(Channel* c);
void hw_abort(Channel* c);
void hw_clear_status(Channel* c);
/// 0, or -EAGAIN when the channel does not suspend in time (it then goes on).
int hw_suspend(Channel* c);
void hw_resume(Channel* c);
/// Where requests are selected (second window): connects the channel with its request, c->handshake, or with
/// none.
void hw_select(Channel* c);
/// The interface that CHn_CFG names.
unsigned hw_interface(const Channel* c);
/// Request numbers that `dmas` may have.
unsigned hw_requests(const Chip* chip);
/// Lets a channel that has met an invalid item fetch it again.
void hw_fetch_again(Channel* c);

// --- progress.cpp
// ------------------------------------------------------------------------------------------------
/// Bytes of the active descriptor written with a good response, and read but not yet written. Of a cyclic
/// transfer: since the start of the buffer, less than its length.
struct Progress {
  u32 written;
  u32 in_flight;
};
Progress progress_of(Channel* c, const Descriptor* d);
/// Bytes of a transfer that is over, whose blocks the peripheral has ended: with write-back each item tells,
/// without it the transfer is one item.
u32 moved_by(Channel* c, const Descriptor* d);
/// The item of a cyclic transfer that runs or ran last, and whether all of it has arrived. NULL
/// before the first fetch.
struct RunningItem {
  const LliNode* node;
  bool finished;
};
RunningItem running_item(Channel* c, const Descriptor* d);

// --- stop.cpp
// ----------------------------------------------------------------------------------------------------
/// Tells the channel to stop and returns; an interrupt or a timer ends it. `d`, which may be NULL, is kept
/// until then. vc.lock held, the channel runs.
void begin_stop(Channel* c, Descriptor* d);
/// True when the channel is no longer stopping. vc.lock held.
bool stop_ended(Channel* c);
/// Sleeps until then, for at most a second of simulated time.
void wait_for_stop(Channel* c);
void setup_stop(Channel* c);

// --- cyclic.cpp
// --------------------------------------------------------------------------------------------------
inline constexpr u32 kShortestRing = 4;  ///< items
/// An interrupt of a cyclic transfer: finished items become ready again, periods get their callback. vc.lock
/// held.
void service_cyclic(Channel* c, Descriptor* d, u32 status);

// --- channel.cpp: the dmaengine operations
// ------------------------------------------------------------------------
void setup_operations(Chip* chip);
void setup_channel(Channel* c);
/// Puts the next issued descriptor on the idle channel, if any may run. vc.lock held.
void start_next(Channel* c);
/// What every configuration and every item of the board has in common.
Value<ChCfg> common_configuration(const Channel* c);
Value<ChCfg> memory_to_memory(const Channel* c);
Value<Ctl> burst_lengths(unsigned source, unsigned destination);  ///< beats, 0 = as the controller likes
void write_item(LliNode* node, u64 src, u64 dst, u32 items, Value<Ctl> ctl, dma_addr_t next);
/// Range of the module parameter `outstanding`, checked at probe.
unsigned outstanding_requests();

// --- memory.cpp: interleaved and constant transfers between places in memory
// ----------------------------------------------------------------------
void setup_memory_operations(Chip* chip);
inline constexpr unsigned kMaxFixedBurst = 16;  ///< beats of an AXI burst to one address
inline constexpr u64 kMaxLength = ~u32{0};      ///< residue has 32 bits
inline constexpr u32 kMostBlocks = 1u << 20;    ///< of a descriptor; its items take 64 MiB
dma_async_tx_descriptor* prep_interleaved_memory(Channel* c, dma_interleaved_template* xt,
                                                 unsigned long flags);

// --- slave.cpp: operations of channels that serve a peripheral
// ----------------------------------------------------------------------
void setup_slave_operations(Chip* chip);
/// The cell of `dmas` is the number of the handshake interface.
dma_chan* translate(of_phandle_args* args, struct of_dma* ofdma);

// --- interrupt.cpp
// ------------------------------------------------------------------------------------------------
/// The active descriptor has ended and repeats: starts it again, or what takes its place. Leaves it held
/// while the channel is paused. vc.lock held.
void repeat(Channel* c);
irqreturn_t channel_interrupt(int irq, void* channel);  ///< a line of one channel
irqreturn_t combined_interrupt(int irq, void* chip);    ///< a line of all

}  // namespace dmavp::dw_axi_dmac
