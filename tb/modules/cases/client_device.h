// The device of a client that is a test.
#pragma once

#include <linux/device.h>
#include <linux/of.h>

namespace dmavp::test {

/// A client's device: only its node and its name count.
struct ClientDevice {
  struct device dev = {};
  explicit ClientDevice(const char* name, const char* node = nullptr) {
    dev.init_name = name;
    if (node) dev.of_node = of_find_node_by_path(node);
  }
  ~ClientDevice() { of_node_put(dev.of_node); }
  ClientDevice(const ClientDevice&) = delete;
  ClientDevice& operator=(const ClientDevice&) = delete;
};

}  // namespace dmavp::test
