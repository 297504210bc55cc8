// Reads CMSIS-SVD and holds it against the rules of its schema (1.3) and of svdconv.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dmavp::tb {

struct SvdField {
  unsigned lsb = 0;
  unsigned msb = 0;
  std::string access;
  bool operator==(const SvdField& o) const { return lsb == o.lsb && msb == o.msb && access == o.access; }
};

/// One register, arrays and derivations resolved.
struct SvdRegister {
  std::uint64_t offset = 0;
  unsigned size = 0;
  std::string access;
  std::uint64_t reset = 0;
  bool read_action = false;
  std::map<std::string, SvdField> fields;
};

struct SvdPeripheral {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::map<std::string, std::uint64_t> interrupts;
  std::map<std::string, SvdRegister> registers;
};

struct Svd {
  std::map<std::string, SvdPeripheral> peripherals;
  std::vector<std::string> problems;  ///< one sentence for each rule broken
};

Svd read_svd(const std::string& text);

}  // namespace dmavp::tb
