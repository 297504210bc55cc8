#include "processor.h"

#include <algorithm>

namespace foreign {
namespace {

// Offsets of the controller; of a channel from 0x100 * (channel + 1).
constexpr std::uint64_t kDmacCfg = 0x010;
constexpr std::uint64_t kDmacChen = 0x018;
constexpr std::uint64_t kSar = 0x00;
constexpr std::uint64_t kDar = 0x08;
constexpr std::uint64_t kBlockTs = 0x10;
constexpr std::uint64_t kCtl = 0x18;
constexpr std::uint64_t kCfg = 0x20;
constexpr std::uint64_t kLlp = 0x28;
constexpr std::uint64_t kIntStatus = 0x88;
constexpr std::uint64_t kIntSignalEna = 0x90;
constexpr std::uint64_t kIntClear = 0x98;

constexpr std::uint64_t kTransferDone = 1 << 1;
constexpr std::uint64_t kWords = 3 << 8 | 3 << 11;  // items of 8 bytes on both sides
constexpr std::uint64_t kLast = std::uint64_t{1} << 62;
constexpr std::uint64_t kValid = std::uint64_t{1} << 63;
constexpr std::uint64_t kLinkedLists = 0xF;  // on both sides

constexpr unsigned kItemBytes = 64;
constexpr unsigned kBlocks = 3;
constexpr unsigned kBlockBytes = 1024;

}  // namespace

Processor::Processor(const sc_core::sc_module_name& name, unsigned number)
    : sc_module(name), number_(number), memory_(kRamBase + number * 0x10000) {
  SC_HAS_PROCESS(Processor);
  SC_THREAD(software);
}

void Processor::software() {
  write_register(kDmacCfg, 3);  // DMAC_EN, INT_EN
  write_register(channel(kIntSignalEna), kTransferDone);
  copy_by_registers();
  copy_by_list();
  synchronize();
  report_ += " at " + sc_core::sc_time_stamp().to_string();
}

void Processor::copy_by_registers() {
  constexpr unsigned kBytes = 4096;
  fill(memory_, kBytes, 1);
  write_register(channel(kSar), memory_);
  write_register(channel(kDar), memory_ + 0x4000);
  write_register(channel(kBlockTs), kBytes / 8 - 1);
  write_register(channel(kCtl), kWords);
  start_and_wait(0);
  expect_copy("registers", memory_, memory_ + 0x4000, kBytes);
}

void Processor::copy_by_list() {
  const std::uint64_t items = memory_ + 0x1000;
  const std::uint64_t from = memory_ + 0x2000;
  const std::uint64_t to = memory_ + 0x8000;
  fill(from, kBlocks * kBlockBytes, 2);
  for (unsigned i = 0; i < kBlocks; ++i) {
    // Gathered from one piece, scattered to places with gaps.
    const std::uint64_t item[kItemBytes / 8] = {from + i * kBlockBytes, to + i * 2 * kBlockBytes,
                                                kBlockBytes / 8 - 1, items + (i + 1) * kItemBytes,
                                                kWords | kValid | (i == kBlocks - 1 ? kLast : 0)};
    write(items + i * kItemBytes, item, kItemBytes);
  }
  write_register(channel(kLlp), items);
  start_and_wait(kLinkedLists);
  for (unsigned i = 0; i < kBlocks; ++i) {
    expect_copy("linked list", from + i * kBlockBytes, to + i * 2 * kBlockBytes, kBlockBytes);
  }
  Bytes gap(kBlockBytes, 0xFF);
  read(to + kBlockBytes, gap.data(), kBlockBytes);
  expect(gap == Bytes(kBlockBytes), "linked list: wrote between its blocks");
}

void Processor::start_and_wait(std::uint64_t configuration) {
  write_register(channel(kCfg), configuration);  // memory to memory
  write_register(kDmacChen, std::uint64_t{0x101} << number_);
  synchronize();
  if (!interrupt.read()) wait(sc_core::sc_time(1, sc_core::SC_MS), interrupt.posedge_event());
  expect(interrupt.read(), "no interrupt within a millisecond");
  expect(read_register(channel(kIntStatus)) == kTransferDone, "the transfer is not done");
  expect((read_register(kDmacChen) >> number_ & 1) == 0, "the channel is still enabled");
  write_register(channel(kIntClear), kTransferDone);
  synchronize();
  wait(sc_core::sc_time(100, sc_core::SC_NS));
  expect(!interrupt.read(), "the interrupt cannot be cleared");
}

void Processor::write_register(std::uint64_t offset, std::uint64_t value) {
  write(kDmacBase + offset, &value, sizeof value);
}

std::uint64_t Processor::read_register(std::uint64_t offset) {
  std::uint64_t value = 0;
  read(kDmacBase + offset, &value, sizeof value);
  return value;
}

void Processor::fill(std::uint64_t address, unsigned bytes, unsigned seed) {
  Bytes data(bytes);
  std::uint32_t state = seed * 7919 + number_;
  std::generate(data.begin(), data.end(), [&state] {
    state = state * 1664525 + 1013904223;
    return static_cast<unsigned char>(state >> 24);
  });
  write(address, data.data(), bytes);
}

void Processor::expect_copy(const char* what, std::uint64_t from, std::uint64_t to, unsigned bytes) {
  Bytes source(bytes);
  Bytes copy(bytes);
  read(from, source.data(), bytes);
  read(to, copy.data(), bytes);
  expect(source == copy && source != Bytes(bytes), std::string(what) + ": data differ");
  report_ += (report_.empty() ? "" : ", ") + std::to_string(bytes) + " bytes by " + what;
}

void Processor::expect(bool good, const std::string& what) {
  if (good) return;
  passed_ = false;
  report_ += (report_.empty() ? "" : ", ") + what;
}

}  // namespace foreign
