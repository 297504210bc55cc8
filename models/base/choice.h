// Choices a model leaves open (arbitration ties, jitter) are asked for here (design decision 13).
#pragma once

#include <cstdint>
#include <string_view>

namespace dmavp {

/// A source of decisions. Streams are independent of each other: a consumer that is added or asks more often
/// changes nothing for the others. Same root seed and stream name, same sequence.
class Choices {
 public:
  using Stream = std::uint32_t;
  virtual ~Choices() = default;
  /// The stream of that name; repeated calls give the same handle. Call it once, at construction.
  virtual Stream stream(std::string_view name) = 0;
  /// Uniform in 0 .. bound-1; bound 0 means the full 64-bit range.
  virtual std::uint64_t draw(Stream stream, std::uint64_t bound) = 0;
};

}  // namespace dmavp
