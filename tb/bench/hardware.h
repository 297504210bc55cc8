// The hardware of generic32 without CPUs, for benchmarks that are the masters of the CPUs' ports themselves.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/seeded_choices.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"

namespace dmavp::bench {

inline constexpr std::uint64_t kRam = 0x80000000;
inline constexpr std::uint64_t kDmac = 0x10000000;

class Hardware : public sc_core::sc_module {
 public:
  explicit Hardware(const sc_core::sc_module_name& name)
      : sc_module(name),
        tree_(platform::DeviceTree::load("generic32")),
        board("board", platform::describe_board(tree_), choices_) {
    for (unsigned cpu = 0; cpu < board.description().cpus.size(); ++cpu) {
      cpus_.push_back(std::make_unique<Socket>(("cpu" + std::to_string(cpu)).c_str()));
      board.join_cpu(cpu, *cpus_.back());
    }
    ram = board.ram().front().bus_view;
  }

  /// One bare transaction; aborts unless it is answered with OK.
  void transport(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
    sc_core::sc_time delay;
    access_.set_command(command);
    access_.set_address(address);
    access_.set_data_ptr(static_cast<unsigned char*>(data));
    access_.set_data_length(bytes);
    access_.set_streaming_width(bytes);
    access_.set_dmi_allowed(false);
    access_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    (*cpus_[0])->b_transport(access_, delay);
    if (!access_.is_response_ok()) std::abort();
  }

 private:
  using Socket = tlm_utils::simple_initiator_socket<Hardware>;
  platform::DeviceTree tree_;
  SeededChoices choices_{0};

 public:
  platform::Board board;
  std::byte* ram = nullptr;

 private:
  std::vector<std::unique_ptr<Socket>> cpus_;
  tlm::tlm_generic_payload access_;
};

}  // namespace dmavp::bench
