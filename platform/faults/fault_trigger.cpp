#include "platform/faults/fault_trigger.h"

namespace dmavp::platform {
namespace {
constexpr std::uint64_t kChances = 1'000'000'000;
}

bool FaultTrigger::occasion(Picoseconds now, const char* where, std::uint64_t at) {
  if (!fault_.counted || now < fault_.time_ps) return false;
  if (++occasions_ < fault_.nth || (fault_.count != 0 && hits_ >= fault_.count)) return false;
  if (fault_.probability < 1) {
    const auto limit = static_cast<std::uint64_t>(fault_.probability * static_cast<double>(kChances));
    if (choices_.draw(stream_, kChances) >= limit) return false;
  }
  hit(now, where, at);
  return true;
}

void FaultTrigger::hit(Picoseconds now, const char* where, std::uint64_t at) {
  if (hits_++ == 0) first_hit_ = now;
  log_.fault_hit({&fault_, hits_, now, where, at});
}

}  // namespace dmavp::platform
