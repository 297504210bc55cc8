// Plays scenarios with faults.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {

/// A client that goes on after a failure, and checks what the failed transfer may not have changed.
inline const char kCopy[] =
    "[scenario]\nduration = \"20s\"\nmodules = [\"dmaengine\", \"virt-dma\", \"dw-axi-dmac\"]\n"
    "[client.copy]\nmodule = \"memcpy\"\nsize = \"16KiB\"\nsrc_offset = 3\ndst_offset = 77\ncount = 4\n"
    "recover = true\ntimeout_ms = 50\n";
/// A file through a UART, once more after a failure.
inline const char kUart[] =
    "[scenario]\nduration = \"10s\"\nmodules = [\"dmaengine\", \"virt-dma\", \"dw-axi-dmac\", \"dw-uart\"]\n"
    "[client.uart]\nmodule = \"uart-loopback\"\npath = \"LICENSE\"\nretries = 1\n";

struct Result {
  Finished run;
  boost::json::object json;  ///< empty when there is none
};

/// Writes the scenario to a file and runs it, with more options behind.
Result play(const std::string& scenario, const std::string& board, const std::vector<std::string>& more = {});

}  // namespace dmavp::test
