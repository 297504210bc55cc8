// Conformance of the NOR flash (spec peripherals 4.4), alone and behind an SSI.
#include "peripherals/flash_nor.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>

#include "components/refusal.h"
#include "peripherals/flash_bus.h"
#include "peripherals/ssi_rig.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

TEST(Flash, Identity) {
  FlashBus bus;
  EXPECT_EQ(bus.command({0x9F}, 6), (Bytes{0xEF, 0x40, 0x18, 0, 0, 0}));
  EXPECT_EQ(bus.command({0xAB, 0, 0, 0}, 2), (Bytes{0x17, 0x17}));
  EXPECT_EQ(bus.command({0x5A, 0, 0, 0, 0}, 4), (Bytes{0xFF, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(bus.command({0x35}, 1), (Bytes{0}));
  EXPECT_EQ(bus.status(), 0u);
  FlashParameters p = quick_flash();
  p.sfdp = {'S', 'F', 'D', 'P', 6, 1};
  FlashBus described(p);
  EXPECT_EQ(described.command({0x5A, 0, 0, 2, 0}, 5), (Bytes{'D', 'P', 6, 1, 0xFF}));
}

TEST(Flash, ReadsCrossEveryBoundaryAndWrap) {
  FlashBus bus;
  const std::uint32_t size = bus.flash.parameters().size;
  std::mt19937 random(1);
  for (const std::uint32_t boundary : {256u, 4096u, 65536u, size}) {
    Bytes expected;
    for (unsigned n = 0; n < 40; ++n) {
      const auto byte = static_cast<unsigned char>(random());
      bus.flash.poke((boundary - 20 + n) % size, byte);
      expected.push_back(byte);
    }
    EXPECT_EQ(bus.read(boundary - 20, 40), expected);
    Bytes fast = bus.command(FlashBus::addressed(0x0B, boundary - 20, {0}), 40);
    EXPECT_EQ(fast, expected);
  }
}

TEST(Flash, WriteEnableLatchLivesUntilTheWriteIsDone) {
  FlashBus bus;
  bus.write_enable();
  EXPECT_EQ(bus.status(), SpiNorFlash::kWel);
  bus.command({0x04});
  EXPECT_EQ(bus.status(), 0u);
  bus.command(FlashBus::addressed(0x02, 0, {0x00}));  // without the latch
  EXPECT_EQ(bus.flash.peek(0), 0xFF);
  EXPECT_EQ(bus.flash.counts().without_latch, 1u);
  bus.write_enable();
  bus.command({0x66});
  bus.command({0x99});
  EXPECT_EQ(bus.status(), 0u);
  bus.write_enable();
  bus.command(FlashBus::addressed(0x02, 0, {0x00}));
  EXPECT_EQ(bus.status(), SpiNorFlash::kWip | SpiNorFlash::kWel);
  bus.ready();
  EXPECT_EQ(bus.status(), 0u);
}

TEST(Flash, BusyForExactlyItsTimeAndStatusIsLive) {
  FlashBus bus;
  bus.write_enable();
  bus.command(FlashBus::addressed(0x02, 0x100, {1, 2, 3}));
  const Picoseconds end = bus.now + 10 * kUs;
  EXPECT_EQ(bus.flash.status(end - 1), 3u);
  // One long status read: bytes that begin before the end show WIP, the others do not.
  bus.flash.select(bus.now);
  bus.bits(0x05, 8);
  for (unsigned n = 0; n < 30; ++n) {
    const bool before = bus.now < end;
    EXPECT_EQ(bus.bits(0, 8), before ? 3u : 0u) << n;
  }
  bus.flash.deselect(bus.now);
  EXPECT_EQ(bus.read(0x100, 4), (Bytes{1, 2, 3, 0xFF}));
}

TEST(Flash, IgnoresEverythingElseWhileBusy) {
  FlashBus bus;
  bus.flash.poke(0x5000, 0x12);
  bus.write_enable();
  bus.command(FlashBus::addressed(0x20, 0x1000));
  EXPECT_EQ(bus.read(0x5000, 2), (Bytes{0xFF, 0xFF}));
  bus.command({0x04});
  bus.command({0x66});
  bus.command({0x99});
  bus.command(FlashBus::addressed(0x02, 0x5000, {0}));
  EXPECT_EQ(bus.command({0x9F}, 1), (Bytes{0xFF}));
  EXPECT_EQ(bus.command({0x3F}, 1), (Bytes{0}));
  EXPECT_EQ(bus.status(), 3u);
  EXPECT_EQ(bus.flash.counts().while_busy, 6u);
  bus.ready();
  EXPECT_EQ(bus.read(0x5000, 1), (Bytes{0x12}));
}

/// The page of a program by hand: each byte at its wrapped place, only clearing bits, the last 256 counting.
TEST(Flash, ProgramsWrapInThePageAndOnlyClearBits) {
  for (const unsigned offset : {0u, 1u, 255u}) {
    for (const unsigned length : {1u, 256u, 257u, 300u}) {
      std::mt19937 random(offset * 1000 + length);
      FlashBus bus;
      Bytes page(256);
      for (unsigned n = 0; n < 256; ++n) {
        page[n] = static_cast<unsigned char>(random());
        bus.flash.poke(0x2300 + n, page[n]);
      }
      Bytes data(length);
      for (unsigned char& byte : data) byte = static_cast<unsigned char>(random());
      bus.program(0x2300 + offset, data);
      const unsigned first = length > 256 ? length - 256 : 0;
      for (unsigned n = first; n < length; ++n) page[(offset + n) % 256] &= data[n];
      EXPECT_EQ(bus.read(0x2300, 256), page) << offset << " " << length;
      EXPECT_EQ(bus.flash.peek(0x2400), 0xFF);
      EXPECT_EQ(bus.flash.peek(0x22FF), 0xFF);
    }
  }
}

TEST(Flash, ErasesTheWholeUnitAroundAnyAddress) {
  struct Unit {
    std::uint8_t code;
    std::uint32_t bytes;
  };
  for (const Unit unit : {Unit{0x20, 4096}, Unit{0x52, 32768}, Unit{0xD8, 65536}}) {
    FlashBus bus;
    const std::uint32_t first = 5 * 65536 + (unit.bytes < 65536 ? unit.bytes : 0);
    for (std::uint32_t n = 0; n < unit.bytes + 2; ++n) bus.flash.poke(first - 1 + n, 0x11);
    bus.erase(unit.code, first + unit.bytes / 2 + 3);
    EXPECT_EQ(bus.flash.peek(first - 1), 0x11);
    EXPECT_EQ(bus.flash.peek(first + unit.bytes), 0x11);
    for (std::uint32_t n = 0; n < unit.bytes; ++n) ASSERT_EQ(bus.flash.peek(first + n), 0xFF) << n;
  }
  for (const std::uint8_t code : {std::uint8_t{0xC7}, std::uint8_t{0x60}}) {
    FlashBus bus;
    bus.flash.poke(0, 0);
    bus.flash.poke(bus.flash.parameters().size - 1, 0);
    bus.write_enable();
    bus.command({code});
    bus.ready();
    EXPECT_EQ(bus.flash.peek(0) & bus.flash.peek(bus.flash.parameters().size - 1), 0xFF);
  }
}

TEST(Flash, CommandsOfTheWrongLengthHaveNoEffect) {
  const Bytes program = FlashBus::addressed(0x02, 0, {0x00});
  const Bytes erase = FlashBus::addressed(0x20, 0);
  struct Cut {
    Bytes out;
    unsigned extra_bits;
  };
  const std::vector<Cut> cuts = {
      {{}, 7},                  // no complete code
      {{0x02}, 0},              // opcode only
      {{0x02, 0, 0}, 0},        // two address bytes
      {{0x02, 0, 0, 0}, 0},     // no data
      {{0x02, 0, 0, 0, 0}, 3},  // within a byte
      {{0x20, 0, 0}, 0},
      {{0x20, 0, 0, 0}, 1},
      {{0x20, 0, 0, 0, 0}, 0},  // one byte more
      {{0xC7}, 4},
      {{0x01}, 0},
      {{0x04}, 5},
  };
  for (const Cut& cut : cuts) {
    FlashBus bus;
    bus.flash.poke(0, 0x77);
    bus.write_enable();
    bus.command(cut.out, 0, cut.extra_bits);
    EXPECT_EQ(bus.status(), SpiNorFlash::kWel);
    EXPECT_EQ(bus.flash.peek(0), 0x77);
    EXPECT_EQ(bus.flash.counts().cut, 1u);
    bus.command(erase);
    bus.ready();
    bus.program(0, {0x00});
    EXPECT_EQ(bus.flash.peek(0), 0);
  }
  FlashBus bus;
  bus.command({0x06}, 0, 1);
  EXPECT_EQ(bus.status(), 0u);
}

TEST(Flash, ProtectionRefusesAndClearsTheLatch) {
  FlashBus bus;
  const std::uint32_t size = bus.flash.parameters().size;
  const auto set = [&](std::uint8_t status) {
    bus.write_enable();
    bus.command({0x01, status});
    bus.ready();
    EXPECT_EQ(bus.status(), status & 0xBC);
  };
  set(0xFF);
  set(0x04);  // the upper 64th
  bus.program(size - size / 64, {0});
  bus.erase(0x20, size - 1);
  bus.erase(0xD8, size - 1);
  EXPECT_EQ(bus.flash.peek(size - size / 64), 0xFF);
  bus.program(size - size / 64 - 1, {0});
  EXPECT_EQ(bus.flash.peek(size - size / 64 - 1), 0);
  bus.erase(0xC7, 0);  // one byte too long anyway
  bus.write_enable();
  bus.command({0xC7});
  EXPECT_EQ(bus.status() & 3, 0);
  EXPECT_EQ(bus.flash.peek(size - size / 64 - 1), 0);
  EXPECT_EQ(bus.flash.counts().refused, 4u);
  set(0x24);  // the lower 64th
  bus.program(size / 64 - 1, {0});
  EXPECT_EQ(bus.flash.peek(size / 64 - 1), 0xFF);
  bus.program(size / 64, {0});
  EXPECT_EQ(bus.flash.peek(size / 64), 0);
  set(0x1C);
  bus.program(0, {0});
  EXPECT_EQ(bus.flash.peek(0), 0xFF);
  set(0);
  bus.program(0, {0});
  EXPECT_EQ(bus.flash.peek(0), 0);
}

TEST(Flash, LargePartsHaveFourAddressBytesAndSmallOnesDoNot) {
  FlashParameters p = quick_flash();
  p.size = 32u << 20;
  FlashBus bus(p);
  bus.write_enable();
  bus.command({0x12, 0x01, 0x23, 0x45, 0x67, 0xAA});
  bus.ready();
  EXPECT_EQ(bus.command({0x13, 0x01, 0x23, 0x45, 0x67}, 1), (Bytes{0xAA}));
  EXPECT_EQ(bus.command({0x0C, 0x01, 0x23, 0x45, 0x67, 0}, 1), (Bytes{0xAA}));
  bus.write_enable();
  bus.command({0x21, 0x01, 0x23, 0x45, 0x00});
  bus.ready();
  EXPECT_EQ(bus.flash.peek(0x0123'4567), 0xFF);
  FlashBus small;
  EXPECT_EQ(small.command({0x13, 0, 0, 0, 0}, 1), (Bytes{0xFF}));
  small.command({0x00});
  EXPECT_EQ(small.flash.counts().unknown, 2u);
}

TEST(Flash, TooFastAClockIsCountedOncePerCommand) {
  FlashBus bus;
  bus.hz = 50'000'000;
  bus.read(0, 10);
  EXPECT_EQ(bus.flash.counts().too_fast, 0u);
  bus.hz = 60'000'000;
  bus.read(0, 10);
  bus.command(FlashBus::addressed(0x0B, 0, {0}), 10);
  EXPECT_EQ(bus.flash.counts().too_fast, 1u);
  bus.hz = 105'000'000;
  bus.command({0x9F}, 3);
  EXPECT_EQ(bus.flash.counts().too_fast, 2u);
}

TEST(Flash, ParametersAndImagesAreChecked) {
  FlashParameters p;
  p.size = 3u << 20;
  EXPECT_THROW(SpiNorFlash("flash", p), std::invalid_argument);
  const std::string path = ::testing::TempDir() + "flash_image.bin";
  FlashBus bus;
  EXPECT_EQ(refusal([&] { bus.flash.load_image(path + ".none"); }), path + ".none: cannot be opened");
  EXPECT_EQ(refusal([&] { bus.flash.load_image(::testing::TempDir()); }),
            ::testing::TempDir() + ": cannot be read");
  Bytes image(70'000);
  for (std::size_t n = 0; n < image.size(); ++n) image[n] = static_cast<unsigned char>(n * 31);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(image.data()), 70'000);
  bus.flash.load_image(path);
  EXPECT_EQ(bus.read(0, 70'000), image);
  EXPECT_EQ(bus.flash.peek(70'000), 0xFF);
  bus.program(1000, {0});
  p.size = 65536;
  SpiNorFlash small("flash", p);
  EXPECT_EQ(refusal([&] { small.load_image(path); }),
            path + ": larger than the flash, which has 65536 bytes");
  FlashBus again;
  again.flash.load_image(path);  // the file did not change: it persists only when asked
  EXPECT_EQ(again.flash.peek(1000), image[1000]);
  bus.flash.save_image(path);
  again.flash.load_image(path);
  EXPECT_EQ(again.flash.peek(1000), 0);
  EXPECT_EQ(again.read(1001, 68'999), Bytes(image.begin() + 1001, image.end()));
  EXPECT_EQ(refusal([&] { bus.flash.save_image(path + "/x"); }), path + "/x: cannot be written");
  std::remove(path.c_str());
}

// --- behind an SSI ---

struct SsiFlash : SsiRig {
  SpiNorFlash flash{"flash", quick_flash()};
  SsiFlash() { model.core().attach(0, &flash); }

  /// A memory operation of Linux's driver (spec 3.8, step 5), with a CPU that needs `pace` per register
  /// access.
  Bytes memory_operation(const Bytes& out, unsigned in, Picoseconds pace = 50'000) {
    write("SSIENR", 0);
    write("CTRLR0", ctrlr0(8, in > 0 ? ssi::TransferMode::kEepromRead : ssi::TransferMode::kTransmit));
    write("CTRLR1", in > 0 ? in - 1 : 0);
    write("BAUDR", 8);
    write("IMR", 0);
    write("SSIENR", 1);
    std::size_t sent = 0;
    while (sent < out.size() && sent < model.parameters().fifo_depth) push(out[sent++]);
    write("SER", 1);
    while (sent < out.size()) {
      pass(pace);
      const std::uint32_t room = model.parameters().fifo_depth - read("TXFLR");
      EXPECT_LT(room, model.parameters().fifo_depth) << "select de-asserted";
      for (std::uint32_t n = 0; n < room && sent < out.size(); ++n) push(out[sent++]);
    }
    Bytes got;
    while (got.size() < in) {
      pass(pace);
      for (std::uint32_t n = read("RXFLR"); n > 0; --n) got.push_back(static_cast<unsigned char>(pop()));
      EXPECT_EQ(read("RISR") & ssi::kRxOverflow, 0u);
    }
    while (busy()) pass(pace);
    write("SSIENR", 0);
    write("SER", 0);
    write("SSIENR", 1);
    return got;
  }
};

TEST(FlashBehindSsi, LinuxProbesReadsErasesAndPrograms) {
  SsiFlash soc;
  EXPECT_EQ(soc.memory_operation({0x9F}, 6), (Bytes{0xEF, 0x40, 0x18, 0, 0, 0}));
  EXPECT_NE(soc.memory_operation({0x5A, 0, 0, 0, 0}, 4), (Bytes{'S', 'F', 'D', 'P'}));
  const auto ready = [&] {
    while ((soc.memory_operation({0x05}, 1)[0] & 1) != 0) soc.pass(kUs);
  };
  for (unsigned n = 0; n < 16; ++n) soc.flash.poke(0x1FF8 + n, 0x0F);
  soc.memory_operation({0x06}, 0);
  soc.memory_operation({0x20, 0, 0x10, 0}, 0);
  ready();
  // 300 bytes from 0x10F0 on, a page at a time.
  Bytes data(300);
  for (std::size_t n = 0; n < data.size(); ++n) data[n] = static_cast<unsigned char>(n * 13 + 1);
  for (std::uint32_t at = 0x10F0; at < 0x10F0 + 300;) {
    const std::uint32_t end = std::min<std::uint32_t>((at | 255) + 1, 0x10F0 + 300);
    soc.memory_operation({0x06}, 0);
    soc.memory_operation(
        FlashBus::addressed(0x02, at, Bytes(data.begin() + (at - 0x10F0), data.begin() + (end - 0x10F0))), 0);
    ready();
    at = end;
  }
  EXPECT_EQ(soc.memory_operation({0x03, 0, 0x10, 0xF0}, 300), data);
  EXPECT_EQ(soc.memory_operation({0x0B, 0, 0x10, 0xF0, 0}, 300), data);
  EXPECT_EQ(soc.memory_operation({0x03, 0, 0x1F, 0xF8}, 16),
            (Bytes{255, 255, 255, 255, 255, 255, 255, 255, 15, 15, 15, 15, 15, 15, 15, 15}));
  EXPECT_EQ(soc.flash.counts().cut, 0u);
  EXPECT_EQ(soc.flash.counts().programs, 3u);
}

TEST(FlashBehindSsi, FullDuplexReadAnswersBehindTheHeader) {
  SsiFlash soc;
  soc.flash.poke(0x123, 0xAB);
  soc.setup(8, ssi::TransferMode::kTransmitReceive, 4);
  for (const std::uint32_t byte : {0x03u, 0u, 0x01u, 0x23u, 0u}) soc.push(byte);
  soc.pass(kUs * 10);
  for (unsigned n = 0; n < 4; ++n) EXPECT_EQ(soc.pop(), 0xFFu);
  EXPECT_EQ(soc.pop(), 0xABu);
}

TEST(FlashBehindSsi, FramesOf32BitsCarryFourBytes) {
  SsiFlash soc;
  for (unsigned n = 0; n < 4; ++n) soc.flash.poke(0x123 + n, static_cast<std::uint8_t>(0xA0 + n));
  soc.setup(32, ssi::TransferMode::kTransmitReceive, 4);
  soc.push(0x0300'0123);
  soc.push(0);
  soc.pass(kUs * 10);
  soc.pop();
  EXPECT_EQ(soc.pop(), 0xA0A1'A2A3u);
}

TEST(FlashBehindSsi, CommandCutByAnUnderrunHasNoEffect) {
  SsiFlash soc;
  soc.setup(8, ssi::TransferMode::kTransmit, 2);
  soc.push(0x06);
  soc.pass(kUs);
  for (const std::uint32_t byte : {0x02u, 0u, 0u}) soc.push(byte);
  soc.pass(kUs);  // runs dry after two address bytes: the select rises
  soc.push(0);
  soc.push(0x55);
  soc.pass(kUs);
  EXPECT_EQ(soc.flash.peek(0), 0xFF);
  EXPECT_EQ(soc.flash.status(soc.model.now()), SpiNorFlash::kWel);
  EXPECT_EQ(soc.flash.counts().cut, 1u);
}

TEST(FlashBehindSsi, RandomTrafficNeverCrashesAndReadsAreTrue) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    FlashParameters p = quick_flash();
    p.size = 65536;
    FlashBus bus(p);
    Bytes array(p.size, 0xFF);
    for (unsigned step = 0; step < 2000; ++step) {
      const auto address = static_cast<std::uint32_t>(random() % p.size);
      switch (random() % 4) {
        case 0: {  // noise
          bus.flash.select(bus.now);
          // Anything but a write enable in front, so that nothing is written.
          const auto code = static_cast<std::uint32_t>(random() % 256);
          if (code != 0x06) bus.bits(code, 8);
          for (auto n = random() % 40; n > 0 && code != 0x06; --n) {
            bus.bits(static_cast<std::uint32_t>(random()), static_cast<unsigned>(1 + random() % 32));
          }
          bus.flash.deselect(bus.now);
          break;
        }
        case 1: {
          Bytes data(1 + random() % 20);
          for (unsigned char& byte : data) byte = static_cast<unsigned char>(random());
          bus.program(address, data);
          for (std::size_t n = 0; n < data.size(); ++n) {
            array[(address & 0xFF00) | ((address + n) & 0xFF)] &= data[n];
          }
          break;
        }
        case 2:
          if (random() % 8 != 0) break;
          bus.erase(0x20, address);
          std::fill_n(array.begin() + (address & 0xF000), 4096, std::uint8_t{0xFF});
          break;
        default:
          for (const unsigned char byte : bus.read(address, 3)) {
            ASSERT_EQ(byte, array[address]) << "seed " << seed << " step " << step;
            break;
          }
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
