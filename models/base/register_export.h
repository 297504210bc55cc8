// Register maps for others: the declarations of banks as JSON, C header and CMSIS-SVD. Plain C++.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/register_bank.h"

namespace dmavp {

/// One device of a system: its register map, and what the map does not know about itself.
struct RegisterDevice {
  struct Interrupt {
    std::string name;  ///< "CH0", "COMMON"; empty where there is only one
    std::uint32_t number = 0;
  };

  const RegisterBank* bank = nullptr;
  std::string name;         ///< "dmac0"; in identifiers in upper case, with _ for what is no letter or digit
  std::string description;  ///< one sentence, not empty
  std::uint64_t base = 0;
  std::uint64_t size = 0;  ///< bytes that the bus decodes, which may be fewer than the bank's
  std::vector<Interrupt> interrupts;
};

struct RegisterSystem {
  std::string name;         ///< "k210"
  std::string description;  ///< not empty
  std::string version;      ///< of the description, not empty
  std::vector<RegisterDevice> devices;
};

/// docs/register-formats.md describes the three forms.
void write_registers_json(std::ostream& out, const RegisterSystem& system);
void write_registers_header(std::ostream& out, const RegisterSystem& system);
void write_registers_svd(std::ostream& out, const RegisterSystem& system);

/// Upper case, _ for what is no letter or digit, and in front of a digit: "spi-flash" becomes "SPI_FLASH".
std::string register_identifier(const std::string& name);

}  // namespace dmavp
