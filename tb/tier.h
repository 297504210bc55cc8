// How much a test does in which tier (tb/test.sh): environment variables, read in one place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace dmavp::tb {

/// DMAVP_FULL=1: everything at the stated numbers.
inline bool full_tier() {
  const char* full = std::getenv("DMAVP_FULL");
  return full != nullptr && full[0] == '1';
}

/// Number of seeds where an acceptance line says 20: DMAVP_SEEDS, else 20 in the full tier and 2 otherwise.
inline std::uint64_t seeds() {
  const char* text = std::getenv("DMAVP_SEEDS");
  const std::uint64_t n = text ? std::strtoull(text, nullptr, 10) : 0;
  return n ? n : (full_tier() ? 20 : 2);
}

/// First seed: DMAVP_SEED_BASE, else 1.
inline std::uint64_t seed_base() {
  const char* text = std::getenv("DMAVP_SEED_BASE");
  return text ? std::strtoull(text, nullptr, 10) : 1;
}

/// `stated` in the full tier, else a hundredth of it, at least one.
inline std::uint64_t programs(std::uint64_t stated) {
  return full_tier() ? stated : std::max<std::uint64_t>(1, stated / 100);
}

}  // namespace dmavp::tb
