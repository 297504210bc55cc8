#include "platform/config/value.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace dmavp::platform {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 11> kSizes{{{"", 1},
                                       {"B", 1},
                                       {"KiB", 1u << 10},
                                       {"MiB", 1u << 20},
                                       {"GiB", 1u << 30},
                                       {"K", 1u << 10},
                                       {"k", 1u << 10},
                                       {"M", 1u << 20},
                                       {"G", 1u << 30},
                                       {"kB", 1'000},
                                       {"MB", 1'000'000}}};
constexpr std::array<Unit, 5> kTimes{
    {{"ps", 1}, {"ns", 1'000}, {"us", 1'000'000}, {"ms", 1'000'000'000}, {"s", 1'000'000'000'000}}};

int digit(char c, unsigned base) {
  int value = -1;
  if (c >= '0' && c <= '9') value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value < static_cast<int>(base) ? value : -1;
}

// Takes the leading number off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const bool hexadecimal = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const unsigned base = hexadecimal ? 16 : 10;
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  bool any = false;
  while (!text.empty() && digit(text[0], base) >= 0) {
    const auto d = static_cast<std::uint64_t>(digit(text[0], base));
    if (value > (kMax - d) / base) return std::nullopt;
    value = value * base + d;
    any = true;
    text.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : kSizes) {
    if (text != unit.name) continue;
    if (*number > kMax / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_time_ps(std::string_view text) {
  const auto whole = take_number(text);
  if (!whole) return std::nullopt;
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    if (text.empty() || digit(text[0], 10) < 0) return std::nullopt;
    for (; !text.empty() && digit(text[0], 10) >= 0; text.remove_prefix(1)) {
      if (scale >= 1'000'000'000'000) continue;
      fraction = fraction * 10 + static_cast<std::uint64_t>(digit(text[0], 10));
      scale *= 10;
    }
  }
  for (const Unit& unit : kTimes) {
    if (text != unit.name) continue;
    if (*whole > kMax / unit.factor - 1) return std::nullopt;
    const auto part =
        static_cast<std::uint64_t>(static_cast<long double>(fraction) *
                                   static_cast<long double>(unit.factor) / static_cast<long double>(scale));
    return *whole * unit.factor + part;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_quantity(std::string_view text, std::uint64_t time_unit_ps) {
  if (const auto size = parse_size(text)) return size;
  if (const auto time = parse_time_ps(text)) return *time / time_unit_ps;
  return std::nullopt;
}

std::string format_time(std::uint64_t ps) {
  std::size_t unit = 0;
  while (unit + 1 < kTimes.size() && ps >= kTimes[unit + 1].factor) ++unit;
  std::array<char, 48> text{};
  const double value = static_cast<double>(ps) / static_cast<double>(kTimes[unit].factor);
  std::snprintf(text.data(), text.size(), "%.*f %.*s", unit == 0 ? 0 : 3, value,
                static_cast<int>(kTimes[unit].name.size()), kTimes[unit].name.data());
  return text.data();
}

std::string format_bytes(std::uint64_t bytes) {
  std::array<char, 48> text{};
  if (bytes < 10'240) {
    std::snprintf(text.data(), text.size(), "%llu B", static_cast<unsigned long long>(bytes));
  } else if (bytes < (10u << 20)) {
    std::snprintf(text.data(), text.size(), "%.1f KiB", static_cast<double>(bytes) / 1024.0);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f MiB", static_cast<double>(bytes) / 1048576.0);
  }
  return text.data();
}

std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

}  // namespace dmavp::platform
