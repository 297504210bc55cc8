// Runs the dmavp program as a user does.
#pragma once

#include <string>
#include <vector>

namespace dmavp::test {

struct Finished {
  int status = -1;  ///< exit status, or 128 + signal
  std::string out;
  std::string err;
  long peak_kib = 0;  ///< most memory it has had resident
};

/// `prefix` are words before the program ("setarch", "-R"); `environment` entries are NAME=VALUE.
Finished run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix = {},
                     const std::vector<std::string>& environment = {});

/// Small enough for a test, and everything at once: all channels, two clients, threads, softirqs.
std::vector<std::string> main_job(const std::string& board);

/// The names of platform/boards, sorted.
std::vector<std::string> board_names();

/// A path in a directory of this process's own, which is removed at exit.
std::string scratch(const std::string& name);
void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);  ///< empty when there is none

}  // namespace dmavp::test
