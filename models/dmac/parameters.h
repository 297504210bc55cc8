// Synthesis and timing parameters of DW_axi_dmac (spec dw-axi-dmac 1.1 and 7; design section 5).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace dmavp::dmac {

inline constexpr unsigned kMaxChannels = 32;
inline constexpr unsigned kMaxOutstanding = 1024;  ///< bursts of one side of a channel

enum class ResiduePolicy : std::uint8_t {
  kDrop,
  kFlush
};  ///< bytes that do not fill a destination item (7 #8)
enum class TieBreak : std::uint8_t { kRoundRobin, kLowestIndex };  ///< equal priorities (7 #7)
/// What frees an outstanding slot: the last beat of the side, the response to a write, or (of a read) the
/// last beat of the write that takes its data on.
enum class SlotRelease : std::uint8_t { kLastBeat, kResponse, kLastWriteBeat };
enum class WriteStart : std::uint8_t { kCutThrough, kStoreAndForward };
/// When the space of written bytes is free again: at their response, or at their beat.
enum class FifoRelease : std::uint8_t { kResponse, kWriteBeat };
/// What a read needs of the FIFO: space for its whole burst when its address is offered, or none, because
/// single beats are held back.
enum class FifoCredit : std::uint8_t { kBurst, kBeat };
/// When a write offers its address: with its first beat, with the first beat of the read that brings its
/// data, or as soon as that read is the next to deliver.
enum class WriteAddress : std::uint8_t { kWithData, kWithReadData, kAhead };
/// When addresses of reads are offered: just in time for the data channel, which keeps priorities strict, or
/// as soon as their channel can.
enum class ReadAddress : std::uint8_t { kJustInTime, kEager };

inline constexpr std::uint32_t kMaxBlockItems = 1u << 22;  ///< BLOCK_TS is 22 bits of items - 1
inline constexpr std::uint8_t kDefaultPriority = 0xFF;     ///< reset_priority: num_channels - 1 - n (7 #17)

template <class T>
constexpr std::array<T, kMaxChannels> for_all_channels(T value) {
  std::array<T, kMaxChannels> all{};
  for (unsigned n = 0; n < kMaxChannels; ++n) all[n] = value;
  return all;
}

/// Ranges are those of the spec table; `validate` (parameters.cpp) checks them and names the offender.
struct Parameters {
  unsigned num_channels = 8;  ///< 1..32; more than 8 selects layout v2 of CHEN and CFG
  unsigned num_hs_if = 16;    ///< 0..64; more than 16 selects CFG2
  bool force_cfg2 = false;   ///< CFG2 layout although channels and handshakes would fit v1 (JH7110, Agilex 5)
  unsigned num_masters = 1;  ///< 1..2
  unsigned data_width_bytes = 8;  ///< 1..64, power of two
  unsigned addr_width = 64;       ///< 32..64; address bits above are ignored
  unsigned burstlen_width = 8;    ///< 4..8
  /// Per channel, 4..2^22 items (BLOCK_TS + 1).
  std::array<std::uint32_t, kMaxChannels> max_block_items = for_all_channels(kMaxBlockItems);
  /// CH_PRIOR at reset, 0..num_channels-1 or kDefaultPriority.
  std::array<std::uint8_t, kMaxChannels> reset_priority = for_all_channels(kDefaultPriority);
  unsigned max_burst_len = 256;  ///< 1..256 beats
  unsigned max_msize = 1024;     ///< 1..1024 items
  unsigned fifo_depth = 32;      ///< 4..1024 entries of data_width_bytes, per channel
  bool multi_blk_en = true;
  bool lli_wb_en = true;
  bool lli_prefetch_en = false;
  bool src_stat_en = false;
  bool dst_stat_en = false;
  bool lock_en = false;
  bool abort_en = true;
  unsigned osr_lmt = 16;      ///< 1..16: largest outstanding limit the register field may ask for
  unsigned intr_io_type = 2;  ///< 0 combined, 1 per channel plus common, 2 both
  std::uint32_t dmac_id = 0;
  std::uint32_t compver = 0x3130312A;

  // Open points of the specification (section 7).
  bool slvif_error_response = false;  ///< #16: answer illegal register accesses with a TLM error
  bool slvif_status = true;           ///< #22: latch SLVIF status bits at all
  ResiduePolicy residue_policy = ResiduePolicy::kDrop;
  bool unaligned_byte_exact = true;  ///< #9: false = the address is rounded down to its width
  TieBreak tie_break = TieBreak::kRoundRobin;
  bool cmpltd_counts_from_zero = false;  ///< #3: CMPLTD_BLK_TFR_SIZE = BLOCK_TS instead of BLOCK_TS + 1

  bool drop_when_silent = false;  ///< #10: a disabled channel does not wait for a silent destination

  // Timing, in cycles of the AXI clock unless stated.
  Cycle register_latency = 2;   ///< added to the delay of a register access
  Cycle start_latency = 4;      ///< CH_EN written to first request
  Cycle done_latency = 2;       ///< last response to DMA_TFR_DONE
  Cycle issue_interval = 1;     ///< between two addresses on AR, likewise AW, of one port
  Cycle burst_overhead = 0;     ///< h: dead cycles of the data channel behind each burst
  bool write_overhead = true;   ///< bursts of writes leave dead cycles, too
  Cycle cut_through_delay = 1;  ///< read beat to the earliest write beat of the same data
  WriteStart write_start = WriteStart::kStoreAndForward;
  /// kStoreAndForward: items beyond the burst that have to be there before it starts, if the block has them.
  unsigned start_threshold = 0;
  SlotRelease read_slot_release = SlotRelease::kLastBeat;
  SlotRelease write_slot_release = SlotRelease::kResponse;
  Cycle read_slot_latency = 0;  ///< more cycles until a slot of the reader, or of copy_limit, is used again
  unsigned read_limit = 0;      ///< outstanding reads in place of OSR_LMT; 0: the register's
  unsigned write_limit = 0;     ///< outstanding writes in place of OSR_LMT; 0: the register's
  unsigned copy_limit = 0;      ///< bursts between their read address and their write response; 0: no limit
  FifoCredit fifo_credit = FifoCredit::kBurst;
  FifoRelease fifo_release = FifoRelease::kResponse;
  Cycle fifo_latency = 1;  ///< space becomes free to its use by a read address
  WriteAddress write_address = WriteAddress::kWithData;
  ReadAddress read_address = ReadAddress::kJustInTime;
  /// Timed mode: the reader goes on with the next shadow set while the block before is still being written.
  bool block_overlap = false;
  /// block_overlap: the first read of a block comes later by so much, behind the last read and a freed slot.
  Cycle block_gap = 0;
  Cycle handshake_latency = 2;    ///< DMA request seen to the first request of its transaction
  Cycle lli_decode_latency = 2;   ///< last beat of a fetched item to the first request of its block
  bool shared_data_port = false;  ///< R and W of a port share one data channel
  unsigned granule_bytes = 8192;  ///< lt: data become visible at least this often, 64 .. 1 MiB
};

/// Implemented bits of BLOCK_TS (ch_max_block_ts): those that the largest block of the channel needs.
inline std::uint32_t block_ts_mask(const Parameters& parameters, unsigned channel) {
  std::uint32_t mask = 1;
  while (mask < parameters.max_block_items[channel] - 1) mask = mask * 2 + 1;
  return mask;
}

/// Bits of an MSIZE field (ch_max_msize): enough for the code of the largest size (codes 1, 4, 8, 16, ...).
inline unsigned msize_mask(const Parameters& parameters) {
  unsigned code = 0, mask = 0;
  for (unsigned items = 4; items <= parameters.max_msize; items *= 2) ++code;
  while (mask < code) mask = mask * 2 + 1;
  return mask;
}

/// A parameter out of its range: its name as above, with the index of per-channel ones, and what is wrong.
struct ParameterProblem {
  std::string field;    ///< "fifo_depth", "max_block_items[3]"
  std::string message;  ///< "is 0, must be 4..1024 entries"
};

/// Every problem of a set of parameters, in the order of the declarations; empty if there is none.
std::vector<ParameterProblem> validate(const Parameters& parameters);

}  // namespace dmavp::dmac
