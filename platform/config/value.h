// Numbers as people write them: 64KiB, 0x200, 10us, 1GHz.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dmavp::platform {

/// Decimal or 0x number with an optional size suffix (B, KiB, MiB, GiB, kB, MB, GB, k, K, M, G; the
/// one-letter ones are binary, as in the kernel). Empty on anything else, and when it does not fit 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Decimal number (fraction allowed) with a unit ps, ns, us, ms or s; picoseconds. Empty on anything else.
std::optional<std::uint64_t> parse_time_ps(std::string_view text);

/// A number, a size or a time; times become `time_unit_ps` units (1000 = nanoseconds), rounded down.
std::optional<std::uint64_t> parse_quantity(std::string_view text, std::uint64_t time_unit_ps);

/// "12.5 us" style text for people, three significant digits or more.
std::string format_time(std::uint64_t ps);
std::string format_bytes(std::uint64_t bytes);
std::string hex(std::uint64_t value);  ///< "0x80000000"

}  // namespace dmavp::platform
