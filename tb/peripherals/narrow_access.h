// Accesses that leave the lowest byte of a register out.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/register_bank.h"

namespace dmavp::tb {

/// Bytes 1, 2 - 3 and 3 of a 32-bit register, one after the other, written as ones or read; `then` follows
/// each.
template <class Then>
void access_off_the_lowest_byte(RegisterBank& bank, std::string_view name, bool write, Then&& then) {
  for (const auto& [at, bytes] : {std::pair(1u, 1u), std::pair(2u, 2u), std::pair(3u, 1u)}) {
    std::uint64_t value = 0;
    if (write) {
      bank.write(bank.offset_of(name) + at, bytes, 0xFFFF);
    } else {
      bank.read(bank.offset_of(name) + at, bytes, value);
    }
    then();
  }
}

}  // namespace dmavp::tb
