#include "reference/program.h"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace dmavp::reference {

namespace {

unsigned log2_of(u64 v) {
  unsigned n = 0;
  while (v > 1) {
    v >>= 1;
    ++n;
  }
  return n;
}

/// Hands out ranges that never overlap, from low to high with random gaps.
class Allocator {
 public:
  Allocator(u64 first, u64 end, Random& random) : next_(first), end_(end), random_(random) {}
  /// 0 when memory is full.
  u64 take(u64 bytes, u64 align, u64 gap_limit) {
    u64 at = next_ + random_.below(gap_limit);
    at = (at + align - 1) / align * align;
    if (at + bytes > end_) return 0;
    next_ = at + bytes;
    return at;
  }

 private:
  u64 next_, end_;
  Random& random_;
};

class Maker {
 public:
  Maker(ProgramClass kind, const Traits& traits, u64 base, std::size_t size, u64 seed)
      : random_(seed * 8 + static_cast<u64>(kind)),
        items_(base + 64, base + size / 8, random_),
        data_(base + size / 8, base + size - 64, random_) {
    p_.seed = seed;
    p_.kind = kind;
    p_.traits = traits;
    p_.memory = Image(base, size);
    for (std::size_t i = 0; i < size; i += 8) p_.memory.store(base + i, random_.next());
    arena_ = base + size / 2;
    arena_bytes_ = 512 << random_.below(4);
  }

  Program make() {
    const unsigned most = std::min(p_.traits.channels, 8u);
    const unsigned count = p_.kind == ProgramClass::kRacing && most > 1
                               ? static_cast<unsigned>(random_.range(2, most))
                               : static_cast<unsigned>(random_.range(1, most));
    std::vector<unsigned> numbers(p_.traits.channels);
    for (unsigned i = 0; i < numbers.size(); ++i) numbers[i] = i;
    for (unsigned i = 0; i < count; ++i)
      std::swap(numbers[i], numbers[i + random_.below(numbers.size() - i)]);
    for (unsigned i = 0; i < count; ++i) launch(numbers[i]);
    if (p_.kind == ProgramClass::kFailing) add_errors();
    if (p_.kind == ProgramClass::kStopped) add_stops();
    p_.noise = random_.percent(30);
    return std::move(p_);
  }

 private:
  struct Shape {
    CtlFields ctl;
    u32 count;
    u64 src_span, dst_span;
  };

  Shape shape(bool linked) {
    Shape s{};
    CtlFields& c = s.ctl;
    const unsigned widest = log2_of(p_.traits.bus_bytes);
    c.src_width = static_cast<unsigned>(random_.range(0, widest));
    c.dst_width = static_cast<unsigned>(random_.range(0, widest));
    c.src_fixed = random_.percent(10);
    c.dst_fixed = random_.percent(10);
    c.src_msize = static_cast<unsigned>(random_.below(10));
    c.dst_msize = static_cast<unsigned>(random_.below(10));
    if (random_.percent(60)) {
      c.arlen_en = true;
      c.arlen = static_cast<unsigned>(random_.below(16) << random_.below(4));
    }
    if (random_.percent(60)) {
      c.awlen_en = true;
      c.awlen = static_cast<unsigned>(random_.below(16) << random_.below(4));
    }
    c.ioc = random_.percent(50);
    c.src_master = static_cast<unsigned>(random_.below(p_.traits.masters));
    c.dst_master = static_cast<unsigned>(random_.below(p_.traits.masters));
    const u64 limits[] = {1, 4, 32, 300, 1200};
    u64 count = random_.range(1, limits[random_.below(5)]);
    const u64 sw = u64{1} << c.src_width, dw = u64{1} << c.dst_width;
    count = std::max<u64>(1, std::min<u64>(count, 6144 / sw));
    if (linked || random_.percent(70)) {  // a single block may leave bytes that fill no destination item
      while (count * sw % dw != 0) ++count;
    }
    s.count = static_cast<u32>(count);
    s.src_span = c.src_fixed ? sw : count * sw;
    s.dst_span = c.dst_fixed ? dw : std::max(dw, count * sw);
    return s;
  }

  u64 place(const Shape& s, bool source) {
    const u64 width = u64{1} << (source ? s.ctl.src_width : s.ctl.dst_width);
    const bool fixed = source ? s.ctl.src_fixed : s.ctl.dst_fixed;
    const u64 span = source ? s.src_span : s.dst_span;
    const bool whole = (s.count << s.ctl.src_width) % (u64{1} << s.ctl.dst_width) == 0;
    u64 align = width;
    if (!fixed && whole && random_.percent(12)) align = 1;
    if (p_.kind == ProgramClass::kRacing) {
      const u64 at = arena_ + random_.below(arena_bytes_);
      return at / align * align;
    }
    if (source && !sources_.empty() && random_.percent(15)) {  // several may read the same bytes
      const auto& [at, bytes] = sources_[random_.below(sources_.size())];
      if (bytes >= span && at % align == 0) return at;
    }
    const u64 at = data_.take(span, align, random_.percent(20) ? 4096 : 64);
    if (source && at) sources_.emplace_back(at, span);
    return at;
  }

  void launch(unsigned channel) {
    Launch l;
    l.setup.channel = channel;
    l.setup.linked_list = random_.percent(65);
    if (random_.percent(25)) l.setup.status_enable = irq::kAll & static_cast<u32>(random_.next());
    if (l.setup.linked_list) l.setup.status_enable |= irq::kInvalid;  // software repairs such items
    l.cfg.src_multiblock = l.cfg.dst_multiblock = l.setup.linked_list ? 3 : 0;
    l.cfg.priority = static_cast<unsigned>(random_.below(std::min(p_.traits.channels, 8u)));
    l.cfg.src_osr = static_cast<unsigned>(random_.below(random_.percent(50) ? 1 : 16));
    l.cfg.dst_osr = static_cast<unsigned>(random_.below(random_.percent(50) ? 1 : 16));
    l.cfg.hs_sel_src = random_.percent(50);  // no meaning for a memory side
    l.cfg.hs_sel_dst = random_.percent(50);
    l.start_delay = static_cast<unsigned>(random_.percent(50) ? 0 : random_.below(300));
    if (l.setup.linked_list ? make_list(l) : make_block(l)) p_.launches.push_back(l);
  }

  bool make_block(Launch& l) {
    const Shape s = shape(false);
    l.setup.sar = place(s, true);
    l.setup.dar = place(s, false);
    l.setup.block_ts = s.count - 1;
    l.setup.ctl = s.ctl.encode();
    return l.setup.sar != 0 && l.setup.dar != 0;
  }

  bool make_list(Launch& l) {
    const u64 count = random_.range(1, random_.percent(20) ? 12 : 4);
    for (u64 i = 0; i < count; ++i) {
      Shape s = shape(true);
      s.ctl.valid = !random_.percent(6);
      Item item;
      item.address = items_.take(64, 64, 256);
      item.sar = place(s, true);
      item.dar = place(s, false);
      if (!item.address || !item.sar || !item.dar) break;
      item.block_ts = s.count - 1;
      item.ctl = s.ctl.encode();
      if (!s.ctl.valid && random_.percent(70)) l.invalid_items.push_back(item.address);
      l.items.push_back(item);
    }
    if (l.items.empty()) return false;
    for (std::size_t i = 0; i + 1 < l.items.size(); ++i)
      l.items[i].llp = l.items[i + 1].address | random_.below(p_.traits.masters);
    Item& end = l.items.back();
    const unsigned ending = static_cast<unsigned>(random_.below(100));
    if (ending < 12 && p_.traits.write_back) {  // a ring: with write-back it halts when it meets a used item
      end.llp = l.items[random_.below(l.items.size())].address;
    } else {
      end.ctl |= kCtlLast;
      end.llp = ending < 40 ? l.items.front().address : 0;
      if (ending > 90 && l.items.size() > 2) l.items[random_.below(l.items.size() - 1)].ctl |= kCtlLast;
    }
    for (const Item& item : l.items) item.write(p_.memory);
    l.setup.llp = l.items.front().address | random_.below(p_.traits.masters);
    if (random_.percent(20)) l.setup.llp |= random_.below(32) << 1;  // [5:1] have no function
    if (p_.kind == ProgramClass::kDisjoint && l.items.size() > 1 && random_.percent(10)) self_made(l);
    return true;
  }

  /// The first block copies the second descriptor into place.
  void self_made(Launch& l) {
    Item& first = l.items.front();
    const Item& second = l.items[1];
    const u64 image = data_.take(64, 64, 64);
    if (!image || !CtlFields::decode(first.ctl).valid) return;
    for (unsigned i = 0; i < 64; i += 8) {
      p_.memory.store(image + i, p_.memory.load(second.address + i));
      p_.memory.store(second.address + i, random_.next() & ~kCtlValid);
    }
    CtlFields c = CtlFields::decode(first.ctl);
    c.src_width = c.dst_width = 2;
    c.src_fixed = c.dst_fixed = false;
    first.ctl = c.encode();
    first.sar = image;
    first.dar = second.address;
    first.block_ts = 15;
    first.write(p_.memory);
  }

  void add_errors() {
    const u64 count = random_.range(1, 2);
    for (u64 i = 0; i < count && !p_.launches.empty(); ++i) {
      Launch& l = p_.launches[random_.below(p_.launches.size())];
      ErrorRange e;
      e.decode = random_.percent(50);
      Item* item = l.items.empty() ? nullptr : &l.items[random_.below(l.items.size())];
      const u64 sar = item ? item->sar : l.setup.sar, dar = item ? item->dar : l.setup.dar;
      const u64 ctl = item ? item->ctl : l.setup.ctl;
      const u64 bytes = u64{item ? item->block_ts + 1 : l.setup.block_ts + 1} << field(ctl, 10, 8);
      const u64 at = field(ctl, 4, 4) || field(ctl, 6, 6) ? 0 : random_.below(bytes);
      switch (random_.below(item ? 5 : 3)) {
        case 0:
          e.first = sar + at;
          break;
        case 1:
          e.first = dar + at;
          break;
        case 2: {  // nobody decodes the address
          u64& address =
              random_.percent(50) ? (item ? item->sar : l.setup.sar) : (item ? item->dar : l.setup.dar);
          address = p_.memory.end() + 4096 * random_.range(1, 64);
          if (item) item->write(p_.memory);
          continue;
        }
        case 3:
          e.first = item->address + 8 * random_.below(5);
          e.on_write = false;
          break;
        default:
          e.first = item->address + 0x20 + 8 * random_.below(3);
          e.on_read = false;
          break;
      }
      e.last = e.first + random_.below(random_.percent(50) ? 1 : 64);
      p_.errors.push_back(e);
    }
  }

  void add_stops() {
    if (random_.percent(20)) {
      p_.global_stop = random_.percent(50) ? GlobalStop::kSoftReset : GlobalStop::kControllerDisable;
      p_.global_delay = static_cast<unsigned>(random_.below(1500));
      for (Launch& l : p_.launches) l.setup.status_enable = irq::kAll;  // tells an end from a stop
      return;
    }
    for (Launch& l : p_.launches) {
      if (random_.percent(15)) continue;
      l.stop = static_cast<StopKind>(random_.range(1, 5));
      l.setup.status_enable = irq::kAll;  // software waits for CH_SUSPENDED
      u64 bytes = u64{l.setup.block_ts + 1} << field(l.setup.ctl, 10, 8);
      for (const Item& item : l.items) bytes += u64{item.block_ts + 1} << field(item.ctl, 10, 8);
      l.stop_delay = static_cast<unsigned>(random_.below(20 + bytes * random_.range(1, 4) / 4));
      l.stop_pause = static_cast<unsigned>(random_.below(200));
    }
  }

  Program p_;
  Random random_;
  Allocator items_, data_;
  u64 arena_ = 0, arena_bytes_ = 0;
  std::vector<std::pair<u64, u64>> sources_;
};

}  // namespace

const char* to_string(ProgramClass c) {
  static const char* const names[] = {"disjoint", "racing", "failing", "stopped"};
  return names[static_cast<unsigned>(c)];
}

const char* to_string(StopKind kind) {
  static const char* const names[] = {"none",           "disable",         "abort",
                                      "suspend+resume", "suspend+disable", "suspend+abort"};
  return names[static_cast<unsigned>(kind)];
}

Program make_program(ProgramClass kind, const Traits& traits, u64 memory_base, std::size_t memory_size,
                     u64 seed) {
  for (u64 attempt = 0;; ++attempt) {  // a program whose descriptors race has no prediction: take the next
    Program p = Maker(kind, traits, memory_base, memory_size, seed + (attempt << 40)).make();
    p.seed = seed;
    if (p.launches.empty()) continue;
    const Model model = p.predict();
    if (!model.predictable()) continue;
    if (kind != ProgramClass::kRacing && !model.disjoint()) continue;
    return p;
  }
}

Model Program::predict() const {
  Model model(traits, memory, errors);
  for (const Launch& l : launches) model.start(l.setup);
  // Software rewrites the control word of an item the channel halted at, and lets it go on.
  if (kind == ProgramClass::kStopped) return model;
  for (const Launch& l : launches) {
    for (std::size_t round = 0; round < l.invalid_items.size(); ++round) {
      const Outcome& o = model.outcome(l.setup.channel);
      const u64 item = o.llp & ~u64{0x3F};
      if (o.end != End::kHalted ||
          std::find(l.invalid_items.begin(), l.invalid_items.end(), item) == l.invalid_items.end())
        break;
      const u64 word = model.memory().load(item + lli::kCtl);
      model.clear_interrupts(l.setup.channel, irq::kInvalid);
      model.poke(item + lli::kCtl, word | kCtlValid);
      model.resume(l.setup.channel);
    }
  }
  return model;
}

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
    if (!l.setup.linked_list) {
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
    f.push_back(std::string("error ") + (e.decode ? "DECERR" : "SLVERR") +
                (e.on_read && e.on_write ? ""
                 : e.on_read             ? " on item fetch"
                                         : " on item write-back"));
  }
  const auto block = [&](u64 sar, u64 dar, u64 ctl) {
    const CtlFields c = CtlFields::decode(ctl);
    f.push_back("width " + std::to_string(8u << c.src_width) + ">" + std::to_string(8u << c.dst_width));
    if (c.src_fixed) f.push_back("fixed source");
    if (c.dst_fixed) f.push_back("fixed destination");
    if (sar % (u64{1} << c.src_width) || dar % (u64{1} << c.dst_width)) f.push_back("unaligned address");
    if (c.arlen_en) f.push_back("ARLEN");
    if (c.awlen_en) f.push_back("AWLEN");
    if (c.ioc) f.push_back("IOC");
    if (!memory.contains(sar) || !memory.contains(dar)) f.push_back("unmapped address");
  };
  for (const Launch& l : launches) {
    if (l.stop != StopKind::kNone) f.push_back(std::string("stop: ") + to_string(l.stop));
    if (l.setup.status_enable != irq::kAll) f.push_back("INTSTATUS_ENA masked");
    if (!l.setup.linked_list) {
      f.push_back("single block");
      block(l.setup.sar, l.setup.dar, l.setup.ctl);
      if (((u64{l.setup.block_ts} + 1) << field(l.setup.ctl, 10, 8)) % (u64{1} << field(l.setup.ctl, 13, 11)))
        f.push_back("residual bytes");
      continue;
    }
    f.push_back("linked list");
    for (const Item& i : l.items) block(i.sar, i.dar, i.ctl);
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
