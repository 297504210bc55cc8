#include "platform/report/timeline_cpu.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dmavp::platform {
namespace {

constexpr unsigned kPlaces = 10;  // of a CPU
constexpr std::array kSoftirqs{"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET"};

std::string softirq_name(std::uint64_t number) {
  return number < kSoftirqs.size() ? kSoftirqs[number] : "softirq " + std::to_string(number);
}

}  // namespace

CpuTimeline::CpuTimeline(TraceEvents& events, unsigned process, unsigned number, Shown shown)
    : events_(events), shown_(std::move(shown)) {
  const std::string name = "cpu" + std::to_string(number);
  tracks_[kProcess] = events.add_track(process, number * kPlaces, name + " process");
  tracks_[kSoftirq] = events.add_track(process, number * kPlaces + 1, name + " softirq");
  tracks_[kHardirq] = events.add_track(process, number * kPlaces + 2, name + " hardirq");
}

DescriptorFlows::Place CpuTimeline::place(std::uint64_t time) const {
  const TraceEvents::Track track = tracks_[context_];
  return {events_.inside_visible(track) ? track : TraceEvents::kHidden, time};
}

void CpuTimeline::begin(std::uint64_t time, const char* kind, const std::string& name,
                        const Arguments& arguments, const char* software_channel) {
  events_.begin(tracks_[context_], time, name, arguments, shown_(kind, software_channel));
}

// A softirq goes on below the hard interrupt that interrupts it, and so does a thread below both.
void CpuTimeline::context(const std::string& name, std::uint64_t time) {
  const Context now = name == "hardirq" ? kHardirq : name == "softirq" ? kSoftirq : kProcess;
  for (unsigned above = now + 1u; above <= kHardirq; ++above) events_.end_to(tracks_[above], 0, time);
  context_ = now;
  if (now != kProcess && events_.depth(tracks_[now]) == 0)
    begin(time, now == kHardirq ? "interrupt" : "softirq", name);
}

void CpuTimeline::call(const port::SoftEvent& e, const char* what, const std::string& channel,
                       const Arguments& arguments) {
  if (shown_("call", channel.c_str()))
    events_.instant(tracks_[context_], e.time, std::string(what) + " " + channel, arguments);
}

void CpuTimeline::soft(const port::SoftEvent& e, const std::string& text) {
  using K = port::SoftEventKind;
  const TraceEvents::Track track = tracks_[context_];
  const auto cookie = [&e] {
    return Arguments().signed_number("cookie", static_cast<std::int64_t>(e.number));
  };
  switch (e.kind) {
    case K::kContext:
      context(text, e.time);
      break;
    case K::kThreadSwitch:
      events_.end_to(tracks_[kProcess], 0, e.time);
      if (text.rfind("idle/", 0) != 0)
        events_.begin(tracks_[kProcess], e.time, text, {}, shown_("thread", ""));
      break;
    case K::kInterruptEntry:
      begin(e.time, "interrupt", "irq " + std::to_string(e.number) + (text.empty() ? "" : " ") + text,
            Arguments().number("number", e.number));
      break;
    case K::kInterruptExit:
      events_.end_to(track, 1, e.time);
      break;
    case K::kSoftirq:
      events_.end_to(track, 1, e.time);
      begin(e.time, "softirq", softirq_name(e.number), Arguments().text("where", text));
      break;
    case K::kTasklet:
      below_tasklet_ = events_.depth(track);
      begin(e.time, "softirq", text);
      break;
    case K::kTaskletEnd:
      events_.end_to(track, below_tasklet_, e.time);
      break;
    case K::kCallback:
      below_callback_ = events_.depth(track);
      begin(e.time, "callback", "callback " + text, cookie().number("bytes", e.bytes), text.c_str());
      break;
    case K::kCallbackEnd:
      events_.end_to(track, below_callback_, e.time);
      break;
    case K::kSubmit:
      call(e, "submit", text, cookie().number("bytes", e.bytes));
      break;
    case K::kIssue:
      call(e, "issue", text, {});
      break;
    case K::kTerminate:
      call(e, "terminate", text, {});
      break;
    default:
      break;
  }
}

}  // namespace dmavp::platform
