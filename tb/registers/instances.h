// The instances of the controller that random programs are played on.
#pragma once

#include <memory>
#include <vector>

#include "registers/rig.h"
#include "tier.h"

namespace dmavp::tb {

/// Both layouts, both register layouts of CFG, narrow and wide buses, with and without DMI and write-back.
inline std::vector<RigOptions> instances() {
  std::vector<RigOptions> all;
  const auto add = [&](unsigned channels, unsigned bus, unsigned masters, unsigned fifo,
                       bool dmi) -> RigOptions& {
    RigOptions o;
    o.parameters = small_parameters();
    o.parameters.num_channels = channels;
    o.parameters.data_width_bytes = bus;
    o.parameters.num_masters = masters;
    o.parameters.fifo_depth = fifo;
    o.dmi = dmi;
    all.push_back(o);
    return all.back();
  };
  add(8, 8, 1, 32, true);
  add(8, 8, 2, 32, false);
  add(6, 32, 2, 16, true).parameters.lli_wb_en = false;
  RigOptions& slow = add(4, 4, 1, 8, false);
  slow.parameters.force_cfg2 = true;
  slow.parameters.max_burst_len = 4;  // items take several bursts
  slow.read_latency = 40;
  slow.write_latency = 25;
  add(16, 16, 2, 16, true).parameters.granule_bytes = 64;
  RigOptions& quick = add(3, 64, 1, 64, false);
  quick.read_latency = quick.write_latency = 0;
  quick.parameters.write_start = dmac::WriteStart::kCutThrough;
  quick.parameters.lli_wb_en = false;
  RigOptions& shared = add(8, 8, 1, 64, true);
  shared.parameters.shared_data_port = true;
  shared.parameters.burst_overhead = 2;
  shared.parameters.addr_width = 32;
  const auto whole = [](RigOptions& o) {  // every feature
    o.parameters.lli_prefetch_en = o.parameters.src_stat_en = o.parameters.dst_stat_en = true;
    o.parameters.lock_en = true;
    o.parameters.num_hs_if = 64;
  };
  whole(add(8, 8, 2, 64, true));
  RigOptions& most = add(12, 32, 2, 32, false);
  whole(most);
  most.parameters.handshake_latency = 0;
  most.parameters.write_start = dmac::WriteStart::kCutThrough;
  RigOptions& lean = add(5, 4, 1, 16, true);
  whole(lean);
  lean.parameters.lli_wb_en = false;
  lean.parameters.max_burst_len = 4;
  lean.parameters.handshake_latency = 5;
  // The other choice at every open point of section 7 that shows in what is moved.
  RigOptions& other = add(7, 8, 2, 16, true);
  whole(other);
  other.parameters.residue_policy = dmac::ResiduePolicy::kFlush;
  other.parameters.unaligned_byte_exact = false;
  other.parameters.cmpltd_counts_from_zero = true;
  other.parameters.drop_when_silent = true;
  other.parameters.max_msize = 8;
  RigOptions& flushing = add(4, 16, 1, 32, false);
  flushing.parameters.residue_policy = dmac::ResiduePolicy::kFlush;
  flushing.parameters.write_start = dmac::WriteStart::kCutThrough;
  flushing.parameters.max_msize = 64;
  return all;
}

inline std::vector<std::unique_ptr<Rig>> make_rigs() {
  std::vector<std::unique_ptr<Rig>> rigs;
  for (const RigOptions& o : instances()) rigs.push_back(std::make_unique<Rig>(o));
  return rigs;
}

}  // namespace dmavp::tb
