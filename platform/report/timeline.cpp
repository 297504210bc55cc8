#include "platform/report/timeline.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "platform/report/trace.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kChannels = dmac::kMaxChannels;
constexpr unsigned kUnknownChannels = 1u << 16;  // of controllers that are not on the board

}  // namespace

std::vector<std::string> timeline_kinds() {
  return {"transfer", "burst",  "wait", "counter", "flow",    "interrupt", "softirq",
          "callback", "thread", "call", "client",  "request", "fault",     "diagnostic"};
}

// --- models
// -----------------------------------------------------------------------------------------------------

class Timeline::Dmac : public Observer {
 public:
  Dmac(Timeline& timeline, DmacTimeline& dmac) : timeline_(timeline), dmac_(dmac) {}
  unsigned interests() const override { return dmac_.interests(); }

  /// What reaches out of the window is shown as far as it lies in it.
  void burst(const BurstEvent& e) override {
    const std::uint64_t last = timeline_.filter_.to - 1;
    if (time_of(e.accepted) <= last) add(std::min(time_of(e.response), last), e);
  }
  void block(const BlockEvent& e) override { add(e.time, e); }
  void interrupt(const InterruptEvent& e) override { add(e.time, e); }
  void fifo(const FifoEvent& e) override { add(time_of(e.at), e); }
  void side(const SideEvent& e) override { dmac_.side(e); }
  void grant(const GrantEvent& e) override {
    add(time_of(e.accepted), Outstanding{e.channel, e.write, true});
    add(time_of(e.response + 1), Outstanding{e.channel, e.write, false});
  }

 private:
  std::uint64_t time_of(Cycle cycle) const { return dmac_.clock().time_of(cycle); }
  template <typename Event>
  void add(std::uint64_t time, const Event& event) {
    timeline_.add({time, &dmac_, event});
  }

  Timeline& timeline_;
  DmacTimeline& dmac_;
};

class Timeline::Device : public Observer {
 public:
  Device(Timeline& timeline, const PeripheralDescription& d) : timeline_(timeline) {
    TraceEvents& events = timeline.events_;
    const unsigned process = events.add_process(d.name);
    if (timeline.shown(d.name, "request", kNoChannel)) {
      requests_[0] = events.add_track(process, 0, "rx request");
      requests_[1] = events.add_track(process, 1, "tx request");
    }
    if (timeline.shown(d.name, "interrupt", kNoChannel))
      interrupt_ = events.add_track(process, 2, "interrupt");
  }
  unsigned interests() const override {
    return (requests_[0] != TraceEvents::kHidden ? kDmaRequests : 0u) |
           (interrupt_ != TraceEvents::kHidden ? kInterrupts : 0u);
  }
  void dma_request(const DmaRequestEvent& e) override {
    const char* name = e.burst ? (e.last ? "burst, last" : "burst") : e.last ? "single, last" : "single";
    timeline_.add({e.time, nullptr, Request{requests_[e.line == 0 ? 0 : 1], e.burst || e.single, name}});
  }
  void interrupt(const InterruptEvent& e) override {
    timeline_.add({e.time, nullptr, Request{interrupt_, e.level, "interrupt"}});
  }

 private:
  Timeline& timeline_;
  TraceEvents::Track requests_[2] = {TraceEvents::kHidden, TraceEvents::kHidden};
  TraceEvents::Track interrupt_ = TraceEvents::kHidden;
};

Timeline::Timeline(const BoardDescription& board, EventFilter filter, Describe describe)
    : board_(board),
      filter_(std::move(filter)),
      describe_(std::move(describe)),
      events_(filter_.from, filter_.to),
      flows_(events_, filter_.kinds.empty() || std::find(filter_.kinds.begin(), filter_.kinds.end(),
                                                         "flow") != filter_.kinds.end()) {
  const unsigned cpus = events_.add_process("CPUs");
  for (unsigned i = 0; i < board.cpus.size(); ++i) {
    const std::string name = "cpu" + std::to_string(i);
    cpus_.emplace_back(events_, cpus, i, [this, name](const char* kind, const char* channel) {
      return shown(name, kind, kNoChannel, channel);
    });
  }
  events_.show_process(cpus);
  for (unsigned i = 0; i < board.dmacs.size(); ++i) {
    const DmacDescription& d = board.dmacs[i];
    const auto shows = [this, &d](const char* kind, int channel) { return shown(d.name, kind, channel); };
    dmacs_.push_back(std::make_unique<DmacTimeline>(events_, flows_, d, i * kChannels, shows));
    observers_.emplace_back(d.name, std::make_unique<Dmac>(*this, *dmacs_.back()));
  }
  for (const PeripheralDescription& p : board.peripherals)
    observers_.emplace_back(p.name, std::make_unique<Device>(*this, p));
  clients_ = events_.add_process("clients");
  const unsigned run = events_.add_process("run");
  faults_ = events_.add_track(run, 0, "faults");
  diagnostics_ = events_.add_track(run, 1, "diagnostics");
}

Timeline::~Timeline() = default;

bool Timeline::shown(const std::string& source, const char* kind, int channel, const char* software) const {
  return filter_.matches({filter_.from, source.c_str(), kind, channel, software});
}

Observer* Timeline::observer_of(const std::string& source) const {
  for (const auto& [name, observer] : observers_) {
    if (name == source) return observer->interests() != 0 ? observer.get() : nullptr;
  }
  return nullptr;
}

// --- arrival
// -----------------------------------------------------------------------------------------------------

void Timeline::add(Record record) {
  if (record.time < filter_.to) pending_.push_back(std::move(record));
}

unsigned Timeline::text(const std::string& text) {
  const auto [known, added] = index_of_text_.emplace(text, texts_.size());
  if (added) texts_.push_back(text);
  return known->second;
}

// Addresses differ from one run of the host to the next and are not shown.
std::string Timeline::tasklet(std::uint64_t address) {
  const auto known = tasklets_.find(address);
  if (known != tasklets_.end()) return texts_[known->second];
  std::string name = describe_ ? describe_(reinterpret_cast<const void*>(address)) : "";
  if (name.empty()) name = "tasklet";
  tasklets_[address] = text(name);
  return name;
}

void Timeline::soft(const port::SoftEvent& event) {
  using K = port::SoftEventKind;
  switch (event.kind) {
    case K::kMap:
    case K::kUnmap:
    case K::kSync:
    case K::kModuleLoad:
    case K::kModuleUnload:
    case K::kDiagnostic:
      return;
    default:
      break;
  }
  const unsigned words = text(event.kind == K::kTasklet ? tasklet(event.address) : event.text);
  Soft soft{event, words};
  soft.event.text = "";  // valid during the call only
  add({event.time, nullptr, soft});
}

void Timeline::fault(const FaultLog::Hit& hit) {
  if (!shown(hit.fault->target, "fault", kNoChannel)) return;
  Arguments arguments;
  arguments.text("target", hit.fault->target).number("hit", hit.number);
  if (hit.where[0] != '\0') arguments.address(hit.where, hit.at);
  add({hit.time, nullptr, Mark{faults_, hit.fault->info().name, std::move(arguments)}});
}

void Timeline::diagnostic(const DiagnosticEvent& event) {
  if (!shown(event.source.name, "diagnostic", kNoChannel)) return;
  Arguments arguments;
  arguments.text("severity", to_string(event.severity)).text("source", event.source.name);
  arguments.text("message", event.message);
  add({event.time, nullptr, Mark{diagnostics_, event.kind, std::move(arguments)}});
}

// --- in order of time
// --------------------------------------------------------------------------------------------

// "dma1chan3": software counts controllers in the order in which they were registered, which is that of the
// device tree.
unsigned Timeline::software_channel(const std::string& name) {
  const std::size_t chan = name.find("chan");
  if (name.rfind("dma", 0) == 0 && chan != std::string::npos) {
    const unsigned long dmac = std::strtoul(name.c_str() + 3, nullptr, 10);
    const unsigned long channel = std::strtoul(name.c_str() + chan + 4, nullptr, 10);
    if (dmac < dmacs_.size() && channel < kChannels) return static_cast<unsigned>(dmac * kChannels + channel);
  }
  return kUnknownChannels + text(name);
}

void Timeline::play(const Soft& soft) {
  using K = port::SoftEventKind;
  const port::SoftEvent& e = soft.event;
  const std::string text = texts_[soft.text];
  const auto cookie = static_cast<std::int64_t>(e.number);
  if (e.kind == K::kClientStart || e.kind == K::kClientDone) {
    const bool visible = filter_.matches({filter_.from, ("cpu" + std::to_string(e.cpu)).c_str(), "client"});
    auto track = client_tracks_.find(text);
    if (track == client_tracks_.end()) {
      const auto place = static_cast<unsigned>(client_tracks_.size());
      track = client_tracks_.emplace(text, events_.add_track(clients_, place, text)).first;
    }
    if (e.kind == K::kClientStart) {
      events_.begin(track->second, e.time, text, {}, visible);
    } else {
      events_.end(track->second, e.time);
      if (cookie != 0 && visible)
        events_.instant(track->second, e.time, "failed", Arguments().signed_number("result", cookie));
    }
    return;
  }
  if (e.cpu >= cpus_.size()) return;
  CpuTimeline& cpu = cpus_[e.cpu];
  if (e.kind == K::kSubmit) flows_.submitted(software_channel(text), {cookie, e.bytes}, cpu.place(e.time));
  cpu.soft(e, text);
  if (e.kind == K::kTerminate) flows_.terminated(software_channel(text));
  if (e.kind == K::kCallback) flows_.callback(software_channel(text), cookie, cpu.place(e.time));
  if (e.kind == K::kInterruptEntry) {
    for (const auto& dmac : dmacs_) dmac->handler(e.number, cpu.place(e.time));
  }
}

void Timeline::play(const Record& record) {
  struct Player {
    Timeline& timeline;
    const Record& record;
    void operator()(const BurstEvent& e) const { record.dmac->burst(e); }
    void operator()(const BlockEvent& e) const { record.dmac->block(e); }
    void operator()(const InterruptEvent& e) const { record.dmac->interrupt(e); }
    void operator()(const FifoEvent& e) const { record.dmac->fifo(e); }
    void operator()(const Outstanding& o) const {
      record.dmac->outstanding(o.channel, o.write, o.begins, record.time);
    }
    void operator()(const Request& r) const {
      timeline.events_.end_to(r.track, 0, record.time);
      if (r.level) timeline.events_.begin(r.track, record.time, r.name);
    }
    void operator()(const Soft& soft) const { timeline.play(soft); }
    void operator()(const Mark& mark) const {
      timeline.events_.instant(mark.track, record.time, mark.name, mark.arguments);
    }
  };
  std::visit(Player{*this, record}, record.what);
}

std::size_t Timeline::size() const {
  std::size_t size = pending_.size() + flows_.size();
  for (const auto& dmac : dmacs_) size += dmac->size();
  return size;
}

void Timeline::flush(std::ostream& out, std::uint64_t time) {
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Record& a, const Record& b) { return a.time < b.time; });
  auto record = pending_.begin();
  for (; record != pending_.end() && record->time < time; ++record) play(*record);
  pending_.erase(pending_.begin(), record);
  for (const auto& dmac : dmacs_) dmac->settle(time);
  events_.write(out);
}

void Timeline::finish(std::ostream& out, std::uint64_t end) {
  flush(out, end + 1);
  pending_.clear();
  for (const auto& dmac : dmacs_) dmac->close(end);
  flows_.close();
  events_.close(end);
  events_.finish(out);
}

}  // namespace dmavp::platform
