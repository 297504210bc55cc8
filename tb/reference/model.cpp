#include "reference/model.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace dmavp::reference {

namespace {

constexpr std::size_t kWriteLimit = 1u << 20;  // bytes one channel may write before it counts as endless
constexpr std::size_t kBlockLimit = 512;

std::string hex(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

using Ranges = std::vector<std::pair<u64, u64>>;

Ranges ranges_of(const std::vector<ByteWrite>& writes) {
  std::vector<u64> addresses;
  addresses.reserve(writes.size());
  for (const ByteWrite& w : writes) addresses.push_back(w.address);
  std::sort(addresses.begin(), addresses.end());
  Ranges result;
  for (u64 a : addresses) {
    if (!result.empty() && a <= result.back().second + 1) {
      result.back().second = a;
    } else {
      result.emplace_back(a, a);
    }
  }
  return result;
}

/// `sorted` is what ranges_of returns.
bool touches(const Ranges& sorted, u64 first, u64 last) {
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), first,
                                   [](const auto& r, u64 value) { return r.second < value; });
  return it != sorted.end() && it->first <= last;
}

bool touches(const Ranges& sorted, const Ranges& others) {
  return std::any_of(others.begin(), others.end(),
                     [&](const auto& r) { return touches(sorted, r.first, r.second); });
}

}  // namespace

const char* to_string(End end) {
  switch (end) {
    case End::kDone:
      return "done";
    case End::kHalted:
      return "halted";
    case End::kError:
      return "error";
    case End::kEndless:
      break;
  }
  return "endless";
}

Model::Model(const Traits& traits, Image initial, std::vector<ErrorRange> errors)
    : traits_(traits), initial_(std::move(initial)), memory_(initial_), errors_(std::move(errors)) {}

u64 Model::mask_address(u64 address) const {
  return traits_.address_bits >= 64 ? address : address & (bit64(traits_.address_bits) - 1);
}

u64 Model::readable_ctl(u64 raw) const {
  u64 mask = ~(kCtlReserved | bit64(56) | bit64(57));
  if (traits_.masters == 1) mask &= ~(bit64(0) | bit64(2));
  return raw & mask;
}

unsigned Model::errors_in(u64 first, u64 last, bool write, u64& at) const {
  unsigned kinds = 0;
  at = ~u64{0};
  const auto note = [&](u64 address, bool decode) {
    kinds |= decode ? 2u : 1u;
    at = std::min(at, address);
  };
  for (const ErrorRange& e : errors_) {
    if ((write ? e.on_write : e.on_read) && e.first <= last && e.last >= first)
      note(std::max(first, e.first), e.decode);
  }
  if (first < memory_.base()) note(first, true);
  if (last >= memory_.end()) note(std::max(first, memory_.end()), true);
  return kinds;
}

const ChannelRun& Model::start(const ChannelSetup& setup) {
  State& s = state_[setup.channel];
  s = State{};
  s.setup = setup;
  s.sar = mask_address(setup.sar);
  s.dar = mask_address(setup.dar);
  s.ctl = setup.ctl;
  s.llp = mask_address(setup.llp) & ~u64{0x3E};
  if (traits_.masters == 1) s.llp &= ~u64{1};
  s.block_ts = setup.block_ts & 0x3FFFFF;
  ChannelRun& run = runs_.emplace_back();
  run.channel = setup.channel;
  run.initial_dar = s.dar;
  follow(s, run);
  run.outcome = s.outcome;
  return run;
}

const ChannelRun& Model::resume(unsigned channel) {
  State& s = state_.at(channel);
  ChannelRun& run = runs_.emplace_back();
  run.channel = channel;
  run.initial_dar = s.dar;
  follow(s, run);
  run.outcome = s.outcome;
  return run;
}

void Model::poke(u64 address, u64 value, unsigned bytes) {
  memory_.store(address, value, bytes);
  for (unsigned i = 0; i < bytes; ++i) pokes_.emplace_back(address + i, field(value, 8 * i + 7, 8 * i));
}

void Model::clear_interrupts(unsigned channel, u32 bits) {
  State& s = state_.at(channel);
  s.latched &= ~bits;
  s.latched_maybe &= ~bits;
  s.outcome.int_must &= ~bits;
  s.outcome.int_may &= ~bits;
}

void Model::follow(State& s, ChannelRun& run) {
  if (!s.setup.linked_list) {
    run_block(s, run, 0, true);
    return;
  }
  for (;;) {
    const u64 item = s.llp & ~u64{0x3F};
    u64 at = 0;
    if (const unsigned kinds = errors_in(item, item + lli::kFetchBytes - 1, false, at)) {
      fail(s, run, (kinds & 1 ? irq::kLliReadSlvErr : 0) | (kinds & 2 ? irq::kLliReadDecErr : 0));
      return;
    }
    run.item_reads.emplace_back(item, item + lli::kFetchBytes - 1);
    const u64 raw = memory_.load(item + lli::kCtl);
    if (!field(raw, 63, 63)) {  // the item is discarded and LLP stays
      s.latched |= latch(s, irq::kInvalid);
      finish(s, run, End::kHalted);
      return;
    }
    s.sar = mask_address(memory_.load(item + lli::kSar));
    s.dar = mask_address(memory_.load(item + lli::kDar));
    s.block_ts = static_cast<u32>(memory_.load(item + lli::kBlockTs) & 0x3FFFFF);
    s.llp = mask_address(memory_.load(item + lli::kLlp)) & ~u64{0x3E};
    if (traits_.masters == 1) s.llp &= ~u64{1};
    s.ctl = raw;
    const bool last = field(raw, 62, 62) != 0;
    if (!run_block(s, run, item, last) || last) return;
    if (run.blocks.size() >= kBlockLimit || run.writes.size() >= kWriteLimit) {
      finish(s, run, End::kEndless);
      return;
    }
  }
}

bool Model::run_block(State& s, ChannelRun& run, u64 item, bool last) {
  const CtlFields ctl = CtlFields::decode(s.ctl);
  const u64 src_width = u64{1} << ctl.src_width;
  const u64 dst_width = u64{1} << ctl.dst_width;
  BlockRun block;
  block.item = item;
  block.sar = s.sar;
  block.dar = s.dar;
  block.ctl = s.ctl;
  block.llp_after = s.llp;
  block.items = s.block_ts + 1;
  block.bytes = block.items * src_width;
  block.written = block.bytes - block.bytes % dst_width;
  block.first = run.writes.size();

  const u64 src_span = ctl.src_fixed ? src_width : block.bytes;
  const u64 dst_span = ctl.dst_fixed ? dst_width : block.written;
  const u64 src_last = s.sar + src_span - 1;
  run.data_reads.emplace_back(s.sar, src_last);
  u64 bad_read = 0, bad_write = 0;
  const unsigned read_kinds = errors_in(s.sar, src_last, false, bad_read);
  const unsigned write_kinds =
      block.written == 0 ? 0 : errors_in(s.dar, s.dar + dst_span - 1, true, bad_write);
  block.failing = read_kinds != 0 || write_kinds != 0;
  if (block.written != 0 && s.sar < s.dar + dst_span && s.dar <= src_last) run.overlaps_itself = true;

  // One channel is in order: nothing that lies behind the first read error ever reaches the destination.
  u64 count = block.written;
  if (read_kinds) count = std::min(count, ctl.src_fixed ? 0 : bad_read - s.sar);
  for (u64 i = 0; i < count; ++i) {
    const u64 from = s.sar + (ctl.src_fixed ? i % src_width : i);
    const u64 to = s.dar + (ctl.dst_fixed ? i % dst_width : i);
    u64 at = 0;
    if (write_kinds && errors_in(to, to, true, at)) continue;  // refused as a whole
    const u8 value = memory_[from];
    run.writes.push_back({to, from, value, value, false, block.failing});
    if (!block.failing) memory_[to] = value;
  }
  block.last = run.writes.size();
  run.blocks.push_back(block);

  if (block.failing) {
    u32 one_of = (read_kinds & 1 ? irq::kSrcSlvErr : 0) | (read_kinds & 2 ? irq::kSrcDecErr : 0);
    const bool write_reached =
        write_kinds && (ctl.dst_fixed ? count > 0 : bad_write - s.dar < count || !read_kinds);
    if (write_reached)
      one_of |= (write_kinds & 1 ? irq::kDstSlvErr : 0) | (write_kinds & 2 ? irq::kDstDecErr : 0);
    fail(s, run, one_of);
    s.outcome.sar_high = ctl.src_fixed ? s.sar : s.sar + block.bytes;
    s.outcome.dar_high = ctl.dst_fixed ? s.dar : s.dar + block.written;
    return false;
  }
  if (!ctl.src_fixed) s.sar = mask_address(s.sar + block.bytes);
  if (!ctl.dst_fixed) s.dar = mask_address(s.dar + block.written);
  if (item != 0 && traits_.write_back && !write_back(s, run, block, s.ctl, last)) return false;
  if (ctl.ioc) s.latched |= latch(s, irq::kBlockDone);
  if (last) {
    s.latched |= latch(s, irq::kTransferDone);
    finish(s, run, End::kDone);
    s.outcome.status_known = block.bytes == block.written;
    s.outcome.completed_items = block.items & 0x3FFFFF;
  }
  return true;
}

bool Model::write_back(State& s, ChannelRun& run, const BlockRun& block, u64 raw_ctl, bool last) {
  const u64 first = block.item + lli::kCtl;
  u64 at = 0;
  if (const unsigned kinds = errors_in(first, block.item + 0x37, true, at)) {
    fail(s, run, (kinds & 1 ? irq::kLliWriteSlvErr : 0) | (kinds & 2 ? irq::kLliWriteDecErr : 0));
    return false;
  }
  const auto put = [&](unsigned offset, u64 value, u64 other, u64 any, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
      const auto byte = [&](u64 v) { return static_cast<u8>(v >> (8 * i)); };
      const u64 address = block.item + offset + i;
      run.writes.push_back({address, ByteWrite::kNoSource, byte(value), byte(other), byte(any) != 0, false});
      memory_[address] = byte(value);
    }
  };
  // Bits without a function may come back as read or as zero; bits of SSTAT and DSTAT likewise (3.1
  // against 3.2).
  const u64 ctl = raw_ctl & ~kCtlValid;
  put(lli::kCtl, readable_ctl(ctl), ctl, 0, 8);
  put(lli::kSstat, 0, memory_.load(block.item + lli::kSstat), 0, 8);
  const bool ioc = field(raw_ctl, 58, 58) != 0;
  const u64 done = (last ? bit64(63) : 0);
  const u64 residue = block.bytes != block.written ? 0x00FFFFFFFFFFFFFFu : 0;
  put(lli::kLlpStatus, (block.items & 0x3FFFFF) | done | bit64(62),
      (block.items & 0x3FFFFF) | done | (ioc ? bit64(62) : 0), residue, 8);
  return true;
}

void Model::fail(State& s, ChannelRun& run, u32 one_of) {
  const u32 seen = latch(s, one_of);
  finish(s, run, End::kError);
  s.outcome.int_may |= seen;
  s.outcome.int_one_of = seen == one_of ? one_of : 0;  // a masked bit may be the one that happened
}

void Model::finish(State& s, ChannelRun&, End end) {
  Outcome& o = s.outcome;
  o = Outcome{};
  o.end = end;
  o.enabled = end == End::kHalted || end == End::kEndless;
  o.int_must = s.latched;
  o.int_may = s.latched | s.latched_maybe;
  o.sar_low = o.sar_high = s.sar;
  o.dar_low = o.dar_high = s.dar;
  o.block_ts = s.block_ts;
  o.llp = s.llp;
  o.ctl = readable_ctl(s.ctl);
  o.ctl_mask = s.setup.linked_list ? ~kCtlValid : ~u64{0};
}

bool Model::disjoint() const {
  std::vector<Ranges> written;
  for (const ChannelRun& r : runs_) {
    if (r.overlaps_itself) return false;
    written.push_back(ranges_of(r.writes));
  }
  for (std::size_t a = 0; a < runs_.size(); ++a) {
    for (std::size_t b = 0; b < runs_.size(); ++b) {
      if (runs_[a].channel == runs_[b].channel) continue;
      if (touches(written[a], written[b]) || touches(written[a], runs_[b].data_reads) ||
          touches(written[a], runs_[b].item_reads))
        return false;
    }
  }
  return true;
}

bool Model::predictable() const {
  const bool exact = disjoint();
  for (const ChannelRun& writer : runs_) {
    if (writer.outcome.end == End::kEndless) return false;
    std::vector<ByteWrite> data;
    for (const ByteWrite& w : writer.writes)
      if (w.source != ByteWrite::kNoSource) data.push_back(w);
    const Ranges own = ranges_of(data);
    const Ranges all = ranges_of(writer.writes);
    for (const ChannelRun& reader : runs_) {
      if (reader.channel == writer.channel ? !exact && touches(own, reader.item_reads)
                                           : touches(all, reader.item_reads))
        return false;
    }
  }
  return true;
}

std::optional<std::string> Model::compare(const Image& observed) const {
  if (memory_.size() == observed.size() &&
      std::equal(memory_.data(), memory_.data() + memory_.size(), observed.data()))
    return std::nullopt;
  std::map<u64, const ByteWrite*> open;  // what the last write leaves open
  for (const ChannelRun& run : runs_)
    for (const ByteWrite& w : run.writes) open[w.address] = &w;
  for (const auto& [address, value] : pokes_) open.erase(address);
  for (u64 a = observed.base(); a < observed.end(); ++a) {
    if (observed[a] == memory_[a]) continue;
    const auto it = open.find(a);
    if (it != open.end() && it->second->source == ByteWrite::kNoSource &&
        (it->second->any || observed[a] == it->second->other))
      continue;
    return "memory at " + hex(a) + ": expected " + hex(memory_[a]) + ", found " + hex(observed[a]) +
           ", before " + hex(initial_[a]) + (it == open.end() ? " (nobody writes there)" : "");
  }
  return std::nullopt;
}

std::optional<std::string> Model::compare_allowed(const Image& observed, u32 stopped) const {
  struct Cell {
    Values ever, final;
    std::size_t writer = 0;
    bool several = false;  // more than one channel writes here: any order
    bool definite = false;
  };
  std::vector<u32> index(initial_.size(), 0);
  std::vector<Cell> cells(1);
  const auto cell_of = [&](u64 address) -> Cell* {
    if (!initial_.contains(address)) return nullptr;
    const u32 i = index[address - initial_.base()];
    return i == 0 ? nullptr : &cells[i];
  };
  for (const ChannelRun& run : runs_) {
    for (const ByteWrite& w : run.writes) {
      Cell* c = cell_of(w.address);
      if (!c) {
        index[w.address - initial_.base()] = static_cast<u32>(cells.size());
        Cell fresh;
        fresh.ever.set(initial_[w.address]);
        fresh.writer = run.channel;
        cells.push_back(fresh);
      } else if (c->writer != run.channel) {
        c->several = true;
      }
    }
  }
  for (const auto& [address, value] : pokes_)
    if (Cell* c = cell_of(address)) c->ever.set(value);
  const auto values_of = [&](const ByteWrite& w) {
    Values v;
    if (w.source == ByteWrite::kNoSource) {
      if (w.any) return v.set();
      v.set(w.value);
      v.set(w.other);
    } else if (const Cell* c = cell_of(w.source)) {
      v = c->ever;
    } else {
      v.set(w.value);
    }
    return v;
  };
  // A value may travel through several channels: follow it until nothing is new.
  for (bool grown = true; grown;) {
    grown = false;
    for (const ChannelRun& run : runs_) {
      for (const ByteWrite& w : run.writes) {
        Cell& c = *cell_of(w.address);
        const Values merged = c.ever | values_of(w);
        grown |= merged != c.ever;
        c.ever = merged;
      }
    }
  }
  for (Cell& c : cells) c.final.reset();
  for (const ChannelRun& run : runs_) {
    const bool may_be_lost = (stopped >> run.channel) & 1;
    for (const ByteWrite& w : run.writes) {
      Cell& c = *cell_of(w.address);
      const bool certain = !w.uncertain && !may_be_lost;
      if (certain && !c.several) c.final.reset();  // one channel is in order: its last write wins
      c.final |= values_of(w);
      c.definite |= certain;
    }
  }
  for (u64 a = initial_.base(); a < initial_.end(); ++a) {
    const Cell* c = cell_of(a);
    bool fine = observed[a] == initial_[a] && (!c || !c->definite);
    if (!fine && c) fine = c->final.test(observed[a]);
    if (!fine && !(c && c->definite)) {
      for (const auto& [address, value] : pokes_) fine |= address == a && value == observed[a];
    }
    if (!fine) {
      return "memory at " + hex(a) + ": found " + hex(observed[a]) + ", before " + hex(initial_[a]) +
             (c ? ", " + std::to_string(c->final.count()) + " values allowed" : ", nobody writes there");
    }
  }
  return std::nullopt;
}

std::vector<std::pair<std::size_t, std::size_t>> Model::prefixes(const ChannelRun& run,
                                                                 const Image& observed) const {
  struct Byte {
    u8 value, other;
    bool any;
  };
  std::map<u64, Byte> now;
  for (const ByteWrite& w : run.writes) now[w.address] = {initial_[w.address], initial_[w.address], false};
  const auto wrong = [&](u64 address, const Byte& b) {
    return !(b.any || observed[address] == b.value || observed[address] == b.other);
  };
  std::size_t mismatches = 0;
  for (const auto& [address, byte] : now) mismatches += wrong(address, byte);
  std::vector<std::pair<std::size_t, std::size_t>> result;
  for (std::size_t n = 0;; ++n) {
    if (mismatches == 0) {
      if (!result.empty() && result.back().second + 1 == n) {
        result.back().second = n;
      } else {
        result.emplace_back(n, n);
      }
    }
    if (n == run.writes.size()) return result;
    const ByteWrite& w = run.writes[n];
    Byte& b = now[w.address];
    mismatches -= wrong(w.address, b);
    b = {w.value, w.other, w.any};
    mismatches += wrong(w.address, b);
  }
}

std::vector<u64> Model::dar_after(const ChannelRun& run, std::size_t n) {
  std::vector<u64> result;
  if (n == 0) result.push_back(run.initial_dar);
  for (std::size_t b = 0; b < run.blocks.size(); ++b) {
    const BlockRun& block = run.blocks[b];
    const bool fixed = field(block.ctl, 6, 6) != 0;
    const std::size_t next = b + 1 < run.blocks.size() ? run.blocks[b + 1].first : run.writes.size();
    if (n >= block.first && n <= next)
      result.push_back(fixed ? block.dar : block.dar + std::min(n, block.last) - block.first);
  }
  return result;
}

}  // namespace dmavp::reference
