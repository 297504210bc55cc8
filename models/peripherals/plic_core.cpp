#include "peripherals/plic_core.h"

#include <stdexcept>
#include <string>

namespace dmavp {
namespace {

constexpr std::uint64_t kPendingBase = 0x1000;
constexpr std::uint64_t kEnableBase = 0x2000;
constexpr std::uint64_t kEnableStride = 0x80;
constexpr std::uint64_t kContextBase = 0x200000;
constexpr std::uint64_t kContextStride = 0x1000;

constexpr std::uint32_t bit(unsigned source) { return std::uint32_t{1} << (source % 32); }

}  // namespace

PlicCore::PlicCore(unsigned ndev, unsigned contexts) : ndev_(ndev) {
  if (ndev < 1 || ndev > kMaxSources) {
    throw std::invalid_argument("PLIC: ndev " + std::to_string(ndev) + " is not in 1 .. 1023");
  }
  if (contexts < 1 || contexts > kMaxContexts) {
    throw std::invalid_argument("PLIC: " + std::to_string(contexts) + " contexts are not in 1 .. 15872");
  }
  context_.resize(contexts);
}

void PlicCore::set_source(unsigned source, bool high) {
  if (!source_exists(source)) return;
  if (high) {
    line_[source / 32] |= bit(source);
    request(source);
  } else {
    line_[source / 32] &= ~bit(source);  // a request once made stays
  }
}

/// An idle gateway with its line high turns into one pending request.
void PlicCore::request(unsigned source) {
  const unsigned word = source / 32;
  if ((line_[word] & ~closed_[word] & bit(source)) == 0) return;
  closed_[word] |= bit(source);
  pending_[word] |= bit(source);
}

/// Highest priority, then lowest number, among pending and enabled with a priority above 0; 0 if there is
/// none.
unsigned PlicCore::best(const Context& context) const {
  unsigned found = 0;
  unsigned highest = 0;
  for (unsigned word = 0; word <= ndev_ / 32; ++word) {
    for (std::uint32_t left = pending_[word] & context.enable[word]; left != 0; left &= left - 1) {
      const unsigned source = word * 32 + static_cast<unsigned>(__builtin_ctz(left));
      if (priority_[source] > highest) {
        highest = priority_[source];
        found = source;
      }
    }
  }
  return found;
}

bool PlicCore::notified(unsigned context) const {
  const Context& c = context_.at(context);
  return priority_[best(c)] > c.threshold;  // best() is 0 for none, and priority 0 is above no threshold
}

std::uint32_t PlicCore::claim(const Context& context) {
  const unsigned source = best(context);
  pending_[source / 32] &= ~bit(source);
  return source;
}

void PlicCore::complete(const Context& context, std::uint32_t source) {
  if (source > ndev_ || (context.enable[source / 32] & bit(source)) == 0) return;
  closed_[source / 32] &= ~bit(source);
  request(source);
}

PlicCore::Location PlicCore::locate(std::uint64_t offset) const {
  Location at;
  if (offset < kPendingBase) {
    at.index = static_cast<unsigned>(offset / 4);
    if (source_exists(at.index)) at.reg = Register::kPriority;
  } else if (offset < kPendingBase + kEnableStride) {
    at.index = static_cast<unsigned>((offset - kPendingBase) / 4);
    at.reg = Register::kPending;
  } else if (offset >= kContextBase) {
    const std::uint64_t context = (offset - kContextBase) / kContextStride;
    const std::uint64_t within = (offset - kContextBase) % kContextStride;
    if (context >= context_.size()) return at;
    at.context = static_cast<unsigned>(context);
    if (within < 4) at.reg = Register::kThreshold;
    if (within >= 4 && within < 8) at.reg = Register::kClaim;
  } else if (offset >= kEnableBase) {
    const std::uint64_t context = (offset - kEnableBase) / kEnableStride;
    if (context >= context_.size()) return at;
    at.context = static_cast<unsigned>(context);
    at.index = static_cast<unsigned>((offset - kEnableBase) % kEnableStride / 4);
    at.reg = Register::kEnable;
  }
  return at;
}

std::uint32_t PlicCore::peek(std::uint64_t offset) const {
  const Location at = locate(offset);
  switch (at.reg) {
    case Register::kPriority:
      return priority_[at.index];
    case Register::kPending:
      return pending_[at.index];
    case Register::kEnable:
      return context_[at.context].enable[at.index];
    case Register::kThreshold:
      return context_[at.context].threshold;
    case Register::kClaim:
      return best(context_[at.context]);
    case Register::kNone:
      break;
  }
  return 0;
}

std::uint32_t PlicCore::read(std::uint64_t offset) {
  const Location at = locate(offset);
  return at.reg == Register::kClaim ? claim(context_[at.context]) : peek(offset);
}

void PlicCore::write(std::uint64_t offset, std::uint32_t value) {
  const Location at = locate(offset);
  switch (at.reg) {
    case Register::kPriority:
      priority_[at.index] = static_cast<std::uint8_t>(value & kPriorityMask);
      break;
    case Register::kEnable:
      context_[at.context].enable[at.index] = value & existing_sources(at.index);
      break;
    case Register::kThreshold:
      context_[at.context].threshold = value & kPriorityMask;
      break;
    case Register::kClaim:
      complete(context_[at.context], value);
      break;
    case Register::kPending:
    case Register::kNone:
      break;
  }
}

/// Enable bits that exist in a word: sources 1..ndev.
std::uint32_t PlicCore::existing_sources(unsigned word) const {
  const unsigned first = word * 32;
  if (first > ndev_) return 0;
  const unsigned count = ndev_ - first + 1;
  const std::uint32_t mask = count >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << count) - 1;
  return word == 0 ? mask & ~std::uint32_t{1} : mask;
}

const char* PlicCore::name(Register reg) {
  switch (reg) {
    case Register::kPriority:
      return "PRIORITY";
    case Register::kPending:
      return "PENDING";
    case Register::kEnable:
      return "ENABLE";
    case Register::kThreshold:
      return "THRESHOLD";
    case Register::kClaim:
      return "CLAIM";
    case Register::kNone:
      break;
  }
  return "?";
}

}  // namespace dmavp
