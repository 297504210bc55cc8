// Comparing what was observed with what the reference model predicts.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "reference/model.h"

namespace dmavp::reference {

namespace {

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
  auto poke = pokes_.begin();
  for (std::size_t n = 0; n < runs_.size(); ++n) {
    for (; poke != pokes_.end() && poke->runs <= n; ++poke) open.erase(poke->address);
    for (const ByteWrite& w : runs_[n].writes) open[w.address] = &w;
  }
  for (; poke != pokes_.end(); ++poke) open.erase(poke->address);
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

struct Model::Cell {
  Values ever;   ///< since the beginning
  Values final;  ///< at the end
  std::size_t writer = 0;
  bool several = false;  ///< more than one channel writes here: any order
  bool definite = false;
};

/// The bytes that somebody writes.
class Model::Cells {
 public:
  explicit Cells(const Image& initial) : initial_(initial), index_(initial.size(), 0), cells_(1) {}

  Cell* find(u64 address) { return const_cast<Cell*>(static_cast<const Cells*>(this)->find(address)); }
  const Cell* find(u64 address) const {
    if (!initial_.contains(address)) return nullptr;
    const u32 i = index_[address - initial_.base()];
    return i == 0 ? nullptr : &cells_[i];
  }
  void add(u64 address, unsigned writer) {
    if (Cell* c = find(address)) {
      c->several |= c->writer != writer;
      return;
    }
    index_[address - initial_.base()] = static_cast<u32>(cells_.size());
    Cell fresh;
    fresh.ever.set(initial_[address]);
    fresh.writer = writer;
    cells_.push_back(fresh);
  }

 private:
  const Image& initial_;
  std::vector<u32> index_;
  std::vector<Cell> cells_;
};

Model::Values Model::values_of(const ByteWrite& w, const Cells& cells) const {
  Values v;
  if (w.source == ByteWrite::kNoSource) {
    if (w.any) return v.set();
    v.set(w.value);
    v.set(w.other);
  } else if (const Cell* c = cells.find(w.source)) {
    v = c->ever;
  } else {
    v.set(w.value);
  }
  return v;
}

/// A value may travel through several channels: follow it until nothing is new.
Model::Cells Model::ever() const {
  Cells cells(initial_);
  for (const ChannelRun& run : runs_)
    for (const ByteWrite& w : run.writes) cells.add(w.address, run.channel);
  for (const Poke& poke : pokes_)
    if (Cell* c = cells.find(poke.address)) c->ever.set(poke.value);
  for (bool grown = true; grown;) {
    grown = false;
    for (const ChannelRun& run : runs_) {
      for (const ByteWrite& w : run.writes) {
        Cell& c = *cells.find(w.address);
        const Values merged = c.ever | values_of(w, cells);
        grown |= merged != c.ever;
        c.ever = merged;
      }
    }
  }
  return cells;
}

std::optional<std::string> Model::compare_allowed(const Image& observed, u32 stopped) const {
  Cells cells = ever();
  for (const ChannelRun& run : runs_) {
    const bool may_be_lost = (stopped >> run.channel) & 1;
    for (const ByteWrite& w : run.writes) {
      Cell& c = *cells.find(w.address);
      const bool certain = !w.uncertain && !may_be_lost;
      if (certain && !c.several) c.final.reset();  // one channel is in order: its last write wins
      c.final |= values_of(w, cells);
      c.definite |= certain;
    }
  }
  for (u64 a = initial_.base(); a < initial_.end(); ++a) {
    const Cell* c = cells.find(a);
    bool fine = observed[a] == initial_[a] && (!c || !c->definite);
    if (!fine && c) fine = c->final.test(observed[a]);
    if (!fine && !(c && c->definite)) {
      for (const Poke& poke : pokes_) fine |= poke.address == a && poke.value == observed[a];
    }
    if (!fine) {
      return "memory at " + hex(a) + ": found " + hex(observed[a]) + ", before " + hex(initial_[a]) +
             (c ? ", " + std::to_string(c->final.count()) + " values allowed" : ", nobody writes there");
    }
  }
  return std::nullopt;
}

std::optional<std::string> Model::compare_sunk(unsigned channel, const std::vector<u8>& observed,
                                               bool whole) const {
  const bool exact = disjoint();
  const Cells cells = ever();
  std::size_t n = 0;
  for (const ChannelRun& run : runs_) {
    if (run.channel != channel) continue;
    for (const ByteWrite& w : run.sunk) {
      if (n == observed.size()) {
        if (!whole) return std::nullopt;
        return "channel " + std::to_string(channel) + ": its peripheral got only " + std::to_string(n) +
               " bytes";
      }
      const u8 seen = observed[n++];
      if (exact ? seen != w.value : !values_of(w, cells).test(seen))
        return "channel " + std::to_string(channel) + ": byte " + std::to_string(n - 1) +
               " at its peripheral is " + hex(seen) + ", expected " + hex(w.value);
    }
  }
  if (n == observed.size()) return std::nullopt;
  return "channel " + std::to_string(channel) + ": its peripheral got " + std::to_string(observed.size()) +
         " bytes instead of " + std::to_string(n);
}

std::vector<u64> Model::block_bytes(unsigned channel, bool source) const {
  std::vector<u64> result;
  for (const ChannelRun& run : runs_) {
    if (run.channel != channel) continue;
    for (const BlockRun& b : run.blocks) result.push_back(source ? b.bytes : b.written);
  }
  return result;
}

u64 Model::drawn(unsigned channel) const {
  u64 bytes = 0;
  for (const ChannelRun& run : runs_)
    if (run.channel == channel) bytes += run.drawn;
  return bytes;
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
    if (n == block.first) result.push_back(block.given_dar);
    if (n >= block.first && n <= next)
      result.push_back(fixed ? block.dar : block.dar + std::min(n, block.last) - block.first);
  }
  // Behind the last block an address may have been reloaded.
  if (n == run.writes.size()) result.push_back(run.outcome.dar_low);
  return result;
}

}  // namespace dmavp::reference
