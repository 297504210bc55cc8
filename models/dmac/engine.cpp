// Public face of the burst engine: time, registers and control.
#include "dmac/engine.h"

#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

/// What is in flight says everything about what comes next.
bool remembers_nothing(const Parameters& p) {
  return p.read_slot_release == SlotRelease::kLastBeat && p.read_slot_latency == 0 && p.copy_limit == 0 &&
         p.fifo_release == FifoRelease::kResponse && p.fifo_credit == FifoCredit::kBurst &&
         p.write_address == WriteAddress::kWithData;
}

}  // namespace

Engine::Impl::Impl(const Parameters& parameters, const Clock& clock_in, EventSource source_in,
                   AxiPort& port_in, EngineClient& client_in)
    : p(parameters),
      clock(clock_in),
      source(source_in),
      port(port_in),
      client(client_in),
      fifo_size(fifo_bytes_of(parameters)),
      address_mask(parameters.addr_width >= 64 ? ~std::uint64_t{0}
                                               : (std::uint64_t{1} << parameters.addr_width) - 1),
      w_index(parameters.shared_data_port ? 0 : 1),
      asynchronous(!port_in.immediate()),
      looks_back(asynchronous || !remembers_nothing(parameters)),
      ports{Port(order, parameters.tie_break), Port(order, parameters.tie_break)},
      scratch(std::max(fifo_size, longest_burst(parameters) * parameters.data_width_bytes)) {
  for (unsigned i = 0; i < kMaxChannels; ++i) {
    channels[i].index = i;
    channels[i].rd.address_mask = channels[i].wr.address_mask = address_mask;
    channels[i].config.priority = parameters.reset_priority[i];
    set_priority(channels[i], parameters.reset_priority[i]);
  }
}

Engine::Engine(const Parameters& parameters, const Clock& clock, EventSource source, AxiPort& port,
               EngineClient& client)
    : impl_(std::make_unique<Impl>(parameters, clock, source, port, client)) {}

Engine::~Engine() = default;

Engine::Impl& Engine::state() const {
  impl_->settle();
  return *impl_;
}

void Engine::set_observer(Observer* observer) {
  state().burst_observer = interested(observer, kBursts);
  state().block_observer = interested(observer, kBlocks);
  state().activity_observer = interested(observer, kActivity);
  if (!state().watched()) return;
  for (Channel& c : state().channels) {
    state().make_exact(c);
    if (state().activity_observer) c.steady.forget();
  }
}

Cycle Engine::told_until() const { return state().told_until(); }

void Engine::tell_waits() const {
  if (state().activity_observer) state().tell_waits();
}

void EngineClient::acknowledge(unsigned, bool, Cycle) {}
void EngineClient::software_handshake_done(unsigned, bool) {}
bool EngineClient::take_shadow_set(unsigned, ShadowSet&) { return false; }

// --- time
// -------------------------------------------------------------------------------------------------------

void Engine::advance(Cycle to) {
  Impl& e = *impl_;
  if (e.busy || to < e.now) return;
  e.busy = true;
  if (e.paths_stale) e.refresh_paths();
  e.run(to);
  e.now = to;
  e.copy_all(to);
  e.busy = false;
}

Cycle Engine::next_wake() const {
  Impl& e = state();
  if (e.active == 0) return kNever;
  if (e.busy) return e.now + 1;  // asked from within a commit or a look at a path
  if (e.asynchronous) return e.wake_later();
  const Channel& first = e.channels[first_of(e.active)];
  if (e.steady(first)) {
    const Cycle at = e.steady_wake(first);
    if (at != kNever) return at;
  }
  if (e.foreseen <= e.now) e.foreseen = e.foresee();
  return e.foreseen;
}

Cycle Engine::now() const { return state().now; }

// --- registers
// --------------------------------------------------------------------------------------------------

std::uint64_t Engine::sar(unsigned ch) const {
  Channel& c = state().channels[ch];
  if (c.phase != Phase::kRunning) return c.sar;
  state().sample(c);
  return state().address_of(c, c.rd, c.rd.done);
}

std::uint64_t Engine::dar(unsigned ch) const {
  const Channel& c = state().channels[ch];
  return c.phase == Phase::kRunning ? state().address_of(c, c.wr, c.wr.done) : c.dar;
}

std::uint32_t Engine::block_ts(unsigned ch) const {
  Channel& c = state().channels[ch];
  if (c.phase != Phase::kRunning) return c.block_ts;
  state().sample(c);
  const std::uint32_t end = c.chain.empty() ? c.rd.done : std::min(c.rd.done, c.chain.front().end);
  return std::min((end - Impl::chain_begin(c)) >> c.rd.shape.width_log2, kItemsMask);
}

std::uint64_t Engine::ctl(unsigned ch) const { return state().channels[ch].ctl.raw; }
std::uint64_t Engine::llp(unsigned ch) const { return state().channels[ch].llp; }

std::uint64_t Engine::status(unsigned ch) const {
  const Channel& c = state().channels[ch];
  std::uint32_t items = c.completed_items;
  std::uint32_t left = c.left_items;
  if (c.phase == Phase::kRunning) {
    items = (c.wr.done - Impl::chain_begin(c)) >> c.rd.shape.width_log2;
    left = fifo_bytes(ch) >> c.rd.shape.width_log2;
  }
  return std::min(items, kItemsMask) | (std::uint64_t{std::min(left, kLeftMask)} << 32);
}

void Engine::set_sar(unsigned ch, std::uint64_t value) {
  state().channels[ch].sar = value & state().address_mask;
}
void Engine::set_dar(unsigned ch, std::uint64_t value) {
  state().channels[ch].dar = value & state().address_mask;
}
void Engine::set_block_ts(unsigned ch, std::uint32_t value) {
  state().channels[ch].block_ts = value & kItemsMask;
}
void Engine::set_ctl(unsigned ch, std::uint64_t value) { state().channels[ch].ctl.raw = value; }
void Engine::set_llp(unsigned ch, std::uint64_t value) {
  state().channels[ch].llp = value & (kLlpAddress | kLlpMaster);
}
std::uint32_t Engine::fetched_status(unsigned ch, bool destination) const {
  return state().channels[ch].fetched_status[destination ? 1 : 0];
}
void Engine::set_status_address(unsigned ch, bool destination, std::uint64_t value) {
  state().channels[ch].status_address[destination ? 1 : 0] = value;
}
void Engine::set_axi_id(unsigned ch, std::uint64_t value) { state().channels[ch].axi_id = value; }
void Engine::set_axi_qos(unsigned ch, std::uint64_t value) { state().channels[ch].axi_qos = value; }

const ChannelConfig& Engine::config(unsigned ch) const { return state().channels[ch].config; }

void Engine::set_config(unsigned ch, const ChannelConfig& config) {
  Channel& c = state().channels[ch];
  c.config = config;
  state().set_priority(c, config.priority);
  state().touch(c);
  if (c.phase != Phase::kTypeHalted) return;
  c.phase = Phase::kStarting;  // a pair of types that may be legal now
  c.held = c.suspend;
  c.wake = c.suspend ? kNever : state().now;
}

// --- control
// ----------------------------------------------------------------------------------------------------

void Engine::enable(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (c.enabled || ch >= e.p.num_channels) return;
  e.account_to(c, c.rd, e.now, Cause::kIdle);
  e.account_to(c, c.wr, e.now, Cause::kIdle);
  c.enabled = true;
  c.completed_items = c.left_items = 0;
  c.reload_sar = c.sar;
  c.reload_dar = c.dar;
  c.list = c.shadow = false;
  c.software_request = {};
  c.phase = Phase::kStarting;
  c.wake = e.now + e.p.start_latency;
  ++c.generation;
  e.active |= 1u << ch;
  e.touch(c);
  e.notify(c, BlockPhase::kChannelEnabled);
}

void Engine::disable(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (!c.enabled || c.disabling) return;
  e.touch(c);
  const std::uint32_t generation = c.generation;
  e.clear_lock(c);
  if (c.generation != generation) return;
  const bool access_in_flight =
      c.phase == Phase::kFetching || c.phase == Phase::kPrefetchWait || c.phase == Phase::kWritingBack;
  if (c.suspended || (c.phase != Phase::kRunning && !access_in_flight)) {
    e.finish(c, kChDisabled, BlockPhase::kDisabled);
    return;
  }
  c.disabling = true;
  if (c.phase == Phase::kRunning) {
    e.replan(c, e.now);
    e.stop_now(c);
  }
}

void Engine::suspend(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (!c.enabled || c.suspend) return;
  e.touch(c);
  const std::uint32_t generation = c.generation;
  e.clear_lock(c);
  if (c.generation != generation) return;
  e.account_both(c, e.now);
  c.suspend = true;
  switch (c.phase) {
    case Phase::kRunning:
      e.replan(c, e.now);
      e.stop_now(c);
      return;
    case Phase::kFetchWait:
    case Phase::kWriteBackWait:
      c.held = true;
      c.rd.ready = c.wr.ready = kNever;
      e.report_suspended(c, e.now);
      return;
    case Phase::kStarting:
    case Phase::kDecoding:
    case Phase::kHalted:
    case Phase::kTypeHalted:
      e.report_suspended(c, e.now);
      return;
    case Phase::kOff:
    case Phase::kFetching:
    case Phase::kPrefetchWait:
    case Phase::kWritingBack:
    case Phase::kDone:
      return;
  }
}

void Engine::resume(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (!c.enabled || !c.suspend) return;
  e.touch(c);
  e.account_both(c, e.now);
  c.suspend = c.suspended = c.source_stopped = c.prefetch.delays_suspension = false;
  c.rd.since = c.wr.since = e.now;
  e.notify(c, BlockPhase::kResumed, c.wr.done);
  if (c.phase == Phase::kRunning) {
    e.replan(c, e.now);
    e.open_transactions(c, e.now);
  } else if (c.held) {
    c.held = false;
    if (c.phase == Phase::kFetchWait) {
      c.rd.ready = e.now;
    } else if (c.phase == Phase::kWriteBackWait) {
      c.wr.ready = e.now;
    } else {
      c.wake = e.now;
    }
  }
}

void Engine::abort(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (c.enabled) e.clear_lock(c);
  if (c.enabled) e.finish(c, kChAborted, BlockPhase::kAborted);
}

void Engine::resume_request(unsigned ch) {
  Impl& e = state();
  Channel& c = e.channels[ch];
  if (c.phase != Phase::kHalted) return;
  e.touch(c);
  if (c.list) {
    e.request_fetch(c, e.now);
  } else if (!c.suspend) {
    e.begin_transfer(c, e.now);
  } else {
    c.phase = Phase::kStarting;
    c.held = true;
  }
}

void Engine::reset() {
  Impl& e = state();
  for (Channel& c : e.channels) {
    if (c.enabled) {
      e.teardown(c);
      e.notify(c, BlockPhase::kAborted);
    }
    c.sar = c.dar = c.llp = c.axi_id = c.axi_qos = 0;
    c.status_address = {};
    c.fetched_status = {};
    c.block_ts = c.completed_items = c.left_items = 0;
    c.ctl = Ctl{kResetCtl};
    c.config = ChannelConfig{};
    c.config.priority = e.p.reset_priority[c.index];
    e.set_priority(c, c.config.priority);
    e.touch(c);
  }
  for (Port& port : e.ports) {
    port.ar.arbiter.restart();
    port.aw.arbiter.restart();
  }
}

bool Engine::enabled(unsigned ch) const { return state().channels[ch].enabled; }
bool Engine::suspend_bit(unsigned ch) const { return state().channels[ch].suspend; }
bool Engine::any_enabled() const { return state().active != 0; }

std::uint32_t Engine::fifo_bytes(unsigned ch) const {
  const Channel& c = state().channels[ch];
  return c.rd.done > c.wr.done ? c.rd.done - c.wr.done : 0;
}

// --- PortListener
// -------------------------------------------------------------------------------------------------

void Engine::burst_progress(std::uint32_t tag, const BurstTimes& times, AxiStatus status) {
  impl_->take_progress(tag, times, status);
}

void Engine::hold(Cycle until) {
  Impl& e = state();
  e.known_turn.reset();
  e.held_until = std::max(e.held_until, until);
  for (Port& port : e.ports) {
    port.ar.free = std::max(port.ar.free, until);
    port.aw.free = std::max(port.aw.free, until);
  }
  for (unsigned ch = 0; ch < e.p.num_channels; ++ch) {
    if ((e.active >> ch & 1) != 0) e.touch(e.channels[ch]);
  }
}

void Engine::paths_changed() { impl_->paths_stale = true; }

}  // namespace dmavp::dmac
