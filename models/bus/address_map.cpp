#include "bus/address_map.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace dmavp {
namespace {

std::string describe(const AddressRange& range) {
  char ends[64];
  std::snprintf(ends, sizeof ends, " [0x%" PRIx64 ", 0x%" PRIx64 "]", range.first, range.last);
  return "'" + range.name + "'" + ends;
}

}  // namespace

unsigned AddressMap::add(std::string name, std::uint64_t base, std::uint64_t size) {
  if (size == 0) throw std::invalid_argument("address range '" + name + "' is empty");
  if (size - 1 > ~std::uint64_t{0} - base) {
    throw std::invalid_argument("address range '" + name + "' runs past the end of the address space");
  }
  AddressRange range{std::move(name), base, base + (size - 1)};
  const auto above = std::find_if(by_address_.begin(), by_address_.end(),
                                  [&](unsigned index) { return ranges_[index].last >= range.first; });
  if (above != by_address_.end() && ranges_[*above].first <= range.last) {
    throw std::invalid_argument("address ranges overlap: " + describe(ranges_[*above]) + " and " +
                                describe(range));
  }
  const auto index = static_cast<unsigned>(ranges_.size());
  by_address_.insert(above, index);
  ranges_.push_back(std::move(range));
  return index;
}

unsigned AddressMap::search(std::uint64_t address) const {
  const auto after = std::upper_bound(
      by_address_.begin(), by_address_.end(), address,
      [this](std::uint64_t wanted, unsigned index) { return wanted < ranges_[index].first; });
  if (after == by_address_.begin()) return kNone;
  const unsigned index = *(after - 1);
  return address <= ranges_[index].last ? index : kNone;
}

}  // namespace dmavp
