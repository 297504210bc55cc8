#include "platform/run/output.h"

#include <filesystem>
#include <iostream>

#include "platform/config/problem.h"

namespace dmavp::platform {

Output::Output(const std::string& file) : file_(file) {
  if (file_.empty()) return;
  existed_ = std::filesystem::exists(file_);
  if (!std::ofstream(file_, std::ios::binary | std::ios::app))
    throw InputError(file_ + ": cannot be written");
}

Output::~Output() {
  std::error_code ignored;
  if (wanted() && !existed_ && !stream_.is_open() && !closed_) std::filesystem::remove(file_, ignored);
}

void Output::refuse_same(const Output& other) const {
  std::error_code error;
  if (!wanted() || !other.wanted() || !std::filesystem::is_regular_file(file_, error)) return;
  if (std::filesystem::equivalent(file_, other.file_, error))
    throw InputError(file_ + ": two outputs cannot go to one file");
}

std::ostream& Output::stream() {
  if (!stream_.is_open()) stream_.open(file_, std::ios::binary | std::ios::trunc);
  return stream_;
}

bool Output::close() {
  if (!wanted()) return true;
  closed_ = true;
  stream_.close();
  if (!stream_.fail()) return true;
  std::cerr << "dmavp: " << file_ << ": writing failed\n";
  return false;
}

}  // namespace dmavp::platform
