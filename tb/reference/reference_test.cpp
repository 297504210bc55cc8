// The reference model against cases worked out by hand from the specification.
#include "reference/model.h"

#include <gmock/gmock.h>

#include <map>
#include <vector>

#include "reference/program.h"

namespace dmavp::reference {
namespace {

using testing::HasSubstr;

constexpr u64 kBase = 0x80000000;

Image pattern(std::size_t size = 0x4000) {
  Image image(kBase, size);
  for (u64 a = image.base(); a < image.end(); ++a) image[a] = static_cast<u8>((a * 7) ^ (a >> 8));
  return image;
}

/// 4.1: 64-bit both sides, MSIZE code 1, as Linux programs it.
CtlFields words() {
  CtlFields c;
  c.src_width = c.dst_width = 3;
  c.src_msize = c.dst_msize = 1;
  return c;
}

ChannelSetup block(unsigned channel, u64 sar, u64 dar, u32 items, CtlFields ctl) {
  ChannelSetup s;
  s.channel = channel;
  s.sar = sar;
  s.dar = dar;
  s.block_ts = items - 1;
  s.ctl = ctl.encode();
  return s;
}

ChannelSetup list(unsigned channel, u64 llp) {
  ChannelSetup s;
  s.channel = channel;
  s.llp = llp;
  s.linked_list = true;
  return s;
}

Item item(u64 address, u64 sar, u64 dar, u32 items, CtlFields ctl, u64 next) {
  return {address, sar, dar, items - 1, next, ctl.encode()};
}

TEST(ReferenceEncoding, WorkedValues) {  // specification 6.5
  CtlFields c = words();
  c.last = c.valid = true;
  EXPECT_EQ(c.encode(), 0xC000000000045B00u);
  c.arlen_en = c.awlen_en = true;
  c.arlen = c.awlen = 16;
  EXPECT_EQ(c.encode() >> 32, 0xC0108840u);
  CfgFields linked;
  linked.src_multiblock = linked.dst_multiblock = 3;
  linked.priority = 5;
  EXPECT_EQ(linked.encode(false), 0xFu | (u64{5} << 17 << 32));
  CtlFields k210;
  k210.dst_master = 1;
  k210.dst_fixed = true;
  k210.src_width = k210.dst_width = 2;
  k210.src_msize = k210.dst_msize = 1;
  EXPECT_EQ(k210.encode(), 0x45244u);
  EXPECT_EQ(CtlFields::decode(0xC0108840'00045B00u).encode(), 0xC0108840'00045B00u);
}

TEST(Reference, SingleBlockMovesItsBytesAndEndsWithDone) {
  const Image before = pattern();
  Model m({}, before);
  m.start(block(2, kBase + 0x100, kBase + 0x1000, 4, words()));
  Image expected = before;
  for (u64 i = 0; i < 32; ++i) expected[kBase + 0x1000 + i] = before[kBase + 0x100 + i];
  EXPECT_EQ(m.compare(expected), std::nullopt);
  EXPECT_TRUE(m.disjoint());
  const Outcome& o = m.outcome(2);
  EXPECT_EQ(o.int_must, 2u);
  EXPECT_EQ(o.int_may, 2u);
  EXPECT_FALSE(o.enabled);
  EXPECT_EQ(o.sar_low, kBase + 0x120);
  EXPECT_EQ(o.dar_low, kBase + 0x1020);
  EXPECT_EQ(o.completed_items, 4u);
  expected[kBase + 0x1020] ^= 1;
  EXPECT_THAT(m.compare(expected).value(), HasSubstr("0x80001020"));
  expected[kBase + 0x1020] ^= 1;
  expected[kBase + 0x101F] ^= 1;
  EXPECT_TRUE(m.compare(expected));
  EXPECT_TRUE(m.compare_allowed(expected, 0));
}

TEST(Reference, FixedSidesRepeatOneItemAndResidueIsDropped) {
  const Image before = pattern();
  Model m({}, before);
  CtlFields c;
  c.src_width = 1;  // 16 > 32 bit, 5 items: 10 bytes, of which 8 form destination items
  c.dst_width = 2;
  c.src_fixed = true;
  m.start(block(0, kBase + 0x10, kBase + 0x200, 5, c));
  Image expected = before;
  for (u64 i = 0; i < 8; ++i) expected[kBase + 0x200 + i] = before[kBase + 0x10 + i % 2];
  EXPECT_EQ(m.compare(expected), std::nullopt);
  EXPECT_EQ(m.outcome(0).sar_low, kBase + 0x10);
  EXPECT_EQ(m.outcome(0).dar_low, kBase + 0x208);

  Model into({}, before);
  CtlFields f = words();
  f.dst_fixed = true;
  into.start(block(0, kBase + 0x40, kBase + 0x200, 3, f));
  expected = before;
  for (u64 i = 0; i < 8; ++i) expected[kBase + 0x200 + i] = before[kBase + 0x50 + i];  // the last item
  EXPECT_EQ(into.compare(expected), std::nullopt);
}

TEST(Reference, ListIsWalkedWrittenBackAndLlpAdvances) {
  for (const bool write_back : {true, false}) {
    Image before = pattern();
    CtlFields first = words(), last = words();
    first.valid = first.ioc = last.valid = last.last = true;
    item(kBase + 0x40, kBase + 0x400, kBase + 0x1000, 2, first, kBase + 0x80).write(before);
    item(kBase + 0x80, kBase + 0x600, kBase + 0x1100, 1, last, kBase + 0x40).write(before);
    Traits t;
    t.write_back = write_back;
    Model m(t, before);
    m.start(list(1, kBase + 0x40));
    EXPECT_EQ(m.outcome(1).int_must, 3u);
    EXPECT_EQ(m.outcome(1).llp, kBase + 0x40);  // advanced although the item was the last (3.2.4)
    Image expected = before;
    for (u64 i = 0; i < 16; ++i) expected[kBase + 0x1000 + i] = before[kBase + 0x400 + i];
    for (u64 i = 0; i < 8; ++i) expected[kBase + 0x1100 + i] = before[kBase + 0x600 + i];
    if (write_back) {
      EXPECT_TRUE(m.compare(expected));
      expected.store(kBase + 0x60, first.encode() & ~kCtlValid);
      expected.store(kBase + 0x70, 2 | bit64(62));
      expected.store(kBase + 0xA0, last.encode() & ~kCtlValid);
      expected.store(kBase + 0xB0, 1 | bit64(63));  // no IOC: bit 62 may be there or not
    }
    EXPECT_EQ(m.compare(expected), std::nullopt);
    if (write_back) {
      expected.store(kBase + 0xB0, 1 | bit64(63) | bit64(62));
      EXPECT_EQ(m.compare(expected), std::nullopt);
      expected.store(kBase + 0x70, 2);  // IOC was set: bit 62 must be there
      EXPECT_TRUE(m.compare(expected));
    }
  }
}

TEST(Reference, InvalidItemHaltsAndResumesAtTheSameAddress) {
  Image before = pattern();
  CtlFields first = words(), second = words();
  first.valid = second.last = true;
  item(kBase + 0x40, kBase + 0x400, kBase + 0x1000, 2, first, kBase + 0x80).write(before);
  item(kBase + 0x80, kBase + 0x600, kBase + 0x1100, 1, second, 0).write(before);
  Model m({}, before);
  m.start(list(1, kBase + 0x40));
  EXPECT_EQ(m.outcome(1).end, End::kHalted);
  EXPECT_TRUE(m.outcome(1).enabled);
  EXPECT_EQ(m.outcome(1).int_must, irq::kInvalid);
  EXPECT_EQ(m.outcome(1).llp, kBase + 0x80);
  m.clear_interrupts(1, irq::kInvalid);
  m.poke(kBase + 0xA0, second.encode() | kCtlValid);
  m.resume(1);
  EXPECT_EQ(m.outcome(1).end, End::kDone);
  EXPECT_EQ(m.outcome(1).int_must, irq::kTransferDone);
  EXPECT_EQ(m.outcome(1).llp, 0u);
}

TEST(Reference, ErrorsStopTheChannelAndNothingBehindThemIsWritten) {
  const Image before = pattern();
  Model m({}, before, {{kBase + 0x110, kBase + 0x110, true, true, false}});
  const ChannelRun& run = m.start(block(0, kBase + 0x100, kBase + 0x1000, 4, words()));
  EXPECT_EQ(run.writes.size(), 16u);
  EXPECT_EQ(m.outcome(0).int_may, irq::kSrcDecErr);
  EXPECT_EQ(m.outcome(0).int_one_of, irq::kSrcDecErr);
  Image seen = before;
  EXPECT_EQ(m.compare_allowed(seen, 0), std::nullopt);
  seen[kBase + 0x1000] = before[kBase + 0x100];
  EXPECT_EQ(m.compare_allowed(seen, 0), std::nullopt);
  seen[kBase + 0x1010] = before[kBase + 0x110];
  EXPECT_TRUE(m.compare_allowed(seen, 0));

  Model w({}, before, {{kBase + 0x1008, kBase + 0x1008, false, true, true}});
  w.start(block(0, kBase + 0x100, kBase + 0x1000, 4, words()));
  EXPECT_EQ(w.outcome(0).int_one_of, irq::kDstSlvErr);
  Model outside({}, before);
  outside.start(block(0, kBase - 0x100, kBase + 0x1000, 4, words()));
  EXPECT_EQ(outside.outcome(0).int_one_of, irq::kSrcDecErr);
  Image with_item = before;
  CtlFields c = words();
  c.valid = c.last = c.ioc = true;
  item(kBase + 0x40, kBase + 0x400, kBase + 0x1000, 2, c, 0).write(with_item);
  Model fetch({}, with_item, {{kBase + 0x60, kBase + 0x60, false, true, false}});
  fetch.start(list(3, kBase + 0x40));
  EXPECT_EQ(fetch.outcome(3).int_one_of, irq::kLliReadSlvErr);
  EXPECT_EQ(fetch.outcome(3).llp, kBase + 0x40);
  Model back({}, with_item, {{kBase + 0x60, kBase + 0x60, true, false, true}});
  back.start(list(3, kBase + 0x40));
  EXPECT_EQ(back.outcome(3).int_one_of, irq::kLliWriteDecErr);
  EXPECT_EQ(back.outcome(3).int_may, irq::kLliWriteDecErr);  // and no DONE
  Image moved = with_item;
  for (u64 i = 0; i < 16; ++i) moved[kBase + 0x1000 + i] = with_item[kBase + 0x400 + i];
  EXPECT_EQ(back.compare_allowed(moved, 0), std::nullopt);
  EXPECT_TRUE(back.compare_allowed(with_item, 0));  // the block itself has been written for certain
}

TEST(Reference, RacingBytesMayComeFromAnyWriterAndThroughOthers) {
  Image before = pattern();
  before[kBase + 0x100] = 0xA1;
  before[kBase + 0x200] = 0xB2;
  before[kBase + 0x300] = 0xC3;
  Model m({}, before);
  m.start(block(0, kBase + 0x100, kBase + 0x200, 1, {}));  // 200 <- 100
  m.start(block(1, kBase + 0x200, kBase + 0x300, 1, {}));  // 300 <- 200, old or new
  EXPECT_FALSE(m.disjoint());
  EXPECT_TRUE(m.predictable());
  Image seen = before;
  seen[kBase + 0x200] = 0xA1;
  for (const auto [value, allowed] : std::map<u8, bool>{{0xA1, true}, {0xB2, true}, {0xC3, false}}) {
    seen[kBase + 0x300] = value;
    EXPECT_EQ(!m.compare_allowed(seen, 0), allowed) << unsigned{value};
  }
  EXPECT_EQ(m.compare_allowed(seen, 2), std::nullopt) << "channel 1 stopped: the old value is allowed";
}

TEST(Reference, PrefixesOfAStoppedRun) {
  Image before = pattern();
  for (u64 i = 0; i < 32; ++i) before[kBase + 0x1000 + i] = static_cast<u8>(~before[kBase + 0x100 + i]);
  Model m({}, before);
  const ChannelRun& run = m.start(block(0, kBase + 0x100, kBase + 0x1000, 4, words()));
  Image seen = before;
  for (u64 i = 0; i < 11; ++i) seen[kBase + 0x1000 + i] = before[kBase + 0x100 + i];
  const auto fits = m.prefixes(run, seen);
  ASSERT_EQ(fits.size(), 1u);
  EXPECT_EQ(fits[0], (std::pair<std::size_t, std::size_t>{11, 11}));
  EXPECT_THAT(Model::dar_after(run, 11), testing::ElementsAre(kBase + 0x100B));
  seen[kBase + 0x1014] = before[kBase + 0x114];  // a hole
  EXPECT_TRUE(m.prefixes(run, seen).empty());
}

TEST(Reference, ChainsReloadOrContinueAndTheLastBlockLeavesItsEnd) {  // 3.4
  ChannelSetup s = block(0, kBase + 0x100, kBase + 0x1000, 4, words());
  s.src_type = kReload;
  s.dst_type = kContiguous;
  s.blocks = 3;
  Model m(Traits{}, pattern());
  const ChannelRun& run = m.start(s);
  EXPECT_EQ(run.outcome.end, End::kDone);
  EXPECT_EQ(run.outcome.sar_low, kBase + 0x120);
  EXPECT_EQ(run.outcome.dar_low, kBase + 0x1060);
  Image expected = pattern();
  for (u64 i = 0; i < 0x60; ++i) expected[kBase + 0x1000 + i] = expected[kBase + 0x100 + i % 0x20];
  EXPECT_EQ(m.compare(expected), std::nullopt);
}

TEST(Reference, ShadowSetsAreTakenInOrderAndTheirEndHalts) {  // 3.5
  CtlFields c = words();
  c.valid = true;
  ChannelSetup s;
  s.src_type = kShadow;
  s.dst_type = kReload;
  s.dar = kBase + 0x1000;
  s.sets = {{kBase + 0x100, 0, 3, c.encode()}, {kBase + 0x200, 0, 1, c.encode()}};
  Model m(Traits{}, pattern());
  const ChannelRun& run = m.start(s);
  EXPECT_EQ(run.outcome.end, End::kHalted);
  EXPECT_TRUE(run.outcome.enabled);
  EXPECT_EQ(run.outcome.int_must, irq::kInvalid);
  EXPECT_EQ(run.outcome.ctl, words().encode());  // VALID has been consumed
  EXPECT_EQ(run.outcome.sar_low, kBase + 0x210);
  EXPECT_EQ(run.outcome.dar_low, kBase + 0x1000);
  Image expected = pattern();
  for (u64 i = 0; i < 0x20; ++i)
    expected[kBase + 0x1000 + i] = expected[kBase + (i < 0x10 ? 0x200 : 0x100) + i];
  EXPECT_EQ(m.compare(expected), std::nullopt);
}

TEST(Reference, PeripheralInControlDecidesTheLengthAndMemoryGetsItsStream) {  // 5.6
  ChannelSetup s = block(0, 0, kBase + 0x1000, 999, words());
  s.tt_fc = 4;
  s.source.present = s.source.source = s.source.controls = true;
  s.source.width = 3;
  s.source.msize = 1;
  s.source.burst_items = 4;
  s.source.seed = 7;
  s.source.script = {{false, true, true}};  // 4 + 1 + 1 items
  s.sar = s.source.address();
  Model m(Traits{}, pattern());
  const ChannelRun& run = m.start(s);
  EXPECT_EQ(run.outcome.int_must, irq::kTransferDone | irq::kSrcTransComp);
  EXPECT_EQ(m.drawn(0), 48u);
  Image expected = pattern();
  for (u64 i = 0; i < 48; ++i) expected[kBase + 0x1000 + i] = stream_byte(7, i);
  EXPECT_EQ(m.compare(expected), std::nullopt);
  expected[kBase + 0x1030] ^= 1;
  EXPECT_NE(m.compare(expected), std::nullopt);
}

TEST(Reference, SinkGetsWhatMemoryHeld) {
  ChannelSetup s = block(0, kBase + 0x100, 0, 2, words());
  s.tt_fc = 1;
  s.sink.present = true;
  s.sink.width = 3;
  s.dar = s.sink.address();
  Model m(Traits{}, pattern());
  m.start(s);
  std::vector<u8> got;
  for (u64 i = 0; i < 16; ++i) got.push_back(pattern()[kBase + 0x100 + i]);
  EXPECT_EQ(m.compare_sunk(0, got, true), std::nullopt);
  got.pop_back();
  EXPECT_EQ(m.compare_sunk(0, got, false), std::nullopt);
  EXPECT_NE(m.compare_sunk(0, got, true), std::nullopt);
  got[3] ^= 0x10;
  EXPECT_NE(m.compare_sunk(0, got, false), std::nullopt);
}

TEST(Reference, StatusWordsAreFetchedAndWrittenBack) {  // 3.2 step 6
  Image memory = pattern();
  CtlFields c = words();
  c.valid = c.last = c.src_stat = c.dst_stat = true;
  item(kBase + 0x2000, kBase + 0x100, kBase + 0x1000, 4, c, 0).write(memory);
  Traits t;
  t.src_stat = true;  // the other one does not exist
  ChannelSetup s = list(0, kBase + 0x2000);
  s.sstatar = s.dstatar = kBase + 0x400;
  Model m(t, memory);
  const Outcome& o = m.start(s).outcome;
  EXPECT_EQ(o.sstat, static_cast<u32>(memory.load(kBase + 0x400, 4)));
  EXPECT_EQ(o.dstat, std::nullopt);
  EXPECT_EQ(m.memory().load(kBase + 0x2028, 4), memory.load(kBase + 0x400, 4));
  EXPECT_EQ(o.ctl >> 56 & 3, 1u);
}

TEST(Reference, StatusThatCannotBeReadEndsTheTransferBehindItsData) {  // 3.2, 5.9
  const Image memory = pattern();
  Traits t;
  t.src_stat = t.dst_stat = true;
  CtlFields c = words();
  c.src_stat = c.dst_stat = c.ioc = true;
  for (const bool of_source : {true, false}) {
    ChannelSetup s = block(0, kBase + 0x40, kBase + 0x1000, 2, c);
    s.sstatar = of_source ? kBase + 0x402 : kBase + 0x500;
    s.dstatar = of_source ? kBase + 0x500 : memory.end();
    Model m(t, memory, {{kBase + 0x401, kBase + 0x401, false, true, false}});
    const Outcome& o = m.start(s).outcome;
    EXPECT_EQ(o.end, End::kError);
    EXPECT_EQ(o.int_must, 0u) << "no BLOCK_TFR_DONE";
    EXPECT_EQ(o.int_one_of, of_source ? irq::kSrcSlvErr : irq::kDstDecErr);
    EXPECT_EQ(o.sstat.has_value(), !of_source) << "the source comes first";
    EXPECT_EQ(m.memory().load(kBase + 0x1008), memory.load(kBase + 0x48));
  }
}

TEST(Reference, OpenPointsHaveTheirOtherAnswer) {  // 7 #3, #8, #9; 1.1 ch_max_msize
  const Image before = pattern();
  Traits t;
  t.flush_residue = t.rounds_addresses = t.counts_from_zero = true;
  t.max_msize = 8;
  Model m(t, before);
  CtlFields c;
  c.src_width = 1;
  c.dst_width = 2;
  c.src_msize = 5;
  c.dst_msize = 2;
  m.start(block(0, kBase + 0x41, kBase + 0x203, 5, c));
  Image expected = before;
  for (u64 i = 0; i < 10; ++i) expected[kBase + 0x200 + i] = before[kBase + 0x40 + i];
  EXPECT_EQ(m.compare(expected), std::nullopt);
  const Outcome& o = m.outcome(0);
  EXPECT_EQ(o.sar_low, kBase + 0x4A);
  EXPECT_EQ(o.dar_low, kBase + 0x20A);
  EXPECT_TRUE(o.status_known);
  EXPECT_EQ(o.completed_items, 4u);
  EXPECT_EQ(field(o.ctl, 17, 14), 1u) << "two bits are enough for 8 items";
  EXPECT_EQ(field(o.ctl, 21, 18), 2u);
}

TEST(Reference, TransactionsFollowTheTable) {  // 5.6
  Peripheral p;
  p.msize = 1;
  p.burst_items = 4;  // of one byte
  const auto t = [](u64 bytes, bool burst, bool single, bool finish = false) {
    return Transaction{bytes, finish, burst, burst, single};
  };
  const auto check = [&](const std::vector<Transaction>& seen, bool whole = true) {
    return check_transactions(p, false, {6}, seen, whole);
  };
  EXPECT_EQ(check({t(4, true, true), t(2, true, true, true)}), std::nullopt);
  EXPECT_EQ(check({t(4, true, true), t(1, false, true), t(1, false, true, true)}), std::nullopt);
  EXPECT_EQ(check({t(4, true, true)}, false), std::nullopt);
  EXPECT_THAT(*check({t(4, true, true)}), HasSubstr("missing"));
  EXPECT_THAT(*check({t(1, false, true), t(4, true, true)}), HasSubstr("burst region"));
  EXPECT_THAT(*check({t(4, true, true), t(1, true, true), t(1, true, true, true)}),
              HasSubstr("single region"));
  EXPECT_THAT(*check({t(4, true, true), t(2, false, true, true)}), HasSubstr("single region"));
  EXPECT_THAT(*check({t(4, true, true), t(2, true, true)}), HasSubstr("no dma_finish"));
  EXPECT_THAT(*check({t(4, true, true, true), t(2, true, true, true)}), HasSubstr("dma_finish before"));
  EXPECT_THAT(*check({t(4, true, true), t(2, true, true, true), t(1, true, true)}), HasSubstr("after"));
  p.controls = true;
  p.script = {{true, false, true}};
  EXPECT_EQ(check({t(1, true, true), t(4, true, false), t(1, true, true, true)}), std::nullopt);
  EXPECT_THAT(*check({t(4, true, false), t(1, true, true), t(1, true, true, true)}), HasSubstr("asked for"));
}

}  // namespace
}  // namespace dmavp::reference
