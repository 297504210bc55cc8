#include "platform/faults/bus_faults.h"

#include "base/axi_extension.h"
#include "base/sim_time.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kItemBytes = 64;  // linked-list items are aligned to their size
constexpr unsigned kValidBit = 319;  // bit 63 of CTL

unsigned item_bit(const FaultSpec& fault) { return fault.bit.value_or(kValidBit); }

const char* word(BurstKind kind) {
  switch (kind) {
    case BurstKind::kRead:
      return "source";
    case BurstKind::kWrite:
      return "destination";
    case BurstKind::kDescriptorFetch:
      return "descriptor";
    case BurstKind::kDescriptorWriteBack:
      return "write-back";
    case BurstKind::kStatusFetch:
      break;
  }
  return "";
}

void invert(tlm::tlm_generic_payload& access, unsigned byte, unsigned char mask) {
  unsigned char& data = access.get_data_ptr()[byte];
  data = static_cast<unsigned char>(data ^ mask);
}

}  // namespace

bool BusFaults::concerns(const FaultSpec& fault, const tlm::tlm_generic_payload& access) {
  const auto* axi = access.get_extension<AxiExtension>();
  if (axi == nullptr) return false;
  const std::uint64_t address = access.get_address();
  if (fault.channel && *fault.channel != axi->channel) return false;
  if (address < fault.first || address > fault.last) return false;
  if (fault.kind == FaultKind::kClockOff) return true;
  if (fault.kind != FaultKind::kCorruptDescriptor) return fault.on == word(axi->kind);
  const std::uint64_t byte = address % kItemBytes;
  return axi->kind == BurstKind::kDescriptorFetch && item_bit(fault) / 8 >= byte &&
         item_bit(fault) / 8 < byte + access.get_data_length();
}

bool BusFaults::before(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (access.get_command() == tlm::TLM_IGNORE_COMMAND) return false;
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp() + delay);
  bool refused = false;
  for (FaultTrigger* trigger : triggers_) {
    const FaultSpec& fault = trigger->fault();
    if (refused || !concerns(fault, access) || !trigger->occasion(now, "address", access.get_address()))
      continue;
    refused = fault.kind == FaultKind::kSlvErr || fault.kind == FaultKind::kDecErr;
    if (refused) {
      access.set_response_status(fault.kind == FaultKind::kSlvErr ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                                                  : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else if (fault.kind == FaultKind::kClockOff) {
      stop_clock_(fault);
    } else {
      flip(fault, access);
    }
  }
  if (refused) after(access, delay);
  return refused;
}

/// Of a write at once, and back when it is over: the data are the controller's.
void BusFaults::flip(const FaultSpec& fault, tlm::tlm_generic_payload& access) {
  unsigned bit = fault.bit.value_or(0);
  if (fault.kind == FaultKind::kCorruptDescriptor) {
    bit = item_bit(fault) - 8 * static_cast<unsigned>(access.get_address() % kItemBytes);
  }
  const Flip flip{&access, bit / 8 % access.get_data_length(), static_cast<unsigned char>(1u << bit % 8)};
  if (access.is_write()) invert(access, flip.byte, flip.mask);
  flips_.push_back(flip);
}

void BusFaults::after(tlm::tlm_generic_payload& access, sc_core::sc_time&) {
  while (!flips_.empty() && flips_.back().access == &access) {
    const Flip flip = flips_.back();
    flips_.pop_back();
    if (access.is_write() || access.is_response_ok()) invert(access, flip.byte, flip.mask);
  }
}

}  // namespace dmavp::platform
