// The register bank against a model that knows single bits only.
#include "base/register_bank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace dmavp {
namespace {

using testing::HasSubstr;

/// A map of registers with random fields, and the same map as an array of bits.
class RandomMap {
 public:
  struct Bit {
    Access access = Access::kReserved;
    bool value = false;
    int guard = -1;
  };
  struct Word64 {
    std::uint64_t offset = 0;
    unsigned width = 64;
    std::array<Bit, 64> bits{};

    bool writes_have_effect() const {
      for (const Bit& b : bits) {
        if (b.access != Access::kReserved && b.access != Access::kRo && b.access != Access::kWriteEnable)
          return true;
      }
      return false;
    }
    bool reads_something() const {
      for (const Bit& b : bits) {
        if (b.access != Access::kReserved && b.access != Access::kWo && b.access != Access::kWriteEnable)
          return true;
      }
      return false;
    }
  };

  RandomMap(std::uint64_t seed, PartialAccess partial)
      : random_(seed), bank("random", 64, partial), partial_(partial) {
    std::uint64_t offset = 0;
    for (int n = 0; n < 12; ++n) {
      const unsigned width = pick(3) == 0 ? 32 : 64;
      if (pick(3) == 0) offset += 4 * pick(4);  // holes
      if (offset % (width / 8) != 0) offset += 4;
      add(offset, width);
      offset += width / 8;
    }
    bank.seal();
    bank.reset();
  }

  /// One access to both; returns what differs, or nothing.
  std::string step() {
    const unsigned bytes = 1u << pick(4);
    std::uint64_t offset = pick(static_cast<unsigned>(bank.size()) + 16);
    if (pick(8) != 0) offset &= ~std::uint64_t{bytes - 1};
    std::uint64_t lanes = ~std::uint64_t{0};
    if (pick(3) == 0) {
      lanes = 0;
      const bool by_word = pick(2) == 0;
      for (unsigned i = 0; i < 8; ++i) {
        const bool on = by_word ? (i % 4 == 0 ? (last_ = pick(2) != 0) : last_) : pick(2) != 0;
        if (on) lanes |= std::uint64_t{0xFF} << (8 * i);
      }
    }
    const bool write = pick(2) == 0;
    std::uint64_t value = random_();
    std::uint64_t expected_value = 0;
    const AccessFault expected = model(offset, bytes, lanes, write, value, expected_value);
    std::uint64_t seen = 0;
    const AccessFault fault =
        write ? bank.write(offset, bytes, value, lanes) : bank.read(offset, bytes, seen, lanes);
    std::ostringstream text;
    if (fault != expected)
      text << "fault " << to_string(fault) << " instead of " << to_string(expected) << "; ";
    if (!write && seen != expected_value) text << "read " << seen << " instead of " << expected_value << "; ";
    for (const Word64& w : words_) {
      if (bank.peek(w.offset, w.width / 8) != read(w)) text << "state at " << w.offset << " differs; ";
    }
    if (!text.str().empty()) text << (write ? "write" : "read") << " " << bytes << " at " << offset;
    return text.str();
  }

 private:
  std::mt19937_64 random_;

 public:
  RegisterBank bank;

 private:
  unsigned pick(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  void add(std::uint64_t offset, unsigned width) {
    static constexpr Access kTypes[] = {Access::kRo,  Access::kRw,           Access::kWo,
                                        Access::kW1c, Access::kSelfClearing, Access::kReserved};
    Word64 w;
    w.offset = offset;
    w.width = width;
    const std::uint64_t reset = random_() & (width == 64 ? ~std::uint64_t{0} : 0xFFFF'FFFFu);
    Register& reg = bank.add(offset, "R" + std::to_string(words_.size()), "random").width(width);
    std::uint64_t kept = 0;
    unsigned lo = 0;
    const bool uniform = pick(4) == 0;  // registers that are read-only or write-only as a whole
    const Access all = kTypes[pick(3)];
    while (lo < width) {
      const unsigned left = width - lo;
      const unsigned size = 1 + pick(left < 12 ? left : 12);
      const std::string name = "F" + std::to_string(lo);
      if (!uniform && pick(4) == 0 && 2 * size <= left) {
        reg.guarded(lo + size - 1, lo, name, lo + size, "guarded");
        for (unsigned i = 0; i < size; ++i) {
          w.bits[lo + i].access = Access::kGuarded;
          w.bits[lo + i].guard = static_cast<int>(lo + size + i);
          w.bits[lo + size + i].access = Access::kWriteEnable;
        }
        lo += 2 * size;
        continue;
      }
      const Access type = uniform ? all : kTypes[pick(6)];
      reg.field(lo + size - 1, lo, name, type, "field");
      for (unsigned i = 0; i < size; ++i) w.bits[lo + i].access = type;
      lo += size;
    }
    for (unsigned i = 0; i < width; ++i) {
      const Access a = w.bits[i].access;
      if (a == Access::kRo || a == Access::kRw || a == Access::kW1c || a == Access::kGuarded) {
        w.bits[i].value = (reset >> i) & 1;
        kept |= std::uint64_t{w.bits[i].value} << i;
      }
    }
    reg.reset(kept);
    words_.push_back(w);
  }

  static std::uint64_t read(const Word64& w) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 64; ++i) value |= std::uint64_t{w.bits[i].value} << i;
    return value;
  }

  Word64* at(std::uint64_t offset) {
    for (Word64& w : words_) {
      if (offset >= w.offset && offset < w.offset + w.width / 8) return &w;
    }
    return nullptr;
  }

  AccessFault model(std::uint64_t offset, unsigned bytes, std::uint64_t lanes, bool write, std::uint64_t data,
                    std::uint64_t& value) {
    if (offset % bytes != 0) return AccessFault::kMisaligned;
    if (bytes < 8) lanes &= (std::uint64_t{1} << (8 * bytes)) - 1;
    if (lanes == 0) return AccessFault::kNone;
    if (partial_ == PartialAccess::kReject) {
      for (const std::uint64_t half : {lanes & 0xFFFF'FFFFu, lanes >> 32}) {
        if (half != 0 && half != 0xFFFF'FFFFu) return AccessFault::kPartial;
      }
    }
    // Which registers are touched, in order; a register wider than 32 bits is touched once.
    AccessFault first = AccessFault::kNone;
    Word64* previous = nullptr;
    for (unsigned byte = 0; byte < bytes; byte += 4) {
      const std::uint64_t part = bytes == 8 ? (lanes >> (8 * byte)) & 0xFFFF'FFFFu : lanes;
      Word64* w = at(offset + byte);
      const bool wide_again = w && w == previous;
      previous = w;
      if (part == 0 && !(w && w->width == 64 && bytes == 8)) continue;
      if (wide_again) continue;
      AccessFault fault = AccessFault::kNone;
      if (!w) {
        fault = AccessFault::kHole;
      } else if (write && !w->writes_have_effect()) {
        fault = AccessFault::kWriteToReadOnly;
      } else if (!write && !w->reads_something() && w->writes_have_effect()) {
        fault = AccessFault::kReadOfWriteOnly;
      } else {
        touch(*w, offset, bytes, lanes, write, data, value);
      }
      if (first == AccessFault::kNone) first = fault;
    }
    return first;
  }

  static void touch(Word64& w, std::uint64_t offset, unsigned bytes, std::uint64_t lanes, bool write,
                    std::uint64_t data, std::uint64_t& value) {
    std::array<Bit, 64> before = w.bits;
    // Position on the bus of bit i of the register, or -1.
    const auto bus = [&](int i) {
      const std::int64_t position =
          static_cast<std::int64_t>(w.offset * 8) + i - static_cast<std::int64_t>(offset * 8);
      const bool carried =
          position >= 0 && position < static_cast<std::int64_t>(bytes * 8) && ((lanes >> position) & 1) != 0;
      return carried ? static_cast<int>(position) : -1;
    };
    for (int i = 0; i < static_cast<int>(w.width); ++i) {
      const int b = bus(i);
      if (b < 0) continue;
      Bit& bit = w.bits[static_cast<std::size_t>(i)];
      const bool written = ((data >> b) & 1) != 0;
      if (!write) {
        value |= std::uint64_t{before[static_cast<std::size_t>(i)].value} << b;
      } else if (bit.access == Access::kRw) {
        bit.value = written;
      } else if (bit.access == Access::kW1c && written) {
        bit.value = false;
      } else if (bit.access == Access::kGuarded) {
        const int g = bus(bit.guard);
        if (g >= 0 && ((data >> g) & 1) != 0) bit.value = written;
      }
    }
  }

  std::vector<Word64> words_;
  PartialAccess partial_;
  bool last_ = false;
};

TEST(RegisterBank, AgreesWithTheBitModelForEveryAccessTypeWidthAndByteEnable) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const PartialAccess partial : {PartialAccess::kReject, PartialAccess::kAllow}) {
      RandomMap map(seed, partial);
      for (int i = 0; i < 400; ++i) {
        const std::string difference = map.step();
        ASSERT_EQ(difference, "") << "seed " << seed << " step " << i;
      }
    }
  }
}

struct Device {
  RegisterBank bank{"dev", 32};
  std::uint32_t fifo = 7;
  RegisterWrite last;
  unsigned writes = 0;
  std::uint64_t lock = 0;
  std::vector<FaultReport> faults;

  Device() {
    bank.add(0x0, "POP", "pops on read")
        .access(Access::kRo)
        .live<&Device::pop_value>(this)
        .after_read<&Device::popped>(this);
    bank.add(0x4, "CMD", "command")
        .bit(0, "GO", Access::kSelfClearing, "start")
        .field(15, 8, "MODE", "mode")
        .locked<&Device::locked>(this)
        .on_write<&Device::written>(this);
    bank.add(0x8, "WIDE", "64 bits").width(64);
    RegisterBank::Group ch = bank.group("CH", 3, 0x20, 0x10);
    ch.add(0x0, "A", "first").reset_of(1, 0x11);
    ch.add(0x8, "B", "second").access(Access::kWo).on_write<&Device::written>(this);
    bank.on_fault<&Device::fault>(this);
    bank.seal();
  }
  std::uint64_t pop_value(unsigned) const { return fifo; }
  void popped(unsigned) { ++fifo; }
  std::uint64_t locked(unsigned, const RegisterWrite&) { return lock; }
  void written(unsigned, const RegisterWrite& w) { last = w, ++writes; }
  void fault(const FaultReport& report) { faults.push_back(report); }
};

TEST(RegisterBank, DebugReadsHaveNoSideEffect) {
  Device d;
  std::uint64_t value = 0;
  EXPECT_EQ(d.bank.peek(0x0, 4), 7u);
  EXPECT_EQ(d.bank.peek(0x0, 4), 7u);
  d.bank.read(0x0, 4, value);
  EXPECT_EQ(value, 7u);
  EXPECT_EQ(d.bank.peek(0x0, 4), 8u);
  d.bank.peek(0x28, 4);   // write-only
  d.bank.peek(0x100, 4);  // hole
  EXPECT_TRUE(d.faults.empty());
  d.bank.write(0x8, 8, 0x1122334455667788);
  EXPECT_EQ(d.bank.peek(0x9, 7), 0x11223344556677u) << "any size and alignment";
}

/// What a read or write does it does for its lowest byte: on a bus that allows narrow accesses, one that
/// leaves it out only looks.
TEST(RegisterBank, SideEffectsBelongToTheLowestByte) {
  struct Narrow {
    RegisterBank bank{"narrow", 64, PartialAccess::kAllow};
    unsigned reads = 0;
    unsigned low = 0, high = 0;
    Narrow() {
      bank.add(0x0, "WORD", "32 bits")
          .width(32)
          .after_read<&Narrow::read>(this)
          .on_write<&Narrow::written>(this);
      bank.add(0x8, "WIDE", "64 bits").after_read<&Narrow::read>(this).on_write<&Narrow::written>(this);
      bank.seal();
    }
    void read(unsigned) { ++reads; }
    void written(unsigned, const RegisterWrite& w) { ++(w.has_low_byte() ? low : high); }
  };
  for (const auto& [base, width] : {std::pair(0x0u, 4u), std::pair(0x8u, 8u)}) {
    for (unsigned bytes = 1; bytes <= width; bytes *= 2) {
      for (unsigned at = 0; at < width; at += bytes) {
        Narrow d;
        std::uint64_t value = 0;
        d.bank.read(base + at, bytes, value);
        d.bank.write(base + at, bytes, 0);
        EXPECT_EQ(d.reads, at == 0 ? 1u : 0u) << base << " " << at << " " << bytes;
        EXPECT_EQ(d.low, at == 0 ? 1u : 0u) << base << " " << at << " " << bytes;
        EXPECT_EQ(d.low + d.high, 1u);
      }
    }
    Narrow d;
    std::uint64_t value = 0;
    d.bank.read(base, 4, value, 0xFFFF'FF00);
    EXPECT_EQ(d.reads, 0u) << "by byte enables";
    d.bank.read(base, 4, value, 0xFF);
    EXPECT_EQ(d.reads, 1u);
  }
}

TEST(RegisterBank, WriteCallbackSeesWhatWasWrittenAndWhatItBecame) {
  Device d;
  d.bank.write(0x4, 4, 0xABCD'EF01);
  EXPECT_EQ(d.writes, 1u);
  EXPECT_EQ(d.last.data, 0xABCDEF01u);
  EXPECT_EQ(d.last.value, 0xEF01u) << "the self-clearing bit is seen by the callback";
  EXPECT_EQ(d.bank.peek(0x4, 4), 0xEF00u) << "and reads 0 afterwards";
  d.bank.write(0x4, 4, 0x5500);
  EXPECT_EQ(d.last.old, 0xEF00u);
}

TEST(RegisterBank, LockedBitsKeepTheirValueAndAreReported) {
  Device d;
  d.bank.write(0x4, 4, 0x1200);
  d.lock = 0xF000;
  EXPECT_EQ(d.bank.write(0x4, 4, 0x3400), AccessFault::kLocked);
  EXPECT_EQ(d.bank.peek(0x4, 4), 0x1400u);
  ASSERT_EQ(d.faults.size(), 1u);
  EXPECT_EQ(d.faults[0].fault, AccessFault::kLocked);
  d.lock = ~std::uint64_t{0};
  const unsigned before = d.writes;
  EXPECT_EQ(d.bank.write(0x4, 4, 0x5601), AccessFault::kLocked);
  EXPECT_EQ(d.writes, before) << "nothing left to act on";
  EXPECT_EQ(d.bank.peek(0x4, 4), 0x1400u);
}

TEST(RegisterBank, FaultsAreReportedOnceWithPlaceAndKind) {
  Device d;
  std::uint64_t value = ~std::uint64_t{0};
  EXPECT_EQ(d.bank.read(0x38, 4, value), AccessFault::kReadOfWriteOnly);
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(d.bank.write(0x0, 4, 1), AccessFault::kWriteToReadOnly);
  EXPECT_EQ(d.bank.write(0x14, 4, 1), AccessFault::kHole);
  EXPECT_EQ(d.bank.read(0x4000, 8, value), AccessFault::kHole);
  ASSERT_EQ(d.faults.size(), 4u);
  EXPECT_EQ(d.faults[0].reg->instance_name(d.faults[0].instance), "CH1_B");
  EXPECT_EQ(d.faults[1].reg->name(), "POP");
  EXPECT_TRUE(d.faults[2].write);
  EXPECT_EQ(d.faults[2].offset, 0x14u);
  EXPECT_EQ(d.faults[3].reg, nullptr);
}

TEST(RegisterBank, NamesOffsetsAndResetsOfGroups) {
  Device d;
  EXPECT_EQ(d.bank.offset_of("CH2_A"), 0x40u);
  EXPECT_STREQ(d.bank.name_at(0x38), "CH1_B");
  EXPECT_STREQ(d.bank.name_at(0x3C), "?");
  EXPECT_EQ(d.bank.peek(d.bank.offset_of("CH1_A"), 4), 0x11u);
  EXPECT_EQ(d.bank.peek(d.bank.offset_of("CH0_A"), 4), 0u);
  d.bank.write(0x30, 4, 5);
  d.bank.reset();
  EXPECT_EQ(d.bank.peek(0x30, 4), 0x11u);
  try {
    d.bank.find("CH3_A");
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_THAT(e.what(), HasSubstr("CH3_A"));
  }
}

template <class Declare>
std::string declaration_error(Declare declare) {
  RegisterBank bank("bad", 32);
  try {
    declare(bank);
    bank.seal();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

TEST(RegisterBank, WrongDeclarationsAreRefusedByName) {
  EXPECT_THAT(declaration_error([](RegisterBank& b) {
                b.add(0, "ONE", "");
                b.add(0, "TWO", "");
              }),
              testing::AllOf(HasSubstr("ONE"), HasSubstr("TWO"), HasSubstr("overlap")));
  EXPECT_THAT(
      declaration_error([](RegisterBank& b) { b.add(0, "R", "").field(7, 0, "F", "").bit(7, "G", ""); }),
      HasSubstr("R.G overlaps"));
  EXPECT_THAT(declaration_error([](RegisterBank& b) { b.add(0, "R", "").field(32, 30, "F", ""); }),
              HasSubstr("R.F does not fit"));
  EXPECT_THAT(declaration_error([](RegisterBank& b) { b.add(4, "R", "").width(64); }), HasSubstr("R at 0x4"));
  EXPECT_THAT(declaration_error([](RegisterBank& b) { b.group("CH", 2, 0, 8).add(8, "R", ""); }),
              HasSubstr("stride"));
}

TEST(RegisterBank, MarkdownNamesEveryRegisterAndField) {
  Device d;
  std::ostringstream out;
  d.bank.write_markdown(out);
  for (const Register& reg : d.bank.registers()) {
    EXPECT_THAT(out.str(), HasSubstr("## " + reg.name() + " - " + reg.title()));
    for (const Field& f : reg.fields())
      EXPECT_THAT(out.str(), HasSubstr("| " + f.name + " | " + to_string(f.access)));
  }
  EXPECT_THAT(out.str(), HasSubstr("0x020 + n * 0x010"));
}

}  // namespace
}  // namespace dmavp
