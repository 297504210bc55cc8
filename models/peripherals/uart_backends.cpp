#include "peripherals/uart_backends.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace dmavp::uart {

FileBackend::FileBackend(const Config& config) : config_(config), at_end_(config.input.empty()) {
  if (!config.output.empty()) {
    output_.open(config.output, std::ios::binary | std::ios::trunc);
    if (!output_) throw std::runtime_error(config.output + ": " + std::strerror(errno));
  }
  if (!config.input.empty()) {
    // A directory can be opened, and is empty when read.
    if (std::filesystem::is_directory(config.input))
      throw std::runtime_error(config.input + ": is a directory");
    input_.open(config.input, std::ios::binary);
    if (!input_) throw std::runtime_error(config.input + ": " + std::strerror(errno));
  }
}

void FileBackend::sent(std::uint8_t data, Picoseconds) {
  if (output_.is_open()) output_.put(static_cast<char>(data));
}

bool FileBackend::next(std::uint8_t& data, Picoseconds at) {
  if (at_end_ || at < config_.start) return false;
  const int character = input_.get();
  at_end_ = character == std::ifstream::traits_type::eof();
  if (at_end_) return false;
  data = static_cast<std::uint8_t>(character);
  ++fed_;
  return true;
}

Picoseconds FileBackend::ask_again(Picoseconds at) const {
  return !at_end_ && at < config_.start ? config_.start : kNever;
}

void FileBackend::flush() {
  if (output_.is_open() && !output_.flush()) throw std::runtime_error(config_.output + ": cannot be written");
}

void StreamBackend::sent(std::uint8_t data, Picoseconds) {
  stream_.put(static_cast<char>(data));
  if (data == '\n') stream_.flush();
}

PtyBackend::PtyBackend(Picoseconds poll_interval) : poll_interval_(std::max<Picoseconds>(poll_interval, 1)) {
  const auto fail = [this](const char* what) {
    const std::string text = std::string("pseudo-terminal: ") + what + ": " + std::strerror(errno);
    if (master_ >= 0) ::close(master_);
    throw std::runtime_error(text);
  };
  master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master_ < 0) fail("posix_openpt");
  if (::grantpt(master_) != 0) fail("grantpt");
  if (::unlockpt(master_) != 0) fail("unlockpt");
  char name[128];
  if (::ptsname_r(master_, name, sizeof name) != 0) fail("ptsname");
  path_ = name;
  // Opened and closed once: from then on the host tells whether somebody has it open.
  const int terminal = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) fail("open");
  termios settings{};
  if (::tcgetattr(terminal, &settings) == 0) {
    ::cfmakeraw(&settings);
    ::tcsetattr(terminal, TCSANOW, &settings);
  }
  ::close(terminal);
}

PtyBackend::~PtyBackend() { ::close(master_); }

bool PtyBackend::attached() const {
  pollfd state{master_, POLLIN, 0};
  return ::poll(&state, 1, 0) >= 0 && (state.revents & POLLHUP) == 0;
}

void PtyBackend::sent(std::uint8_t data, Picoseconds) {
  if (!attached() || ::write(master_, &data, 1) != 1) ++dropped_;
}

bool PtyBackend::next(std::uint8_t& data, Picoseconds) {
  if (taken_ == filled_) {
    const ssize_t count = ::read(master_, buffer_, sizeof buffer_);
    taken_ = 0;
    filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    if (filled_ == 0) return false;
  }
  data = buffer_[taken_++];
  return true;
}

}  // namespace dmavp::uart
