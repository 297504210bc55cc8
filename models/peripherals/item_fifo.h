// A FIFO of items in a peripheral. Plain C++.
#pragma once

#include <cstddef>
#include <vector>

namespace dmavp {

/// A ring of at most `depth` items; storage is allocated once.
template <class Item>
class ItemFifo {
 public:
  explicit ItemFifo(std::size_t depth) : items_(depth) {}

  std::size_t depth() const { return items_.size(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == items_.size(); }

  /// Not on a full FIFO.
  void push(const Item& item) {
    items_[(first_ + size_) % items_.size()] = item;
    ++size_;
  }
  /// Not on an empty FIFO, as front() and operator[].
  Item pop() {
    const Item item = items_[first_];
    first_ = (first_ + 1) % items_.size();
    --size_;
    return item;
  }
  Item& front() { return items_[first_]; }
  const Item& front() const { return items_[first_]; }
  const Item& operator[](std::size_t i) const { return items_[(first_ + i) % items_.size()]; }
  void clear() { size_ = 0; }

 private:
  std::vector<Item> items_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dmavp
