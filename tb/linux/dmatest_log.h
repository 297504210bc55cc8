// What Linux's dmatest prints, taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dmavp::tb {

struct DmatestResult {  ///< a line of one transfer
  std::string thread;   ///< "dma0chan3-copy0"
  unsigned number = 0;  ///< of the transfer in its thread, from 1
  std::string message;  ///< "test passed"
  std::uint64_t src_offset = 0, dst_offset = 0, length = 0;
  std::int64_t value = 0;  ///< wrong bytes, or an error code
};

struct DmatestSummary {  ///< the last line of a thread
  std::string thread;
  std::uint64_t tests = 0, failures = 0;
  double iops = 0;        ///< transfers per second of simulated time
  std::uint64_t kbs = 0;  ///< KiB per second
  int status = 0;
};

struct DmatestLog {
  std::vector<DmatestResult> results;
  std::vector<DmatestSummary> summaries;
  unsigned added = 0, started = 0;  ///< threads, by the lines that announce them
  std::vector<std::string> others;  ///< its other lines

  std::uint64_t tests() const;
  std::uint64_t failures() const;
  /// Bytes of all results whose thread's name starts with `prefix` ("dma0chan3-").
  std::uint64_t bytes(const std::string& prefix = "") const;
  std::uint64_t transfers(const std::string& prefix) const;
  std::uint64_t with_message(const std::string& message) const;
};

/// Lines of a log; those that do not contain "linux_dmatest: " are left out.
DmatestLog read_dmatest_log(const std::string& log);

}  // namespace dmavp::tb
