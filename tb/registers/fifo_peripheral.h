// The peripheral of a random program: a FIFO between the bus and a line that fills or empties it. No SystemC.
#pragma once

#include <vector>

#include "base/dma_request.h"
#include "reference/peripheral.h"
#include "reference/program.h"

namespace dmavp::tb {

using reference::u64;
using reference::u8;

class FifoPeripheral {
 public:
  explicit FifoPeripheral(const reference::Peripheral& plan) : plan_(plan), random_(plan.seed) {}

  const reference::Peripheral& plan() const { return plan_; }
  /// What it asks for with the FIFO as it is.
  DmaRequest levels() const;
  /// These levels have been driven, or written for it by software.
  void asked(DmaRequest levels);
  /// An access of the bus; false when it reads of an empty FIFO or writes to a full one.
  bool access(bool write, u8* data, u64 bytes);
  void acknowledged(bool finish);
  void wake() { awake_ = true; }  ///< Peripheral::silent_after is over

  /// The line has something to bring or to take.
  bool line_busy() const { return plan_.source ? space() != 0 : items_ != 0; }
  void tick();
  u64 cycles_to_tick() { return 1 + random_.below(u64{plan_.gap} + 1); }

  const std::vector<u8>& moved() const { return moved_; }  ///< over the bus
  const std::vector<reference::Transaction>& transactions() const { return transactions_; }
  u64 open_bytes() const { return open_.bytes; }  ///< of the transaction under way

 private:
  u64 space() const { return plan_.depth > items_ ? plan_.depth - items_ : 0; }

  const reference::Peripheral plan_;
  reference::Random random_;
  u64 items_ = 0;
  u64 part_ = 0;  ///< bytes of an item that has not moved as a whole
  std::vector<u8> moved_;
  std::vector<reference::Transaction> transactions_;
  reference::Transaction open_;
  bool has_asked_ = false;
  bool awake_ = false;
  std::size_t block_ = 0;   ///< of a flow controller's script
  std::size_t number_ = 0;  ///< of the next transaction in it
};

}  // namespace dmavp::tb
