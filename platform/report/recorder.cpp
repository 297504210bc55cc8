#include "platform/report/recorder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dmavp::platform {

namespace {
constexpr const char* kUnserved = "dmac.interrupt-unserved";
}

class Recorder::Tap : public Observer {
 public:
  Tap(Recorder& recorder, std::string name, const Clock& clock)
      : recorder_(recorder),
        name_(std::move(name)),
        clock_(clock),
        traced_(recorder.trace_ != nullptr ? recorder.trace_->interests(name_) : 0) {
    for (const View* view : recorder.views_) {
      Observer* observer = view->observer_of(name_);
      if (observer == nullptr) continue;
      shows_.push_back({observer, observer->interests()});
      shown_ |= observer->interests();
    }
  }

  // What only trace and views show costs nothing without them.
  unsigned interests() const override { return kBlocks | kInterrupts | kDiagnostics | traced_ | shown_; }

  void burst(const BurstEvent& event) override {
    if (recorder_.finished_) return;
    show(kBursts, &Observer::burst, event);
    if ((traced_ & kBursts) == 0) return;
    BurstEvent named = event;
    named.source.name = name_.c_str();
    recorder_.trace_->burst(named, clock_);
  }
  void block(const BlockEvent& event) override {
    if (recorder_.finished_) return;
    show(kBlocks, &Observer::block, event);
    BlockEvent named = event;
    named.source.name = name_.c_str();
    if (recorder_.trace_ != nullptr) recorder_.trace_->block(named);
    if (const auto halt = recorder_.halts_[name_].block(event))
      recorder_.diagnostic(Severity::kWarning, "dmac.invalid-item", halt->time, name_,
                           "channel " + std::to_string(event.channel) + " halted: " + halt->cause);
  }
  void register_access(const RegisterEvent& event) override {
    if (recorder_.finished_) return;
    show(kRegisterAccesses, &Observer::register_access, event);
    if ((traced_ & kRegisterAccesses) == 0) return;
    RegisterEvent named = event;
    named.source.name = name_.c_str();
    recorder_.trace_->register_access(named);
  }
  void interrupt(const InterruptEvent& event) override {
    if (recorder_.finished_) return;
    if (event.level) ++recorder_.edges_[{name_, event.line}];
    recorder_.halts_[name_].interrupt(event);
    if (const auto watch = recorder_.waiting_.find(name_); watch != recorder_.waiting_.end()) {
      if (const auto unserved = watch->second.interrupt(event))
        recorder_.diagnostic(Severity::kWarning, kUnserved, unserved->time, name_, unserved->text);
    }
    show(kInterrupts, &Observer::interrupt, event);
    if ((traced_ & kInterrupts) == 0) return;
    InterruptEvent named = event;
    named.source.name = name_.c_str();
    recorder_.trace_->interrupt(named);
  }
  void dma_request(const DmaRequestEvent& event) override {
    if (recorder_.finished_) return;
    show(kDmaRequests, &Observer::dma_request, event);
    if ((traced_ & kDmaRequests) == 0) return;
    DmaRequestEvent named = event;
    named.source.name = name_.c_str();
    recorder_.trace_->dma_request(named);
  }
  void diagnostic(const DiagnosticEvent& event) override {
    recorder_.diagnostic(event.severity, event.kind, event.time, name_, event.message);
  }
  void grant(const GrantEvent& event) override { show(kActivity, &Observer::grant, event); }
  void side(const SideEvent& event) override { show(kActivity, &Observer::side, event); }
  void fifo(const FifoEvent& event) override { show(kActivity, &Observer::fifo, event); }

 private:
  struct Show {
    Observer* observer;
    unsigned interests;
  };

  template <typename Event>
  void show(Interest kind, void (Observer::*tell)(const Event&), const Event& event) const {
    for (const Show& show : shows_) {
      if ((show.interests & kind) != 0) (show.observer->*tell)(event);
    }
  }

  Recorder& recorder_;
  std::string name_;
  Clock clock_;
  const unsigned traced_;
  std::vector<Show> shows_;
  unsigned shown_ = 0;
};

Observer* Recorder::observer_for(const std::string& name, const Clock& clock) {
  taps_.push_back(std::make_unique<Tap>(*this, name, clock));
  return taps_.back().get();
}

ClientRecord& Recorder::client(const char* name, const char* kind) {
  for (ClientRecord& known : clients_) {
    if (known.name == name) {
      if (known.kind.empty()) known.kind = kind;
      return known;
    }
  }
  clients_.emplace_back();
  clients_.back().name = name;
  clients_.back().kind = kind;
  return clients_.back();
}

void Recorder::soft(const port::SoftEvent& event) {
  if (finished_) return;
  switch (event.kind) {
    case port::SoftEventKind::kInterruptEntry:
      ++interrupts_[{event.cpu, event.number}];
      break;
    case port::SoftEventKind::kClientStart:
      client(event.text, "");
      break;
    case port::SoftEventKind::kClientDone: {
      ClientRecord& record = client(event.text, "");
      record.done = true;
      record.result = static_cast<int>(static_cast<std::int64_t>(event.number));
      break;
    }
    case port::SoftEventKind::kDiagnostic: {
      const std::string text = event.text;
      const std::size_t colon = text.find(": ");
      const auto severity = static_cast<Severity>(std::min<std::uint64_t>(event.number, 2));
      diagnostic(severity, text.substr(0, colon), event.time, "cpu" + std::to_string(event.cpu),
                 colon == std::string::npos ? text : text.substr(colon + 2));
      return;
    }
    default:
      break;
  }
  if (trace_ != nullptr) trace_->soft(event);
  for (View* view : views_) view->soft(event);
}

void Recorder::report(const port::ClientReport& report) {
  if (finished_) return;
  ClientRecord& record = client(report.client, report.kind);
  ++record.transfers;
  ++record.channels[report.channel];
  if (report.failed) {
    ++record.errors;
    ++record.results[report.result];
  } else {
    record.bytes += report.bytes;
  }
  record.first_issue = std::min(record.first_issue, report.issued);
  record.last_completion = std::max(record.last_completion, report.completed);
  if (!report.failed) record.latencies.add(report.completed - std::min(report.issued, report.completed));
}

void Recorder::fault_hit(const FaultLog::Hit& hit) {
  if (finished_) return;
  if (trace_ != nullptr) trace_->fault(hit);
  for (View* view : views_) view->fault(hit);
}

void Recorder::note(const char* name, const char* key, const char* value) {
  if (finished_) return;
  auto& notes = client(name, "").notes;
  const auto known =
      std::find_if(notes.begin(), notes.end(), [key](const auto& n) { return n.first == key; });
  if (known != notes.end()) {
    known->second = value;
  } else {
    notes.emplace_back(key, value);
  }
}

void Recorder::diagnostic(Severity severity, const std::string& kind, std::uint64_t time_ps,
                          const std::string& source, const std::string& message) {
  if (finished_) return;
  if (trace_ != nullptr) trace_->diagnostic(time_ps, severity, source, kind, message);
  for (View* view : views_)
    view->diagnostic({{source.c_str()}, time_ps, severity, kind.c_str(), message.c_str()});
  for (DiagnosticRecord& known : diagnostics_) {
    if (known.kind == kind && known.source == source && known.message == message) {
      ++known.count;
      return;
    }
  }
  if (diagnostics_.size() < 1000) diagnostics_.push_back({severity, kind, time_ps, source, message, 1});
}

void Recorder::finish(port::Time end) {
  if (finished_) return;
  for (const auto& [name, watch] : waiting_) {
    for (const InterruptWatch::Unserved& unserved : watch.finish(end))
      diagnostic(Severity::kWarning, kUnserved, unserved.time, name, unserved.text);
  }
  finished_ = true;
  end_ = end;
  statistics_ = kernel::Kernel::instance().statistics();
}

std::vector<InterruptRecord> Recorder::interrupts() const {
  std::vector<InterruptRecord> found;
  for (const auto& [key, count] : interrupts_) found.push_back({key.first, key.second, count});
  return found;
}

std::uint64_t Recorder::rising_edges(const std::string& source, unsigned line) const {
  const auto found = edges_.find({source, line});
  return found == edges_.end() ? 0 : found->second;
}

const std::map<unsigned, HaltWatch::Channel>& Recorder::halts(const std::string& source) const {
  static const std::map<unsigned, HaltWatch::Channel> kNone;
  const auto found = halts_.find(source);
  return found == halts_.end() ? kNone : found->second.channels();
}

}  // namespace dmavp::platform
