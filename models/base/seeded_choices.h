// The standard source of choices: independent pseudo-random streams derived from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/choice.h"

namespace dmavp {

/// Portable: integer arithmetic only, so the same seed and name give the same sequence on every machine. The
/// state of a stream depends on the root seed and its own name alone, not on the order of creation.
class SeededChoices : public Choices {
 public:
  explicit SeededChoices(std::uint64_t root_seed) : root_(root_seed) {}

  Stream stream(std::string_view name) override;
  std::uint64_t draw(Stream stream, std::uint64_t bound) override;

  std::uint64_t root_seed() const { return root_; }

 private:
  struct Generator {
    std::uint64_t s[4];
  };
  static std::uint64_t next(Generator& g);

  std::uint64_t root_;
  std::map<std::string, Stream, std::less<>> names_;
  std::vector<Generator> streams_;
};

}  // namespace dmavp
