// What a UART may talk to on the host: files, standard output, a pseudo-terminal. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>

#include "peripherals/uart_line.h"

namespace dmavp::uart {

/// Writes what the UART sends into one file and feeds it from another, at line rate from a given time on and
/// as long as the UART asserts RTS (unless told otherwise).
class FileBackend : public SerialBackend {
 public:
  struct Config {
    std::string output;     ///< file that takes what is sent, truncated first; empty: none
    std::string input;      ///< file that is received; empty: none
    Picoseconds start = 0;  ///< first start bit not before this
    bool obey_rts = true;
  };
  /// @throws std::runtime_error naming the file that cannot be opened, or is a directory
  explicit FileBackend(const Config& config);

  void sent(std::uint8_t data, Picoseconds at) override;
  bool next(std::uint8_t& data, Picoseconds at) override;
  Picoseconds ask_again(Picoseconds at) const override;
  bool obeys_rts() const override { return config_.obey_rts; }

  /// What was sent is in the file. @throws std::runtime_error naming it if it is not
  void flush();
  std::uint64_t fed() const { return fed_; }  ///< characters of the input so far

 private:
  Config config_;
  std::ofstream output_;
  std::ifstream input_;
  bool at_end_ = false;
  std::uint64_t fed_ = 0;
};

/// Writes what the UART sends to a stream, standard output as a rule. Nothing is received.
class StreamBackend : public SerialBackend {
 public:
  /// @param stream outlives the back end
  explicit StreamBackend(std::ostream& stream) : stream_(stream) {}
  ~StreamBackend() override { stream_.flush(); }

  void sent(std::uint8_t data, Picoseconds at) override;
  bool next(std::uint8_t&, Picoseconds) override { return false; }
  Picoseconds ask_again(Picoseconds) const override { return kNever; }

 private:
  std::ostream& stream_;
};

/// A pseudo-terminal of the host. Nothing on the host is ever waited for: what is sent while no program has
/// the terminal open, or does not read, is dropped and counted; what a program writes is received from the
/// next poll on. Without such a program the simulation is what it would be with a stream.
class PtyBackend : public SerialBackend {
 public:
  /// @param poll_interval simulated time between looks for input while none comes; at least 1
  /// @throws std::runtime_error if the host has no terminal to give
  explicit PtyBackend(Picoseconds poll_interval = 1'000'000'000);
  ~PtyBackend() override;
  PtyBackend(const PtyBackend&) = delete;
  PtyBackend& operator=(const PtyBackend&) = delete;

  void sent(std::uint8_t data, Picoseconds at) override;
  bool next(std::uint8_t& data, Picoseconds at) override;
  Picoseconds ask_again(Picoseconds at) const override { return at + poll_interval_; }

  const std::string& path() const { return path_; }   ///< of the terminal to open
  std::uint64_t dropped() const { return dropped_; }  ///< characters nobody took

 private:
  bool attached() const;

  Picoseconds poll_interval_;
  int master_ = -1;
  std::string path_;
  std::uint8_t buffer_[256] = {};
  std::size_t filled_ = 0;
  std::size_t taken_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace dmavp::uart
