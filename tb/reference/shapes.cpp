#include "reference/shapes.h"

#include <algorithm>
#include <cstddef>

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

}  // namespace

u64 Allocator::take(u64 bytes, u64 align, u64 gap_limit) {
  u64 at = next_ + random_.below(gap_limit);
  at = (at + align - 1) / align * align;
  if (at + bytes > end_) return 0;
  next_ = at + bytes;
  return at;
}

Shaper::Shaper(Random& random, ProgramClass kind, const Traits& traits, u64 base, std::size_t size)
    : random_(random),
      kind_(kind),
      traits_(traits),
      data_(base + size / 8, base + size - 64, random),
      arena_(base + size / 2),
      arena_bytes_(u64{512} << random.below(4)) {
  for (unsigned i = 0; i < traits.interfaces; ++i) interfaces_.push_back(i);
}

bool Shaper::connect(Peripheral& p, bool source, unsigned tt_fc) {
  if (interfaces_.empty()) return false;
  const std::size_t pick = random_.below(interfaces_.size());
  p.interface = interfaces_[pick];
  interfaces_.erase(interfaces_.begin() + static_cast<std::ptrdiff_t>(pick));
  p.present = true;
  p.source = source;
  p.controls = source ? source_controls(tt_fc) : sink_controls(tt_fc);
  p.software = random_.percent(30);
  p.singles = random_.percent(70);
  p.width = static_cast<unsigned>(random_.range(0, log2_of(traits_.bus_bytes)));
  p.msize = static_cast<unsigned>(random_.below(!p.controls && random_.percent(10) ? 10 : 5));
  p.burst_items = std::min(msize_items(p.msize & msize_code_mask(traits_.max_msize)), traits_.max_msize);
  p.depth = p.burst_items + static_cast<unsigned>(random_.below(17));
  p.gap = static_cast<unsigned>(random_.below(random_.percent(20) ? 100 : 8));
  p.chunk = 1 + static_cast<unsigned>(random_.below(random_.percent(50) ? 1 : 16));
  p.seed = random_.next();
  return true;
}

u64 Shaper::script(Peripheral& p, u64 other_width) {
  std::vector<bool> asks;
  u64 bytes = 0;
  const u64 count = random_.range(1, 10);
  while (asks.size() < count && bytes + p.burst_bytes() <= 4096) {
    asks.push_back(random_.percent(40));
    bytes += asks.back() ? p.item_bytes() : p.burst_bytes();
  }
  while (asks.empty() || bytes % other_width != 0) {
    asks.push_back(true);
    bytes += p.item_bytes();
  }
  p.script.push_back(asks);
  return bytes;
}

void Shaper::choose_form(const ChannelSetup& setup) {
  CtlFields& c = form_;
  c = CtlFields{};
  const unsigned widest = log2_of(traits_.bus_bytes);
  c.src_width = static_cast<unsigned>(random_.range(0, widest));
  c.dst_width = static_cast<unsigned>(random_.range(0, widest));
  c.src_fixed = random_.percent(10);
  c.dst_fixed = random_.percent(10);
  const auto each = [&](unsigned type) { return type == kLinkedList || type == kShadow; };
  keep_src_ = !each(setup.source_type());
  keep_dst_ = !each(setup.sink_type());
  if (const Peripheral& p = setup.source; p.present) {
    keep_src_ = true;
    c.src_width = p.width;
    c.src_fixed = random_.percent(90);
  }
  if (const Peripheral& p = setup.sink; p.present) {
    keep_dst_ = true;
    c.dst_width = p.width;
    c.dst_fixed = random_.percent(90);
  }
}

Shape Shaper::shape(ChannelSetup& setup, bool whole) {
  Shape s{};
  CtlFields& c = s.ctl;
  const unsigned widest = log2_of(traits_.bus_bytes);
  c.src_width = keep_src_ ? form_.src_width : static_cast<unsigned>(random_.range(0, widest));
  c.dst_width = keep_dst_ ? form_.dst_width : static_cast<unsigned>(random_.range(0, widest));
  c.src_fixed = keep_src_ ? form_.src_fixed : random_.percent(10);
  c.dst_fixed = keep_dst_ ? form_.dst_fixed : random_.percent(10);
  Peripheral &source = setup.source, &sink = setup.sink;
  c.src_msize = source.present ? source.msize : static_cast<unsigned>(random_.below(10));
  c.dst_msize = sink.present ? sink.msize : static_cast<unsigned>(random_.below(10));
  if (random_.percent(60)) {
    c.arlen_en = true;
    c.arlen = static_cast<unsigned>(random_.below(16) << random_.below(4));
  }
  if (random_.percent(60)) {
    c.awlen_en = true;
    c.awlen = static_cast<unsigned>(random_.below(16) << random_.below(4));
  }
  c.ioc = random_.percent(50);
  c.src_stat = random_.percent(20);
  c.dst_stat = random_.percent(20);
  c.src_master = static_cast<unsigned>(random_.below(2));  // without meaning where there is one port
  c.dst_master = static_cast<unsigned>(random_.below(2));
  const u64 limits[] = {1, 4, 32, 300, 1200};
  const bool short_blocks = source.present || sink.present || setup.chain();
  u64 count = random_.range(1, limits[random_.below(short_blocks ? 4 : 5)]);
  const u64 sw = u64{1} << c.src_width, dw = u64{1} << c.dst_width;
  count = std::max<u64>(1, std::min<u64>(count, (setup.chain() ? 512 : 6144) / sw));
  if (whole || random_.percent(70)) {  // a single block may leave bytes that fill no destination item
    while (count * sw % dw != 0) ++count;
  }
  if (source.controls) count = script(source, dw) / sw;
  if (sink.controls) count = script(sink, sw) / sw;
  s.count = static_cast<u32>(count);
  s.src_span = c.src_fixed ? sw : count * sw;
  s.dst_span = c.dst_fixed ? dw : std::max(dw, count * sw);
  return s;
}

u64 Shaper::place(const ChannelSetup& setup, const Shape& s, bool source) {
  const Peripheral& peripheral = source ? setup.source : setup.sink;
  if (peripheral.present) return peripheral.address();
  const u64 width = u64{1} << (source ? s.ctl.src_width : s.ctl.dst_width);
  const bool fixed = source ? s.ctl.src_fixed : s.ctl.dst_fixed;
  const u64 span = source ? s.src_span : s.dst_span;
  const bool whole = (u64{s.count} << s.ctl.src_width) % (u64{1} << s.ctl.dst_width) == 0;
  const bool unaligned = random_.percent(12);
  const u64 align = unaligned && !traits_.rounds_addresses && !fixed && whole ? 1 : width;
  const u64 beyond = unaligned && traits_.rounds_addresses ? random_.below(width) : 0;
  if (kind_ == ProgramClass::kRacing) {
    const u64 at = arena_ + random_.below(arena_bytes_);
    return at / align * align + beyond;
  }
  if (source && !sources_.empty() && random_.percent(15)) {  // several may read the same bytes
    const auto& [at, bytes] = sources_[random_.below(sources_.size())];
    if (bytes >= span && at % align == 0) return at + beyond;
  }
  const u64 at = data_.take(span, align, random_.percent(20) ? 4096 : 64);
  if (source && at) sources_.emplace_back(at, span);
  return at == 0 ? 0 : at + beyond;
}

}  // namespace dmavp::reference
