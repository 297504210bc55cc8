#include "kernel/ram_heap.h"

namespace dmavp::kernel {

RamHeap::RamHeap(std::uint64_t bytes) : pages_(bytes / kPage) {
  if (!pages_.empty()) free_[0] = pages_.size();
}

std::uint64_t RamHeap::take_pages(std::uint64_t pages, std::size_t align) {
  const std::uint64_t first = find_pages(pages, align);
  if (first != kNone) return first;
  give_empty_pages();
  return find_pages(pages, align);
}

void RamHeap::give_empty_pages() {
  for (std::vector<std::uint64_t>& partial : partial_)
    for (std::size_t i = partial.size(); i-- > 0;) {
      Page& page = pages_[partial[i]];
      if (page.taken != 0) continue;
      const std::uint64_t p = partial[i];
      partial.erase(partial.begin() + static_cast<std::ptrdiff_t>(i));
      page.listed = false;
      page.slot = {};
      give_pages(p, 1);
    }
}

std::uint64_t RamHeap::find_pages(std::uint64_t pages, std::size_t align) {
  const std::uint64_t step = align > kPage ? align / kPage : 1;
  for (auto it = free_.begin(); it != free_.end(); ++it) {
    const std::uint64_t first = it->first, length = it->second;
    const std::uint64_t start = (first + step - 1) / step * step;
    if (start - first > length || length - (start - first) < pages) continue;
    free_.erase(it);
    if (start > first) free_[first] = start - first;
    if (first + length > start + pages) free_[start + pages] = first + length - start - pages;
    return start;
  }
  return kNone;
}

void RamHeap::give_pages(std::uint64_t first, std::uint64_t pages) {
  for (std::uint64_t p = first; p < first + pages; p++) {
    pages_[p].kind = Kind::kFree;
    pages_[p].used_before = true;
  }
  auto next = free_.lower_bound(first);
  if (next != free_.end() && next->first == first + pages) {
    pages += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    auto before = next;
    --before;
    if (before->first + before->second == first) {
      before->second += pages;
      return;
    }
  }
  free_[first] = pages;
}

std::uint64_t RamHeap::allocate_slot(unsigned size_class, std::size_t size, const void* site) {
  std::vector<std::uint64_t>& partial = partial_[size_class];
  if (partial.empty()) {
    const std::uint64_t p = take_pages(1, kPage);
    if (p == kNone) return kNone;
    Page& fresh = pages_[p];
    fresh.kind = Kind::kSlots;
    fresh.size_class = static_cast<std::uint8_t>(size_class);
    fresh.taken = 0;
    fresh.slot.assign(slots(fresh), Slot{});
    fresh.listed = true;
    partial.push_back(p);
  }
  const std::uint64_t p = partial.back();
  Page& page = pages_[p];
  const unsigned slot = static_cast<unsigned>(__builtin_ctzll(~page.taken));
  page.taken |= std::uint64_t{1} << slot;
  page.slot[slot] = {static_cast<std::uint32_t>(size), site};
  if (static_cast<unsigned>(__builtin_popcountll(page.taken)) == slots(page)) {
    page.listed = false;
    partial.pop_back();
  }
  used_ += class_bytes(size_class);
  count_++;
  return p * kPage + slot * class_bytes(size_class);
}

std::uint64_t RamHeap::allocate(std::size_t size, std::size_t align, const void* site) {
  if (size == 0 || size > pages_.size() * kPage) return kNone;
  const std::size_t need = size > align ? size : align;
  if (need <= class_bytes(kClasses - 1)) {
    unsigned size_class = 0;
    while (class_bytes(size_class) < need) size_class++;
    return allocate_slot(size_class, size, site);
  }
  const std::uint64_t run = (size + kPage - 1) / kPage;
  const std::uint64_t first = take_pages(run, align);
  if (first == kNone) return kNone;
  for (std::uint64_t p = first; p < first + run; p++)
    pages_[p].kind = p == first ? Kind::kRun : Kind::kRunTail;
  pages_[first].run_pages = run;
  pages_[first].run_size = size;
  pages_[first].run_site = site;
  used_ += run * kPage;
  count_++;
  return first * kPage;
}

RamHeap::Object RamHeap::run_object(std::size_t page) const {
  const Page& p = pages_[page];
  return {page * kPage, p.run_size, p.run_pages * kPage, p.run_site};
}

RamHeap::Object RamHeap::slot_object(std::size_t page, unsigned slot) const {
  const Page& p = pages_[page];
  const std::size_t bytes = class_bytes(p.size_class);
  return {page * kPage + slot * bytes, p.slot[slot].size, bytes, p.slot[slot].site};
}

bool RamHeap::find(std::uint64_t offset, Object& object) const {
  const std::uint64_t p = offset / kPage;
  if (p >= pages_.size()) return false;
  const Page& page = pages_[p];
  if (page.kind == Kind::kRun && offset % kPage == 0) {
    object = run_object(p);
    return true;
  }
  if (page.kind != Kind::kSlots) return false;
  const std::size_t bytes = class_bytes(page.size_class);
  const unsigned slot = static_cast<unsigned>(offset % kPage / bytes);
  if (offset % bytes != 0 || !(page.taken >> slot & 1)) return false;
  object = slot_object(p, slot);
  return true;
}

bool RamHeap::release(std::uint64_t offset) {
  Object object;
  if (!find(offset, object)) return false;
  const std::uint64_t p = offset / kPage;
  Page& page = pages_[p];
  used_ -= object.room;
  count_--;
  if (page.kind == Kind::kRun) {
    give_pages(p, page.run_pages);
    return true;
  }
  page.used_before = true;
  page.taken &= ~(std::uint64_t{1} << (offset % kPage / object.room));
  std::vector<std::uint64_t>& partial = partial_[page.size_class];
  if (!page.listed) {
    page.listed = true;
    partial.push_back(p);
  }
  // An empty page goes back unless it is the only one with room: the next allocation would take it again.
  if (page.taken == 0 && partial.size() > 1) {
    for (std::size_t i = 0; i < partial.size(); i++)
      if (partial[i] == p) partial.erase(partial.begin() + static_cast<std::ptrdiff_t>(i));
    page.listed = false;
    page.slot = {};
    give_pages(p, 1);
  }
  return true;
}

bool RamHeap::was_freed(std::uint64_t offset) const {
  const std::uint64_t p = offset / kPage;
  if (p >= pages_.size() || !pages_[p].used_before) return false;
  Object object;
  const Page& page = pages_[p];
  if (page.kind == Kind::kFree) return true;
  return page.kind == Kind::kSlots && offset % class_bytes(page.size_class) == 0 && !find(offset, object);
}

}  // namespace dmavp::kernel
