#include "components/scoreboard.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace dmavp::tb {
namespace {

std::string hex(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

bool all_zero(const std::byte* bytes, std::uint64_t size) {
  return size == 0 || (bytes[0] == std::byte{0} && std::memcmp(bytes, bytes + 1, size - 1) == 0);
}

}  // namespace

void Scoreboard::violate(const char* rule, const std::string& what, std::uint64_t address,
                         std::uint64_t size) {
  violations_.push_back({rule, what + ": " + std::to_string(size) + " bytes at " + hex(address)});
}

void Scoreboard::snapshot(Region& region) {
  region.pages.clear();
  for (std::uint64_t at = 0; at < region.size; at += kPage) {
    const std::uint64_t size = std::min(kPage, region.size - at);
    if (!all_zero(region.view + at, size)) region.pages[at].assign(region.view + at, region.view + at + size);
  }
}

void Scoreboard::watch(const std::string& name, std::uint64_t base, const std::byte* view,
                       std::uint64_t size) {
  regions_.push_back({name, base, size, view, {}});
  snapshot(regions_.back());
}

const Scoreboard::Region* Scoreboard::region_of(std::uint64_t address, std::uint64_t size) const {
  for (const Region& region : regions_) {
    const bool inside = address >= region.base && address - region.base <= region.size;
    if (inside && size <= region.size - (address - region.base)) return &region;
  }
  return nullptr;
}

std::byte Scoreboard::before(const Region& region, std::uint64_t offset) {
  const auto page = region.pages.find(offset / kPage * kPage);
  return page == region.pages.end() ? std::byte{0} : page->second[offset % kPage];
}

void Scoreboard::expect(std::uint64_t address, const std::vector<std::byte>& bytes) {
  if (region_of(address, bytes.size()) == nullptr) {
    violate("scoreboard.unwatched", "an expectation where nothing is watched", address, bytes.size());
    return;
  }
  for (const std::byte value : bytes) expected_[address++] = {false, value};
}

void Scoreboard::copy(std::uint64_t from, std::uint64_t to, std::uint64_t size) {
  const Region* source = region_of(from, size);
  if (source == nullptr) {
    violate("scoreboard.source", "a copy of what is not watched", from, size);
    return;
  }
  std::vector<std::byte> bytes(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto said = expected_.find(from + i);
    bytes[i] = said != expected_.end() ? said->second.value : before(*source, from + i - source->base);
  }
  expect(to, bytes);
}

void Scoreboard::allow(std::uint64_t address, std::uint64_t size) {
  for (std::uint64_t i = 0; i < size; ++i) expected_[address + i] = {true, std::byte{}};
}

void Scoreboard::check(const Region& region) {
  const char* rule = nullptr;
  std::uint64_t from = 0;
  const auto end_run = [&](std::uint64_t at) {
    if (rule == nullptr) return;
    const std::string what = std::strcmp(rule, "scoreboard.stray") == 0 ? "changed, and nobody was to"
                             : std::strcmp(rule, "scoreboard.missing") == 0
                                 ? "were to be written, and were not"
                                 : "were written with other values";
    violate(rule, region.name + " " + what, region.base + from, at - from);
    rule = nullptr;
  };
  for (std::uint64_t page = 0; page < region.size; page += kPage) {
    const std::uint64_t size = std::min(kPage, region.size - page);
    // A page that nothing was said of and that has not changed needs no look at its bytes.
    const auto said = expected_.lower_bound(region.base + page);
    if (said == expected_.end() || said->first >= region.base + page + size) {
      const auto kept = region.pages.find(page);
      const bool same = kept == region.pages.end()
                            ? all_zero(region.view + page, size)
                            : std::memcmp(kept->second.data(), region.view + page, size) == 0;
      if (same) {
        end_run(page);
        continue;
      }
    }
    for (std::uint64_t at = page; at < page + size; ++at) {
      const std::byte now = region.view[at];
      const std::byte old = before(region, at);
      const auto expected = expected_.find(region.base + at);
      const char* found = nullptr;
      if (expected == expected_.end()) {
        if (now != old) found = "scoreboard.stray";
      } else if (!expected->second.any && now != expected->second.value) {
        found = now == old ? "scoreboard.missing" : "scoreboard.wrong";
      }
      if (found == rule) continue;
      end_run(at);
      rule = found;
      from = at;
    }
  }
  end_run(region.size);
}

void Scoreboard::check() {
  for (Region& region : regions_) {
    check(region);
    snapshot(region);
  }
  expected_.clear();
}

}  // namespace dmavp::tb
