#include "reference/program.h"

#include <algorithm>
#include <iterator>

#include "reference/shapes.h"

namespace dmavp::reference {

namespace {

class Maker {
 public:
  Maker(ProgramClass kind, const Traits& traits, u64 base, std::size_t size, u64 seed)
      : random_(seed * 8 + static_cast<u64>(kind)),
        items_(base + 64, base + size / 8, random_),
        shaper_(random_, kind, traits, base, size) {
    p_.seed = seed;
    p_.kind = kind;
    p_.traits = traits;
    p_.memory = Image(base, size);
    for (std::size_t i = 0; i < size; i += 8) p_.memory.store(base + i, random_.next());
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
  // --- channels ---

  void choose_types(ChannelSetup& s) {
    const u64 kind = random_.below(100);
    const auto plain = [&] { return random_.percent(50) ? kReload : kContiguous; };
    const auto either = [&](MultiBlock type) {  // on both sides, or on one
      const u64 sides = random_.below(3);
      s.src_type = sides == 1 ? plain() : type;
      s.dst_type = sides == 2 ? plain() : type;
    };
    if (kind < 20) return;
    if (kind < 55) {
      s.linked_list = true;
    } else if (kind < 70) {
      either(kLinkedList);
    } else if (kind < 85) {
      either(kShadow);
    } else {
      either(kReload);
      // Where a chain ends is known to some cycles only, so it may not run on into the bytes of others.
      if (p_.kind == ProgramClass::kStopped) s.src_type = s.dst_type = kReload;
    }
    if (s.source_type() == kLinkedList && s.sink_type() == kLinkedList) s.linked_list = true;
  }

  void launch(unsigned channel) {
    Launch l;
    ChannelSetup& s = l.setup;
    s.channel = channel;
    choose_types(s);
    s.tt_fc = random_.percent(45) ? 0 : static_cast<unsigned>(random_.range(1, 7));
    if ((source_is_peripheral(s.tt_fc) && !shaper_.connect(s.source, true, s.tt_fc)) ||
        (sink_is_peripheral(s.tt_fc) && !shaper_.connect(s.sink, false, s.tt_fc))) {
      s.tt_fc = 0;
      s.source = s.sink = Peripheral{};
    }
    if (random_.percent(25)) s.status_enable = irq::kAll & static_cast<u32>(random_.next());
    // Software repairs items, feeds sets and corrects types when it sees these.
    if (s.uses(kLinkedList) || s.uses(kShadow)) s.status_enable |= irq::kInvalid | irq::kMultiBlockType;
    if (s.chain()) s.status_enable |= irq::kErrorsOfDrivers | irq::kTransferDone;  // tell where it ended
    const u64 status_words = p_.memory.end() - 64;
    s.sstatar = status_words + 4 * random_.below(16);
    s.dstatar = status_words + 4 * random_.below(16);
    l.cfg.src_multiblock = s.source_type();
    l.cfg.dst_multiblock = s.sink_type();
    l.cfg.tt_fc = s.tt_fc;
    l.cfg.priority = static_cast<unsigned>(random_.below(std::min(p_.traits.channels, 8u)));
    l.cfg.src_osr = static_cast<unsigned>(random_.below(random_.percent(50) ? 1 : 16));
    l.cfg.dst_osr = static_cast<unsigned>(random_.below(random_.percent(50) ? 1 : 16));
    l.cfg.hs_sel_src = s.source.present ? s.source.software : random_.percent(50);  // else no meaning
    l.cfg.hs_sel_dst = s.sink.present ? s.sink.software : random_.percent(50);
    l.cfg.src_per = s.source.interface;
    l.cfg.dst_per = s.sink.interface;
    l.start_delay = static_cast<unsigned>(random_.percent(50) ? 0 : random_.below(300));
    shaper_.choose_form(s);
    const bool made = s.uses(kLinkedList) ? make_list(l)
                      : s.uses(kShadow)   ? make_sets(l)
                      : s.chain()         ? make_chain(l)
                                          : make_block(l);
    if (!made) return;
    if (p_.kind != ProgramClass::kStopped && (s.linked_list || s.uses(kShadow)) && random_.percent(8))
      s.illegal_at_first = true;
    lock(l);
    p_.launches.push_back(l);
  }

  /// A channel that halts may not keep the others off the bus.
  void lock(Launch& l) {
    const auto ends = [&] {
      return std::all_of(l.items.begin(), l.items.end(),
                         [](const Item& i) { return (i.ctl & kCtlValid) != 0; }) &&
             (l.items.empty() || (l.items.back().ctl & kCtlLast)) &&
             (l.setup.sets.empty() || (l.setup.sets.back().ctl & kCtlLast));
    };
    if (l.setup.tt_fc != 0 || !random_.percent(25) || !ends()) return;
    l.cfg.lock = true;
    l.cfg.lock_level = static_cast<unsigned>(random_.below(2));
  }

  bool make_block(Launch& l) {
    const Shape s = shaper_.shape(l.setup, l.setup.source.controls || l.setup.sink.controls);
    l.setup.sar = shaper_.place(l.setup, s, true);
    l.setup.dar = shaper_.place(l.setup, s, false);
    l.setup.block_ts = block_ts(l, s);
    l.setup.ctl = s.ctl.encode();
    return l.setup.sar != 0 && l.setup.dar != 0;
  }

  /// Without meaning where a peripheral decides the length.
  u32 block_ts(const Launch& l, const Shape& s) {
    const bool ignored = l.setup.source.controls || l.setup.sink.controls;
    return ignored ? static_cast<u32>(random_.below(1024)) : s.count - 1;
  }

  bool make_chain(Launch& l) {
    Shape s = shaper_.shape(l.setup, true);
    l.setup.blocks = static_cast<unsigned>(random_.range(3, 24));
    if (l.setup.src_type == kContiguous && !s.ctl.src_fixed) s.src_span *= l.setup.blocks;
    if (l.setup.dst_type == kContiguous && !s.ctl.dst_fixed) s.dst_span *= l.setup.blocks;
    l.setup.sar = shaper_.place(l.setup, s, true);
    l.setup.dar = shaper_.place(l.setup, s, false);
    l.setup.block_ts = block_ts(l, s);
    l.setup.ctl = s.ctl.encode();
    // No block is over before each of its beats has had a cycle.
    l.chain_delay = static_cast<unsigned>(random_.below(u64{s.count} * (l.setup.blocks - 1)));
    return l.setup.sar != 0 && l.setup.dar != 0;
  }

  /// Shapes of the blocks of a list or of shadow sets; and addresses of the sides that run through them.
  std::vector<Shape> make_shapes(Launch& l) {
    const u64 count = random_.range(1, random_.percent(20) ? 12 : 4);
    std::vector<Shape> shapes;
    Shape all{};
    for (u64 i = 0; i < count; ++i) {
      const Shape s =
          shaper_.shape(l.setup, l.setup.source.controls || l.setup.sink.controls || random_.percent(70));
      shapes.push_back(s);
      const auto join = [](u64 whole, u64 span, bool fixed, unsigned type) {
        return fixed || type == kReload ? std::max(whole, span) : whole + span;
      };
      all.src_span = join(all.src_span, s.src_span, s.ctl.src_fixed, l.setup.source_type());
      all.dst_span = join(all.dst_span, s.dst_span, s.ctl.dst_fixed, l.setup.sink_type());
      all.ctl = s.ctl;
      all.count = s.count;
    }
    const auto own = [](unsigned type) { return type == kLinkedList || type == kShadow; };
    l.setup.sar = own(l.setup.source_type()) ? 0 : shaper_.place(l.setup, all, true);
    l.setup.dar = own(l.setup.sink_type()) ? 0 : shaper_.place(l.setup, all, false);
    if ((!own(l.setup.source_type()) && !l.setup.sar) || (!own(l.setup.sink_type()) && !l.setup.dar))
      return {};
    return shapes;
  }

  bool make_sets(Launch& l) {
    for (Shape& s : make_shapes(l)) {
      s.ctl.valid = true;
      const ShadowSet set{shaper_.place(l.setup, s, true), shaper_.place(l.setup, s, false), block_ts(l, s),
                          s.ctl.encode()};
      if (!set.sar || !set.dar) break;
      l.setup.sets.push_back(set);
    }
    if (l.setup.sets.empty()) return false;
    if (random_.percent(85)) l.setup.sets.back().ctl |= kCtlLast;  // else the channel waits for one more
    l.withhold_first = random_.percent(20);
    l.setup.overwritten = !l.withhold_first && random_.percent(20);
    return true;
  }

  bool make_list(Launch& l) {
    for (Shape& s : make_shapes(l)) {
      s.ctl.valid = !random_.percent(6);
      Item item;
      item.address = items_.take(64, 64, 256);
      const bool own_src = l.setup.source_type() == kLinkedList, own_dst = l.setup.sink_type() == kLinkedList;
      item.sar = own_src ? shaper_.place(l.setup, s, true) : random_.next();
      item.dar = own_dst ? shaper_.place(l.setup, s, false) : random_.next();
      if (!item.address || !item.sar || !item.dar) break;
      item.block_ts = block_ts(l, s);
      item.ctl = s.ctl.encode();
      if (!s.ctl.valid && random_.percent(70)) l.invalid_items.push_back(item.address);
      l.items.push_back(item);
    }
    if (l.items.empty()) return false;
    for (std::size_t i = 0; i + 1 < l.items.size(); ++i)
      l.items[i].llp = l.items[i + 1].address | random_.below(2);
    Item& end = l.items.back();
    const unsigned ending = static_cast<unsigned>(random_.below(100));
    // With write-back a ring halts when it meets a used item; but an item that follows itself would be
    // prefetched before it is written back.
    const std::size_t targets = l.items.size() - (p_.traits.prefetch ? 1 : 0);
    if (ending < 12 && p_.traits.write_back && targets != 0) {
      end.llp = l.items[random_.below(targets)].address;
    } else {
      end.ctl |= kCtlLast;
      end.llp = ending < 40 ? l.items.front().address : 0;
      if (ending > 90 && l.items.size() > 2) l.items[random_.below(l.items.size() - 1)].ctl |= kCtlLast;
    }
    for (const Item& item : l.items) item.write(p_.memory);
    l.setup.llp = l.items.front().address | random_.below(2);
    if (random_.percent(20)) l.setup.llp |= random_.below(32) << 1;  // [5:1] have no function
    const bool copies = l.setup.linked_list && l.setup.tt_fc == 0;
    if (p_.kind == ProgramClass::kDisjoint && copies && l.items.size() > 1 && random_.percent(10))
      self_made(l);
    return true;
  }

  /// The first block copies the second descriptor into place.
  void self_made(Launch& l) {
    Item& first = l.items.front();
    const Item& second = l.items[1];
    const u64 image = shaper_.take(64, 64);
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
      const ShadowSet* set =
          l.setup.sets.empty() ? nullptr : &l.setup.sets[random_.below(l.setup.sets.size())];
      u64 sar = l.setup.sar, dar = l.setup.dar;
      if (item && l.setup.source_type() == kLinkedList) sar = item->sar;
      if (item && l.setup.sink_type() == kLinkedList) dar = item->dar;
      if (set && l.setup.source_type() == kShadow) sar = set->sar;
      if (set && l.setup.sink_type() == kShadow) dar = set->dar;
      const u64 ctl = item ? item->ctl : set ? set->ctl : l.setup.ctl;
      const u64 bytes = u64{(item  ? item->block_ts
                             : set ? set->block_ts
                                   : l.setup.block_ts) +
                            1}
                        << field(ctl, 10, 8);
      const u64 at = field(ctl, 4, 4) || field(ctl, 6, 6) ? 0 : random_.below(bytes);
      const bool fetches =
          (p_.traits.src_stat && field(ctl, 56, 56)) || (p_.traits.dst_stat && field(ctl, 57, 57));
      if (fetches && random_.percent(30)) {
        u64& status = field(ctl, 56, 56) && (!field(ctl, 57, 57) || random_.percent(50)) ? l.setup.sstatar
                                                                                         : l.setup.dstatar;
        if (random_.percent(30)) {
          status = p_.memory.end() + 4 * random_.below(4096);
        } else {
          e.first = status;
          e.last = status + random_.below(4);
          p_.errors.push_back(e);
        }
        continue;
      }
      switch (random_.below(item ? 5 : 3)) {
        case 0:
          e.first = sar + at;
          break;
        case 1:
          e.first = dar + at;
          break;
        case 2: {  // nobody decodes the address
          const bool of_source = random_.percent(50);
          if ((of_source ? l.setup.source : l.setup.sink).present) continue;
          u64& address = of_source ? (item ? item->sar : l.setup.sar) : (item ? item->dar : l.setup.dar);
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
      for (Launch& l : p_.launches) {
        l.setup.status_enable = irq::kAll;  // tells an end from a stop
        if (p_.global_stop == GlobalStop::kSoftReset || p_.traits.drop_when_silent) silence(l);
      }
      return;
    }
    for (Launch& l : p_.launches) {
      if (random_.percent(15)) continue;
      l.stop = static_cast<StopKind>(random_.range(1, 5));
      l.setup.status_enable = irq::kAll;  // software waits for CH_SUSPENDED
      u64 bytes = u64{l.setup.block_ts + 1} << field(l.setup.ctl, 10, 8);
      for (const Item& item : l.items) bytes += u64{item.block_ts + 1} << field(item.ctl, 10, 8);
      for (const ShadowSet& set : l.setup.sets) bytes += u64{set.block_ts + 1} << field(set.ctl, 10, 8);
      if (l.setup.chain()) {
        bytes += random_.below(2000);
        l.chain_delay = static_cast<unsigned>(random_.below(3000));
      }
      if (l.setup.tt_fc != 0) bytes += bytes * (l.setup.source.gap + l.setup.sink.gap) / 4;
      silence(l);
      l.stop_delay = static_cast<unsigned>(random_.below(20 + bytes * random_.range(1, 4) / 4));
      l.stop_pause = static_cast<unsigned>(random_.below(200));
    }
  }

  /// A peripheral asks no more, and the channel is stopped all the same.
  void silence(Launch& l) {
    if (l.setup.tt_fc == 0 || !random_.percent(40)) return;
    Peripheral& p = l.setup.source.present && (!l.setup.sink.present || random_.percent(50)) ? l.setup.source
                                                                                             : l.setup.sink;
    p.silent_after = static_cast<unsigned>(random_.below(6));
  }

  Program p_;
  Random random_;
  Allocator items_;
  Shaper shaper_;
};

}  // namespace

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

Model Program::predict(const std::map<unsigned, unsigned>& chains) const {
  Model model(traits, memory, errors);
  for (const Launch& l : launches) {
    ChannelSetup setup = l.setup;
    if (const auto it = chains.find(setup.channel); it != chains.end()) setup.blocks = it->second;
    model.start(setup);
  }
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

}  // namespace dmavp::reference
