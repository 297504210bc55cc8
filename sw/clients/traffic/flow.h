// One direction of the traffic client: a stream of the device's pattern through one DMA channel.
#pragma once

#include <linux/dmaengine.h>
#include <linux/scatterlist.h>
#include <linux/wait.h>

#include "clients/traffic/device.h"
#include "clients/worker.h"

namespace dmavp::traffic {

inline constexpr u32 kMostPieces = 64;
inline constexpr u32 kMostBuffers = 64;

/// How a transfer is prepared; a ring is always one of periods.
enum class Call : u8 { kList, kVector, kInterleaved };

struct Settings {
  u64 bytes;     ///< of the whole stream
  u32 transfer;  ///< bytes of a transfer, or of a period of the ring
  u32 buffers;   ///< transfers in flight, or periods of the ring
  u32 pieces;    ///< places in memory of a transfer
  u32 spacing;   ///< bytes between them
  Call call;
  u32 maxburst;  ///< items
  bool cyclic;
  u32 seed;
};

struct Flow;

/// Where the bytes of a transfer are: `pieces` of `piece` bytes, the last one of `last`.
struct Layout {
  u32 pieces;
  u32 piece;
  u32 last;

  u32 bytes() const { return (pieces - 1) * piece + last; }
  u32 length(u32 index) const { return index + 1 < pieces ? piece : last; }
};

/// What a transfer is described by while it is prepared.
union Description {
  struct scatterlist list[kMostPieces];
  struct dma_vec vector[kMostPieces];
  u8 interleaved[sizeof(dma_interleaved_template) + kMostPieces * sizeof(data_chunk)];
};

/// A transfer in flight.
struct Buffer {
  Flow* flow;
  s64 issued_ns;
  s64 completed_ns;
  bool failed;
  bool done;  ///< set by the callback, after the members above
  Description description;
};

struct Flow {
  struct client_worker* worker;
  Device* device;
  const Settings* settings;
  bool out;                      ///< memory to sink, else source to memory
  u32 burst;                     ///< items that the channel moves per request
  struct dma_chan* chan;         ///< NULL when not open
  struct wait_queue_head* wait;  ///< woken when something has ended
  u8* memory;
  dma_addr_t bus;
  Buffer* buffers;
  dma_cookie_t cookie;  ///< of the ring
  u32 position;         ///< period of the ring that runs
  s64 period_start;     ///< ns
  u64 ended;            ///< periods
  u64 prepared;         ///< transfers, or periods filled
  u64 handled;          ///< transfers or periods, in order
  u64 wrong;            ///< bytes received that are not the pattern's
};

/// Of a transfer of `bytes`, in items of `width` bytes.
Layout layout(const Settings* settings, u32 bytes, u32 width);
/// Bytes of memory that a transfer or period takes, with what is between its pieces.
u64 slot(const Settings* settings);
/// A transfer of this layout from or to memory at `bus`; NULL when the channel cannot do it.
struct dma_async_tx_descriptor* prepare(Flow* f, Description* description, const Layout& pieces,
                                        dma_addr_t bus);

/// Transfers or periods of the whole stream.
u64 count(const Flow* f);
/// Takes a channel and memory. 0, or a negative error code with a line in the log. Sleeps.
int open(Flow* f);
/// Stops what runs and gives everything back. Sleeps.
void close(Flow* f);
/// Issues the first transfers, or the ring. 0 or a negative error code.
int start(Flow* f);
/// Something has ended that serve() has not seen.
bool ready(const Flow* f);
/// Checks and renews what has ended. 0 or a negative error code.
int serve(Flow* f);

}  // namespace dmavp::traffic
