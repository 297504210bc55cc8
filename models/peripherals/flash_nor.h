// JEDEC SPI NOR flash with one data line each way (spec peripherals 4). Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/observer.h"
#include "peripherals/parameter_check.h"
#include "peripherals/spi_device.h"

namespace dmavp {

/// Defaults are those of a 128 Mbit part with typical times.
struct FlashParameters {
  std::array<std::uint8_t, 3> id = {0xEF, 0x40, 0x18};  ///< manufacturer, type, capacity
  std::uint8_t electronic_id = 0x17;                    ///< answer to 0xAB
  std::uint32_t size =
      16u << 20;  ///< bytes, 64 KiB .. 2 GiB, power of two; above 16 MiB with 4-byte commands
  std::vector<std::uint8_t> sfdp;  ///< answer to 0x5A from its address 0 on; 0xFF behind and if empty
  Picoseconds page_program_time = 700'000'000;          ///< tPP
  Picoseconds sector_erase_time = 45'000'000'000;       ///< 4 KiB
  Picoseconds half_block_erase_time = 120'000'000'000;  ///< 32 KiB
  Picoseconds block_erase_time = 150'000'000'000;       ///< 64 KiB
  Picoseconds chip_erase_time = 40'000'000'000'000;
  Picoseconds status_write_time = 10'000'000'000;  ///< tW
  std::uint64_t read_hz = 50'000'000;              ///< highest serial clock of READ
  std::uint64_t max_hz = 104'000'000;              ///< of everything else
};

/// Every problem of a set of parameters; empty if there is none.
std::vector<ParameterProblem> validate(const FlashParameters& parameters);

/// What happened to a flash. Commands, unless stated.
struct FlashCounts {
  std::uint64_t commands = 0;    ///< with at least a complete code
  std::uint64_t bytes_read = 0;  ///< of the array
  std::uint64_t bytes_programmed = 0;
  std::uint64_t programs = 0;       ///< carried out
  std::uint64_t erases = 0;         ///< carried out
  std::uint64_t unknown = 0;        ///< codes that the part does not have
  std::uint64_t while_busy = 0;     ///< ignored because a write was going on
  std::uint64_t without_latch = 0;  ///< ignored because WEL was 0
  std::uint64_t refused = 0;        ///< by protection
  std::uint64_t cut = 0;            ///< dropped because the select rose too early, late or within a byte
  std::uint64_t too_fast = 0;       ///< clocked faster than the part allows
};

/// Commands take effect when the select rises, and only if they were received as a whole. A program or erase
/// changes the array at that moment; status and the refusal of commands last for its time. Reads while busy
/// return 0xFF.
class SpiNorFlash : public SpiDevice {
 public:
  /// Status register.
  enum Status : std::uint8_t { kWip = 0x01, kWel = 0x02, kBp = 0x1C, kTb = 0x20, kSrwd = 0x80 };

  /// @throws std::invalid_argument naming `name` and every parameter out of range
  SpiNorFlash(std::string name, const FlashParameters& parameters);
  ~SpiNorFlash() override;

  /// Puts the file's bytes at the start of the array; the rest is erased. The file itself never changes.
  /// @throws std::runtime_error naming the file that cannot be read or is larger than the array
  void load_image(const std::string& path);
  /// Writes the whole array to a file.
  /// @throws std::runtime_error naming the file that cannot be written
  void save_image(const std::string& path) const;

  void select(Picoseconds at) override;
  void deselect(Picoseconds at) override;
  std::uint32_t exchange(const SpiFrame& frame) override;

  /// Array as it is; addresses wrap.
  std::uint8_t peek(std::uint32_t address) const;
  void poke(std::uint32_t address, std::uint8_t value);
  std::uint8_t status(Picoseconds at);
  const FlashCounts& counts() const { return counts_; }
  const FlashParameters& parameters() const { return parameters_; }

  /// Receives diagnostics; null for none.
  void set_observer(Observer* observer) { observer_ = interested(observer, kDiagnostics); }

 private:
  enum class Kind : std::uint8_t;
  struct Command;
  static const Command* find(std::uint8_t code);
  static constexpr std::uint32_t kBlock = 1u << 16;
  static constexpr std::uint32_t kPage = 256;
  using Block = std::array<std::uint8_t, kBlock>;

  std::uint8_t output(Picoseconds at);
  void consume(std::uint8_t byte, Picoseconds at);
  void start_command(std::uint8_t code, Picoseconds at);
  void consume_data(std::uint8_t byte);
  void check_clock(std::uint64_t hz, Picoseconds at);
  void settle(Picoseconds at);
  bool received_whole() const;
  void carry_out(Picoseconds at);
  void write_array(Picoseconds at);
  void program(Picoseconds at);
  void erase(std::uint32_t bytes, Picoseconds duration, Picoseconds at);
  void become_busy(Picoseconds duration, Picoseconds at);
  bool is_protected(std::uint32_t first, std::uint32_t bytes) const;
  Block& block(std::uint32_t address);
  void diagnose(Picoseconds at, const char* kind, const char* message) const;

  const std::string name_;
  const FlashParameters parameters_;
  std::vector<std::unique_ptr<Block>> blocks_;  ///< null: erased
  std::uint8_t status_ = 0;                     ///< without kWip
  bool busy_ = false;
  Picoseconds busy_until_ = 0;
  bool reset_enabled_ = false;

  // Within one select.
  const Command* command_ = nullptr;  ///< null: none yet, or ignored
  bool ignored_ = false;
  bool too_fast_ = false;
  std::uint64_t bytes_ = 0;  ///< complete ones, with the code
  unsigned bits_ = 0;        ///< of the byte that is coming in
  std::uint8_t shift_in_ = 0;
  std::uint8_t shift_out_ = 0xFF;
  std::uint32_t address_ = 0;
  std::uint64_t data_bytes_ = 0;
  std::uint8_t write_status_ = 0;
  std::array<std::uint8_t, kPage> page_ = {};
  std::array<bool, kPage> page_set_ = {};

  FlashCounts counts_;
  Observer* observer_ = nullptr;
};

}  // namespace dmavp
