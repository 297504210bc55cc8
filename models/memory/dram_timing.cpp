#include "memory/dram_timing.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace dmavp {
namespace {

bool power_of_two(std::uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }

void require(bool good, const std::string& sentence) {
  if (!good) throw std::invalid_argument("dram: " + sentence);
}

const DramConfig& checked(const DramConfig& c) {
  require(power_of_two(c.banks) && c.banks <= 256, "banks is not a power of two in 1 .. 256");
  require(power_of_two(c.channel_bytes) && c.channel_bytes <= 128,
          "channel_bytes is not a power of two in 1 .. 128");
  require(power_of_two(c.row_bytes) && c.row_bytes >= c.channel_bytes,
          "row_bytes is not a power of two of at least channel_bytes");
  require(c.trefi == 0 || c.trfc < c.trefi, "trfc is not below trefi");
  return c;
}

}  // namespace

DramTiming::DramTiming(const DramConfig& config) : config_(checked(config)), banks_(config.banks) {}

DramTimes DramTiming::access(const DramAccess& access) {
  std::uint64_t address = access.address;
  std::uint32_t left = access.bytes;
  DramTimes times;
  bool first = true;
  do {
    const auto in_row = static_cast<std::uint32_t>(address & (config_.row_bytes - 1));
    const std::uint32_t bytes = std::min(left, config_.row_bytes - in_row);
    const DramTimes moved = part(access, address, bytes);
    if (first) times.first = moved.first;
    times.last = moved.last;
    first = false;
    address += bytes;
    left -= bytes;
  } while (left != 0);
  return times;
}

DramTimes DramTiming::part(const DramAccess& access, std::uint64_t address, std::uint32_t bytes) {
  const Cycle data_from = std::max(data_free_, access.data_from);
  // A row is opened ahead of its turn, but not over a refresh that the data of its turn come after.
  refresh_until(std::max(access.arrival, command_of_data(data_from)));
  const std::uint64_t row_address = address / config_.row_bytes;
  Bank& bank = banks_[row_address % config_.banks];
  const Cycle column =
      std::max(open_row(bank, row_address / config_.banks, std::max(access.arrival, refresh_end_)),
               command_of_data(data_from));

  const std::uint32_t offset = static_cast<std::uint32_t>(address) & (config_.channel_bytes - 1);
  const Cycle beats = (offset + bytes + config_.channel_bytes - 1) / config_.channel_bytes;
  const Cycle first = std::max(column + config_.tcl, data_from);
  const Cycle last = first + beats - 1;
  data_free_ = last + 1;
  const Cycle used_until = access.write ? last + 1 + config_.twr : column + beats;
  bank.precharge_from = std::max(bank.precharge_from, used_until);
  all_precharge_from_ = std::max(all_precharge_from_, bank.precharge_from);
  return {first, last};
}

/// Earliest column command to `row` if its commands may be given from `from` on.
Cycle DramTiming::open_row(Bank& bank, std::uint64_t row, Cycle from) {
  const bool open = bank.row != kNoRow && bank.epoch == refreshed_;
  if (open && bank.row == row) {
    ++statistics_.hits;
    return std::max(from, bank.column_from);
  }
  Cycle activate = from;
  if (open) {
    ++statistics_.conflicts;
    activate = std::max(from, bank.precharge_from) + config_.trp;
  } else {
    ++statistics_.misses;
  }
  bank.row = row;
  bank.epoch = refreshed_;
  bank.column_from = activate + config_.trcd;
  bank.precharge_from = activate + config_.tras;
  return bank.column_from;
}

/// The refresh that is due at or before `command`, if it has not been yet, comes first.
void DramTiming::refresh_until(Cycle command) {
  if (config_.trefi == 0) return;
  const std::uint64_t due = command / config_.trefi;
  if (due <= refreshed_) return;
  refreshed_ = due;
  ++statistics_.refreshes;
  refresh_end_ = std::max(due * config_.trefi, all_precharge_from_) + config_.trp + config_.trfc;
}

}  // namespace dmavp
