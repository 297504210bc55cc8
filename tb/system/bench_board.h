// A board without software: a test's function stands where the CPUs are.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "base/seeded_choices.h"
#include "platform/board/board.h"
#include "registers/register_table.h"

namespace dmavp::tb {

/// One per process. The function given to run() may let time pass and reaches the controller through the
/// board's interconnect, as CPU 0 does.
class BenchBoard : public sc_core::sc_module {
 public:
  BenchBoard(const sc_core::sc_module_name& name, const std::string& board,
             const std::vector<std::string>& settings);

  void run(std::function<void()> function);

  // --- inside the function
  // -----------------------------------------------------------------------------------
  void write(std::string_view name, unsigned channel, u64 value);  ///< a register of the first controller
  u64 read(std::string_view name, unsigned channel = 0);
  void bus_write(u64 address, u64 value, unsigned bytes = 4);  ///< anything on the board
  u64 bus_read(u64 address, unsigned bytes = 4);
  void enable(unsigned channel);
  bool enabled(unsigned channel);
  /// Disables everything and sets every register to its reset value, then switches the controller on.
  void restart();
  void let_pass(Cycle cycles);

  Cycle now() const;
  dmac::ChannelStatistics statistics(unsigned channel);
  const platform::BoardDescription& description() const { return board_.description(); }
  /// Before run(): what is told of the first controller.
  void set_observer(Observer* observer) { board_.dmac(0).set_observer(observer); }
  std::vector<port::RamRegion> ram() const { return board_.ram(); }
  const dmac::Parameters& parameters() const { return description().dmacs[0].parameters; }
  bool layout_v2() const { return parameters().num_channels > 8; }
  bool cfg2() const { return layout_v2() || parameters().force_cfg2 || parameters().num_hs_if > 16; }

 private:
  u64 access(tlm::tlm_command command, u64 address, u64 value, unsigned bytes);
  u64 enable_bit(unsigned channel) const;
  void execute();

  SeededChoices choices_{1};
  platform::Board board_;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<BenchBoard>> cpus_;
  std::function<void()> function_;
};

}  // namespace dmavp::tb
