#include "platform/report/trace.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

namespace dmavp::platform {
namespace {

using ull = unsigned long long;

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
  std::array<char, 512> text{};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return text.data();
}

const char* name(BurstKind kind) {
  switch (kind) {
    case BurstKind::kRead:
      return "read";
    case BurstKind::kWrite:
      return "write";
    case BurstKind::kDescriptorFetch:
      return "lli-fetch";
    case BurstKind::kDescriptorWriteBack:
      return "lli-write-back";
    case BurstKind::kStatusFetch:
      return "status-fetch";
  }
  return "?";
}

const char* name(BlockPhase phase) {
  switch (phase) {
    case BlockPhase::kChannelEnabled:
      return "channel-enabled";
    case BlockPhase::kBlockStart:
      return "block-start";
    case BlockPhase::kBlockDone:
      return "block-done";
    case BlockPhase::kTransferDone:
      return "transfer-done";
    case BlockPhase::kSuspended:
      return "suspended";
    case BlockPhase::kResumed:
      return "resumed";
    case BlockPhase::kDisabled:
      return "disabled";
    case BlockPhase::kAborted:
      return "aborted";
    case BlockPhase::kError:
      return "error";
    case BlockPhase::kInvalidItem:
      return "invalid-item";
  }
  return "?";
}

const char* axi_status(std::uint8_t status) {
  return status == 0 ? "okay" : status == 2 ? "slverr" : "decerr";
}

}  // namespace

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "?";
}

void Trace::add(std::uint64_t time, bool software, std::string text) {
  lines_.push_back({time, software, std::move(text)});
}

void Trace::burst(const BurstEvent& e, const Clock& clock) {
  add(clock.time_of(e.response), false,
      print("%s burst ch=%u kind=%s master=%u address=0x%llx bytes=%u beats=%u%s accepted=%llu first=%llu "
            "last=%llu "
            "response=%llu status=%s",
            e.source.name, e.channel, name(e.kind), e.master, ull{e.address}, e.bytes, unsigned{e.beats},
            e.fixed ? " fixed" : "", ull{e.accepted}, ull{e.first_beat}, ull{e.last_beat}, ull{e.response},
            axi_status(e.status)));
}

void Trace::block(const BlockEvent& e) {
  add(e.time, false,
      print("%s %s ch=%u descriptor=0x%llx bytes=%llu", e.source.name, name(e.phase), e.channel,
            ull{e.descriptor}, ull{e.bytes}));
}

void Trace::register_access(const RegisterEvent& e) {
  add(e.time, false,
      print("%s %s %s offset=0x%llx value=0x%llx bytes=%u", e.source.name,
            e.write ? "register-write" : "register-read", e.name, ull{e.offset}, ull{e.value},
            unsigned{e.bytes}));
}

void Trace::interrupt(const InterruptEvent& e) {
  add(e.time, false, print("%s interrupt line=%u level=%d", e.source.name, e.line, e.level ? 1 : 0));
}

void Trace::dma_request(const DmaRequestEvent& e) {
  add(e.time, false,
      print("%s dma-request %s burst=%d single=%d last=%d", e.source.name, e.line == 0 ? "rx" : "tx",
            e.burst ? 1 : 0, e.single ? 1 : 0, e.last ? 1 : 0));
}

void Trace::diagnostic(std::uint64_t time, Severity severity, const std::string& source,
                       const std::string& kind, const std::string& message) {
  add(time, false, source + " diagnostic " + to_string(severity) + " " + kind + ": " + message);
}

void Trace::soft(const port::SoftEvent& e) {
  using K = port::SoftEventKind;
  std::string text;
  switch (e.kind) {
    case K::kInterruptEntry:
      text = print("interrupt-entry number=%llu", ull{e.number});
      break;
    case K::kInterruptExit:
      text = print("interrupt-exit number=%llu", ull{e.number});
      break;
    case K::kSoftirq:
      text = print("softirq number=%llu where=%s", ull{e.number}, e.text);
      break;
    case K::kThreadSwitch:
      text = print("thread %s", e.text);
      break;
    case K::kSubmit:
      text =
          print("submit %s cookie=%lld bytes=%llu", e.text, static_cast<long long>(e.number), ull{e.bytes});
      break;
    case K::kIssue:
      text = print("issue %s", e.text);
      break;
    case K::kCallback:
      text =
          print("callback %s cookie=%lld bytes=%llu", e.text, static_cast<long long>(e.number), ull{e.bytes});
      break;
    case K::kTerminate:
      text = print("terminate %s", e.text);
      break;
    case K::kMap:
    case K::kUnmap:
    case K::kSync:
      text = print("%s address=0x%llx bytes=%llu direction=%llu",
                   e.kind == K::kMap     ? "map"
                   : e.kind == K::kUnmap ? "unmap"
                                         : "sync",
                   ull{e.address}, ull{e.bytes}, ull{e.number});
      break;
    case K::kModuleLoad:
      text = print("module-load %s", e.text);
      break;
    case K::kModuleUnload:
      text = print("module-unload %s", e.text);
      break;
    case K::kClientStart:
      text = print("client-start %s", e.text);
      break;
    case K::kClientDone:
      text = print("client-done %s result=%lld", e.text, static_cast<long long>(e.number));
      break;
    case K::kDiagnostic:
      text = print("diagnostic %s %s", to_string(static_cast<Severity>(std::min<std::uint64_t>(e.number, 2))),
                   e.text);
      break;
  }
  add(e.time, true, print("cpu%u ", e.cpu) + text);
}

void Trace::flush(std::ostream& out, std::uint64_t time) {
  if (!started_) out << "# dmavp trace 1: time_ps source event details\n";
  started_ = true;
  std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
    return a.time != b.time ? a.time < b.time : a.software < b.software;
  });
  auto line = lines_.begin();
  for (; line != lines_.end() && line->time < time; ++line) out << line->time << ' ' << line->text << '\n';
  lines_.erase(lines_.begin(), line);
}

void Trace::finish(std::ostream& out, std::uint64_t end) {
  flush(out, end + 1);
  lines_.clear();
}

}  // namespace dmavp::platform
