// Names of code for reports.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dmavp::platform {

struct Symbol {
  std::array<char, 256> name{};
  std::array<char, 256> object{};
  std::uint64_t offset = 0;  ///< from the symbol, or from the object's start where no symbol is known
};

/// Names are empty where nothing is known. Reads the file of the object that the address belongs to, so
/// hidden functions of modules have names too.
Symbol symbolize(const void* address);

/// "function (module.so)"; empty if there is no name.
void describe_code(const void* address, char* text, std::size_t size);

}  // namespace dmavp::platform
