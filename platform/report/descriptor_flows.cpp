#include "platform/report/descriptor_flows.h"

#include <algorithm>

namespace dmavp::platform {

using Phase = TraceEvents::Flow;

namespace {
constexpr std::size_t kMostPoints = 32;  // kept of an arrow
}

void DescriptorFlows::add(Flow& flow, Place place) {
  if (!wanted_ || !events_.shown(place.track, place.time)) return;
  if (place.time < flow.latest) return;  // of something else, in front of the submit
  if (flow.points.size() == kMostPoints) write(flow, kMostPoints - 1);
  const auto later = [](std::uint64_t time, const Place& point) { return time < point.time; };
  flow.points.insert(std::upper_bound(flow.points.begin(), flow.points.end(), place.time, later), place);
}

/// The first `count` points.
void DescriptorFlows::write(Flow& flow, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    events_.flow(flow.started ? Phase::kStep : Phase::kStart, flow.id, flow.points[i].track,
                 flow.points[i].time);
    flow.started = true;
    flow.latest = flow.points[i].time;
  }
  flow.points.erase(flow.points.begin(), flow.points.begin() + static_cast<std::ptrdiff_t>(count));
}

void DescriptorFlows::retire(Flow& flow) {
  if (!flow.points.empty()) write(flow, flow.points.size() - 1);
  if (!flow.started) return;
  const Place end = flow.points.empty() ? flow.origin : flow.points.back();
  events_.flow(Phase::kEnd, flow.id, end.track, end.time);
}

void DescriptorFlows::retire_all(std::deque<Flow>& flows) {
  for (Flow& flow : flows) retire(flow);
  flows.clear();
}

void DescriptorFlows::limit(std::deque<Flow>& flows) {
  for (; flows.size() > kMost; flows.pop_front()) retire(flows.front());
}

// The start is written at once: it lies within a slice, not at its begin, and has its place in the file
// before the end of that slice.
void DescriptorFlows::submitted(Channel channel, Descriptor descriptor, Place client) {
  Flow flow;
  flow.id = next_++;
  flow.descriptor = descriptor;
  flow.known = true;
  flow.origin = client;
  flow.latest = client.time;
  flow.started = wanted_ && events_.flow(Phase::kStart, flow.id, client.track, client.time);
  State& state = channels_[channel];
  state.queued.push_back(flow);
  limit(state.queued);
}

std::optional<DescriptorFlows::Descriptor> DescriptorFlows::started(Channel channel, Place transfer) {
  State& state = channels_[channel];
  finished(channel);
  // What moves nothing completes without the channel.
  const auto next = std::find_if(state.queued.begin(), state.queued.end(),
                                 [](const Flow& flow) { return flow.descriptor.bytes != 0; });
  Flow flow;
  if (next != state.queued.end()) {
    flow = *next;
    state.queued.erase(next);
  } else {
    flow.id = next_++;
  }
  add(flow, transfer);
  state.running = flow;
  if (!flow.known) return std::nullopt;
  return flow.descriptor;
}

DescriptorFlows::Id DescriptorFlows::step(Channel channel, Place place) {
  State& state = channels_[channel];
  Flow* flow = state.running ? &*state.running : state.done.empty() ? nullptr : &state.done.back();
  if (flow == nullptr) return 0;
  add(*flow, place);
  return flow->id;
}

void DescriptorFlows::step(Channel channel, Id id, Place place) {
  State& state = channels_[channel];
  if (state.running && state.running->id == id) add(*state.running, place);
  for (Flow& flow : state.done) {
    if (flow.id == id) add(flow, place);
  }
}

void DescriptorFlows::finished(Channel channel) {
  State& state = channels_[channel];
  if (!state.running) return;
  // Of what nobody has submitted nobody tells the callback either.
  for (; !state.done.empty() && !state.done.front().known; state.done.pop_front()) retire(state.done.front());
  state.done.push_back(*state.running);
  state.running.reset();
  limit(state.done);
}

DescriptorFlows::Id DescriptorFlows::running(Channel channel) const {
  const auto state = channels_.find(channel);
  return state != channels_.end() && state->second.running ? state->second.running->id : 0;
}

void DescriptorFlows::callback(Channel channel, std::int64_t cookie, Place place) {
  State& state = channels_[channel];
  const auto is = [cookie](const Flow& flow) { return flow.known && flow.descriptor.cookie == cookie; };
  const auto done = std::find_if(state.done.begin(), state.done.end(), is);
  if (done != state.done.end()) {
    add(*done, place);
    // Those before it have no callback.
    std::for_each(state.done.begin(), done + 1, [this](Flow& flow) { retire(flow); });
    state.done.erase(state.done.begin(), done + 1);
    return;
  }
  if (state.running && is(*state.running)) {
    add(*state.running, place);
    retire(*state.running);
    Flow period;
    period.id = next_++;
    period.descriptor = state.running->descriptor;
    period.known = true;
    state.running = period;
    return;
  }
  const auto queued = std::find_if(state.queued.begin(), state.queued.end(), is);
  if (queued == state.queued.end()) return;
  add(*queued, place);
  retire(*queued);
  state.queued.erase(queued);
}

void DescriptorFlows::terminated(Channel channel) {
  State& state = channels_[channel];
  if (state.running) retire(*state.running);
  state.running.reset();
  retire_all(state.done);
  retire_all(state.queued);
}

void DescriptorFlows::close() {
  for (auto& [channel, state] : channels_) terminated(channel);
}

std::size_t DescriptorFlows::size() const {
  std::size_t size = 0;
  for (const auto& [channel, state] : channels_)
    size += state.queued.size() + state.done.size() + (state.running ? 1 : 0);
  return size;
}

}  // namespace dmavp::platform
