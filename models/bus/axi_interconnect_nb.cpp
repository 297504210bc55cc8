// Non-blocking transport of the interconnect: routes of transactions in flight, and who has to wait.
#include <algorithm>

#include "base/axi_extension.h"
#include "bus/axi_interconnect.h"

namespace dmavp {

using sc_core::sc_time;

/// Where a transaction came from and goes to, carried by the transaction itself. Interconnects in a row chain
/// theirs. Taken from and returned to a free list, so that nothing is allocated in steady state.
struct AxiInterconnect::Route : tlm::tlm_extension<AxiInterconnect::Route> {
  const AxiInterconnect* owner = nullptr;
  Route* outer = nullptr;  // of the interconnect before this one
  Route* next = nullptr;   // in a lane or in the free list
  Payload* access = nullptr;
  unsigned master = 0;
  unsigned region = 0;
  std::uint64_t address = 0;  // as the master gave it
  sc_time ready;              // while waiting: effective time of the phase that is held back
  bool target_done = false;   // the target needs no END_RESP
  bool taken = false;         // the master has its END_REQ
  bool counted = false;       // in Target::in_flight

  tlm::tlm_extension_base* clone() const override { return nullptr; }  // a copy of a transaction has no route
  void copy_from(const tlm::tlm_extension_base&) override {}
};

AxiInterconnect::~AxiInterconnect() {
  for (Route* route : all_routes_) delete route;
}

AxiInterconnect::Route& AxiInterconnect::take_route() {
  if (free_routes_ == nullptr) {
    all_routes_.push_back(new Route);
    all_routes_.back()->owner = this;
    return *all_routes_.back();
  }
  Route& route = *free_routes_;
  free_routes_ = route.next;
  return route;
}

AxiInterconnect::Route* AxiInterconnect::route_of(Payload& access) const {
  Route* route = access.get_extension<Route>();
  while (route != nullptr && route->owner != this) route = route->outer;
  return route;
}

/// The transaction is over for this hop: its address is the master's again and the route is free.
void AxiInterconnect::end_route(Route& route) {
  Payload& access = *route.access;
  Route* top = access.get_extension<Route>();
  if (top == &route) {
    access.set_extension(route.outer);
  } else {
    while (top->outer != &route) top = top->outer;
    top->outer = route.outer;
  }
  access.set_address(route.address);
  route.next = free_routes_;
  free_routes_ = &route;
  if (access.has_mm()) access.release();
}

// --- lanes
// ---------------------------------------------------------------------------------------------------

bool AxiInterconnect::must_wait(const Lane& lane, const sc_time& at) {
  return lane.busy != nullptr || lane.first != nullptr || lane.free_at > at;
}

void AxiInterconnect::wait_in(Lane& lane, Route& route, const sc_time& at) {
  route.ready = at;
  route.next = nullptr;
  (lane.first == nullptr ? lane.first : lane.last->next) = &route;
  lane.last = &route;
  if (lane.busy == nullptr) retry_.notify(std::max(lane.free_at, at) - sc_core::sc_time_stamp());
}

/// The phase that occupied the lane is accepted `delay` from now.
void AxiInterconnect::release(Lane& lane, const Route& route, const sc_time& delay) {
  if (lane.busy != &route) return;
  lane.busy = nullptr;
  lane.free_at = sc_core::sc_time_stamp() + delay;
  if (lane.first != nullptr) retry_.notify(delay);
}

/// Takes the first that waits if its time has come, else asks to be called again then.
AxiInterconnect::Route* AxiInterconnect::next_due(Lane& lane) {
  Route* route = lane.first;
  if (route == nullptr || lane.busy != nullptr) return nullptr;
  const sc_time now = sc_core::sc_time_stamp();
  const sc_time at = std::max(lane.free_at, route->ready);
  if (at > now) {
    retry_.notify(at - now);
    return nullptr;
  }
  lane.first = route->next;
  return route;
}

void AxiInterconnect::retry() {
  for (Target& target : targets_) {
    while (Route* route = next_due(target.requests)) {
      sc_time delay;
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      const tlm::tlm_sync_enum answer = send_request(*route, phase, delay);
      if (answer == tlm::TLM_UPDATED && phase == tlm::END_REQ) {
        if (route->taken) continue;
        in[route->master]->nb_transport_bw(*route->access, phase, delay);
      } else if (answer != tlm::TLM_ACCEPTED) {
        deliver_response(*route, delay);
      }
    }
  }
  for (Master& port : masters_) {
    while (Route* route = next_due(port.responses)) {
      port.responses.busy = route;
      deliver_response(*route, sc_core::SC_ZERO_TIME);
    }
  }
}

// --- limit of a target
// -----------------------------------------------------------------------------------------------

void AxiInterconnect::ask(Target& target, const Route& route) {
  const auto* axi = route.access->get_extension<AxiExtension>();
  target.arbiter->request(route.master, axi ? axi->qos : 0, axi ? std::max<unsigned>(axi->beats, 1) : 1);
}

/// A request waits for a slot of its target, behind older ones of its master.
void AxiInterconnect::queue_up(Target& target, Route& route) {
  Lane& queue = target.queues[route.master];
  route.next = nullptr;
  const bool oldest = queue.first == nullptr;
  (oldest ? queue.first : queue.last->next) = &route;
  queue.last = &route;
  if (oldest) ask(target, route);
}

/// The response has passed, or the request has ended without one: another burst may go to the target.
void AxiInterconnect::slot_is_free(const Route& route) {
  Target& target = targets_[route.region];
  if (target.arbiter == nullptr || !route.counted) return;
  --target.in_flight;
  while (target.in_flight < target_limit_ && target.arbiter->pending()) {
    Lane& queue = target.queues[target.arbiter->grant()];
    Route& next = *queue.first;
    queue.first = next.next;
    if (queue.first != nullptr) ask(target, *queue.first);
    ++target.in_flight;
    next.counted = true;
    wait_in(target.requests, next, std::max(next.ready, sc_core::sc_time_stamp()));
  }
}

// --- requests
// ------------------------------------------------------------------------------------------------

tlm::tlm_sync_enum AxiInterconnect::begin_request(unsigned master, Payload& access, tlm::tlm_phase& phase,
                                                  sc_time& delay) {
  Master& port = masters_[master];
  if (port.hook != nullptr && port.hook->before(access, delay)) return tlm::TLM_COMPLETED;
  const unsigned region = decode(port, access);
  if (region == AddressMap::kNone) {
    ++port.statistics.decode_errors;
    delay += request_latency_ + response_latency_;
    access.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (port.hook != nullptr) port.hook->after(access, delay);
    return tlm::TLM_COMPLETED;
  }
  count(port, access);

  Route& route = take_route();
  route.outer = access.get_extension<Route>();
  route.access = &access;
  route.master = master;
  route.region = region;
  route.address = access.get_address();
  route.target_done = false;
  route.taken = false;
  if (access.has_mm()) access.acquire();
  access.set_extension(&route);

  Target& target = targets_[region];
  sc_time down = delay + request_latency_;
  const sc_time at = sc_core::sc_time_stamp() + down;
  route.counted = target.arbiter != nullptr && target.in_flight < target_limit_;
  if (target.arbiter != nullptr && !route.counted) {
    route.ready = at;
    queue_up(target, route);
    return take(route, phase);
  }
  if (route.counted) ++target.in_flight;
  if (must_wait(target.requests, at)) {
    wait_in(target.requests, route, at);
    return take(route, phase);
  }
  tlm::tlm_phase sent = tlm::BEGIN_REQ;
  const tlm::tlm_sync_enum answer = send_request(route, sent, down);
  if (answer == tlm::TLM_ACCEPTED) return take(route, phase);  // delay stays as it came
  delay = down;
  if (answer == tlm::TLM_COMPLETED) {
    end_route(route);
    return answer;
  }
  phase = sent;
  if (sent == tlm::BEGIN_RESP) {
    const sc_time due = sc_core::sc_time_stamp() + down;
    if (must_wait(port.responses, due)) {
      wait_in(port.responses, route, due);
      phase = tlm::END_REQ;
    } else {
      port.responses.busy = &route;
    }
  }
  return answer;
}

/// A request that its target has not accepted yet: the master gets its END_REQ now, or from the target.
tlm::tlm_sync_enum AxiInterconnect::take(Route& route, tlm::tlm_phase& phase) const {
  if (!queue_requests_) return tlm::TLM_ACCEPTED;
  route.taken = true;
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

/// Gives a request to its target. Unless the answer is TLM_ACCEPTED, the request is accepted then; a response
/// that came with it has passed this hop.
tlm::tlm_sync_enum AxiInterconnect::send_request(Route& route, tlm::tlm_phase& phase, sc_time& delay) {
  Target& target = targets_[route.region];
  Payload& access = *route.access;
  access.set_address(route.address - target.offset);
  if (target.hook != nullptr && target.hook->before(access, delay)) {
    route.target_done = true;
    slot_is_free(route);
    delay += response_latency_;
    access.set_address(route.address);
    if (FaultPoint* hook = masters_[route.master].hook) hook->after(access, delay);
    return tlm::TLM_COMPLETED;
  }
  target.requests.busy = &route;
  const tlm::tlm_sync_enum answer = out[route.region]->nb_transport_fw(access, phase, delay);
  if (answer == tlm::TLM_ACCEPTED) return answer;  // it may be over already, by a call back from inside
  release(target.requests, route, delay);
  if (answer == tlm::TLM_COMPLETED) route.target_done = true;
  if (answer == tlm::TLM_COMPLETED || phase == tlm::BEGIN_RESP) response_passes(route, delay);
  return answer;
}

// --- responses
// -----------------------------------------------------------------------------------------------

/// Hooks, latency and address of a response on its way to the master.
void AxiInterconnect::response_passes(Route& route, sc_time& delay) {
  Payload& access = *route.access;
  slot_is_free(route);
  if (FaultPoint* hook = targets_[route.region].hook) hook->after(access, delay);
  delay += response_latency_;
  access.set_address(route.address);
  if (FaultPoint* hook = masters_[route.master].hook) hook->after(access, delay);
}

/// Gives a response to its master, whose lane it holds. Returns the master's answer; the route has ended
/// unless that is TLM_ACCEPTED.
tlm::tlm_sync_enum AxiInterconnect::send_response(Route& route, sc_time& delay) {
  Lane& lane = masters_[route.master].responses;
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  const tlm::tlm_sync_enum answer = in[route.master]->nb_transport_bw(*route.access, phase, delay);
  if (answer == tlm::TLM_ACCEPTED) return answer;
  release(lane, route, delay);
  end_route(route);
  return answer;
}

/// A response that cannot travel in a call of its target: the target gets its END_RESP from here.
void AxiInterconnect::deliver_response(Route& route, sc_time delay) {
  Lane& lane = masters_[route.master].responses;
  const sc_time at = sc_core::sc_time_stamp() + delay;
  if (lane.busy != &route) {
    if (must_wait(lane, at)) {
      wait_in(lane, route, at);
      return;
    }
    lane.busy = &route;
  }
  Payload& access = *route.access;
  const unsigned region = route.region;
  const bool target_done = route.target_done;
  if (access.has_mm()) access.acquire();  // for END_RESP, after the master may have let go
  const tlm::tlm_sync_enum answer = send_response(route, delay);
  if (answer != tlm::TLM_ACCEPTED && !target_done) {
    tlm::tlm_phase phase = tlm::END_RESP;
    out[region]->nb_transport_fw(access, phase, delay);
  }
  if (access.has_mm()) access.release();
}

tlm::tlm_sync_enum AxiInterconnect::end_response(Payload& access, const sc_time& delay) {
  Route* route = route_of(access);
  if (route == nullptr) {
    SC_REPORT_WARNING("/dmavp/bus", "END_RESP for a transaction that is not in flight; ignored");
    return tlm::TLM_COMPLETED;
  }
  release(masters_[route->master].responses, *route, delay);
  if (!route->target_done) {
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_time down = delay;
    out[route->region]->nb_transport_fw(access, phase, down);
  }
  end_route(*route);
  return tlm::TLM_COMPLETED;
}

// --- the two calls
// -------------------------------------------------------------------------------------------

tlm::tlm_sync_enum AxiInterconnect::nb_transport_fw(int master, Payload& access, tlm::tlm_phase& phase,
                                                    sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) return begin_request(static_cast<unsigned>(master), access, phase, delay);
  if (phase == tlm::END_RESP) return end_response(access, delay);
  const Route* route = route_of(access);  // ignorable phases pass
  return route == nullptr ? tlm::TLM_ACCEPTED : out[route->region]->nb_transport_fw(access, phase, delay);
}

tlm::tlm_sync_enum AxiInterconnect::nb_transport_bw(int, Payload& access, tlm::tlm_phase& phase,
                                                    sc_time& delay) {
  Route* route = route_of(access);
  if (route == nullptr) {
    SC_REPORT_WARNING("/dmavp/bus", "response for a transaction that is not in flight; ignored");
    return tlm::TLM_COMPLETED;
  }
  if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP)
    release(targets_[route->region].requests, *route, delay);
  if (phase == tlm::END_REQ && route->taken) return tlm::TLM_ACCEPTED;
  if (phase != tlm::BEGIN_RESP) return in[route->master]->nb_transport_bw(access, phase, delay);

  sc_time up = delay;
  response_passes(*route, up);
  Lane& lane = masters_[route->master].responses;
  const sc_time at = sc_core::sc_time_stamp() + up;
  if (must_wait(lane, at)) {
    wait_in(lane, *route, at);
    return tlm::TLM_ACCEPTED;
  }
  lane.busy = route;
  const tlm::tlm_sync_enum answer = send_response(*route, up);
  if (answer == tlm::TLM_ACCEPTED) return answer;  // phase and delay stay as they came
  delay = up;
  if (answer == tlm::TLM_UPDATED) phase = tlm::END_RESP;
  return answer;
}

}  // namespace dmavp
