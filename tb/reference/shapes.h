// Peripherals and blocks of random programs: how long, how wide, and where.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "reference/program.h"

namespace dmavp::reference {

/// Hands out ranges that never overlap, from low to high with random gaps.
class Allocator {
 public:
  Allocator(u64 first, u64 end, Random& random) : next_(first), end_(end), random_(random) {}
  /// 0 when memory is full.
  u64 take(u64 bytes, u64 align, u64 gap_limit);

 private:
  u64 next_, end_;
  Random& random_;
};

struct Shape {
  CtlFields ctl;
  u32 count;  ///< items of the source
  u64 src_span, dst_span;
};

class Shaper {
 public:
  Shaper(Random& random, ProgramClass kind, const Traits& traits, u64 base, std::size_t size);

  /// A peripheral on an interface of its own; false when every interface is in use.
  bool connect(Peripheral& peripheral, bool source, unsigned tt_fc);
  /// What all blocks of a channel have in common: its peripherals' items, and the sides without addresses of
  /// their own in every block. To be called before its shapes are made.
  void choose_form(const ChannelSetup& setup);
  /// One more block, which goes into the script of a flow controller. `whole`: no bytes are left that fill no
  /// item of the destination.
  Shape shape(ChannelSetup& setup, bool whole);
  /// An address for a side of a block; 0 when memory is full.
  u64 place(const ChannelSetup& setup, const Shape& shape, bool source);
  u64 take(u64 bytes, u64 align) { return data_.take(bytes, align, 64); }

 private:
  /// What a flow controller asks for in one more block: whole items of both sides.
  u64 script(Peripheral& peripheral, u64 other_width);

  Random& random_;
  const ProgramClass kind_;
  const Traits& traits_;
  Allocator data_;
  u64 arena_, arena_bytes_;  ///< where channels race
  std::vector<std::pair<u64, u64>> sources_;
  std::vector<unsigned> interfaces_;  ///< free
  CtlFields form_;
  bool keep_src_ = false, keep_dst_ = false;
};

}  // namespace dmavp::reference
