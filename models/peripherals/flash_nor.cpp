#include "peripherals/flash_nor.h"

#include <algorithm>
#include <utility>

namespace dmavp {

enum class SpiNorFlash::Kind : std::uint8_t {
  kReadId,
  kRead,
  kReadStatus,
  kReadStatus2,
  kWriteStatus,
  kWriteEnable,
  kWriteDisable,
  kProgram,
  kEraseSector,
  kEraseHalfBlock,
  kEraseBlock,
  kEraseChip,
  kReadSfdp,
  kResetEnable,
  kReset,
  kElectronicId
};

struct SpiNorFlash::Command {
  std::uint8_t code;
  Kind kind;
  std::uint8_t address_bytes;
  std::uint8_t dummy_bytes;

  /// Bytes in front of data in or out, with the code.
  unsigned header() const { return 1u + address_bytes + dummy_bytes; }
  bool works_while_busy() const { return kind == Kind::kReadStatus || kind == Kind::kReadStatus2; }
  bool only_reads() const {
    return kind == Kind::kReadId || kind == Kind::kRead || works_while_busy() || kind == Kind::kReadSfdp ||
           kind == Kind::kElectronicId;
  }
  bool needs_latch() const {
    return kind == Kind::kWriteStatus || kind == Kind::kProgram || kind == Kind::kEraseSector ||
           kind == Kind::kEraseHalfBlock || kind == Kind::kEraseBlock || kind == Kind::kEraseChip;
  }
};

const SpiNorFlash::Command* SpiNorFlash::find(std::uint8_t code) {
  static constexpr Command kCommands[] = {
      {0x9F, Kind::kReadId, 0, 0},       {0x03, Kind::kRead, 3, 0},
      {0x0B, Kind::kRead, 3, 1},         {0x05, Kind::kReadStatus, 0, 0},
      {0x35, Kind::kReadStatus2, 0, 0},  {0x3F, Kind::kReadStatus2, 0, 0},
      {0x01, Kind::kWriteStatus, 0, 0},  {0x06, Kind::kWriteEnable, 0, 0},
      {0x04, Kind::kWriteDisable, 0, 0}, {0x02, Kind::kProgram, 3, 0},
      {0x20, Kind::kEraseSector, 3, 0},  {0x52, Kind::kEraseHalfBlock, 3, 0},
      {0xD8, Kind::kEraseBlock, 3, 0},   {0xC7, Kind::kEraseChip, 0, 0},
      {0x60, Kind::kEraseChip, 0, 0},    {0x5A, Kind::kReadSfdp, 3, 1},
      {0x66, Kind::kResetEnable, 0, 0},  {0x99, Kind::kReset, 0, 0},
      {0xAB, Kind::kElectronicId, 0, 3}, {0x13, Kind::kRead, 4, 0},
      {0x0C, Kind::kRead, 4, 1},         {0x12, Kind::kProgram, 4, 0},
      {0x21, Kind::kEraseSector, 4, 0},  {0xDC, Kind::kEraseBlock, 4, 0},
  };
  for (const Command& command : kCommands) {
    if (command.code == code) return &command;
  }
  return nullptr;
}

std::vector<ParameterProblem> validate(const FlashParameters& p) {
  ParameterCheck check;
  check.range("size", p.size, 1u << 16, 1u << 31, " bytes");
  if ((p.size & (p.size - 1)) != 0) {
    check.add("size", "is " + std::to_string(p.size) + " bytes, must be a power of two");
  }
  constexpr Picoseconds kLongest = 1'000'000'000'000'000;
  check.range("page_program_time", p.page_program_time, 0, kLongest, " ps");
  check.range("sector_erase_time", p.sector_erase_time, 0, kLongest, " ps");
  check.range("half_block_erase_time", p.half_block_erase_time, 0, kLongest, " ps");
  check.range("block_erase_time", p.block_erase_time, 0, kLongest, " ps");
  check.range("chip_erase_time", p.chip_erase_time, 0, kLongest, " ps");
  check.range("status_write_time", p.status_write_time, 0, kLongest, " ps");
  check.range("read_hz", p.read_hz, 1, 1'000'000'000, " Hz");
  check.range("max_hz", p.max_hz, 1, 1'000'000'000, " Hz");
  return check.take();
}

SpiNorFlash::SpiNorFlash(std::string name, const FlashParameters& parameters)
    : name_(std::move(name)), parameters_(parameters) {
  refuse(name_.c_str(), validate(parameters_));
  blocks_.resize(parameters_.size / kBlock);
}

SpiNorFlash::~SpiNorFlash() = default;

// --- array ---

std::uint8_t SpiNorFlash::peek(std::uint32_t address) const {
  const std::uint32_t at = address & (parameters_.size - 1);
  const auto& block = blocks_[at / kBlock];
  return block ? (*block)[at % kBlock] : std::uint8_t{0xFF};
}

SpiNorFlash::Block& SpiNorFlash::block(std::uint32_t address) {
  auto& block = blocks_[(address & (parameters_.size - 1)) / kBlock];
  if (!block) {
    block = std::make_unique<Block>();
    block->fill(0xFF);
  }
  return *block;
}

void SpiNorFlash::poke(std::uint32_t address, std::uint8_t value) {
  block(address)[address % kBlock] = value;
}

/// BP2..BP0 = n protect the upper (TB: lower) size / 2^(7 - n) bytes; 7 protects all.
bool SpiNorFlash::is_protected(std::uint32_t first, std::uint32_t bytes) const {
  const unsigned bp = (status_ & kBp) >> 2;
  if (bp == 0) return false;
  const std::uint32_t covered = parameters_.size >> (7 - bp);
  if ((status_ & kTb) != 0) return first < covered;
  return first + (bytes - 1) >= parameters_.size - covered;
}

// --- bus ---

void SpiNorFlash::select(Picoseconds at) {
  settle(at);
  command_ = nullptr;
  ignored_ = false;
  too_fast_ = false;
  bytes_ = 0;
  bits_ = 0;
  address_ = 0;
  data_bytes_ = 0;
}

std::uint32_t SpiNorFlash::exchange(const SpiFrame& frame) {
  std::uint32_t answer = 0;
  for (unsigned left = frame.bits; left > 0;) {
    const Picoseconds at = frame.start + (frame.bits - left) * (Picoseconds{1'000'000'000'000} / frame.hz);
    if (bits_ == 0) shift_out_ = output(at);
    const unsigned take = std::min(8 - bits_, left);
    left -= take;
    const std::uint32_t mask = (1u << take) - 1;
    shift_in_ = static_cast<std::uint8_t>((shift_in_ << take) | (frame.out >> left & mask));
    answer = (answer << take) | (static_cast<unsigned>(shift_out_) >> (8 - bits_ - take) & mask);
    bits_ += take;
    if (bits_ == 8) {
      bits_ = 0;
      consume(shift_in_, at);
      check_clock(frame.hz, at);
    }
  }
  return answer;
}

/// What the part sends with the byte that begins at `at`.
std::uint8_t SpiNorFlash::output(Picoseconds at) {
  if (command_ == nullptr || bytes_ < command_->header()) return 0xFF;
  const std::uint64_t index = bytes_ - command_->header();
  switch (command_->kind) {
    case Kind::kReadId:
      return index < parameters_.id.size() ? parameters_.id[index] : std::uint8_t{0};
    case Kind::kRead:
      return peek(address_);
    case Kind::kReadStatus:
      return status(at);
    case Kind::kReadStatus2:
      return 0;
    case Kind::kReadSfdp:
      return address_ < parameters_.sfdp.size() ? parameters_.sfdp[address_] : std::uint8_t{0xFF};
    case Kind::kElectronicId:
      return parameters_.electronic_id;
    default:
      return 0xFF;
  }
}

void SpiNorFlash::consume(std::uint8_t byte, Picoseconds at) {
  const std::uint64_t index = bytes_++;
  if (index == 0) {
    start_command(byte, at);
  } else if (command_ != nullptr && index <= command_->address_bytes) {
    address_ = (address_ << 8) | byte;
  } else if (command_ != nullptr && index >= command_->header()) {
    consume_data(byte);
  }
}

void SpiNorFlash::start_command(std::uint8_t code, Picoseconds at) {
  ++counts_.commands;
  settle(at);
  const Command* command = find(code);
  if (command == nullptr || (command->address_bytes == 4 && parameters_.size <= (1u << 24))) {
    ++counts_.unknown;
    diagnose(at, "flash.unknown-command", "a command that this flash does not have is ignored");
  } else if (busy_ && !command->works_while_busy()) {
    ++counts_.while_busy;
    diagnose(at, "flash.busy", "a command other than a status read is ignored during a program or erase");
  } else if (command->needs_latch() && (status_ & kWel) == 0) {
    ++counts_.without_latch;
    diagnose(at, "flash.no-write-enable", "a program, erase or status write without write enable is ignored");
  } else {
    command_ = command;
    page_set_.fill(false);
    return;
  }
  ignored_ = true;
}

void SpiNorFlash::consume_data(std::uint8_t byte) {
  switch (command_->kind) {
    case Kind::kRead:
      ++counts_.bytes_read;
      address_ = (address_ + 1) & (parameters_.size - 1);
      break;
    case Kind::kReadSfdp:
      ++address_;
      break;
    case Kind::kProgram: {
      const auto at = static_cast<std::size_t>((address_ + data_bytes_) % kPage);
      page_[at] = byte;
      page_set_[at] = true;
      break;
    }
    case Kind::kWriteStatus:
      if (data_bytes_ == 0) write_status_ = byte;
      break;
    default:
      break;
  }
  ++data_bytes_;
}

void SpiNorFlash::check_clock(std::uint64_t hz, Picoseconds at) {
  if (too_fast_ || command_ == nullptr) return;
  const bool slow = command_->kind == Kind::kRead && command_->dummy_bytes == 0;
  if (hz <= (slow ? parameters_.read_hz : parameters_.max_hz)) return;
  too_fast_ = true;
  ++counts_.too_fast;
  diagnose(at, "flash.clock", "a command is clocked faster than this flash allows");
}

// --- effects ---

void SpiNorFlash::deselect(Picoseconds at) {
  if (command_ != nullptr && !command_->only_reads()) {
    if (received_whole()) {
      carry_out(at);
    } else {
      ++counts_.cut;
      diagnose(at, "flash.command-cut", "a command of the wrong length is dropped");
    }
  } else if (command_ == nullptr && !ignored_ && bits_ != 0) {
    ++counts_.cut;
  }
  if (command_ == nullptr || command_->kind != Kind::kResetEnable) reset_enabled_ = false;
  command_ = nullptr;
}

bool SpiNorFlash::received_whole() const {
  if (bits_ != 0 || bytes_ < command_->header()) return false;
  if (command_->kind == Kind::kProgram) return data_bytes_ >= 1;
  // Parts with a second status register take it as second byte; there is nothing to write in it.
  if (command_->kind == Kind::kWriteStatus) return data_bytes_ == 1 || data_bytes_ == 2;
  return data_bytes_ == 0;
}

void SpiNorFlash::carry_out(Picoseconds at) {
  switch (command_->kind) {
    case Kind::kWriteEnable:
      status_ |= kWel;
      break;
    case Kind::kWriteDisable:
      status_ = static_cast<std::uint8_t>(status_ & ~kWel);
      break;
    case Kind::kResetEnable:
      reset_enabled_ = true;
      break;
    case Kind::kReset:
      if (reset_enabled_) status_ = static_cast<std::uint8_t>(status_ & ~kWel);
      break;
    default:
      write_array(at);
  }
}

void SpiNorFlash::write_array(Picoseconds at) {
  constexpr std::uint32_t kSector = 4096;
  address_ &= parameters_.size - 1;
  switch (command_->kind) {
    case Kind::kWriteStatus:
      status_ = static_cast<std::uint8_t>((write_status_ & (kBp | kTb | kSrwd)) | kWel);
      become_busy(parameters_.status_write_time, at);
      break;
    case Kind::kProgram:
      program(at);
      break;
    case Kind::kEraseSector:
      erase(kSector, parameters_.sector_erase_time, at);
      break;
    case Kind::kEraseHalfBlock:
      erase(kBlock / 2, parameters_.half_block_erase_time, at);
      break;
    case Kind::kEraseBlock:
      erase(kBlock, parameters_.block_erase_time, at);
      break;
    case Kind::kEraseChip:
      erase(parameters_.size, parameters_.chip_erase_time, at);
      break;
    default:
      break;
  }
}

void SpiNorFlash::program(Picoseconds at) {
  const std::uint32_t page = address_ & ~(kPage - 1);
  if (is_protected(page, kPage)) {
    ++counts_.refused;
    return become_busy(0, at);
  }
  Block& cells = block(page);
  for (std::uint32_t i = 0; i < kPage; ++i) {
    if (page_set_[i]) cells[page % kBlock + i] &= page_[i];
  }
  counts_.bytes_programmed +=
      static_cast<std::uint64_t>(std::count(page_set_.begin(), page_set_.end(), true));
  ++counts_.programs;
  become_busy(parameters_.page_program_time, at);
}

void SpiNorFlash::erase(std::uint32_t bytes, Picoseconds duration, Picoseconds at) {
  const std::uint32_t first = address_ & ~(bytes - 1);
  if (is_protected(first, bytes)) {
    ++counts_.refused;
    return become_busy(0, at);
  }
  for (std::uint32_t done = 0; done < bytes; done += std::min(bytes, kBlock)) {
    auto& cells = blocks_[(first + done) / kBlock];
    if (!cells) continue;
    if (bytes >= kBlock) {
      cells.reset();
    } else {
      std::fill_n(cells->begin() + first % kBlock, bytes, std::uint8_t{0xFF});
    }
  }
  ++counts_.erases;
  become_busy(duration, at);
}

void SpiNorFlash::become_busy(Picoseconds duration, Picoseconds at) {
  busy_ = true;
  busy_until_ = at + duration;
  settle(at);
}

void SpiNorFlash::settle(Picoseconds at) {
  if (!busy_ || at < busy_until_) return;
  busy_ = false;
  status_ = static_cast<std::uint8_t>(status_ & ~kWel);
}

std::uint8_t SpiNorFlash::status(Picoseconds at) {
  settle(at);
  return static_cast<std::uint8_t>(status_ | (busy_ ? kWip : 0));
}

void SpiNorFlash::diagnose(Picoseconds at, const char* kind, const char* message) const {
  if (observer_ != nullptr) {
    observer_->diagnostic({{name_.c_str()}, at, Severity::kWarning, kind, message});
  }
}

}  // namespace dmavp
