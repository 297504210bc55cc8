// Processes that run one point each.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "platform/sweep/row.h"

namespace dmavp::platform {

/// A directory of its own for results and messages of the workers; removed at the end.
class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  std::string file(const std::string& name) const { return directory_ + "/" + name; }

 private:
  std::string directory_;
};

/// Runs the points of a sweep, several at a time, each in a process of this program's own.
class Workers {
 public:
  Workers(unsigned jobs, const Workshop& workshop) : jobs_(jobs), workshop_(&workshop) {}
  ~Workers();  ///< kills those that still run
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  bool room() const { return running_.size() < jobs_; }
  bool idle() const { return running_.empty(); }
  /// Starts `dmavp run` with these arguments. @throws std::runtime_error if the system has no process left
  void start(std::size_t point, std::vector<std::string> values, const std::vector<std::string>& arguments);
  /// Waits until one has ended; nothing if a signal came in between.
  std::optional<Row> wait();

 private:
  struct Worker {
    pid_t process;
    Row row;
    std::string result;
    std::string messages;
  };
  void finish(Worker& worker, int status) const;

  unsigned jobs_;
  const Workshop* workshop_;
  std::vector<Worker> running_;
};

}  // namespace dmavp::platform
