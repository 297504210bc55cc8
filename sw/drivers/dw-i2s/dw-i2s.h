// DW_apb_i2s by cyclic DMA, for clients: 16-bit stereo on channel 0, one stream per direction.
#pragma once

#include <linux/device.h>
#include <linux/of.h>
#include <linux/types.h>

extern "C" {

struct dw_i2s_stream;

struct dw_i2s_frame {
  s16 left;
  s16 right;
};

struct dw_i2s_config {
  bool playback;
  u32 periods;        ///< of the ring, 2 or more
  u32 period_frames;  ///< 1 or more
  /// `count` periods, of which `first` points at the oldest, are done: to be filled again, or to be read.
  /// They lie behind each other. Called from a tasklet; must not sleep.
  void (*elapsed)(void* context, struct dw_i2s_frame* first, u32 count);
  void* context;
};

struct dw_i2s_counts {
  u64 periods;    ///< that have elapsed
  u64 callbacks;  ///< fewer than periods when one told of several
  u64 late;       ///< callbacks so late that DMA had gone round the ring, or waited
  u64 overruns;   ///< ROR: frames lost at a full receive FIFO, at least one each
  u64 overflows;  ///< TOR: frames lost at a full transmit FIFO, at least one each
};

/// Takes a direction of the device of a node. ERR_PTR: -ENODEV no driver is bound to the node or the device
/// has not this direction, -EBUSY it is in use, -EINVAL, -EPROBE_DEFER no DMA channel is free, -ENOMEM.
/// Sleeps.
struct dw_i2s_stream* dw_i2s_open(struct device_node* node, const struct dw_i2s_config* config);
/// The ring: periods x period_frames. Silence after opening.
struct dw_i2s_frame* dw_i2s_ring(struct dw_i2s_stream* stream);
u32 dw_i2s_rate(struct dw_i2s_stream* stream);  ///< frames per second that the device's clock makes
/// DMA first, then the device. 0 or a negative errno.
int dw_i2s_start(struct dw_i2s_stream* stream);
/// After it `elapsed` is not called any more. Sleeps.
void dw_i2s_stop(struct dw_i2s_stream* stream);
void dw_i2s_close(struct dw_i2s_stream* stream);
struct dw_i2s_counts dw_i2s_read_counts(struct dw_i2s_stream* stream);
const char* dw_i2s_channel(struct dw_i2s_stream* stream);  ///< name of the DMA channel, for reports

/// What a client with a DMA channel of its own must know of a direction.
struct dw_i2s_port {
  struct device* dev;  ///< whose channel "tx" or "rx" serves it
  dma_addr_t fifo;     ///< register of the samples, two bytes wide, left and right in turn
  u32 maxburst;        ///< samples that fit, or are there, when the device asks
};

/// Takes a direction for such a client, and fills in *port. ERR_PTR as dw_i2s_open(). What follows are
/// dw_i2s_enable(), dw_i2s_disable() and dw_i2s_close(); those that start DMA are for streams of
/// dw_i2s_open().
struct dw_i2s_stream* dw_i2s_take(struct device_node* node, bool playback, struct dw_i2s_port* port);
/// The device begins to ask; DMA is to be issued before it. No effect on a direction that runs.
void dw_i2s_enable(struct dw_i2s_stream* stream);
/// Stops the device at once; what its FIFO holds is lost. No effect on a direction that does not run.
void dw_i2s_disable(struct dw_i2s_stream* stream);

}  // extern "C"
