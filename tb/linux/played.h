// A minimal scenario (judge/) played on a provider, and what the trace says happened on the bus.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "linux/linux_run.h"

namespace dmavp::tb {

struct TraceLine {
  std::uint64_t time_ps = 0;
  std::string source, event, details;

  /// The value of `key=` in the details; 0 when there is none.
  std::uint64_t number(const std::string& key) const;
  bool has(const std::string& text) const { return (" " + details + " ").find(text) != std::string::npos; }
};

struct Played {
  LinuxJob job;
  std::vector<TraceLine> trace;

  /// A note of the scenario; -1 when it did not get so far.
  std::int64_t note(const char* key) const;
  bool logged(const std::string& text) const { return job.err.find(text) != std::string::npos; }
  /// Lines of an event whose details contain `text`, in order.
  std::vector<TraceLine> all(const std::string& event, const std::string& text = "") const;
  std::size_t count(const std::string& event, const std::string& text = "") const {
    return all(event, text).size();
  }
  std::string message() const { return job.err; }
};

/// Plays `scenario` with our framework; `linux_provider`: Linux's provider and virt-dma, else ours. `words`:
/// further options of the program.
Played play(const std::string& scenario, bool linux_provider, const std::string& board, unsigned cpus,
            const Words& words = {});
/// The same with another client: `client` is the TOML of its table.
Played play_client(const std::string& client, const std::string& modules, bool linux_provider,
                   const Words& words);

}  // namespace dmavp::tb
