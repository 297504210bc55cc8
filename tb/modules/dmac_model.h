// What FakeSoc has in the place of the controller.
#pragma once

#include <cstdint>

namespace dmavp::test {

using Time = std::uint64_t;  // ps
inline constexpr Time kNever = ~Time{0};

class DmacModel {
 public:
  virtual ~DmacModel() = default;
  virtual std::uint64_t read(std::uint64_t offset, unsigned bytes, Time now) = 0;
  virtual void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) = 0;
  /// Everything due at or before `now` has happened.
  virtual void advance(Time now) = 0;
  virtual Time next_event() const = 0;
  /// Level of the line of a channel; of the combined line.
  virtual bool line(unsigned channel) const = 0;
  virtual bool combined() const = 0;
};

}  // namespace dmavp::test
