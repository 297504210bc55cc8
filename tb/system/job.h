// One run of the dmavp program and what its result file says.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::tb {

using Words = std::vector<std::string>;

struct Job {
  test::Finished finished;
  boost::json::object result;  ///< empty when none was written
};

/// Runs `dmavp` with these arguments, quietly.
Job run_job(Words arguments);

/// --set options that leave the board `cpus` CPUs of the four or two it has.
Words only_cpus(const std::string& board, unsigned cpus);

Words operator+(Words left, const Words& right);

/// A counter of the result's object "software".
std::uint64_t software(const Job& job, const char* counter);
/// A note of the first client of that kind, as a number; 0 when there is none.
std::uint64_t note(const Job& job, const char* client, const char* key);

}  // namespace dmavp::tb
