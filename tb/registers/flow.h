// One block of every TT_FC, with what has to arrive.
#pragma once

#include "registers/steps.h"

namespace dmavp::tb {

inline constexpr unsigned kSourceHs = 3, kSinkHs = 12;
inline constexpr u64 kFlowFrom = kRam + 0x1000, kFlowTo = kRam + 0x8000;

constexpr bool from_device(unsigned tt_fc) { return tt_fc >= 2 && tt_fc != 6; }
constexpr bool to_device(unsigned tt_fc) { return tt_fc != 0 && tt_fc != 2 && tt_fc != 4; }
constexpr bool source_in_control(unsigned tt_fc) { return tt_fc == 4 || tt_fc == 5; }
constexpr bool sink_in_control(unsigned tt_fc) { return tt_fc == 6 || tt_fc == 7; }

/// Items of 4 bytes, transactions of 4 items, bursts of 2 beats: a transaction takes several bursts.
struct Flow {
  Rig& rig;
  unsigned tt_fc;
  unsigned channel = 2;
  u32 items = 18;  ///< four transactions and two items; a flow controller asks for 4, 1, 4, 4, 1, 4 of them
  bool software = false;
  unsigned src_master = 0, dst_master = 0;  ///< SMS, DMS

  static std::vector<u32> script() { return {4, 1, 4, 4, 1, 4}; }

  CtlFields ctl() const {
    CtlFields c = bursts(2, 2);
    c.src_fixed = from_device(tt_fc);
    c.dst_fixed = to_device(tt_fc);
    c.src_msize = c.dst_msize = 1;
    c.src_master = src_master;
    c.dst_master = dst_master;
    return c;
  }
  CfgFields cfg() const {
    CfgFields c;
    c.tt_fc = tt_fc;
    c.hs_sel_src = from_device(tt_fc) ? software : true;  // of no meaning for a memory side
    c.hs_sel_dst = to_device(tt_fc) ? software : true;
    c.src_per = kSourceHs;
    c.dst_per = kSinkHs;
    c.src_osr = c.dst_osr = 1;
    return c;
  }
  u64 source() const { return from_device(tt_fc) ? device_at(kSourceHs) : kFlowFrom; }
  u64 sink() const { return to_device(tt_fc) ? device_at(kSinkHs) : kFlowTo; }
  u64 bytes() const { return u64{items} * 4; }

  /// Fresh peripherals that are ready for nothing.
  void reset_devices() const {
    for (const unsigned hs : {kSourceHs, kSinkHs}) {
      rig.device(hs) = Device{};
      rig.device(hs).burst = 4;
      rig.drive(hs);
    }
    if (source_in_control(tt_fc)) rig.device(kSourceHs).script = script();
    if (sink_in_control(tt_fc)) rig.device(kSinkHs).script = script();
  }
  void program() const {
    program_channel(rig, single(channel, source(), sink(), items, ctl()),
                    cfg().encode(traits_of(rig.options()).cfg2));
  }
  void begin() const {
    reset_devices();
    program();
    rig.enable(channel);
  }
  /// The peripherals become ready for the whole block.
  void feed() const {
    if (from_device(tt_fc)) rig.feed(kSourceHs, items);
    if (to_device(tt_fc)) rig.feed(kSinkHs, items);
  }

  /// Every burst that the bus saw since the last clear used the port of its side.
  testing::AssertionResult on_its_ports() const {
    for (const BusAccess& a : rig.accesses())
      if (a.master != (a.write ? dst_master : src_master))
        return testing::AssertionFailure() << (a.write ? "write" : "read") << " over port " << a.master;
    return testing::AssertionSuccess();
  }

  u8 sent(const Image& before, u64 n) const {
    return from_device(tt_fc) ? Device::stream(kSourceHs, n) : before[kFlowFrom + n];
  }
  /// Bytes that left the source and that reached the destination, as the world outside sees it.
  u64 arrived() const {
    return to_device(tt_fc) ? rig.device(kSinkHs).data.size() : rig.read("DAR", channel) - kFlowTo;
  }

  /// `n` bytes of the stream are at the destination, and nothing else has changed.
  testing::AssertionResult exact(const Image& before, u64 n) const {
    if (to_device(tt_fc)) {
      const auto& data = rig.device(kSinkHs).data;
      if (data.size() != n) return testing::AssertionFailure() << data.size() << " bytes arrived, not " << n;
      for (u64 i = 0; i < n; ++i)
        if (data[i] != sent(before, i)) return testing::AssertionFailure() << "byte " << i << " is wrong";
    }
    const u64 in_memory = to_device(tt_fc) ? 0 : n;
    for (u64 a = before.base(); a < before.end(); ++a) {
      const u64 at = a - kFlowTo;
      if (rig.ram()[a] != (a >= kFlowTo && at < in_memory ? sent(before, at) : before[a]))
        return testing::AssertionFailure() << "memory differs at " << std::hex << a;
    }
    return testing::AssertionSuccess();
  }

  u32 transaction_bits() const {
    return (from_device(tt_fc) ? 1u << 3 : 0) | (to_device(tt_fc) ? 1u << 4 : 0);
  }
};

inline const char* const kFlowNames[] = {"MemoryToMemory",         "MemoryToPeripheral",
                                         "PeripheralToMemory",     "PeripheralToPeripheral",
                                         "SourceControlsToMemory", "SourceControlsToPeripheral",
                                         "MemoryToSinkControls",   "PeripheralToSinkControls"};

}  // namespace dmavp::tb
