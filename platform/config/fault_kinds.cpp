#include "platform/config/fault_kinds.h"

#include <algorithm>

namespace dmavp::platform {
namespace {

constexpr unsigned kOften = kKeyNth | kKeyCount | kKeyProbability;
constexpr unsigned kBurst = kOften | kKeyChannel | kKeyAddress;
const std::vector<const char*> kAnyAccess{"source", "destination", "descriptor", "write-back"};
const std::vector<const char*> kPayload{"source", "destination"};
const std::vector<const char*> kDirections{"rx", "tx"};

std::vector<FaultKindInfo> make_kinds() {
  using K = FaultKind;
  using T = FaultTarget;
  return {
      {K::kSlvErr, "slverr", T::kController, kBurst | kKeyOn, kKeyOn, kAnyAccess, "bursts of that kind",
       "answers a burst with SLVERR; nothing is read or written by it",
       "read-failed (source, descriptor) or write-failed (destination, write-back); what the burst carried "
       "is "
       "missing"},
      {K::kDecErr, "decerr", T::kController, kBurst | kKeyOn, kKeyOn, kAnyAccess, "bursts of that kind",
       "answers a burst with DECERR, as if nobody decoded its address", "as slverr"},
      {K::kBitFlip, "bit-flip", T::kController, kBurst | kKeyOn | kKeyBit, kKeyOn, kPayload,
       "bursts of that kind", "inverts bit `bit` (0 = lowest of the first byte) of the data a burst carries",
       "mismatch, if the client compares"},
      {K::kCorruptDescriptor,
       "corrupt-descriptor",
       T::kController,
       kBurst | kKeyBit,
       0,
       {},
       "descriptor fetches",
       "inverts bit `bit` (0..511, of the 64 bytes; without it VALID) of a linked-list item as it is fetched",
       "read-failed for VALID; an address bit that leads nowhere gives read-failed or write-failed"},
      {K::kMemoryFlip,
       "memory-bit-flip",
       T::kMemory,
       kKeyAddress | kKeyBit,
       kKeyAddress | kKeyNth,
       {},
       "",
       "inverts bit `bit` (0..7) of the byte at bus address `address` at `time`",
       "mismatch, if the byte is payload and the client compares"},
      {K::kInterruptLost,
       "interrupt-lost",
       T::kInterrupting,
       kOften | kKeyChannel,
       0,
       {},
       "rising edges of the line",
       "hides the line from the interrupt controller until the device has lowered it",
       "timeout; after the driver has stopped the channel the next transfer works"},
      {K::kInterruptLate,
       "interrupt-late",
       T::kInterrupting,
       kOften | kKeyChannel | kKeyDelay,
       kKeyDelay,
       {},
       "rising edges of the line",
       "lets the interrupt controller see the line `delay` later",
       "none: it only takes longer"},
      {K::kInterruptSpurious,
       "interrupt-spurious",
       T::kInterrupting,
       kKeyChannel | kKeyDuration,
       kKeyNth,
       {},
       "",
       "raises the line at `time` for `duration` (without it 1us) though the device does not",
       "none: the driver finds nothing to do"},
      {K::kInterruptStuck,
       "interrupt-stuck",
       T::kInterrupting,
       kOften | kKeyChannel | kKeyDuration,
       0,
       {},
       "rising edges of the line",
       "holds the line high for `duration` (without it for good)",
       "none, if it falls in time; else the kernel switches the interrupt off and clients see timeout"},
      {K::kRequestStuckHigh, "request-stuck-high", T::kPeripheral, kOften | kKeyOn | kKeyDuration, kKeyOn,
       kDirections, "requests the peripheral drives",
       "holds dma_req and dma_single of an interface high for `duration` (without it for good)",
       "mismatch, or failed by overrun or underrun: data move when the peripheral is not ready"},
      {K::kRequestStuckLow, "request-stuck-low", T::kPeripheral, kOften | kKeyOn | kKeyDuration, kKeyOn,
       kDirections, "requests the peripheral drives",
       "holds dma_req and dma_single of an interface low for `duration` (without it for good)",
       "timeout or lost data; none, if it ends before a FIFO or the client's patience does"},
      {K::kRequestDropped, "request-dropped", T::kPeripheral, kOften | kKeyOn | kKeyDelay | kKeyDuration,
       kKeyOn | kKeyDuration, kDirections, "requests the peripheral drives",
       "takes a request back `delay` after it was raised, unacknowledged, and gives it again after "
       "`duration`",
       "none: it only takes longer"},
      {K::kPeripheralStalled,
       "peripheral-stalled",
       T::kPeripheral,
       kOften | kKeyDuration,
       0,
       {},
       "requests the peripheral drives",
       "no interface of the peripheral requests anything for `duration` (without it for good)",
       "as request-stuck-low"},
      {K::kClockOff,
       "clock-off",
       T::kController,
       kKeyDuration | kOften | kKeyChannel,
       0,
       {},
       "bursts",
       "stops the clock of the controller for `duration` (without it for good): no burst is issued, bursts "
       "on "
       "the bus complete, register accesses are answered with SLVERR",
       "none, if nobody touches its registers meanwhile; else timeout, and kernel.bus-error"},
      {K::kAllocationFailure,
       "allocation-failure",
       T::kSoftware,
       kOften,
       0,
       {},
       "calls",
       "kmalloc and its family, page and coherent allocations return NULL",
       "refused, or load-failed while modules are loaded"},
      {K::kMappingFailure,
       "mapping-failure",
       T::kSoftware,
       kOften,
       0,
       {},
       "calls",
       "dma_map_* returns DMA_MAPPING_ERROR",
       "refused"},
  };
}

struct KeyText {
  unsigned key;
  const char* name;
  const char* text;
};

const KeyText kKeys[] = {
    {kKeyOn, "on", "which accesses or which interface; see the kind"},
    {kKeyChannel, "channel", "of the controller, from 0; without it every channel"},
    {kKeyAddress, "address",
     "bus address (the first of a burst), or [first, last]; without it every address"},
    {kKeyNth, "nth", "the first occasion that is hit, from 1 (the default)"},
    {kKeyCount, "count", "occasions hit from then on, 0 = all; default 1"},
    {kKeyProbability, "probability",
     "0 to 1: each occasion from `nth` on is hit with this chance; default 1"},
    {kKeyDelay, "delay", "a time with its unit"},
    {kKeyDuration, "duration", "a time with its unit"},
    {kKeyBit, "bit", "default 0"},
};

std::string key_names(const FaultKindInfo& info) {
  std::string names;
  for (const KeyText& key : kKeys) {
    if ((info.keys & key.key) == 0) continue;
    names += (names.empty() ? "" : ", ") + std::string(key.name);
    if ((info.required & key.key) != 0) names += "*";
  }
  if ((info.required & kKeyNth) != 0 && (info.keys & kKeyNth) == 0)
    names += (names.empty() ? "" : ", ") + std::string("time*");
  return names;
}

std::string words_of(const FaultKindInfo& info) {
  std::string words;
  for (const char* word : info.on) words += (words.empty() ? "" : ", ") + std::string(word);
  return words;
}

}  // namespace

const std::vector<FaultKindInfo>& fault_kinds() {
  static const std::vector<FaultKindInfo> kKinds = make_kinds();
  return kKinds;
}

const FaultKindInfo& info_of(FaultKind kind) { return fault_kinds()[static_cast<std::size_t>(kind)]; }

const FaultKindInfo* find_fault_kind(const std::string& name) {
  for (const FaultKindInfo& info : fault_kinds()) {
    if (name == info.name) return &info;
  }
  return nullptr;
}

const char* to_string(FaultTarget target) {
  switch (target) {
    case FaultTarget::kController:
      return "controller";
    case FaultTarget::kMemory:
      return "memory";
    case FaultTarget::kPeripheral:
      return "peripheral";
    case FaultTarget::kInterrupting:
      return "controller or peripheral";
    case FaultTarget::kSoftware:
      return "kernel or module";
  }
  return "?";
}

const std::vector<FaultOutcome>& fault_outcomes() {
  static const std::vector<FaultOutcome> kOutcomes{
      {"none", "no transfer fails because of it"},
      {"read-failed", "DMA_TRANS_READ_FAILED"},
      {"write-failed", "DMA_TRANS_WRITE_FAILED"},
      {"aborted", "DMA_TRANS_ABORTED"},
      {"timeout", "the client has waited in vain and terminated the channel"},
      {"mismatch", "the transfer was reported good, and the client's comparison was not"},
      {"refused", "no memory, no mapping or no descriptor: the transfer did not start"},
      {"failed", "the client says no more than that it failed"},
      {"load-failed", "a module was refused"},
  };
  return kOutcomes;
}

void print_faults(std::ostream& out) {
  for (const FaultKindInfo& info : fault_kinds()) {
    out << info.name << " (target: " << to_string(info.target) << "): " << info.text << "\n";
    if (const std::string keys = key_names(info); !keys.empty()) out << "    keys: " << keys << "\n";
    if (!info.on.empty()) out << "    on: " << words_of(info) << "\n";
    if (info.occasion[0] != '\0') out << "    counts: " << info.occasion << "\n";
    out << "    client: " << info.client << "\n";
  }
}

void write_faults_markdown(std::ostream& out) {
  out << "# Faults\n\n"
         "Generated by `dmavp faults --format md`. A scenario plans faults, one `[[fault]]` table each:\n\n"
         "```toml\n[[fault]]\nkind = \"slverr\"\ntarget = \"dmac0\"\non = \"destination\"\nnth = 3\n"
         "outcome = \"write-failed\"\n```\n\n"
         "`target` is an alias of the device tree. A fault that is planned happens: one that never did fails "
         "the "
         "run, unless\n`fired` says otherwise. The run passes when every stated outcome has been seen at a "
         "client "
         "and no transfer has failed\nin a way that no fault states; `[expect] errors` pins the number "
         "instead. "
         "Diagnostics of severity error that belong\nto it are named by `[expect] diagnostics`. Keys can be "
         "set: "
         "`--set fault[0].nth=5`. The result file lists every fault\nunder `faults`, the trace has a line "
         "for each "
         "hit. Draws come from a stream for each fault (`fault.0`, ...).\n\n"
         "Most faults count occasions: `nth = 3` hits the third, `count = 0` every one from there. Without a "
         "plan "
         "nothing is\nin the way of a burst; faults on bursts make every burst of that controller a "
         "transaction.\n\n"
      << "| kind | target | keys (* required) | counts | what happens | what a client sees |\n"
      << "| --- | --- | --- | --- | --- | --- |\n";
  for (const FaultKindInfo& info : fault_kinds()) {
    std::string keys = key_names(info);
    if (!info.on.empty()) keys += "; on = " + words_of(info);
    out << "| `" << info.name << "` | " << to_string(info.target) << " | " << keys << " | "
        << (info.occasion[0] != '\0' ? info.occasion : "-") << " | " << info.text << " | " << info.client
        << " |\n";
  }
  out << "\n| key | meaning |\n| --- | --- |\n"
      << "| `kind`, `target` | required |\n"
      << "| `time` | nothing happens before it; where nothing is counted, when the fault starts |\n";
  for (const KeyText& key : kKeys) out << "| `" << key.name << "` | " << key.text << " |\n";
  out << "| `fired` | `yes`: it must happen (default), `no`: it must not, `any` (default with a probability) "
         "|\n"
      << "| `outcome` | what a client must see, one of the words below |\n";
  out << "\n| outcome | meaning |\n| --- | --- |\n";
  for (const FaultOutcome& outcome : fault_outcomes())
    out << "| `" << outcome.name << "` | " << outcome.text << " |\n";
}

}  // namespace dmavp::platform
