// When a DRAM channel moves the data of a burst: banks, open rows, refresh, and one data bus. Starts no
// simulation.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace dmavp {

/// Times in cycles of the AXI clock, as everywhere on the bus.
struct DramConfig {
  unsigned banks = 8;              ///< 1 .. 256, power of two
  std::uint32_t row_bytes = 2048;  ///< one row of one bank; power of two, at least channel_bytes
  unsigned channel_bytes = 8;      ///< moved by the data bus in one cycle; power of two, 1 .. 128
  Cycle trcd = 6;                  ///< activate to column command
  Cycle trp = 6;                   ///< precharge to activate
  Cycle tcl = 6;                   ///< column command to first data, reads and writes alike
  Cycle tras = 14;                 ///< activate to precharge
  Cycle twr = 6;                   ///< last data written to precharge
  Cycle trefi = 3120;              ///< refresh interval; 0 switches refresh off
  Cycle trfc = 104;                ///< duration of a refresh, below trefi
};

/// A burst at the memory.
struct DramAccess {
  Cycle arrival = 0;  ///< when its command can be seen; never before that of the access before it
  std::uint64_t address = 0;
  std::uint32_t bytes = 1;  ///< at least 1
  bool write = false;
  /// First cycle from which all data of a write can be taken without a pause; 0 for reads.
  Cycle data_from = 0;
};

/// First and last cycle in which its data are on the channel.
struct DramTimes {
  Cycle first = 0;
  Cycle last = 0;
};

/// Parts of bursts, one for each row that a burst touches, by what they found in their bank.
struct DramStatistics {
  std::uint64_t hits = 0;       ///< row open
  std::uint64_t misses = 0;     ///< no row open
  std::uint64_t conflicts = 0;  ///< another row open
  std::uint64_t refreshes =
      0;  ///< that closed the rows between two accesses; those while idle are not counted
};

/// Open-page policy, data in order of arrival, rows of later bursts opened while earlier ones move data. The
/// address is split as row, bank, column (column lowest). All rows close for a refresh, which waits for data
/// on the way. Turn-round of the data bus between reads and writes and four-activate windows are not
/// modelled.
class DramTiming {
 public:
  /// @throws std::invalid_argument naming the member that is out of range
  explicit DramTiming(const DramConfig& config);

  /// Cost does not depend on the length but on the number of rows touched: one or two for an AXI burst.
  DramTimes access(const DramAccess& access);

  /// Arrival to first data of a read of an idle channel: row open, no row open, another row open.
  Cycle hit_latency() const { return config_.tcl; }
  Cycle miss_latency() const { return config_.trcd + config_.tcl; }
  Cycle conflict_latency() const { return config_.trp + config_.trcd + config_.tcl; }

  const DramStatistics& statistics() const { return statistics_; }

 private:
  struct Bank {
    std::uint64_t row = kNoRow;
    std::uint64_t epoch = 0;  ///< refreshes before the row was opened
    Cycle column_from = 0;    ///< earliest column command to the open row
    Cycle precharge_from = 0;
  };
  static constexpr std::uint64_t kNoRow = ~std::uint64_t{0};

  DramTimes part(const DramAccess& access, std::uint64_t address, std::uint32_t bytes);
  Cycle open_row(Bank& bank, std::uint64_t row, Cycle from);
  void refresh_until(Cycle command);
  Cycle command_of_data(Cycle data) const { return data > config_.tcl ? data - config_.tcl : 0; }

  DramConfig config_;
  std::vector<Bank> banks_;
  Cycle data_free_ = 0;
  Cycle all_precharge_from_ = 0;  ///< earliest precharge of every bank
  std::uint64_t refreshed_ = 0;   ///< intervals whose refresh is behind us
  Cycle refresh_end_ = 0;
  DramStatistics statistics_;
};

}  // namespace dmavp
