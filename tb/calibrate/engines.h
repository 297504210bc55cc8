// Three engines as parameters of ours, and what was measured of them.
#pragma once

#include <string>
#include <vector>

#include "platform/calibrate/reference_file.h"

namespace dmavp::tb {

inline std::vector<platform::ReferencePoint> table(const std::string& engine) {
  return platform::read_reference(std::string(DMAVP_TABLES) + "/" + engine + ".csv");
}

/// What all three have in common.
inline dmac::Parameters copy_engine() {
  dmac::Parameters p;
  p.num_channels = 1;
  p.fifo_depth = 1024;
  p.read_limit = p.write_limit = dmac::kMaxOutstanding;
  p.fifo_release = dmac::FifoRelease::kWriteBeat;
  p.read_address = dmac::ReadAddress::kEager;
  return p;
}

/// One command register between the reading and the writing half: two reads outstanding, a dead cycle a
/// burst.
inline dmac::Parameters axi_cdma() {
  dmac::Parameters p = copy_engine();
  p.start_latency = 3;
  p.done_latency = 1;
  p.read_limit = 2;
  p.read_slot_latency = 2;
  p.copy_limit = 32;
  p.burst_overhead = 1;
  p.write_overhead = false;
  p.write_start = dmac::WriteStart::kCutThrough;
  p.cut_through_delay = 2;
  p.fifo_credit = dmac::FifoCredit::kBeat;
  p.write_address = dmac::WriteAddress::kAhead;
  p.issue_interval = 2;
  p.block_overlap = true;
  p.block_gap = 2;
  return p;
}

/// Store and forward; space in the FIFO comes back beat by beat. `cfg` gives depth and realignment.
inline dmac::Parameters axidma() {
  dmac::Parameters p = copy_engine();
  p.start_latency = 2;
  p.done_latency = 1;
  p.write_start = dmac::WriteStart::kStoreAndForward;
  p.cut_through_delay = 2;
  p.fifo_latency = 2;
  p.issue_interval = 2;
  return p;
}

/// Reads and writes in pairs; queues freed by the last write beat. `cfg` gives the queues.
inline dmac::Parameters idma() {
  dmac::Parameters p = copy_engine();
  p.start_latency = 1;
  p.done_latency = 0;
  p.read_slot_release = dmac::SlotRelease::kLastWriteBeat;
  p.write_start = dmac::WriteStart::kCutThrough;
  p.cut_through_delay = 1;
  p.fifo_credit = dmac::FifoCredit::kBeat;
  p.write_address = dmac::WriteAddress::kWithReadData;
  p.block_overlap = true;
  return p;
}

}  // namespace dmavp::tb
