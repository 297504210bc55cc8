// Programs in words: for failures and for the histogram.
#include <map>
#include <sstream>

#include "reference/program.h"

namespace dmavp::reference {

const char* to_string(ProgramClass c) {
  static const char* const names[] = {"disjoint", "racing", "failing", "stopped"};
  return names[static_cast<unsigned>(c)];
}

const char* to_string(StopKind kind) {
  static const char* const names[] = {"none",           "disable",         "abort",
                                      "suspend+resume", "suspend+disable", "suspend+abort"};
  return names[static_cast<unsigned>(kind)];
}

namespace {

const char* const kTypes[] = {"contiguous", "reload", "shadow", "list"};

void describe_peripheral(std::ostream& out, const Peripheral& p) {
  if (!p.present) return;
  out << std::dec << "    " << (p.source ? "source" : "sink") << " on interface "
      << p.interface << (p.software ? ", by software" : "") << (p.singles ? ", singles" : "") << ", items of "
      << p.item_bytes() << " bytes, MSIZE " << p.burst_items << ", FIFO " << p.depth << ", gap " << p.gap
      << ", chunk " << p.chunk;
  if (p.silent_after != kNeverSilent) out << ", silent after " << p.silent_after;
  for (const auto& block : p.script) {
    out << " [";
    for (bool single : block) out << (single ? 's' : 'B');
    out << "]";
  }
  out << std::hex << "\n";
}

void describe_setup(std::ostream& out, const Launch& l) {
  const ChannelSetup& s = l.setup;
  out << "    TT_FC " << s.tt_fc << " types " << kTypes[s.source_type()] << "/" << kTypes[s.sink_type()];
  if (s.illegal_at_first) out << ", illegal at first";
  if (s.overwritten) out << ", set overwritten";
  if (l.withhold_first) out << ", first set withheld";
  if (l.cfg.lock) out << ", LOCK level " << l.cfg.lock_level;
  if (s.chain()) out << std::dec << ", ended after " << l.chain_delay << " cycles" << std::hex;
  out << " SAR " << s.sar << " DAR " << s.dar << "\n";
  describe_peripheral(out, s.source);
  describe_peripheral(out, s.sink);
}

void peripheral_features(std::vector<std::string>& f, const Peripheral& p) {
  if (!p.present) return;
  f.push_back(p.software ? "software handshake" : "hardware handshake");
  f.push_back("MSIZE " + std::to_string(p.burst_items));
  if (p.burst_items < msize_items(p.msize)) f.push_back("MSIZE beyond the largest");
  if (p.controls) f.push_back("flow control by the peripheral");
  if (!p.controls) f.push_back(p.singles ? "dma_single" : "dma_req only");
  if (p.silent_after != kNeverSilent) f.push_back(p.source ? "silent source" : "silent sink");
}

void setup_features(std::vector<std::string>& f, const Program& p, const Launch& l) {
  const ChannelSetup& s = l.setup;
  f.push_back("TT_FC " + std::to_string(s.tt_fc));
  f.push_back(std::string("multi-block ") + kTypes[s.source_type()] + "/" + kTypes[s.sink_type()]);
  if (s.illegal_at_first) f.push_back("illegal multi-block types corrected");
  if (s.overwritten) f.push_back("valid shadow set overwritten");
  if (l.withhold_first) f.push_back("halted for the first shadow set");
  if (!s.sets.empty() && !(s.sets.back().ctl & kCtlLast)) f.push_back("halted for one more shadow set");
  if (l.cfg.lock) f.push_back(p.traits.lock ? "lock" : "lock without the feature");
  if (p.traits.prefetch && s.uses(kLinkedList)) f.push_back("prefetch");
  peripheral_features(f, s.source);
  peripheral_features(f, s.sink);
}

}  // namespace

std::string Program::describe() const {
  std::ostringstream out;
  out << std::hex << std::showbase;
  out << to_string(kind) << " program, seed " << std::dec << seed << std::hex << ", " << traits.bus_bytes
      << " bytes bus, memory " << memory.base() << "+" << memory.size() << "\n";
  for (const ErrorRange& e : errors)
    out << "  error " << e.first << ".." << e.last << (e.decode ? " DECERR" : " SLVERR")
        << (e.on_read ? " read" : "") << (e.on_write ? " write" : "") << "\n";
  const auto block = [&](u64 sar, u64 dar, u32 ts, u64 ctl) {
    const CtlFields c = CtlFields::decode(ctl);
    out << "SAR " << sar << " DAR " << dar << " BLOCK_TS " << ts << " CTL " << ctl << " (" << std::dec
        << ((u64{ts} + 1) << c.src_width) << " bytes, width " << (8u << c.src_width) << ">"
        << (8u << c.dst_width) << (c.src_fixed ? " SFIX" : "") << (c.dst_fixed ? " DFIX" : "")
        << (c.ioc ? " IOC" : "") << (c.last ? " LAST" : "") << (c.valid ? " VALID" : "") << ")" << std::hex;
  };
  for (const Launch& l : launches) {
    out << "  ch" << std::dec << l.setup.channel << std::hex << " CFG " << l.cfg.encode(traits.cfg2)
        << " INTSTATUS_ENA " << l.setup.status_enable << std::dec << " after " << l.start_delay << " cycles";
    if (l.stop != StopKind::kNone)
      out << ", " << to_string(l.stop) << " after " << l.stop_delay << " cycles, pause " << l.stop_pause;
    out << std::hex << "\n";
    describe_setup(out, l);
    if (!l.setup.sets.empty()) {
      for (const ShadowSet& set : l.setup.sets) {
        out << "    set ";
        block(set.sar, set.dar, set.block_ts, set.ctl);
        out << "\n";
      }
    } else if (!l.setup.uses(kLinkedList)) {
      out << "    ";
      block(l.setup.sar, l.setup.dar, l.setup.block_ts, l.setup.ctl);
      out << "\n";
    } else {
      out << "    LLP " << l.setup.llp << "\n";
    }
    for (const Item& i : l.items) {
      out << "    item " << i.address << ": ";
      block(i.sar, i.dar, i.block_ts, i.ctl);
      out << " LLP " << i.llp << "\n";
    }
  }
  if (global_stop != GlobalStop::kNone)
    out << (global_stop == GlobalStop::kSoftReset ? "  DMAC_RST" : "  DMAC_EN = 0") << std::dec << " after "
        << global_delay << " cycles\n";
  return out.str();
}

std::vector<std::string> Program::features() const {
  std::vector<std::string> f;
  f.push_back("channels " + std::to_string(launches.size()));
  if (noise) f.push_back("harmless accesses");
  if (global_stop != GlobalStop::kNone)
    f.push_back(global_stop == GlobalStop::kSoftReset ? "stop: soft reset" : "stop: DMAC_EN = 0");
  for (const ErrorRange& e : errors) {
    if (e.first >= memory.end() - 64)
      f.push_back(std::string("error ") + (e.decode ? "DECERR" : "SLVERR") + " on status fetch");
    f.push_back(std::string("error ") + (e.decode ? "DECERR" : "SLVERR") +
                (e.on_read && e.on_write ? ""
                 : e.on_read             ? " on item fetch"
                                         : " on item write-back"));
  }
  const auto block = [&](const ChannelSetup& s, u64 sar, u64 dar, u64 ctl) {
    const CtlFields c = CtlFields::decode(ctl);
    if ((traits.src_stat && c.src_stat) || (traits.dst_stat && c.dst_stat)) f.push_back("status fetch");
    if ((!traits.src_stat && c.src_stat) || (!traits.dst_stat && c.dst_stat))
      f.push_back("status fetch without the feature");
    f.push_back("width " + std::to_string(8u << c.src_width) + ">" + std::to_string(8u << c.dst_width));
    if (c.src_fixed) f.push_back("fixed source");
    if (c.dst_fixed) f.push_back("fixed destination");
    if (sar % (u64{1} << c.src_width) || dar % (u64{1} << c.dst_width))
      f.push_back(traits.rounds_addresses ? "address rounded down" : "unaligned address");
    if (c.arlen_en) f.push_back("ARLEN");
    if (c.awlen_en) f.push_back("AWLEN");
    if (c.ioc) f.push_back("IOC");
    if ((!s.source.present && !memory.contains(sar)) || (!s.sink.present && !memory.contains(dar)))
      f.push_back("unmapped address");
  };
  for (const Launch& l : launches) {
    if (l.stop != StopKind::kNone) f.push_back(std::string("stop: ") + to_string(l.stop));
    if (l.setup.status_enable != irq::kAll) f.push_back("INTSTATUS_ENA masked");
    setup_features(f, *this, l);
    for (const ShadowSet& set : l.setup.sets) block(l.setup, set.sar, set.dar, set.ctl);
    if (l.setup.uses(kShadow)) continue;
    if (!l.setup.uses(kLinkedList)) {
      block(l.setup, l.setup.sar, l.setup.dar, l.setup.ctl);
      if (((u64{l.setup.block_ts} + 1) << field(l.setup.ctl, 10, 8)) % (u64{1} << field(l.setup.ctl, 13, 11)))
        f.push_back(traits.flush_residue ? "residual bytes flushed" : "residual bytes");
      continue;
    }
    for (const Item& i : l.items) {
      block(l.setup, l.setup.source_type() == kLinkedList ? i.sar : l.setup.sar,
            l.setup.sink_type() == kLinkedList ? i.dar : l.setup.dar, i.ctl);
    }
  }
  const Model model = predict();
  std::map<unsigned, unsigned> runs;
  for (const ChannelRun& r : model.runs()) {
    f.push_back(std::string("end: ") + to_string(r.outcome.end));
    if (++runs[r.channel] > 1) f.push_back("resumed after an invalid item");
    if (r.overlaps_itself) f.push_back("source overlaps destination");
    std::map<u64, unsigned> visits;
    for (const auto& [first, last] : r.item_reads)
      if (++visits[first] == 2) f.push_back("used item met again");
    for (const BlockRun& b : r.blocks)
      for (const Launch& l : launches)
        for (const Item& i : l.items)
          if (r.channel == l.setup.channel && b.dar == i.address) f.push_back("descriptor made by DMA");
  }
  return f;
}

}  // namespace dmavp::reference
