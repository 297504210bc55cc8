#include "base/seeded_choices.h"

namespace dmavp {

namespace {

std::uint64_t mix(std::uint64_t& state) {  // splitmix64
  std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::uint64_t hash(std::string_view name) {  // FNV-1a
  std::uint64_t h = 0xCBF29CE484222325u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return h;
}

constexpr std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

}  // namespace

Choices::Stream SeededChoices::stream(std::string_view name) {
  if (const auto known = names_.find(name); known != names_.end()) return known->second;
  std::uint64_t root = root_;
  std::uint64_t key = mix(root) ^ hash(name);
  Generator g{};
  for (std::uint64_t& word : g.s) word = mix(key);
  const auto handle = static_cast<Stream>(streams_.size());
  streams_.push_back(g);
  names_.emplace(name, handle);
  return handle;
}

std::uint64_t SeededChoices::next(Generator& g) {  // xoshiro256**
  const std::uint64_t result = rotl(g.s[1] * 5, 7) * 9;
  const std::uint64_t t = g.s[1] << 17;
  g.s[2] ^= g.s[0];
  g.s[3] ^= g.s[1];
  g.s[1] ^= g.s[2];
  g.s[0] ^= g.s[3];
  g.s[2] ^= t;
  g.s[3] = rotl(g.s[3], 45);
  return result;
}

std::uint64_t SeededChoices::draw(Stream stream, std::uint64_t bound) {
  Generator& g = streams_.at(stream);
  if (bound == 0) return next(g);
  if (bound == 1) return 0;  // nothing to choose: the stream does not move
  // Values below 2^64 mod bound would make the low results more likely.
  const std::uint64_t reject_below = (std::uint64_t{0} - bound) % bound;
  for (;;) {
    const std::uint64_t value = next(g);
    if (value >= reject_below) return value % bound;
  }
}

}  // namespace dmavp
