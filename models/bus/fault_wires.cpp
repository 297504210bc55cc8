#include "bus/fault_wires.h"

#include <algorithm>
#include <utility>

#include "base/sim_time.h"

namespace dmavp {
namespace {

Picoseconds now_ps() { return to_picoseconds(sc_core::sc_time_stamp()); }

Picoseconds later(Picoseconds now, Picoseconds time) { return time >= kNever - now ? kNever : now + time; }

}  // namespace

FaultyInterrupt::FaultyInterrupt(const sc_core::sc_module_name& name, Line& output,
                                 std::function<Effect()> on_rise)
    : sc_module(name), input("input"), output_(output), on_rise_(std::move(on_rise)) {
  SC_METHOD(evaluate);
  sensitive << input.value_changed_event() << wake_;
  dont_initialize();
}

void FaultyInterrupt::hold_high(Picoseconds time) {
  held_until_ = std::max(held_until_, later(now_ps(), time));
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void FaultyInterrupt::evaluate() {
  const Picoseconds now = now_ps();
  const bool level = input.read();
  if (level && !level_) {
    const Effect effect = on_rise_();
    if (effect.kind == Kind::kLose) lost_ = true;
    if (effect.kind == Kind::kDelay) visible_from_ = later(now, effect.time);
    if (effect.kind == Kind::kStick) held_until_ = std::max(held_until_, later(now, effect.time));
  } else if (!level) {
    lost_ = false;
    visible_from_ = 0;
  }
  level_ = level;
  output_.write(now < held_until_ || (level && !lost_ && now >= visible_from_));
  Picoseconds next = kNever;
  for (const Picoseconds boundary : {visible_from_, held_until_}) {
    if (boundary > now) next = std::min(next, boundary);
  }
  if (next != kNever) wake_.notify(from_picoseconds(next - now));
}

FaultyRequest::FaultyRequest(const sc_core::sc_module_name& name, DmaRequestIf& output,
                             std::function<Effect()> on_request)
    : sc_module(name), output_(output), on_request_(std::move(on_request)) {
  SC_METHOD(evaluate);
  sensitive << wake_;
  dont_initialize();
}

void FaultyRequest::wake_at(Picoseconds time) {
  const Picoseconds now = now_ps();
  if (time != kNever) wake_.notify(from_picoseconds(std::max(time, now) - now));
}

void FaultyRequest::dma_request(DmaRequest levels, Picoseconds at) {
  changes_.push_back({at, levels});
  wake_at(changes_.front().at);
}

void FaultyRequest::force(const Effect& effect) {
  const Picoseconds now = now_ps();
  kind_ = effect.kind;
  from_ = later(now, effect.after);
  until_ = later(from_, effect.length);
  wake_at(from_);
}

DmaRequest FaultyRequest::seen(Picoseconds now) const {
  if (now < from_ || now >= until_ || kind_ == Kind::kNone) return levels_;
  return kind_ == Kind::kStuckHigh ? DmaRequest{true, true, levels_.last} : DmaRequest{};
}

void FaultyRequest::evaluate() {
  const Picoseconds now = now_ps();
  bool driven = false;
  while (!changes_.empty() && changes_.front().at <= now) {
    levels_ = changes_.front().levels;
    changes_.pop_front();
    driven = true;
  }
  if (driven && (levels_.burst || levels_.single)) {
    if (const Effect effect = on_request_(); effect.kind != Kind::kNone) force(effect);
  }
  const DmaRequest levels = seen(now);
  // After an acknowledge the controller waits for the levels even if they have not changed.
  if (driven || levels != told_) {
    told_ = levels;
    output_.dma_request(levels, now);
  }
  Picoseconds next = changes_.empty() ? kNever : changes_.front().at;
  for (const Picoseconds boundary : {from_, until_}) {
    if (boundary > now) next = std::min(next, boundary);
  }
  wake_at(next);
}

}  // namespace dmavp
