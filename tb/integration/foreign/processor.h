// A processor that copies memory by DMA. What its software does is here; how it reaches the bus is what its
// kinds (processors.h) differ in.
#pragma once

#include <systemc>
#include <tlm>

#include <cstdint>
#include <string>
#include <vector>

namespace foreign {

inline constexpr std::uint64_t kRamBase = 0x8000'0000;
inline constexpr std::uint64_t kRamSize = 1 << 20;
inline constexpr std::uint64_t kDmacBase = 0x1000'0000;
inline constexpr std::uint64_t kDmacSize = 0x1000;

class Processor : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> interrupt{"interrupt"};

  /// Works with DMA channel `number` on a part of the memory of its own.
  Processor(const sc_core::sc_module_name& name, unsigned number);

  bool passed() const { return passed_; }
  const std::string& report() const { return report_; }

 protected:
  using Bytes = std::vector<unsigned char>;

  /// One read or write, which may take time.
  virtual void access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) = 0;
  /// Lets the simulation catch up with this processor; called before it waits.
  virtual void synchronize() {}

 private:
  void software();
  void copy_by_registers();
  void copy_by_list();
  void start_and_wait(std::uint64_t configuration);

  void write(std::uint64_t address, const void* data, unsigned bytes) {
    access(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
  }
  void read(std::uint64_t address, void* data, unsigned bytes) {
    access(tlm::TLM_READ_COMMAND, address, data, bytes);
  }
  void write_register(std::uint64_t offset, std::uint64_t value);
  std::uint64_t read_register(std::uint64_t offset);
  std::uint64_t channel(std::uint64_t offset) const { return 0x100 + number_ * 0x100 + offset; }

  void fill(std::uint64_t address, unsigned bytes, unsigned seed);
  void expect_copy(const char* what, std::uint64_t from, std::uint64_t to, unsigned bytes);
  void expect(bool good, const std::string& what);

  unsigned number_;
  std::uint64_t memory_;  ///< bus address of its part
  bool passed_ = true;
  std::string report_;
};

}  // namespace foreign
