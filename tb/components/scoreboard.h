// What transfers were to write where, against what memory holds afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "components/violation.h"

namespace dmavp::tb {

/// Watch memory, say what will be written, let it happen, check. Plain C++. Rules:
///
/// scoreboard.missing (a byte that was to be written is as it was), scoreboard.wrong (it has another value),
/// scoreboard.stray (a byte that nobody was to write has changed), scoreboard.source (of copy(): not in
/// memory that is watched), scoreboard.unwatched (an expectation outside memory that is watched).
class Scoreboard {
 public:
  /// `view` is the memory at bus addresses base .. base + size - 1 and outlives the scoreboard. What it holds
  /// now is what it has to hold later.
  void watch(const std::string& name, std::uint64_t base, const std::byte* view, std::uint64_t size);

  /// These bytes will be at `address`. What is said later replaces what was said before.
  void expect(std::uint64_t address, const std::vector<std::byte>& bytes);
  /// A copy of what is at `from` according to everything said before.
  void copy(std::uint64_t from, std::uint64_t to, std::uint64_t size);
  /// Anything may be written here: descriptors, status words, what an aborted transfer was to write.
  void allow(std::uint64_t address, std::uint64_t size);

  /// Compares, and records one violation for every run of neighbouring bytes that break the same rule. What
  /// memory holds now is what the next check starts from.
  void check();

  const std::vector<Violation>& violations() const { return violations_; }
  std::string report() const { return report_of(violations_); }

 private:
  static constexpr std::uint64_t kPage = 4096;
  struct Region {
    std::string name;
    std::uint64_t base;
    std::uint64_t size;
    const std::byte* view;
    std::map<std::uint64_t, std::vector<std::byte>> pages;  // by offset; those with anything but zeros
  };
  struct Expected {
    bool any = false;  // whatever it is
    std::byte value{};
  };
  const Region* region_of(std::uint64_t address, std::uint64_t size) const;
  static std::byte before(const Region& region, std::uint64_t offset);
  static void snapshot(Region& region);
  void check(const Region& region);
  void violate(const char* rule, const std::string& what, std::uint64_t address, std::uint64_t size);

  std::vector<Region> regions_;
  std::map<std::uint64_t, Expected> expected_;  // by bus address
  std::vector<Violation> violations_;
};

}  // namespace dmavp::tb
