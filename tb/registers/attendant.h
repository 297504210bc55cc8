// What software does for a running channel of a program: asks for peripherals, feeds shadow sets, corrects
// types.
#pragma once

#include "reference/program.h"
#include "registers/rig.h"

namespace dmavp::tb {

class Attendant {
 public:
  Attendant(Rig& rig, const reference::Program& program, const reference::Launch& launch)
      : rig_(rig), p_(program), l_(launch), ch_(launch.setup.channel), random_(program.seed ^ ch_) {}

  /// Connects the peripherals, writes the channel's registers and enables it.
  void start();
  /// To be called again and again, a few cycles apart, while the program runs.
  void attend();
  /// Ends a chain of blocks: the one that runs becomes the last.
  void end_chain();
  /// False while the channel may halt for what software is going to do.
  bool finished() const { return !wrong_types_ && next_set_ == l_.setup.sets.size(); }
  /// attend() has something to do now and then.
  bool needed() const { return !finished() || asks(l_.setup.source) || asks(l_.setup.sink); }

 private:
  static bool asks(const reference::Peripheral& p) { return p.present && p.software; }
  u64 cfg() const { return l_.cfg.encode(p_.traits.cfg2); }
  void program();
  void write_set();
  void feed();
  void handshake(const reference::Peripheral& peripheral, const char* name, bool& pending);

  Rig& rig_;
  const reference::Program& p_;
  const reference::Launch& l_;
  const unsigned ch_;
  reference::Random random_;
  std::size_t next_set_ = 0;
  bool started_ = false;
  bool wrong_types_ = false;
  bool source_pending_ = false, sink_pending_ = false;
};

}  // namespace dmavp::tb
