#include "platform/faults/fault_injection.h"

#include <algorithm>

#include "base/sim_time.h"
#include "platform/config/problem.h"
#include "platform/faults/fault_check.h"

namespace dmavp::platform {
namespace {

constexpr Picoseconds kSpuriousLength = 1'000'000;  // 1 us

Picoseconds now_ps() { return to_picoseconds(sc_core::sc_time_stamp()); }

/// Of faults that last: without a duration for good.
Picoseconds length_of(const FaultSpec& fault) { return fault.duration_ps.value_or(kNever); }

bool of_interrupts(const FaultSpec& fault) { return fault.info().target == FaultTarget::kInterrupting; }
bool of_requests(const FaultSpec& fault) { return fault.info().target == FaultTarget::kPeripheral; }
bool of_bursts(const FaultSpec& fault) {
  return fault.info().target == FaultTarget::kController && fault.counted;
}

bool meets(const FaultSpec& fault, const std::string& device, const std::optional<unsigned>& channel) {
  return of_interrupts(fault) && fault.target == device && (!fault.channel || fault.channel == channel);
}

bool meets(const FaultSpec& fault, const std::string& device, bool receive) {
  return of_requests(fault) && fault.target == device && (fault.on.empty() || (fault.on == "rx") == receive);
}

FaultyRequest::Effect request_effect(const FaultSpec& fault) {
  const auto kind = fault.kind == FaultKind::kRequestStuckHigh ? FaultyRequest::Kind::kStuckHigh
                                                               : FaultyRequest::Kind::kStuckLow;
  return {kind, fault.delay_ps.value_or(0), length_of(fault)};
}

template <class List, class Action>
void for_named(const List& descriptions, const std::string& name, const Action& action) {
  for (unsigned i = 0; i < descriptions.size(); ++i) {
    if (descriptions[i].name == name) action(i);
  }
}

}  // namespace

FaultInjection::FaultInjection(const std::vector<FaultSpec>& plan, const BoardDescription& board,
                               const std::vector<std::string>& modules, Choices& choices, FaultLog& log) {
  const auto problems = check_faults(plan, board, modules);
  if (!problems.empty()) throw InputError(problems);
  for (const FaultSpec& fault : plan) {
    const std::string stream = "fault." + std::to_string(triggers_.size());
    triggers_.emplace_back(fault, choices, choices.stream(stream), log);
    if (of_bursts(fault)) buses_[fault.target].add(triggers_.back());
  }
}

FaultInjection::~FaultInjection() = default;

InterruptLine& FaultInjection::interrupt(const std::string& device, std::optional<unsigned> channel,
                                         InterruptLine& line) {
  const bool planned = std::any_of(triggers_.begin(), triggers_.end(), [&](const FaultTrigger& trigger) {
    return meets(trigger.fault(), device, channel);
  });
  if (!planned) return line;
  wires_.push_back({device, channel, nullptr});
  Wire& wire = wires_.back();
  wire.module = std::make_unique<FaultyInterrupt>(sc_core::sc_gen_unique_name("faulty_interrupt"), line,
                                                  [this, &wire] { return interrupt_rises(wire); });
  return wire.module->input;
}

DmaRequestIf& FaultInjection::request(const std::string& device, bool receive, DmaRequestIf& controller) {
  const bool planned = std::any_of(triggers_.begin(), triggers_.end(), [&](const FaultTrigger& trigger) {
    return meets(trigger.fault(), device, receive);
  });
  if (!planned) return controller;
  handshakes_.push_back({device, receive, nullptr});
  Handshake& handshake = handshakes_.back();
  handshake.module =
      std::make_unique<FaultyRequest>(sc_core::sc_gen_unique_name("faulty_request"), controller,
                                      [this, &handshake] { return request_comes(handshake); });
  return *handshake.module;
}

FaultyInterrupt::Effect FaultInjection::interrupt_rises(const Wire& wire) {
  FaultyInterrupt::Effect effect;
  for (FaultTrigger& trigger : triggers_) {
    const FaultSpec& fault = trigger.fault();
    if (!meets(fault, wire.device, wire.channel)) continue;
    if (!trigger.occasion(now_ps(), "channel", wire.channel.value_or(0))) continue;
    switch (fault.kind) {
      case FaultKind::kInterruptLost:
        effect = {FaultyInterrupt::Kind::kLose, 0};
        break;
      case FaultKind::kInterruptLate:
        effect = {FaultyInterrupt::Kind::kDelay, *fault.delay_ps};
        break;
      default:
        effect = {FaultyInterrupt::Kind::kStick, length_of(fault)};
        break;
    }
  }
  return effect;
}

FaultyRequest::Effect FaultInjection::request_comes(const Handshake& handshake) {
  FaultyRequest::Effect effect;
  for (FaultTrigger& trigger : triggers_) {
    const FaultSpec& fault = trigger.fault();
    if (!meets(fault, handshake.device, handshake.receive) || !trigger.occasion(now_ps())) continue;
    effect = request_effect(fault);
    if (fault.kind != FaultKind::kPeripheralStalled) continue;
    for (Handshake& other : handshakes_) {
      if (&other != &handshake && other.device == handshake.device) other.module->force(effect);
    }
  }
  return effect;
}

void FaultInjection::attach(Board& board) {
  const BoardDescription& description = board.description();
  for (auto& [name, faults] : buses_) {
    FaultPoint* hook = &faults;
    for_named(description.dmacs, name, [&](unsigned i) {
      for (unsigned m = 0; m < description.dmacs[i].parameters.num_masters; ++m)
        board.dmac(i).set_master_fault_point(m, hook);
    });
  }
  for (FaultTrigger& trigger : triggers_) {
    const FaultSpec& fault = trigger.fault();
    if (!fault.counted) {
      call_later([this, &board, &trigger] { start(board, trigger); }).notify(from_picoseconds(fault.time_ps));
    } else if (fault.kind == FaultKind::kClockOff) {
      sc_core::sc_event& stop = call_later([this, &board, &fault] { start_clock_off(board, fault); });
      clock_stops_[&fault] = &stop;
      buses_[fault.target].on_clock_off(
          [this](const FaultSpec& which) { clock_stops_[&which]->notify(sc_core::SC_ZERO_TIME); });
    }
  }
}

/// An event that calls `action`.
sc_core::sc_event& FaultInjection::call_later(const std::function<void()>& action) {
  timers_.emplace_back();
  sc_core::sc_event& timer = timers_.back();
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&timer);
  sc_core::sc_spawn(action, sc_core::sc_gen_unique_name("fault"), &options);
  return timer;
}

void FaultInjection::start(Board& board, FaultTrigger& trigger) {
  const FaultSpec& fault = trigger.fault();
  trigger.hit(now_ps());
  if (fault.kind == FaultKind::kClockOff) return start_clock_off(board, fault);
  if (fault.kind == FaultKind::kMemoryFlip) return start_memory_flip(board, fault);
  for (Wire& wire : wires_) {
    if (!meets(fault, wire.device, wire.channel)) continue;
    const bool stuck = fault.kind == FaultKind::kInterruptStuck;
    wire.module->hold_high(stuck ? length_of(fault) : fault.duration_ps.value_or(kSpuriousLength));
  }
  for (Handshake& handshake : handshakes_) {
    if (meets(fault, handshake.device, handshake.receive)) handshake.module->force(request_effect(fault));
  }
}

void FaultInjection::start_clock_off(Board& board, const FaultSpec& fault) {
  const Picoseconds length = length_of(fault);
  const Picoseconds until = length == kNever ? kNever : now_ps() + length;
  for_named(board.description().dmacs, fault.target, [&](unsigned i) { board.dmac(i).stop_clock(until); });
}

/// Masters on the bus see the memory's own bytes; what a CPU holds in its cache stays as it is.
void FaultInjection::start_memory_flip(Board& board, const FaultSpec& fault) {
  board.synchronize();
  for_named(board.description().memories, fault.target, [&](unsigned i) {
    std::byte& byte = board.store(i).bus_view()[fault.first - board.description().memories[i].base];
    byte ^= static_cast<std::byte>(1u << fault.bit.value_or(0));
  });
}

bool FaultInjection::plans_failures() const {
  return std::any_of(triggers_.begin(), triggers_.end(), [](const FaultTrigger& trigger) {
    return trigger.fault().info().target == FaultTarget::kSoftware;
  });
}

bool FaultInjection::fails(port::FallibleCall call, const std::string& caller, Picoseconds now) {
  const auto kind =
      call == port::FallibleCall::kAllocation ? FaultKind::kAllocationFailure : FaultKind::kMappingFailure;
  bool failed = false;
  for (FaultTrigger& trigger : triggers_) {
    const FaultSpec& fault = trigger.fault();
    if (fault.kind != kind || (fault.target != "kernel" && fault.target != caller)) continue;
    failed |= trigger.occasion(now);
  }
  return failed;
}

bool FaultInjection::any_hit() const {
  return std::any_of(triggers_.begin(), triggers_.end(),
                     [](const FaultTrigger& trigger) { return trigger.hits() != 0; });
}

}  // namespace dmavp::platform
