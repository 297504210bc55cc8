#include "platform/report/trace.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "dmac/parameters.h"

namespace dmavp::platform {
namespace {

using ull = unsigned long long;

constexpr const char* kBurst = "burst";
constexpr const char* kRegisterRead = "register-read";
constexpr const char* kRegisterWrite = "register-write";
constexpr const char* kDmaRequest = "dma-request";
constexpr const char* kInterrupt = "interrupt";
constexpr const char* kFault = "fault";
constexpr std::array kPhases{BlockPhase::kChannelEnabled, BlockPhase::kBlockStart, BlockPhase::kBlockDone,
                             BlockPhase::kTransferDone,   BlockPhase::kSuspended,  BlockPhase::kResumed,
                             BlockPhase::kDisabled,       BlockPhase::kAborted,    BlockPhase::kError,
                             BlockPhase::kInvalidItem};

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
  std::array<char, 512> text{};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return text.data();
}

const char* name(port::SoftEventKind kind) {
  using K = port::SoftEventKind;
  switch (kind) {
    case K::kInterruptEntry:
      return "interrupt-entry";
    case K::kInterruptExit:
      return "interrupt-exit";
    case K::kSoftirq:
      return "softirq";
    case K::kThreadSwitch:
      return "thread";
    case K::kContext:
      return "context";
    case K::kSubmit:
      return "submit";
    case K::kIssue:
      return "issue";
    case K::kCallback:
      return "callback";
    case K::kTerminate:
      return "terminate";
    case K::kMap:
      return "map";
    case K::kUnmap:
      return "unmap";
    case K::kSync:
      return "sync";
    case K::kModuleLoad:
      return "module-load";
    case K::kModuleUnload:
      return "module-unload";
    case K::kClientStart:
      return "client-start";
    case K::kClientDone:
      return "client-done";
    case K::kDiagnostic:
      return "diagnostic";
    case K::kTasklet:
    case K::kTaskletEnd:
    case K::kCallbackEnd:
      break;
  }
  return "?";
}

/// Those that only a picture of the run needs.
bool written(port::SoftEventKind kind) {
  using K = port::SoftEventKind;
  return kind != K::kContext && kind <= K::kDiagnostic;
}

/// The channel of a controller's interrupt line or register; of other sources nobody asks.
int channel_of_line(unsigned line) { return line < dmac::kMaxChannels ? static_cast<int>(line) : kNoChannel; }
int channel_of_register(std::uint64_t offset) {
  constexpr std::uint64_t kBank = 0x100;  // the common registers, and those of each channel
  return offset >= kBank ? static_cast<int>(offset / kBank - 1) : kNoChannel;
}

const char* axi_status(std::uint8_t status) {
  return status == 0 ? "okay" : status == 2 ? "slverr" : "decerr";
}

}  // namespace

const char* to_string(BurstKind kind) {
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

const char* to_string(BlockPhase phase) {
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

std::vector<std::string> event_kinds() {
  std::vector<std::string> kinds{kBurst};
  for (const BlockPhase phase : kPhases) kinds.emplace_back(to_string(phase));
  for (const char* kind : {kRegisterRead, kRegisterWrite, kDmaRequest, kInterrupt, kFault})
    kinds.emplace_back(kind);
  for (auto kind = port::SoftEventKind{}; kind <= port::SoftEventKind::kDiagnostic;
       kind = static_cast<port::SoftEventKind>(static_cast<unsigned>(kind) + 1)) {
    if (written(kind)) kinds.emplace_back(name(kind));
  }
  return kinds;
}

unsigned interest_of(const std::string& kind) {
  if (kind == kBurst) return kBursts;
  if (kind == kRegisterRead || kind == kRegisterWrite) return kRegisterAccesses;
  if (kind == kDmaRequest) return kDmaRequests;
  if (kind == kInterrupt) return kInterrupts;
  if (kind == name(port::SoftEventKind::kDiagnostic)) return kDiagnostics;
  for (const BlockPhase phase : kPhases) {
    if (kind == to_string(phase)) return kBlocks;
  }
  return 0;
}

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
  const std::uint64_t time = clock.time_of(e.response);
  if (!filters_.pass({time, e.source.name, kBurst, static_cast<int>(e.channel)})) return;
  add(time, false,
      print("%s burst ch=%u kind=%s master=%u address=0x%llx bytes=%u beats=%u%s accepted=%llu first=%llu "
            "last=%llu "
            "response=%llu status=%s",
            e.source.name, e.channel, to_string(e.kind), e.master, ull{e.address}, e.bytes, unsigned{e.beats},
            e.fixed ? " fixed" : "", ull{e.accepted}, ull{e.first_beat}, ull{e.last_beat}, ull{e.response},
            axi_status(e.status)));
}

void Trace::block(const BlockEvent& e) {
  if (!filters_.pass({e.time, e.source.name, to_string(e.phase), static_cast<int>(e.channel)})) return;
  add(e.time, false,
      print("%s %s ch=%u descriptor=0x%llx bytes=%llu", e.source.name, to_string(e.phase), e.channel,
            ull{e.descriptor}, ull{e.bytes}));
}

void Trace::register_access(const RegisterEvent& e) {
  const char* kind = e.write ? kRegisterWrite : kRegisterRead;
  if (!filters_.pass({e.time, e.source.name, kind, channel_of_register(e.offset)})) return;
  add(e.time, false,
      print("%s %s %s offset=0x%llx value=0x%llx bytes=%u", e.source.name, kind, e.name, ull{e.offset},
            ull{e.value}, unsigned{e.bytes}));
}

void Trace::interrupt(const InterruptEvent& e) {
  if (!filters_.pass({e.time, e.source.name, kInterrupt, channel_of_line(e.line)})) return;
  add(e.time, false, print("%s interrupt line=%u level=%d", e.source.name, e.line, e.level ? 1 : 0));
}

void Trace::dma_request(const DmaRequestEvent& e) {
  if (!filters_.pass({e.time, e.source.name, kDmaRequest})) return;
  add(e.time, false,
      print("%s dma-request %s burst=%d single=%d last=%d", e.source.name, e.line == 0 ? "rx" : "tx",
            e.burst ? 1 : 0, e.single ? 1 : 0, e.last ? 1 : 0));
}

void Trace::fault(const FaultLog::Hit& hit) {
  if (!filters_.pass({hit.time, hit.fault->target.c_str(), kFault})) return;
  std::string text =
      hit.fault->target + print(" %s %s hit=%llu", kFault, hit.fault->info().name, ull{hit.number});
  if (hit.where[0] != '\0') text += print(" %s=0x%llx", hit.where, ull{hit.at});
  add(hit.time, false, std::move(text));
}

void Trace::diagnostic(std::uint64_t time, Severity severity, const std::string& source,
                       const std::string& kind, const std::string& message) {
  if (!filters_.pass({time, source.c_str(), name(port::SoftEventKind::kDiagnostic)})) return;
  add(time, false, source + " diagnostic " + to_string(severity) + " " + kind + ": " + message);
}

void Trace::soft(const port::SoftEvent& e) {
  using K = port::SoftEventKind;
  if (!written(e.kind)) return;
  const bool of_channel =
      e.kind == K::kSubmit || e.kind == K::kIssue || e.kind == K::kCallback || e.kind == K::kTerminate;
  const std::string source = "cpu" + std::to_string(e.cpu);
  if (!filters_.pass({e.time, source.c_str(), name(e.kind), kNoChannel, of_channel ? e.text : ""})) return;
  std::string text;
  switch (e.kind) {
    case K::kInterruptEntry:
    case K::kInterruptExit:
      text = print("number=%llu", ull{e.number});
      break;
    case K::kSoftirq:
      text = print("number=%llu where=%s", ull{e.number}, e.text);
      break;
    case K::kContext:
    case K::kThreadSwitch:
    case K::kIssue:
    case K::kTerminate:
    case K::kModuleLoad:
    case K::kModuleUnload:
    case K::kClientStart:
      text = e.text;
      break;
    case K::kSubmit:
    case K::kCallback:
      text = print("%s cookie=%lld bytes=%llu", e.text, static_cast<long long>(e.number), ull{e.bytes});
      break;
    case K::kMap:
    case K::kUnmap:
    case K::kSync:
      text = print("address=0x%llx bytes=%llu direction=%llu", ull{e.address}, ull{e.bytes}, ull{e.number});
      break;
    case K::kClientDone:
      text = print("%s result=%lld", e.text, static_cast<long long>(e.number));
      break;
    case K::kDiagnostic:
      text = print("%s %s", to_string(static_cast<Severity>(std::min<std::uint64_t>(e.number, 2))), e.text);
      break;
    case K::kTasklet:
    case K::kTaskletEnd:
    case K::kCallbackEnd:
      break;
  }
  add(e.time, true, source + " " + name(e.kind) + " " + text);
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
