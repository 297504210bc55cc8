// Every kind of fault a scenario can plan, in one table: validation, `dmavp faults` and the manual come from
// it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace dmavp::platform {

enum class FaultKind : std::uint8_t {
  kSlvErr,
  kDecErr,
  kBitFlip,
  kCorruptDescriptor,
  kMemoryFlip,
  kInterruptLost,
  kInterruptLate,
  kInterruptSpurious,
  kInterruptStuck,
  kRequestStuckHigh,
  kRequestStuckLow,
  kRequestDropped,
  kPeripheralStalled,
  kClockOff,
  kAllocationFailure,
  kMappingFailure
};

/// Keys of a [[fault]] table beyond kind, target, time, fired and outcome, which every kind takes.
enum FaultKey : unsigned {
  kKeyOn = 1,
  kKeyChannel = 2,
  kKeyAddress = 4,
  kKeyNth = 8,
  kKeyCount = 16,
  kKeyProbability = 32,
  kKeyDelay = 64,
  kKeyDuration = 128,
  kKeyBit = 256
};

/// What has to be there for a fault to act on.
enum class FaultTarget : std::uint8_t { kController, kMemory, kPeripheral, kInterrupting, kSoftware };

struct FaultKindInfo {
  FaultKind kind;
  const char* name;
  FaultTarget target;
  unsigned keys;                ///< allowed
  unsigned required;            ///< of these; kKeyNth in it stands for `time`
  std::vector<const char*> on;  ///< words of the key `on`
  const char* occasion;         ///< what nth, count and probability count; "" where only time starts it
  const char* text;             ///< what the hardware or the kernel does
  const char* client;           ///< what a client can see
};

const std::vector<FaultKindInfo>& fault_kinds();
const FaultKindInfo& info_of(FaultKind kind);
const FaultKindInfo* find_fault_kind(const std::string& name);
const char* to_string(FaultTarget target);

/// A word of the key `outcome`, and what a client has seen when it says so.
struct FaultOutcome {
  const char* name;
  const char* text;
};
const std::vector<FaultOutcome>& fault_outcomes();

void print_faults(std::ostream& out);           ///< for a terminal
void write_faults_markdown(std::ostream& out);  ///< tables for the manual

}  // namespace dmavp::platform
