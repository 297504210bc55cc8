// DW_apb_ssi and DWC_ssi as SPI master, for clients: frames of 8 bits, mode 0, native chip selects.
#pragma once

#include <linux/device.h>
#include <linux/of.h>
#include <linux/types.h>

extern "C" {

struct dw_ssi;

/// A part of a message, full duplex. Both buffers are kmalloc'ed.
struct dw_ssi_part {
  const u8* tx;
  u8* rx;
  u32 bytes;
};

struct dw_ssi_counts {
  u64 by_dma;      ///< messages
  u64 by_cpu;      ///< messages that fit into the FIFO
  u64 overflows;   ///< transmit FIFO, RISR.TXO
  u64 underflows;  ///< RISR.RXU
  u64 overruns;    ///< RISR.RXO
  u64 timeouts;
};

/// Takes the master of a node. ERR_PTR: -ENODEV no driver is bound to it, -EBUSY it is in use, -EPROBE_DEFER
/// no DMA channel is free. Sleeps.
struct dw_ssi* dw_ssi_open(struct device_node* node);
void dw_ssi_close(struct dw_ssi* ssi);
/// Moves the parts under one assertion of the select, at most `hz` bits per second. 0; -EINVAL no part, a
/// part without bytes or no such rate or select; -EIO a FIFO ran over; -ETIMEDOUT it did not end in twice its
/// time on the wire + 200 ms; -ENOMEM. Sleeps.
int dw_ssi_message(struct dw_ssi* ssi, u32 select, u32 hz, const struct dw_ssi_part* parts, u32 count);
struct dw_ssi_counts dw_ssi_read_counts(struct dw_ssi* ssi);
const char* dw_ssi_channel(struct dw_ssi* ssi);  ///< name of the channel that receives, for reports

}  // extern "C"
