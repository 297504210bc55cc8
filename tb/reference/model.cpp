#include "reference/model.h"

#include <algorithm>
#include <utility>

namespace dmavp::reference {

namespace {

constexpr std::size_t kWriteLimit = 1u << 20;  // bytes one channel may write before it counts as endless
constexpr std::size_t kBlockLimit = 512;

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
  u64 mask = ~(kCtlReserved | (traits_.src_stat ? 0 : bit64(56)) | (traits_.dst_stat ? 0 : bit64(57)));
  if (traits_.masters == 1) mask &= ~(bit64(0) | bit64(2));
  const u64 absent = 0xF & ~u64{msize_code_mask(traits_.max_msize)};
  mask &= ~(absent << 14 | absent << 18);
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
  if (setup.illegal_at_first) s.latched |= latch(s, irq::kMultiBlockType);
  if (setup.overwritten) s.latched |= latch(s, irq::kShadowOnValid);
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
  for (unsigned i = 0; i < bytes; ++i)
    pokes_.push_back({address + i, field(value, 8 * i + 7, 8 * i), runs_.size()});
}

void Model::clear_interrupts(unsigned channel, u32 bits) {
  State& s = state_.at(channel);
  s.latched &= ~bits;
  s.latched_maybe &= ~bits;
  s.outcome.int_must &= ~bits;
  s.outcome.int_may &= ~bits;
}

void Model::follow(State& s, ChannelRun& run) {
  if (s.setup.uses(kLinkedList)) {
    follow_list(s, run);
  } else if (s.setup.uses(kShadow)) {
    follow_shadow(s, run);
  } else if (s.setup.chain()) {
    follow_chain(s, run);
  } else {
    run_block(s, run, 0, true);
  }
}

void Model::follow_list(State& s, ChannelRun& run) {
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
    if (s.setup.source_type() == kLinkedList) s.sar = mask_address(memory_.load(item + lli::kSar));
    if (s.setup.sink_type() == kLinkedList) s.dar = mask_address(memory_.load(item + lli::kDar));
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

/// Software feeds set after set as soon as the last one has been taken; with no set left the channel halts.
void Model::follow_shadow(State& s, ChannelRun& run) {
  while (s.next_set < s.setup.sets.size()) {
    const ShadowSet& set = s.setup.sets[s.next_set++];
    if (s.setup.source_type() == kShadow) s.sar = mask_address(set.sar);
    if (s.setup.sink_type() == kShadow) s.dar = mask_address(set.dar);
    s.block_ts = set.block_ts & 0x3FFFFF;
    s.ctl = set.ctl & ~kCtlValid;
    const bool last = field(set.ctl, 62, 62) != 0;
    if (!run_block(s, run, 0, last) || last) return;
  }
  s.latched |= latch(s, irq::kInvalid);
  finish(s, run, End::kHalted);
}

void Model::follow_chain(State& s, ChannelRun& run) {
  for (unsigned n = 1; n <= s.setup.blocks; ++n) {
    if (!run_block(s, run, 0, n == s.setup.blocks)) return;
  }
}

/// Lengths of a block (5.1, 5.6): of the flow controller's making, or BLOCK_TS + 1 items.
void Model::measure(const State& s, BlockRun& block) const {
  const CtlFields ctl = CtlFields::decode(s.ctl);
  const u64 src_width = u64{1} << ctl.src_width;
  const u64 dst_width = u64{1} << ctl.dst_width;
  if (sink_controls(s.setup.tt_fc)) {
    block.written = s.setup.sink.script_bytes(s.block);
    block.bytes = (block.written + src_width - 1) / src_width * src_width;
  } else {
    block.bytes = source_controls(s.setup.tt_fc) ? s.setup.source.script_bytes(s.block)
                                                 : (u64{s.block_ts} + 1) * src_width;
    block.written = traits_.flush_residue ? block.bytes : block.bytes - block.bytes % dst_width;
  }
  block.items = static_cast<u32>(block.bytes / src_width);
}

u32 Model::completed(const BlockRun& block) const {
  return (block.items - (traits_.counts_from_zero ? 1 : 0)) & 0x3FFFFF;
}

/// The first `limit` bytes of a block, less those that the destination refuses.
void Model::move(State& s, ChannelRun& run, const BlockRun& block, u64 limit) {
  const CtlFields ctl = CtlFields::decode(s.ctl);
  const bool from_stream = source_is_peripheral(s.setup.tt_fc);
  const bool to_stream = sink_is_peripheral(s.setup.tt_fc);
  const u64 src_width = u64{1} << ctl.src_width;
  const u64 dst_width = u64{1} << ctl.dst_width;
  for (u64 i = 0; i < limit; ++i) {
    const u64 from = from_stream ? ByteWrite::kStream : s.sar + (ctl.src_fixed ? i % src_width : i);
    const u64 to = s.dar + (ctl.dst_fixed ? i % dst_width : i);
    const u8 value = from_stream ? stream_byte(s.setup.source.seed, s.drawn + i) : memory_[from];
    const ByteWrite write{to, from, value, value, false, block.failing};
    u64 at = 0;
    if (to_stream) {
      run.sunk.push_back(write);
    } else if (!block.failing) {
      run.writes.push_back(write);
      memory_[to] = value;
    } else if (!errors_in(to, to, true, at)) {  // an access is refused as a whole
      run.writes.push_back(write);
    }
  }
}

bool Model::run_block(State& s, ChannelRun& run, u64 item, bool last) {
  const CtlFields ctl = CtlFields::decode(s.ctl);
  const bool from_stream = source_is_peripheral(s.setup.tt_fc);
  const bool to_stream = sink_is_peripheral(s.setup.tt_fc);
  BlockRun block;
  block.given_sar = s.sar;
  block.given_dar = s.dar;
  if (traits_.rounds_addresses) {
    s.sar &= ~((u64{1} << ctl.src_width) - 1);
    s.dar &= ~((u64{1} << ctl.dst_width) - 1);
  }
  block.item = item;
  block.sar = s.sar;
  block.dar = s.dar;
  block.ctl = s.ctl;
  block.llp_after = s.llp;
  measure(s, block);
  block.first = run.writes.size();

  const u64 src_span = ctl.src_fixed ? u64{1} << ctl.src_width : block.bytes;
  const u64 dst_span = ctl.dst_fixed ? u64{1} << ctl.dst_width : block.written;
  const u64 src_last = s.sar + src_span - 1;
  u64 bad_read = 0, bad_write = 0;
  const unsigned read_kinds = from_stream ? 0 : errors_in(s.sar, src_last, false, bad_read);
  const unsigned write_kinds =
      block.written == 0 || to_stream ? 0 : errors_in(s.dar, s.dar + dst_span - 1, true, bad_write);
  block.failing = read_kinds != 0 || write_kinds != 0;
  if (!from_stream) run.data_reads.emplace_back(s.sar, src_last);
  if (!from_stream && !to_stream && block.written != 0 && s.sar < s.dar + dst_span && s.dar <= src_last)
    run.overlaps_itself = true;

  // One channel is in order: nothing that lies behind the first read error ever reaches the destination.
  u64 count = block.written;
  if (read_kinds) count = std::min(count, ctl.src_fixed ? 0 : bad_read - s.sar);
  move(s, run, block, count);
  block.last = run.writes.size();
  run.blocks.push_back(block);
  ++s.block;
  if (from_stream) {
    s.drawn += block.bytes;
    run.drawn += block.bytes;
  }
  const u32 transactions =
      (from_stream ? irq::kSrcTransComp : 0) | (to_stream && block.written != 0 ? irq::kDstTransComp : 0);
  (block.failing ? s.latched_maybe : s.latched) |= latch(s, transactions);

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
  if (!fetch_status(s, run)) return false;
  if (item != 0 && traits_.write_back && !write_back(s, run, block, s.ctl, last)) return false;
  if (ctl.ioc) s.latched |= latch(s, irq::kBlockDone);
  if (last) {
    s.latched |= latch(s, irq::kTransferDone);
    finish(s, run, End::kDone);
    s.outcome.status_known = block.bytes == block.written;
    s.outcome.completed_items = completed(block);
    return true;
  }
  if (s.setup.source_type() == kReload) s.sar = mask_address(s.setup.sar);
  if (s.setup.sink_type() == kReload) s.dar = mask_address(s.setup.dar);
  return true;
}

/// The status of the source first. One that cannot be read counts as an error of its side (5.9).
bool Model::fetch_status(State& s, ChannelRun& run) {
  const auto fetch = [&](u64 address, std::optional<u32>& word, u32 slave_error, u32 decode_error) {
    const u64 at = mask_address(address) & ~u64{3};
    u64 bad = 0;
    if (const unsigned kinds = errors_in(at, at + 3, false, bad)) {
      fail(s, run, (kinds & 1 ? slave_error : 0) | (kinds & 2 ? decode_error : 0));
      return false;
    }
    word = static_cast<u32>(memory_.load(at, 4));
    return true;
  };
  const bool of_source = traits_.src_stat && field(s.ctl, 56, 56);
  const bool of_sink = traits_.dst_stat && field(s.ctl, 57, 57);
  return (!of_source || fetch(s.setup.sstatar, s.sstat, irq::kSrcSlvErr, irq::kSrcDecErr)) &&
         (!of_sink || fetch(s.setup.dstatar, s.dstat, irq::kDstSlvErr, irq::kDstDecErr));
}

bool Model::write_back(State& s, ChannelRun& run, const BlockRun& block, u64 raw_ctl, bool last) {
  const u64 first = block.item + lli::kCtl;
  u64 bad = 0;
  const unsigned kinds = errors_in(first, block.item + 0x37, true, bad);
  const auto put = [&](unsigned offset, u64 value, u64 other, u64 any, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
      const auto byte = [&](u64 v) { return static_cast<u8>(v >> (8 * i)); };
      const u64 address = block.item + offset + i;
      if (address >= bad) continue;  // bursts before the one that is refused may have written
      run.writes.push_back(
          {address, ByteWrite::kNoSource, byte(value), byte(other), byte(any) != 0, kinds != 0});
      if (kinds == 0) memory_[address] = byte(value);
    }
  };
  // Bits without a function may come back as read or as zero; bits of SSTAT and DSTAT likewise (3.1
  // against 3.2).
  const u64 ctl = raw_ctl & ~kCtlValid;
  put(lli::kCtl, readable_ctl(ctl), ctl, 0, 8);
  const auto put_status = [&](unsigned offset, bool fetched, const std::optional<u32>& value) {
    const u64 old = memory_.load(block.item + offset, 4);
    // What was fetched for an earlier block may show up again.
    put(offset, value.value_or(0), fetched ? value.value_or(0) : old, value && !fetched ? ~u64{0} : 0, 4);
  };
  put_status(lli::kSstat, traits_.src_stat && field(raw_ctl, 56, 56), s.sstat);
  put_status(lli::kDstat, traits_.dst_stat && field(raw_ctl, 57, 57), s.dstat);
  const bool ioc = field(raw_ctl, 58, 58) != 0;
  const u64 done = (last ? bit64(63) : 0);
  const u64 residue = block.bytes != block.written ? 0x00FFFFFFFFFFFFFFu : 0;
  const u64 items = completed(block);
  put(lli::kLlpStatus, items | done | bit64(62), items | done | (ioc ? bit64(62) : 0), residue, 8);
  if (kinds != 0) {
    fail(s, run, (kinds & 1 ? irq::kLliWriteSlvErr : 0) | (kinds & 2 ? irq::kLliWriteDecErr : 0));
    return false;
  }
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
  // A set that waits for the end of a block that fails is never taken.
  const bool open = s.setup.uses(kLinkedList) || (s.setup.uses(kShadow) && end == End::kError);
  o.ctl_mask = open ? ~kCtlValid : ~u64{0};
  o.block_ts_known = !source_controls(s.setup.tt_fc) && !sink_controls(s.setup.tt_fc);
  o.sstat = s.sstat;
  o.dstat = s.dstat;
}

}  // namespace dmavp::reference
