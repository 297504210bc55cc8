// The kinds of peripheral.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/board/peripheral.h"

namespace dmavp::platform {

/// What peripherals are made from.
struct PeripheralPlan {
  const char* module_name;
  const PeripheralDescription& description;
  const std::string& base_directory;

  /// A host file to read: as it is if it exists, else below base_directory.
  std::string input_file(const std::string& name) const;
  /// Calls `action`; what it throws about a host file becomes an InputError about the property.
  void guard(const char* property, const std::function<void()>& action) const;
};

std::unique_ptr<Peripheral> make_uart(const PeripheralPlan& plan);
std::unique_ptr<Peripheral> make_spi(const PeripheralPlan& plan);
std::unique_ptr<Peripheral> make_i2s(const PeripheralPlan& plan);
std::unique_ptr<Peripheral> make_traffic(const PeripheralPlan& plan);

}  // namespace dmavp::platform
