// A file that the user has asked for.
#pragma once

#include <fstream>
#include <ostream>
#include <string>

namespace dmavp::platform {

/// An output that was asked for must be writable before minutes are spent on simulating; but a file that
/// exists keeps its contents until there is something to write.
class Output {
 public:
  /// Empty: not wanted. Throws InputError if it cannot be written.
  explicit Output(const std::string& file);
  ~Output();
  bool wanted() const { return !file_.empty(); }
  /// Two results in one regular file would destroy each other: throws InputError.
  void refuse_same(const Output& other) const;
  std::ostream& stream();
  /// False, with a message, when the disk is full or the like.
  bool close();

 private:
  std::string file_;
  std::ofstream stream_;
  bool existed_ = false;
  bool closed_ = false;
};

}  // namespace dmavp::platform
