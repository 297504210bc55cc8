// Host memory behind the platform's RAM, in two views (design decision 15).
#pragma once

#include <cstddef>
#include <cstdint>

namespace dmavp {

/// Zero-filled memory of 1 byte to 2^40 bytes. Host pages are taken only when they are touched, so 4 GiB that
/// nobody uses cost nothing. Pointers are valid for the life of the object.
class BackingStore {
 public:
  enum class Views : std::uint8_t {
    kCoherent,  ///< both views are the same bytes
    kSeparate   ///< CPUs see their own copy; whoever models the cache moves lines between the two
  };

  /// @param size in bytes
  /// @throws std::invalid_argument for a size of 0 or above 2^40, std::system_error when the host has no
  /// address space
  explicit BackingStore(std::uint64_t size, Views views = Views::kCoherent);
  ~BackingStore();
  BackingStore(const BackingStore&) = delete;
  BackingStore& operator=(const BackingStore&) = delete;

  std::uint64_t size() const { return size_; }
  bool coherent() const { return cpu_ == bus_; }
  std::byte* bus_view() { return bus_; }  ///< what masters on the bus see
  const std::byte* bus_view() const { return bus_; }
  std::byte* cpu_view() { return cpu_; }  ///< what CPUs see through their caches
  const std::byte* cpu_view() const { return cpu_; }

 private:
  std::uint64_t size_;
  std::byte* bus_ = nullptr;
  std::byte* cpu_ = nullptr;
};

}  // namespace dmavp
