// The scenarios with peripherals, as a user runs them: on every board, with several seeds, and with what is
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

struct Outcome {
  Finished finished;
  json::object result;

  const json::value& client(const std::string& name) const {
    for (const json::value& c : result.at("clients").as_array()) {
      if (c.at("name").as_string() == name.c_str()) return c;
    }
    throw std::runtime_error("no client " + name);
  }
  std::string note(const std::string& client_name, const char* key) const {
    const json::value* found = client(client_name).at("notes").as_object().if_contains(key);
    return found ? std::string(found->as_string()) : "(none)";
  }
};

Outcome run(Words words) {
  static int number = 0;
  const std::string file = scratch("scenario" + std::to_string(number++) + ".json");
  words.insert(words.end(), {"--json", file});
  Outcome outcome;
  outcome.finished = run_program(words);
  const std::string text = read_file(file);
  if (!text.empty()) outcome.result = json::parse(text).as_object();
  return outcome;
}

Words with_seed(Words words, std::uint64_t seed) {
  words.insert(words.end(), {"--seed", std::to_string(seed)});
  return words;
}

// Passed, nothing said that is worse than a note.
void expect_clean(const Outcome& r) {
  ASSERT_EQ(r.finished.status, 0) << r.finished.out << r.finished.err;
  for (const json::value& d : r.result.at("diagnostics").as_array()) {
    EXPECT_NE(d.at("severity"), "error") << d;
  }
  for (const json::value& client : r.result.at("clients").as_array()) {
    EXPECT_GT(client.at("bytes").to_number<std::uint64_t>(), 0u) << client.at("name");
    EXPECT_EQ(client.at("errors").to_number<std::uint64_t>(), 0u) << client.at("name");
  }
  EXPECT_EQ(r.result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);
}

using Check = std::function<void(const Outcome&)>;

void run_clean(Words words, const std::string& board, std::uint64_t seed, const Check& check) {
  words = with_seed(std::move(words), seed);
  words.insert(words.end(), {"--board", board});
  const Outcome r = run(words);
  expect_clean(r);
  if (!::testing::Test::HasFatalFailure() && check) check(r);
}

class PeripheralScenario : public ::testing::TestWithParam<std::string> {
 protected:
  void for_each_seed(const Words& words, const Check& check = nullptr) {
    for (std::uint64_t i = 0; i < tb::seeds() && !HasFatalFailure(); ++i) {
      const std::uint64_t seed = tb::seed_base() + i;
      SCOPED_TRACE("seed " + std::to_string(seed));
      run_clean(words, GetParam(), seed, check);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, PeripheralScenario, ::testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

TEST_P(PeripheralScenario, UartLoopbackReturnsTheFile) {
  const std::string bytes = std::to_string(std::filesystem::file_size(DMAVP_SOURCE_DIR "/README.md"));
  for_each_seed({"run", "uart-loopback"}, [&](const Outcome& r) {
    EXPECT_EQ(r.note("uart", "received"), bytes);
    EXPECT_THAT(r.note("uart", "checksum"), HasSubstr("crc32:"));
    EXPECT_NE(r.note("uart", "silences"), "0");
    EXPECT_NE(r.note("uart", "bytes_by_cpu"), "0");
    EXPECT_NE(r.note("uart", "full_buffers"), "0");
  });
}

/// Lengths around FIFO, burst and buffer, each of which ends with another state of the FIFO.
TEST(UartLoopback, EveryLengthOfTheEndArrives) {
  for (const unsigned bytes : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 15u, 16u, 17u, 63u, 64u, 65u, 129u}) {
    const std::string file = scratch("bytes" + std::to_string(bytes));
    std::string text;
    for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(i * 37 + bytes);
    write_file(file, text);
    const Outcome r = run({"run", "uart-loopback", "--set", "client.uart.path=" + file, "--set",
                           "client.uart.chunk=5", "--set", "client.uart.receive_buffer=16"});
    expect_clean(r);
    EXPECT_EQ(r.note("uart", "received"), std::to_string(bytes));
  }
}

TEST(UartLoopback, SaysWhatIsWrong) {
  Finished f = run_program({"run", "uart-loopback", "--quiet", "--set", "client.uart.path=/nope"});
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr("/nope: No such file"));

  f = run_program({"run", "uart-loopback", "--set", "serial0:dmavp,backend=none"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("bytes sent, 0 received"));

  f = run_program({"run", "uart-loopback", "--set", "client.uart.baud=200000000"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("200000000 baud cannot be made from"));

  f = run_program({"run", "uart-loopback", "--set", "client.uart.port=nowhere"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("nowhere: no such alias or node"));
}

TEST(UartLoopback, SaysWhichFileOfTheBackEndIsWrong) {
  const auto with = [](const char* property, const std::string& file) {
    return run_program({"run", "uart-loopback", "--quiet", "--set", "serial0:dmavp,backend=file", "--set",
                        std::string("serial0:dmavp,") + property + "=" + file});
  };
  Finished f = with("backend-input", ::testing::TempDir());
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr(::testing::TempDir() + ": is a directory"));
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this host has no /dev/full";
  f = with("backend-output", "/dev/full");
  EXPECT_NE(f.status, 0);
  EXPECT_THAT(f.err, HasSubstr("/dev/full: cannot be written"));
}

/// A receiver that is served too late loses characters: the register tells the driver, the counter the
/// scenario.
TEST(UartLoopback, LossesFailTheExpectation) {
  const Outcome r = run({"run", "uart-loopback", "--set", "cpus:dmavp,interrupt-latency-max-ns=1000000",
                         "--set", "client.uart.receive_buffer=16"});
  EXPECT_EQ(r.finished.status, 1);
  EXPECT_THAT(r.finished.out, HasSubstr("peripherals lost data: uart1 rx_overruns"));
  EXPECT_THAT(r.finished.err, HasSubstr("overruns"));
}

// --- audio ---

std::string little_endian(std::uint32_t value, unsigned bytes) {
  std::string text;
  for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string wav(unsigned channels, unsigned rate, unsigned bits, const std::string& samples) {
  const std::string format = little_endian(1, 2) + little_endian(channels, 2) + little_endian(rate, 4) +
                             little_endian(rate * channels * bits / 8, 4) +
                             little_endian(channels * bits / 8, 2) + little_endian(bits, 2);
  const auto chunk = [](const std::string& name, const std::string& data) {
    return name + little_endian(static_cast<std::uint32_t>(data.size()), 4) + data;
  };
  return chunk("RIFF", "WAVE" + chunk("LIST", "ab") + chunk("fmt ", format) + chunk("data", samples));
}

/// Every value of a byte, in an order that no filter or shift would leave alone.
std::string noise(unsigned bytes) {
  std::string text;
  std::uint32_t state = 12345;
  for (unsigned i = 0; i < bytes; ++i) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>(state >> 24);
  }
  return text;
}

TEST_P(PeripheralScenario, AudioRecordsWhatIsPlayed) {
  for_each_seed({"run", "audio"}, [](const Outcome& r) {
    EXPECT_EQ(r.note("audio", "frames"), "9600");
    EXPECT_EQ(r.note("audio", "different_frames"), "0");
    EXPECT_EQ(r.note("audio", "overruns"), "0");
    EXPECT_EQ(r.note("audio", "late"), "0");
  });
}

/// Up to (items - 2) periods an interrupt may be late: 8 periods of 1 ms bear 6 ms, 4 of 0.67 ms bear 1.33
/// ms.
TEST_P(PeripheralScenario, AudioBearsInterruptsThatAreLate) {
  for (const Words& ring : {Words{"48", "8"}, Words{"32", "4"}}) {
    for_each_seed({"run", "audio", "--set", "cpus:dmavp,interrupt-latency-max-ns=1000000", "--set",
                   "client.audio.period=" + ring[0], "--set", "client.audio.periods=" + ring[1]});
  }
}

/// Beyond it the ring runs out, and everybody who can see it says so. Hardware that does not mark items it
/// has finished goes round again instead of halting: no loss in the device, but the sound is wrong.
TEST_P(PeripheralScenario, AudioSaysWhenInterruptsAreTooLate) {
  const Outcome r = run({"run", "audio", "--board", GetParam(), "--set", "client.audio.period=8", "--set",
                         "client.audio.periods=4", "--set", "cpus:dmavp,interrupt-latency-max-ns=1000000"});
  EXPECT_EQ(r.finished.status, 1);
  EXPECT_NE(r.note("audio", "late"), "0");
  EXPECT_THAT(r.finished.err, HasSubstr("audio: interrupts came too late"));
  if (GetParam() == "jh7110") return;
  EXPECT_THAT(r.finished.err, HasSubstr("cyclic transfer halted, the interrupt of a period came too late"));
  EXPECT_THAT(r.finished.out, AllOf(HasSubstr("peripherals lost data: i2s0"), HasSubstr("underruns"),
                                    HasSubstr("i2s.underrun")));
}

TEST(Audio, PlaysWavFiles) {
  const std::string stereo = scratch("stereo.wav");
  const std::string mono = scratch("mono.wav");
  write_file(stereo, wav(2, 48000, 16, noise(4 * 1234)));
  write_file(mono, wav(1, 48000, 16, noise(2 * 777)));
  for (const auto& [file, frames] : {std::pair{stereo, "1234"}, std::pair{mono, "777"}}) {
    const Outcome r = run({"run", "audio", "--set", "client.audio.path=" + file});
    expect_clean(r);
    EXPECT_EQ(r.note("audio", "frames"), frames);
    EXPECT_EQ(r.note("audio", "different_frames"), "0");
  }
}

TEST(Audio, SaysWhatIsWrongWithAFile) {
  const auto message = [](const std::string& content) {
    const std::string file = scratch("bad.wav");
    write_file(file, content);
    const Finished f = run_program({"run", "audio", "--set", "client.audio.path=" + file});
    EXPECT_EQ(f.status, 1);
    return f.err;
  };
  const std::string good = wav(2, 48000, 16, noise(400));
  EXPECT_THAT(message("RIFX"), HasSubstr("is not a RIFF WAVE file"));
  EXPECT_THAT(message(good.substr(0, good.size() - 1)), HasSubstr("is cut off"));
  EXPECT_THAT(message(good.substr(0, 30)), HasSubstr("format chunk that is too short"));
  EXPECT_THAT(message(good.substr(0, 22)), HasSubstr("has no samples"));
  EXPECT_THAT(message(wav(2, 48000, 24, noise(600))), HasSubstr("samples of other than 16 bits"));
  EXPECT_THAT(message(wav(6, 48000, 16, noise(600))), HasSubstr("other than one or two channels"));
  EXPECT_THAT(message(wav(2, 44100, 16, noise(400))), HasSubstr("has 44100 frames per second, the clock of"));
  EXPECT_THAT(message(wav(2, 48000, 16, "")), HasSubstr("has no samples"));
  const Finished f = run_program({"run", "audio", "--quiet", "--set", "client.audio.path=/nope.wav"});
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr("/nope.wav: No such file"));
}

// --- SPI flash ---

TEST_P(PeripheralScenario, SpiFlashReadsTheImage) {
  for_each_seed({"run", "spi-flash"}, [](const Outcome& r) {
    EXPECT_EQ(r.note("flash", "jedec_id"), "ef4018");
    EXPECT_THAT(r.note("flash", "checksum"), HasSubstr("crc32:"));
    EXPECT_EQ(r.note("flash", "overruns"), "0");
    EXPECT_NE(r.note("flash", "messages_by_dma"), "0");
  });
}

/// An image that the board has put there; lengths around FIFO and burst.
TEST(SpiFlash, EveryLengthIsRead) {
  for (const unsigned bytes : {1u, 2u, 3u, 26u, 27u, 28u, 29u, 33u, 64u, 255u, 4097u}) {
    const std::string file = scratch("image" + std::to_string(bytes));
    write_file(file, noise(bytes));
    const Outcome r = run({"run", "spi-flash", "--set", "spi-flash:dmavp,image=" + file, "--set",
                           "client.flash.path=" + file, "--set", "client.flash.program=false"});
    expect_clean(r);
    EXPECT_EQ(r.client("flash").at("bytes").to_number<unsigned>(), bytes);
  }
}

/// The divider is even and rounded so that the device is never clocked faster than asked: the flash tells.
TEST_P(PeripheralScenario, SpiFlashIsClockedNoFasterThanAsked) {
  for (const char* hz : {"97000000", "48000000", "31000000", "7000000"}) {
    const Outcome r = run(
        {"run", "spi-flash", "--board", GetParam(), "--set", std::string("client.flash.hz=") + hz, "--set",
         std::string("spi-flash:dmavp,read-hz=") + hz, "--set", std::string("spi-flash:dmavp,max-hz=") + hz});
    expect_clean(r);
    for (const json::value& d : r.result.at("diagnostics").as_array())
      EXPECT_NE(d.at("kind"), "flash.clock") << hz;
  }
}

TEST(SpiFlash, SaysWhatIsWrong) {
  Finished f = run_program({"run", "spi-flash", "--quiet", "--set", "client.flash.path=/nope"});
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr("/nope: No such file"));

  const std::string large = scratch("large");
  write_file(large, noise(0x10001));
  f = run_program({"run", "spi-flash", "--set", "client.flash.path=" + large, "--set",
                   "spi-flash:dmavp,size=65536", "--set", "spi-flash:dmavp,jedec-id=0xef4010"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("an image of 65537 bytes, the flash has 65536"));

  const Outcome erased = run({"run", "spi-flash", "--set", "client.flash.program=false"});
  EXPECT_EQ(erased.finished.status, 1);
  EXPECT_THAT(erased.finished.err, HasSubstr("spi-flash: byte 0 is ff, expected 23"));

  f = run_program({"run", "spi-flash", "--set", "client.flash.hz=1"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("at 1 Hz: no such select or rate"));

  f = run_program({"run", "spi-flash", "--set", "client.flash.flash=serial0"});
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("serial0: no such alias or node, or no jedec,spi-nor"));
}

// --- traffic ---

/// The line moves an item of 4 bytes every 256 cycles in each direction: so does the channel.
TEST_P(PeripheralScenario, TrafficKeepsTheRateOfTheLine) {
  for (const char* cyclic : {"false", "true"}) {
    for_each_seed({"run", "traffic", "--set", std::string("client.traffic.cyclic=") + cyclic},
                  [](const Outcome& r) {
                    EXPECT_EQ(r.client("traffic").at("bytes").to_number<std::uint64_t>(), 2 * 32768u);
                    EXPECT_EQ(r.client("traffic").at("transfers").to_number<std::uint64_t>(), 2 * 32u);
                    EXPECT_EQ(r.note("traffic", "wrong_bytes"), "0");
                    EXPECT_EQ(r.note("traffic", "sink_mismatches"), "0");
                    const double line = std::stod(r.note("traffic", "line_bytes_per_s"));
                    const auto moved = r.client("traffic").at("throughput_mb_s").to_number<double>();
                    EXPECT_NEAR(moved * 1e6, 2 * line, 0.02 * 2 * line);
                  });
  }
}

/// Widths, bursts and lists, lengths that are no multiple of the burst, one direction alone.
TEST(Traffic, EveryShapeArrives) {
  for (const char* width : {"1", "2", "4", "8"}) {
    for (const char* maxburst : {"1", "6", "99"}) {
      for (const char* pieces : {"1", "7"}) {
        for (const char* other : {"cyclic=false", "sink=false", "source=false", "transfer=4104"}) {
          const Outcome r =
              run({"run", "traffic", "--set", std::string("traffic0:dmavp,item-bytes=") + width, "--set",
                   std::string("client.traffic.maxburst=") + maxburst, "--set",
                   std::string("client.traffic.pieces=") + pieces, "--set", "client.traffic.bytes=4152",
                   "--set", "client.traffic.transfer=264", "--set", std::string("client.traffic.") + other});
          SCOPED_TRACE(std::string(width) + " " + maxburst + " " + pieces + " " + other);
          expect_clean(r);
          const bool one = std::string(other).find("=false") != std::string::npos && other[0] == 's';
          EXPECT_EQ(r.client("traffic").at("bytes").to_number<unsigned>(), (one ? 1u : 2u) * 4152u);
          EXPECT_EQ(r.note("traffic", "dma_burst"), maxburst == std::string("1")   ? "1"
                                                    : maxburst == std::string("6") ? "4"
                                                                                   : "16");
        }
      }
    }
  }
}

/// A line that is faster than the channel loses items: the counter fails the scenario, and what was lost is
/// missing from memory.
TEST(Traffic, SaysWhatIsWrong) {
  const Outcome r = run({"run", "traffic", "--set", "client.traffic.gap=1"});
  EXPECT_EQ(r.finished.status, 1);
  EXPECT_THAT(r.finished.out, HasSubstr("peripherals lost data: traffic0 source_lost"));
  EXPECT_THAT(r.finished.err, HasSubstr("items lost: the source makes more than the channel takes"));
  EXPECT_NE(r.note("traffic", "wrong_bytes"), "0");
  EXPECT_NE(r.note("traffic", "sink_starved"), "0");

  for (const auto& [setting, message] :
       {std::pair{"gap=0", "must not be 0"}, std::pair{"burst=65536", "burst at most 65535"},
        std::pair{"buffers=65", "buffers must be 1 to 64"}, std::pair{"pieces=0", "pieces 1 to 64"},
        std::pair{"bytes=33", "bytes=33 is not a number of items of 4 bytes"},
        std::pair{"device=nowhere", "nowhere: no such alias or node"},
        std::pair{"device=serial0", "serial0 is not a traffic source and sink"},
        std::pair{"transfer=4294967292", "no memory for 4 buffers"}}) {
    const Finished f = run_program({"run", "traffic", "--set", std::string("client.traffic.") + setting});
    EXPECT_NE(f.status, 0) << setting;
    EXPECT_THAT(f.err, HasSubstr(message));
  }
}

// --- everything at once ---

/// A second of this takes a while, so the seeds of a board are dealt out to several tests.
constexpr unsigned kParts = 4;
class SocMix : public ::testing::TestWithParam<std::tuple<std::string, unsigned>> {};
INSTANTIATE_TEST_SUITE_P(Boards, SocMix,
                         ::testing::Combine(::testing::ValuesIn(board_names()), ::testing::Range(0u, kParts)),
                         [](const auto& p) {
                           return std::get<0>(p.param) + "_" + std::to_string(std::get<1>(p.param));
                         });

TEST_P(SocMix, LosesNothing) {
  const auto& [board, part] = GetParam();
  if (part >= tb::seeds()) GTEST_SKIP() << "fewer seeds than parts";
  const std::string duration = tb::full_tier() ? "1000" : "200";
  Words words{"run", "soc-mix"};
  for (const char* client : {"audio", "uart", "flash", "dmatest"})
    words.insert(words.end(), {"--set", std::string("client.") + client + ".run_ms=" + duration});
  const Check check = [](const Outcome& r) {
    EXPECT_EQ(r.result.at("clients").as_array().size(), 4u);
    for (const char* client : {"audio", "uart", "flash"})
      EXPECT_NE(r.note(client, "rounds"), "(none)") << client;
    EXPECT_EQ(r.note("audio", "late"), "0");
  };
  for (std::uint64_t i = part; i < tb::seeds() && !HasFatalFailure(); i += kParts) {
    const std::uint64_t seed = tb::seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_clean(words, board, seed, check);
  }
}

}  // namespace
}  // namespace dmavp::test
