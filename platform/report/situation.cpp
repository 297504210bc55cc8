#include "platform/report/situation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dmac/planner.h"
#include "platform/report/result.h"

namespace dmavp::platform {
namespace {

double cycles_of(const dmac::SideStatistics& side, dmac::Cause cause) {
  return static_cast<double>(side.cycles[static_cast<unsigned>(cause)]);
}

/// Bytes of a beat. Where it is nearly a power of two that is what the bulk has: head and tail of a transfer
/// may be narrower.
double width_of(std::uint64_t bytes, const dmac::SideStatistics& side) {
  const double beats = cycles_of(side, dmac::Cause::kTransferring);
  if (beats <= 0) return 1;
  const double mean = static_cast<double>(bytes) / beats;
  const double power = std::exp2(std::round(std::log2(mean)));
  return std::abs(mean / power - 1) < 0.1 ? power : mean;
}

/// Cycles of a controller for a path of so many of the interconnect.
Cycle on_path(const BoardDescription& board, const DmacDescription& dmac, std::uint64_t latency) {
  const std::uint64_t cycles = board.request_latency + board.response_latency + latency;
  const double exact = static_cast<double>(cycles) * static_cast<double>(dmac.clock_hz) /
                       static_cast<double>(std::max<std::uint64_t>(board.clock_hz, 1));
  return static_cast<Cycle>(std::ceil(exact - 1e-6));
}

/// The memory of an address at which a channel has stopped, one behind its last byte.
const MemoryDescription* memory_at(const BoardDescription& board, std::uint64_t behind) {
  const MemoryDescription* found = nullptr;
  for (const MemoryDescription& m : board.memories) {
    if (behind > m.base && behind - m.base <= m.size) return &m;
    if (!found || (m.main_memory && !found->main_memory)) found = &m;
  }
  return found;
}

/// Bursts of a block that exceed what its length needs.
double splits(std::uint64_t bursts, const why::Worker& w, double block_bytes, double burst_bytes) {
  const double blocks = w.blocks - w.small;
  if (blocks <= 0) return 0;
  const double mean = (static_cast<double>(bursts) - w.small) / blocks;
  return std::max(0.0, mean - std::ceil(block_bytes / std::max(burst_bytes, 1.0) - 1e-9));
}

/// A transfer has a block or two more than its length needs: what its alignment cuts off.
double small_blocks(const why::Worker& w, double bytes, double longest) {
  const double transfers = w.blocks - w.chained;
  if (transfers <= 0 || bytes <= 0) return 0;
  const double needed = transfers * std::ceil(bytes / transfers / longest - 1e-6);
  const double more = w.blocks - needed;
  return more > 0.3 * transfers && more <= 2.2 * transfers ? more : 0;
}

why::Worker worker_of(Board& board, unsigned d, unsigned ch, const dmac::ChannelStatistics& s,
                      std::uint64_t interrupts) {
  const DmacDescription& dmac = board.description().dmacs[d];
  const dmac::Parameters& p = dmac.parameters;
  const dmac::Engine& engine = board.dmac(d).engine();
  const dmac::Ctl ctl{engine.ctl(ch)};
  const dmac::ChannelConfig& config = engine.config(ch);
  why::Worker w;
  w.name = dmac.name + ".ch" + std::to_string(ch);
  w.controller = d;
  w.priority = config.priority;
  w.read_port = p.num_masters > 1 ? ctl.src_master() : 0;
  w.write_port = p.num_masters > 1 ? ctl.dst_master() : 0;
  w.peripheral = config.tt_fc != 0;
  w.reader = s.reader.cycles;
  w.writer = s.writer.cycles;
  w.blocks = static_cast<double>(s.blocks);
  w.chained = std::max(0.0, w.blocks - static_cast<double>(interrupts));
  why::Load& load = w.load;
  load.read_width = width_of(s.bytes_read, s.reader);
  load.write_width = width_of(s.bytes_written, s.writer);
  w.small = small_blocks(w, static_cast<double>(s.bytes_read), p.max_block_items[ch] * load.read_width);
  load.block_bytes = static_cast<double>(s.bytes_read) / std::max(w.blocks - w.small, 1.0);
  load.read_burst = ctl.arlen_en() ? ctl.arlen() + 1 : 0;
  load.write_burst = ctl.awlen_en() ? ctl.awlen() + 1 : 0;
  load.read_osr = config.src_osr_limit;
  load.write_osr = config.dst_osr_limit;
  load.one_port = w.read_port == w.write_port;
  if (const MemoryDescription* m = memory_at(board.description(), engine.sar(ch)))
    load.read_latency = on_path(board.description(), dmac, m->read_latency);
  if (const MemoryDescription* m = memory_at(board.description(), engine.dar(ch)))
    load.write_latency = on_path(board.description(), dmac, m->write_latency);
  const why::Pace plain = why::pace(p, load);
  load.split_reads = splits(s.read_bursts, w, load.block_bytes, plain.read_bytes);
  load.split_writes = splits(s.write_bursts, w, load.block_bytes, plain.write_bytes);
  load.displacement = static_cast<unsigned>((engine.sar(ch) - engine.dar(ch)) % 4096);
  w.list = s.lli_fetches != 0;
  return w;
}

/// "dma0chan2" is channel 2 of the controller that registered first.
bool names(const std::string& software, unsigned dmac, unsigned channel) {
  return software == "dma" + std::to_string(dmac) + "chan" + std::to_string(channel);
}

}  // namespace

const ClientRecord* leading_client(const Recorder& recorder) {
  const ClientRecord* leading = nullptr;
  for (const ClientRecord& c : recorder.clients()) {
    if (c.bytes != 0 && duration_ps(c) != 0 && (!leading || c.bytes > leading->bytes)) leading = &c;
  }
  return leading;
}

why::Situation situation_of(Board& board, const Recorder& recorder) {
  why::Situation s;
  const ClientRecord* client = leading_client(recorder);
  double most = 0;
  bool own = false;  // the channel is known to be the client's
  for (unsigned d = 0; d < board.dmacs(); ++d) {
    const DmacDescription& dmac = board.description().dmacs[d];
    s.controllers.push_back({dmac.name, dmac.parameters});
    for (unsigned ch = 0; ch < dmac.parameters.num_channels; ++ch) {
      const dmac::ChannelStatistics statistics = board.dmac(d).engine().channel_statistics(ch);
      if (statistics.bytes_read + statistics.bytes_written == 0) continue;
      s.workers.push_back(worker_of(board, d, ch, statistics, recorder.rising_edges(dmac.name, ch)));
      bool clients = false;
      if (client) {
        for (const auto& [name, transfers] : client->channels) clients = clients || names(name, d, ch);
      }
      s.workers.back().own = clients;
      const double idle = cycles_of(statistics.reader, dmac::Cause::kIdle);
      const double on = static_cast<double>(Clock(dmac.clock_hz).cycle_at(recorder.end())) - idle;
      if (clients < own || (clients == own && on <= most)) continue;
      own = clients;
      most = on;
      s.subject = s.workers.size() - 1;
    }
  }
  if (s.workers.empty()) return s;
  const Clock clock(board.description().dmacs[s.workers[s.subject].controller].clock_hz);
  if (client) s.client = client->name;
  s.duration = static_cast<double>(clock.cycle_at(client ? duration_ps(*client) : recorder.end()));
  return s;
}

}  // namespace dmavp::platform
