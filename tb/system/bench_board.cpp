#include "system/bench_board.h"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "base/sim_time.h"
#include "components/simulate.h"
#include "system/soc.h"

namespace dmavp::tb {

BenchBoard::BenchBoard(const sc_core::sc_module_name& name, const std::string& board,
                       const std::vector<std::string>& settings)
    : sc_module(name),
      board_("board", describe(board_tree(board, settings), timed_mode()), choices_),
      cpus_("cpu", board_.description().cpus.size()) {
  SC_HAS_PROCESS(BenchBoard);
  for (unsigned cpu = 0; cpu < cpus_.size(); ++cpu) board_.join_cpu(cpu, cpus_[cpu]);
  SC_THREAD(execute);
}

void BenchBoard::run(std::function<void()> function) {
  function_ = std::move(function);
  simulate();
}

void BenchBoard::execute() {
  function_();
  sc_core::sc_stop();
}

u64 BenchBoard::access(tlm::tlm_command command, u64 address, u64 value, unsigned bytes) {
  unsigned char data[8] = {};
  std::memcpy(data, &value, sizeof(data));
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  if (board_.cpu_lead() != 0) wait(from_picoseconds(board_.cpu_lead()));
  sc_core::sc_time delay;
  cpus_[0]->b_transport(payload, delay);
  EXPECT_TRUE(payload.is_response_ok()) << "access at " << address;
  wait(delay);
  std::memcpy(&value, data, sizeof(data));
  return value;
}

void BenchBoard::write(std::string_view name, unsigned channel, u64 value) {
  bus_write(description().dmacs[0].base + offset_of(name, channel), value, 8);
}

u64 BenchBoard::read(std::string_view name, unsigned channel) {
  return bus_read(description().dmacs[0].base + offset_of(name, channel), 8);
}

void BenchBoard::bus_write(u64 address, u64 value, unsigned bytes) {
  access(tlm::TLM_WRITE_COMMAND, address, value, bytes);
}

u64 BenchBoard::bus_read(u64 address, unsigned bytes) {
  return access(tlm::TLM_READ_COMMAND, address, 0, bytes);
}

u64 BenchBoard::enable_bit(unsigned channel) const {
  return u64{1} << (layout_v2() && channel >= 16 ? channel + 16 : channel);
}

void BenchBoard::enable(unsigned channel) {
  write("DMAC_CHEN", 0, enable_bit(channel) * (layout_v2() ? 0x10001 : 0x101));
}

bool BenchBoard::enabled(unsigned channel) { return (read("DMAC_CHEN") & enable_bit(channel)) != 0; }

void BenchBoard::restart() {
  write("DMAC_RESET", 0, 1);
  while (read("DMAC_RESET") != 0) let_pass(1);
  write("DMAC_CFG", 0, 3);
}

void BenchBoard::let_pass(Cycle cycles) {
  const Picoseconds until = board_.clock().time_of(now() + cycles);
  wait(from_picoseconds(until - to_picoseconds(sc_core::sc_time_stamp())));
}

Cycle BenchBoard::now() const { return board_.clock().cycle_from(to_picoseconds(sc_core::sc_time_stamp())); }

dmac::ChannelStatistics BenchBoard::statistics(unsigned channel) {
  board_.synchronize();
  return board_.dmac(0).engine().channel_statistics(channel);
}

}  // namespace dmavp::tb
