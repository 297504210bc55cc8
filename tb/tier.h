// How much a test does in which tier (tb/test.sh): environment variables, read in one place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace dmavp::tb {

/// DMAVP_FULL=1: everything at the stated numbers.
inline bool full_tier() {
  const char* full = std::getenv("DMAVP_FULL");
  return full != nullptr && std::strcmp(full, "1") == 0;
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

/// `stated` in the full tier, else a hundredth of it (or one in `share`, where more costs little), at least
/// one.
inline std::uint64_t programs(std::uint64_t stated, std::uint64_t share = 100) {
  return full_tier() ? stated : std::max<std::uint64_t>(1, stated / share);
}

/// First of a run of random programs whose seeds count from 0: other seeds of the tier play other programs.
inline std::uint64_t first_program() {
  constexpr std::uint64_t kApart = 10'000;
  return (seed_base() - 1) * kApart;
}

/// DMAVP_TIMING=at: tests that have no timing mode of their own run in `at`.
inline bool timed_mode() {
  const char* timing = std::getenv("DMAVP_TIMING");
  return timing != nullptr && std::strcmp(timing, "at") == 0;
}

/// A number to override while hunting a failure: the variable's value, else `otherwise`.
inline std::uint64_t number(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 0) : otherwise;
}

}  // namespace dmavp::tb
