#include "linux/dmatest_log.h"

#include <cinttypes>
#include <cstdio>
#include <sstream>

namespace dmavp::tb {
namespace {

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

}  // namespace

std::uint64_t DmatestLog::tests() const {
  std::uint64_t n = 0;
  for (const DmatestSummary& s : summaries) n += s.tests;
  return n;
}

std::uint64_t DmatestLog::failures() const {
  std::uint64_t n = 0;
  for (const DmatestSummary& s : summaries) n += s.failures;
  return n;
}

std::uint64_t DmatestLog::bytes(const std::string& prefix) const {
  std::uint64_t n = 0;
  for (const DmatestResult& r : results) n += starts_with(r.thread, prefix) ? r.length : 0;
  return n;
}

std::uint64_t DmatestLog::transfers(const std::string& prefix) const {
  std::uint64_t n = 0;
  for (const DmatestResult& r : results) n += starts_with(r.thread, prefix) ? 1 : 0;
  return n;
}

std::uint64_t DmatestLog::with_message(const std::string& message) const {
  std::uint64_t n = 0;
  for (const DmatestResult& r : results) n += r.message == message ? 1 : 0;
  return n;
}

DmatestLog read_dmatest_log(const std::string& log) {
  static const std::string kPrefix = "linux_dmatest: ";
  DmatestLog read;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(kPrefix);
    if (at == std::string::npos) continue;
    line.erase(0, at + kPrefix.size());
    char thread[64], message[64];
    DmatestResult r;
    DmatestSummary s;
    unsigned threads = 0;
    int end = 0;  // set when the whole pattern has matched
    const auto matched = [&] { return end != 0 && static_cast<std::size_t>(end) == line.size(); };
    std::sscanf(line.c_str(),
                "%63[^:]: result #%u: '%63[^']' with src_off=0x%" SCNx64 " dst_off=0x%" SCNx64
                " len=0x%" SCNx64 " (%" SCNd64 ")%n",
                thread, &r.number, message, &r.src_offset, &r.dst_offset, &r.length, &r.value, &end);
    if (matched()) {
      r.thread = thread;
      r.message = message;
      read.results.push_back(r);
      continue;
    }
    std::sscanf(line.c_str(),
                "%63[^:]: summary %" SCNu64 " tests, %" SCNu64 " failures %lf iops %" SCNu64 " KB/s (%d)%n",
                thread, &s.tests, &s.failures, &s.iops, &s.kbs, &s.status, &end);
    if (matched()) {
      s.thread = thread;
      read.summaries.push_back(s);
      continue;
    }
    std::sscanf(line.c_str(), "%63s %u threads using %63s%n", thread, &threads, message, &end);
    if (matched() && std::string(thread) == "Added")
      read.added += threads;
    else if (matched() && std::string(thread) == "Started")
      read.started += threads;
    else
      read.others.push_back(line);
  }
  return read;
}

}  // namespace dmavp::tb
