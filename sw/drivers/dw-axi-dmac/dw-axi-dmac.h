// Provider driver for the DesignWare AXI DMA controller: the controller and its channels.
#pragma once

#include <linux/clk.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/platform_device.h>
#include <linux/types.h>

#include "dmaengine/virt-dma.h"
#include "drivers/dw-axi-dmac/descriptor.h"
#include "drivers/dw-axi-dmac/registers.h"

namespace dmavp::dw_axi_dmac {

inline constexpr unsigned kMaxChannels = 32;
inline constexpr unsigned kFailedCookies = 64;

struct Chip;

/// One channel. Members below `vc` are guarded by vc.lock unless stated.
struct Channel {
  virt_dma_chan vc;
  Chip* chip;
  u8 __iomem* regs;
  unsigned id;
  unsigned priority;   ///< CH_PRIOR
  u32 max_items;       ///< per block (BLOCK_TS + 1)
  Descriptor* active;  ///< on the hardware, in no list of vc
  bool paused;         ///< by the client; outlives the descriptor that was running
  bool stuck;          ///< did not stop when told to: nothing may start before CH_EN reads 0
  bool configured;     ///< `cfg` is what CHn_CFG holds
  Value<ChCfg> cfg;
  dma_cookie_t failed[kFailedCookies];  ///< the latest cookies that ended with an error, 0 = none
  unsigned failed_next;
  DescriptorPool pool;  ///< own lock
};

struct Chip {
  struct device* dev;
  u8 __iomem* regs;
  struct clk* core_clk;
  struct clk* cfgr_clk;
  dma_device dma;
  Layout layout;
  unsigned channel_count;
  unsigned masters;
  unsigned data_width;  ///< log2 bytes
  unsigned max_burst;   ///< beats, 0 = not limited by the board
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
/// Disables, then aborts, each within a bounded time (microseconds, spinning). False: still running.
bool hw_stop(Channel* c);
/// 0, or -EAGAIN when the channel does not suspend in time (it then goes on).
int hw_suspend(Channel* c);
void hw_resume(Channel* c);
/// Bytes of the active descriptor written with a good response, and read but not yet written.
struct Progress {
  u32 written;
  u32 in_flight;
};
Progress hw_progress(Channel* c, const Descriptor* d);

// --- channel.cpp: the dmaengine operations
// ------------------------------------------------------------------------
void setup_operations(Chip* chip);
void setup_channel(Channel* c);
/// Puts the next issued descriptor on the idle channel, if any may run. vc.lock held.
void start_next(Channel* c);
/// Range of the module parameter `outstanding`, checked at probe.
unsigned outstanding_requests();

// --- interrupt.cpp
// ------------------------------------------------------------------------------------------------
irqreturn_t channel_interrupt(int irq, void* channel);  ///< a line of one channel
irqreturn_t combined_interrupt(int irq, void* chip);    ///< a line of all

}  // namespace dmavp::dw_axi_dmac
