// A fault plan at work on one board: what stands between its parts, hooks on its sockets, and what starts by
// time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "base/choice.h"
#include "bus/fault_wires.h"
#include "platform/board/board.h"
#include "platform/faults/bus_faults.h"
#include "platform/faults/fault_trigger.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Give it to the board as its links, attach() it before the simulation starts. Where no fault is planned
/// nothing is added to the board.
class FaultInjection : public Links {
 public:
  /// Throws InputError naming file, line and key for what the board or the scenario does not have.
  /// @param modules names of those the scenario loads; the plan outlives this object
  FaultInjection(const std::vector<FaultSpec>& plan, const BoardDescription& board,
                 const std::vector<std::string>& modules, Choices& choices, FaultLog& log);
  ~FaultInjection() override;

  InterruptLine& interrupt(const std::string& device, std::optional<unsigned> channel,
                           InterruptLine& line) override;
  DmaRequestIf& request(const std::string& device, bool receive, DmaRequestIf& controller) override;

  void attach(Board& board);

  /// Software faults (port::Machine).
  bool plans_failures() const;
  bool fails(port::FallibleCall call, const std::string& caller, Picoseconds now);

  /// One for each fault of the plan, in its order.
  const std::deque<FaultTrigger>& triggers() const { return triggers_; }
  bool any_hit() const;

 private:
  struct Wire {
    std::string device;
    std::optional<unsigned> channel;
    std::unique_ptr<FaultyInterrupt> module;
  };
  struct Handshake {
    std::string device;
    bool receive;
    std::unique_ptr<FaultyRequest> module;
  };

  FaultyInterrupt::Effect interrupt_rises(const Wire& wire);
  FaultyRequest::Effect request_comes(const Handshake& handshake);
  sc_core::sc_event& call_later(const std::function<void()>& action);
  void start(Board& board, FaultTrigger& trigger);
  void start_clock_off(Board& board, const FaultSpec& fault);
  void start_memory_flip(Board& board, const FaultSpec& fault);

  std::deque<FaultTrigger> triggers_;
  std::deque<Wire> wires_;
  std::deque<Handshake> handshakes_;
  std::map<std::string, BusFaults> buses_;  ///< by controller
  std::deque<sc_core::sc_event> timers_;
  std::map<const FaultSpec*, sc_core::sc_event*> clock_stops_;  ///< those that an occasion starts
};

}  // namespace dmavp::platform
