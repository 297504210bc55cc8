// Whatever software writes, time goes on, nothing outside RAM is touched and the controller can be reset.
#include <optional>
#include <string>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr std::size_t kBytes = 1 << 20;
constexpr std::size_t kGuard = 64 << 10;  ///< host memory on either side of RAM

class Fuzz : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Kinds, Fuzz, testing::Range(0, 8));

/// Addresses that make things happen: inside RAM, near its ends, in the register window, nowhere.
u64 some_address(reference::Random& r) {
  switch (r.below(14)) {
    case 5:
    case 6:
      return device_at(static_cast<unsigned>(r.below(20))) + (r.percent(50) ? 0 : r.below(kDevicePage));
    case 0:
      return kRam + kBytes - r.below(128);
    case 1:
      return kRam - r.below(128);
    case 2:
      return 0x50000000 + r.below(0x1000);
    case 3:
      return r.next();
    case 4:
      return ~u64{0} - r.below(4096);
    default:
      return (kRam + r.below(kBytes)) & ~(r.percent(80) ? u64{63} : u64{0});
  }
}

u64 some_ctl(reference::Random& r) {
  u64 v = r.next();
  if (r.percent(70)) v |= reference::kCtlValid;
  if (r.percent(70)) {  // a sensible width, most of the time
    v &= ~(u64{0x3F} << 8);
    v |= r.below(4) << 8 | r.below(4) << 11;
  }
  return v;
}

u64 some_value(reference::Random& r, std::string_view name) {
  if (r.percent(10)) return r.next();
  if (name == "SAR" || name == "DAR" || name == "LLP") return some_address(r);
  if (name == "CTL") return some_ctl(r);
  if (name == "BLOCK_TS") return r.percent(90) ? r.below(512) : r.next();
  if (name == "CFG") {
    const u64 types = r.percent(40) ? 0xF : r.percent(50) ? 0 : r.below(16);
    const u64 flow = r.percent(50) ? 0 : r.below(8) << 32;  // memory to memory, or with peripherals
    return (r.next() & ~(u64{0xF} | u64{7} << 32)) | types | flow;
  }
  if (name == "SWHSSRC" || name == "SWHSDST") return r.percent(80) ? 0x2A | r.below(64) : r.next();
  if (name == "SSTATAR" || name == "DSTATAR") return some_address(r);
  if (name == "DMAC_CFG") return r.percent(95) ? 3 : r.below(4);
  if (name == "DMAC_RESET") return r.percent(5) ? 1 : 0;
  if (name == "DMAC_CHEN") return r.percent(50) ? r.below(0x10000) | 0xFF00 : r.next();
  return r.next();
}

void put_items(Rig& rig, reference::Random& r) {
  for (u64 a = kRam; a < kRam + kBytes; a += 64) {
    rig.ram().store(a, some_address(r));
    rig.ram().store(a + 8, some_address(r));
    rig.ram().store(a + 16, r.below(r.percent(95) ? 256 : 1 << 22));
    rig.ram().store(a + 24, some_address(r));
    rig.ram().store(a + 32, some_ctl(r));
  }
}

constexpr u8 guard_byte(u64 address) { return static_cast<u8>(address * 37 + 11); }

void put_guards(Rig& rig) {
  for (u64 n = 1; n <= kGuard; ++n) {
    rig.ram()[kRam - n] = guard_byte(kRam - n);
    rig.ram()[kRam + kBytes + n - 1] = guard_byte(kRam + kBytes + n - 1);
  }
}

/// The first address beside RAM that somebody has written to.
std::optional<u64> touched_guard(Rig& rig) {
  for (u64 n = 1; n <= kGuard; ++n)
    for (const u64 at : {kRam - n, kRam + kBytes + n - 1})
      if (rig.ram()[at] != guard_byte(at)) return at;
  return std::nullopt;
}

/// A peripheral does something: gets ready, falls silent, changes its mind, asks in ways it should not.
void some_request(Rig& rig, reference::Random& r) {
  const auto hs = static_cast<unsigned>(r.below(rig.options().parameters.num_hs_if));
  Device& d = rig.device(hs);
  switch (r.below(6)) {
    case 0:
      d.ready = 0;
      rig.drive(hs);
      break;
    case 1:
      rig.request(hs, {r.percent(50), r.percent(50), r.percent(50)});
      break;
    case 2:
      d.item = 1u << r.below(4);
      d.burst = static_cast<u32>(1u << r.below(6));
      d.gap = static_cast<u32>(r.below(50));
      d.script.assign(r.percent(40) ? r.range(1, 5) : 0, r.percent(50) ? 1 : d.burst);
      break;
    default:
      rig.feed(hs, r.below(300));
  }
}

TEST_P(Fuzz, RandomAccessesNeverHangOrEscape) {
  RigOptions o;
  o.parameters = small_parameters();
  o.ram_bytes = kBytes;
  o.guard_bytes = kGuard;
  o.dmi = (GetParam() & 1) != 0;
  if (GetParam() & 2) {
    o.parameters.num_channels = 16;
    o.parameters.num_masters = 2;
    o.parameters.data_width_bytes = 16;
    o.parameters.src_stat_en = o.parameters.dst_stat_en = true;
    o.parameters.lock_en = true;
    o.parameters.residue_policy = dmac::ResiduePolicy::kFlush;
    o.parameters.write_start = dmac::WriteStart::kCutThrough;
  }
  if (GetParam() & 4) {
    o.parameters.lli_prefetch_en = true;
    o.parameters.drop_when_silent = true;
    o.parameters.num_hs_if = 64;
    o.parameters.fifo_depth = 4;
  }
  Rig rig(o);
  for (unsigned i = 0; i < o.parameters.num_hs_if; ++i) rig.device(i).careless = true;
  reference::Random r(static_cast<u64>(GetParam()) + 77 + first_program());
  SCOPED_TRACE("seed " + std::to_string(first_program()));
  put_items(rig, r);
  put_guards(rig);
  const u64 accesses = programs(1'000'000);
  const unsigned channels = o.parameters.num_channels;
  u64 moved = 0, asked = 0;
  for (u64 i = 0; i < accesses; ++i) {
    if (i % 5000 == 0) put_items(rig, r);
    if (i % 500 == 0) rig.power_up();
    const auto& info = kRegisters[r.below(std::size(kRegisters))];
    u64 at = offset_of(info.name, static_cast<unsigned>(r.below(channels)));
    unsigned bytes = 8;
    if (r.percent(30)) {
      bytes = 4;
      at += 4 * r.below(2);
    }
    if (r.percent(3)) at = r.below(0x2000);
    if (r.percent(1)) at = r.next();
    const unsigned odd = static_cast<unsigned>(r.below(100));
    if (odd == 0) {  // lengths, streaming widths and byte enables of every kind
      u8 data[256] = {}, enables[8];
      for (u8& e : enables) e = r.percent(50) ? 0xFF : 0;
      const auto length = static_cast<unsigned>(r.range(1, 256));
      const auto streaming = static_cast<unsigned>(r.percent(50) ? length : r.range(1, 256));
      rig.raw_access(r.percent(50), at, length, streaming, data, r.percent(50) ? enables : nullptr,
                     static_cast<unsigned>(r.range(1, 8)));
    } else if (r.percent(70)) {
      rig.access(true, at, bytes, some_value(r, info.name));
    } else {
      rig.access(false, at, bytes);
    }
    if (r.percent(5)) {  // a transfer that may well work, so that the rest has something to disturb
      const auto ch = static_cast<unsigned>(r.below(channels));
      if (rig.enabled(ch) && r.percent(50)) rig.abort(ch);
      for (const char* name : {"CFG", "SAR", "DAR", "BLOCK_TS", "CTL", "LLP"})
        rig.access(true, offset_of(name, ch), 8, some_value(r, name));
      rig.enable(ch);
    }
    if (r.percent(50)) {
      const Cycle due = rig.now() + r.below(r.percent(5) ? 3000 : 30);
      rig.run(due - rig.now());
      ASSERT_EQ(rig.now(), due) << "time has stopped";
    }
    if (r.percent(20)) some_request(rig, r);
    if (r.percent(2)) rig.set_dmi(r.percent(50));
    if (r.percent(2)) {
      const u64 first = kRam + r.below(kBytes);
      rig.set_errors({{first, first + r.below(4096), r.percent(50), r.percent(70), r.percent(70)}});
    }
    rig.accesses().clear();
    if (i % 1000 == 999) {
      for (unsigned hs = 0; hs < o.parameters.num_hs_if; ++hs) {
        asked += rig.device(hs).transactions.size();
        rig.device(hs).transactions.clear();
        rig.device(hs).data.clear();
      }
      for (unsigned ch = 0; ch < channels; ++ch) moved += rig.statistics(ch).bytes_written;
    }
  }
  if (const auto at = touched_guard(rig)) ADD_FAILURE() << "touched beside RAM: 0x" << std::hex << *at;
  EXPECT_GT(moved, accesses) << "the fuzzer should make the controller work";
  EXPECT_GT(asked, accesses / 1000) << "and the peripherals";
  for (const std::string& v : rig.violations()) ADD_FAILURE() << "bus rule: " << v;
  rig.soft_reset();
  EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
  EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
  // After all that, it works.
  rig.set_errors({});
  rig.power_up();
  start(rig, single(1, kRam + 0x1000, kRam + 0x4000, 64, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(1), irq::kTransferDone);
  EXPECT_EQ(copied(rig.ram(), kRam + 0x1000, kRam + 0x4000, 512), 512u);
}

}  // namespace
}  // namespace dmavp::tb
