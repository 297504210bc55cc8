// Steps that directed tests share.
#pragma once

#include <gmock/gmock.h>

#include "reference/program.h"
#include "registers/play.h"
#include "registers/rig.h"

namespace dmavp::tb {

using reference::CfgFields;
using reference::ChannelSetup;
using reference::CtlFields;
using reference::Item;
using reference::Model;
namespace irq = reference::irq;

inline constexpr u64 kRam = 0x80000000;

/// Both sides incrementing, 2^code bytes wide.
inline CtlFields wide(unsigned code = 3) {
  CtlFields c;
  c.src_width = c.dst_width = code;
  return c;
}

/// The same with bursts of `beats` beats on both sides.
inline CtlFields bursts(unsigned beats, unsigned code = 3) {
  CtlFields c = wide(code);
  c.arlen_en = c.awlen_en = true;
  c.arlen = c.awlen = beats - 1;
  return c;
}

inline ChannelSetup single(unsigned channel, u64 sar, u64 dar, u32 items, const CtlFields& ctl) {
  ChannelSetup s;
  s.channel = channel;
  s.sar = sar;
  s.dar = dar;
  s.block_ts = items - 1;
  s.ctl = ctl.encode();
  return s;
}

inline ChannelSetup list_at(unsigned channel, u64 llp) {
  ChannelSetup s;
  s.channel = channel;
  s.llp = llp;
  s.linked_list = true;
  return s;
}

inline CfgFields cfg_for(const ChannelSetup& s, unsigned priority = 0, unsigned src_osr = 0,
                         unsigned dst_osr = 0) {
  CfgFields c;
  c.src_multiblock = c.dst_multiblock = s.linked_list ? 3 : 0;
  c.priority = priority;
  c.src_osr = src_osr;
  c.dst_osr = dst_osr;
  return c;
}

inline void program(Rig& rig, const ChannelSetup& s, unsigned priority = 0, unsigned osr = 0) {
  program_channel(rig, s, cfg_for(s, priority, osr, osr).encode(traits_of(rig.options()).cfg2));
}

inline void start(Rig& rig, const ChannelSetup& s, unsigned priority = 0, unsigned osr = 0) {
  program(rig, s, priority, osr);
  rig.enable(s.channel);
}

/// Random bytes everywhere; returns a copy.
inline Image fill(Rig& rig, u64 seed) {
  reference::Random random(seed);
  for (u64 a = rig.ram().base(); a < rig.ram().end(); a += 8) rig.ram().store(a, random.next());
  return rig.ram();
}

/// Destination = complement of source, so that every byte written is seen to change.
inline void complement(Rig& rig, u64 source, u64 destination, u64 bytes) {
  for (u64 i = 0; i < bytes; ++i) rig.ram()[destination + i] = static_cast<u8>(~rig.ram()[source + i]);
}

/// Bytes of [destination, +bytes) that equal the source, counted from the start.
inline u64 copied(const Image& memory, u64 source, u64 destination, u64 bytes) {
  u64 n = 0;
  while (n < bytes && memory[destination + n] == memory[source + n]) ++n;
  return n;
}

/// Memory is `before` with the copy done, and nothing else.
inline testing::AssertionResult only_copied(const Image& before, const Image& now, u64 source,
                                            u64 destination, u64 bytes) {
  for (u64 a = before.base(); a < before.end(); ++a) {
    const bool inside = a >= destination && a < destination + bytes;
    const u8 expected = inside ? before[source + (a - destination)] : before[a];
    if (now[a] != expected)
      return testing::AssertionFailure()
             << "byte " << std::hex << a << " is " << unsigned{now[a]} << ", expected " << unsigned{expected};
  }
  return testing::AssertionSuccess();
}

inline Item item(u64 address, u64 sar, u64 dar, u32 items, CtlFields ctl, u64 next, bool valid = true,
                 bool last = false) {
  ctl.valid = valid;
  ctl.last = last;
  return {address, sar, dar, items - 1, next, ctl.encode()};
}

}  // namespace dmavp::tb
