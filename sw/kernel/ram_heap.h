// Hands out pieces of one range of simulated RAM. All its bookkeeping lies outside that RAM, so a stray write
// of software cannot break it, and results depend on the sequence of calls alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace dmavp::kernel {

/// Offsets are bytes from the start of the range. Small objects come from pages split into power-of-two slots
/// of at least one cache line; larger ones are runs of pages, first fit.
class RamHeap {
 public:
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kLine = 64;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  struct Object {
    std::uint64_t offset = kNone;
    std::size_t size = 0;        ///< as asked for
    std::size_t room = 0;        ///< bytes reserved
    const void* site = nullptr;  ///< who asked
  };

  explicit RamHeap(std::uint64_t bytes);

  /// `align` is a power of two up to the size of the range; objects of a power-of-two size are aligned to it
  /// up to a page. kNone when nothing fits or size is 0.
  std::uint64_t allocate(std::size_t size, std::size_t align, const void* site);
  /// The object that starts at the offset; false when there is none.
  bool find(std::uint64_t offset, Object& object) const;
  /// False, with nothing changed, when no object starts there.
  bool release(std::uint64_t offset);
  /// True when the offset lies in RAM that was handed out before and is free now, at the start of a slot.
  bool was_freed(std::uint64_t offset) const;

  std::uint64_t used_bytes() const { return used_; }  ///< reserved for live objects
  std::size_t objects() const { return count_; }
  /// Calls visit(Object) for every live object in order of address.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t p = 0; p < pages_.size(); p++) {
      if (pages_[p].kind == Kind::kRun) visit(run_object(p));
      if (pages_[p].kind == Kind::kSlots)
        for (unsigned s = 0; s < slots(pages_[p]); s++)
          if (pages_[p].taken >> s & 1) visit(slot_object(p, s));
    }
  }

 private:
  enum class Kind : std::uint8_t { kFree, kSlots, kRun, kRunTail };
  static constexpr unsigned kClasses = 6;  // 64, 128, ... 2048 bytes
  struct Slot {
    std::uint32_t size;
    const void* site;
  };
  struct Page {
    Kind kind = Kind::kFree;
    std::uint8_t size_class = 0;
    bool listed = false;  ///< in partial_ of its class
    bool used_before = false;
    std::uint64_t taken = 0;  ///< one bit per slot
    std::vector<Slot> slot;
    std::uint64_t run_pages = 0;
    std::size_t run_size = 0;
    const void* run_site = nullptr;
  };

  static std::size_t class_bytes(unsigned size_class) { return kLine << size_class; }
  static unsigned slots(const Page& page) {
    return static_cast<unsigned>(kPage / class_bytes(page.size_class));
  }
  Object run_object(std::size_t page) const;
  Object slot_object(std::size_t page, unsigned slot) const;
  std::uint64_t take_pages(std::uint64_t pages, std::size_t align);
  std::uint64_t find_pages(std::uint64_t pages, std::size_t align);
  /// Pages kept for small objects though they hold none.
  void give_empty_pages();
  void give_pages(std::uint64_t first, std::uint64_t pages);
  std::uint64_t allocate_slot(unsigned size_class, std::size_t size, const void* site);

  std::vector<Page> pages_;
  std::map<std::uint64_t, std::uint64_t> free_;   ///< first page -> pages, never adjacent
  std::vector<std::uint64_t> partial_[kClasses];  ///< pages with a free slot, latest last
  std::uint64_t used_ = 0;
  std::size_t count_ = 0;
};

}  // namespace dmavp::kernel
