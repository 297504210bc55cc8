// What a UART may talk to on the host: files, streams, pseudo-terminals.
#include "peripherals/uart_backends.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "components/refusal.h"
#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

std::string scratch(const std::string& name) { return testing::TempDir() + "uart_backend_" + name; }

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void play(UartRig& u, Picoseconds until = kNever) {
  while (u.core.next_event() != kNever && u.core.next_event() <= until) u.core.advance(u.core.next_event());
}

TEST(UartFile, EveryByteGoesOutAndComesIn) {
  std::string bytes;
  for (unsigned i = 0; i < 1000; ++i) bytes += static_cast<char>((i * i) >> 3);
  std::ofstream(scratch("in"), std::ios::binary) << bytes;
  std::string got;
  {
    uart::FileBackend file({scratch("out"), scratch("in"), 5'000'000, true});
    UartRig u;
    u.core.attach(&file);
    u.set_up(1);
    u.write(MCR, 2);
    std::size_t sent = 0;
    while (got.size() < bytes.size() || u.core.statistics().sent < bytes.size()) {
      while (u.core.receive_level() > 0) got += static_cast<char>(u.read(RBR));
      while (sent < bytes.size() && u.core.transmit_level() < 16) {
        u.write(THR, static_cast<unsigned char>(bytes[sent++]));
      }
      ASSERT_NE(u.core.next_event(), kNever);
      u.core.advance(u.core.next_event());
      while (u.core.receive_level() > 0) got += static_cast<char>(u.read(RBR));
    }
    EXPECT_EQ(u.core.now(), 5'000'000 + 1000 * u.character());
    EXPECT_EQ(file.fed(), 1000u);
  }
  EXPECT_EQ(got, bytes);
  EXPECT_EQ(contents(scratch("out")), bytes);
}

TEST(UartFile, MissingFilesAreNamed) {
  for (const bool input : {false, true}) {
    uart::FileBackend::Config config;
    (input ? config.input : config.output) = "/nonexistent/place";
    try {
      uart::FileBackend file(config);
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("/nonexistent/place"), std::string::npos);
    }
  }
}

TEST(UartFile, WhatIsNoFileIsNamed) {
  const std::string directory = testing::TempDir();
  EXPECT_EQ(refusal([&] { uart::FileBackend({"", directory}); }), directory + ": is a directory");
  EXPECT_EQ(refusal([&] { uart::FileBackend({directory, ""}); }), directory + ": Is a directory");
  if (!std::ifstream("/dev/full")) GTEST_SKIP() << "this host has no /dev/full";
  uart::FileBackend full({"/dev/full", ""});
  full.sent('x', 0);
  EXPECT_EQ(refusal([&] { full.flush(); }), "/dev/full: cannot be written");
  uart::FileBackend nothing({"", ""});
  nothing.sent('x', 0);
  EXPECT_EQ(refusal([&] { nothing.flush(); }), "");
}

/// Whether RTS holds the input back is a setting; before its time nothing comes either way.
TEST(UartFile, InputObeysRtsIfToldTo) {
  std::ofstream(scratch("held"), std::ios::binary) << "abc";
  for (const bool obeys : {true, false}) {
    uart::FileBackend file({"", scratch("held"), 7'000'000, obeys});
    UartRig u;
    u.core.attach(&file);
    u.set_up(1);
    play(u, 6'999'999);
    EXPECT_EQ(file.fed(), 0u);
    play(u);
    EXPECT_EQ(u.read(RFL), obeys ? 0u : 3u);
    u.write(MCR, 2);
    play(u);
    EXPECT_EQ(u.read(RFL), 3u);
    EXPECT_EQ(u.core.next_event(), kNever);  // the file is at its end
  }
}

/// A terminal shows each line when it is complete.
TEST(UartStream, IsFlushedWithEachLine) {
  struct Counting : std::stringbuf {
    unsigned flushes = 0;
    int sync() override {
      ++flushes;
      return 0;
    }
  } buffer;
  std::ostream out(&buffer);
  {
    uart::StreamBackend stream(out);
    for (const char c : std::string("a\nbc\nd")) stream.sent(static_cast<std::uint8_t>(c), 0);
    EXPECT_EQ(buffer.flushes, 2u);
  }
  EXPECT_EQ(buffer.flushes, 3u);
  EXPECT_EQ(buffer.str(), "a\nbc\nd");
}

TEST(UartStream, TakesWhatIsSent) {
  std::ostringstream out;
  uart::StreamBackend stream(out);
  UartRig u;
  u.core.attach(&stream);
  u.set_up(1);
  for (const char c : std::string("hello\n")) u.write(THR, static_cast<unsigned char>(c));
  play(u);
  EXPECT_EQ(out.str(), "hello\n");
  u.write(MCR, 2);
  EXPECT_EQ(u.core.next_event(), kNever);  // nothing will ever come
}

/// What happens to a UART while random accesses go on: times, levels and the line.
std::string history(uart::SerialBackend& backend) {
  std::ostringstream text;
  UartRig u;
  u.core.attach(&backend);
  u.set_up(2, 0x81);
  u.write(MCR, 2);
  u.write(IER, 7);
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    if (random() % 2 != 0) u.write(THR, random() & 0xFF);
    u.wait(random() % 10'000'000);
    text << u.core.now() << ' ' << u.read(LSR) << ' ' << u.read(IIR) << ' ' << u.read(USR) << '\n';
  }
  for (const UartRig::Change& change : u.changes) text << change.at << change.interrupt << '\n';
  return text.str();
}

/// Why this host has no pseudo-terminals (a container without /dev/pts); empty if it has.
std::string no_terminals() {
  try {
    uart::PtyBackend probe(1);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST(UartPty, ChangesNothingWhileNobodyIsThere) {
  if (const std::string why = no_terminals(); !why.empty()) GTEST_SKIP() << why;
  std::ostringstream out;
  uart::StreamBackend stream(out);
  const std::string without = history(stream);
  uart::PtyBackend pty(1'000'000);
  EXPECT_EQ(history(pty), without);
  EXPECT_EQ(pty.dropped(), out.str().size());
}

TEST(UartPty, TalksToWhoeverOpensIt) {
  if (const std::string why = no_terminals(); !why.empty()) GTEST_SKIP() << why;
  uart::PtyBackend pty(10'000'000);
  UartRig u;
  u.core.attach(&pty);
  u.set_up(1);
  u.write(MCR, 2);
  u.write(THR, 'x');  // nobody there: must not turn up later
  play(u, 100'000'000);
  const int host = ::open(pty.path().c_str(), O_RDWR | O_NOCTTY);
  ASSERT_GE(host, 0);
  ASSERT_EQ(::write(host, "in\x03\n", 4), 4);
  // The host passes characters on in its own time, one by one if it likes.
  std::string got;
  for (int i = 0; i < 20'000 && got.size() < 4; ++i) {
    if (i > 100) ::usleep(1000);
    play(u, u.core.now() + 20'000'000);
    u.wait(1);
    while (u.core.receive_level() > 0) got += static_cast<char>(u.read(RBR));
  }
  EXPECT_EQ(got, "in\x03\n");  // raw: nothing is interpreted or echoed
  for (const char c : std::string("out\n")) u.write(THR, static_cast<unsigned char>(c));
  play(u, u.core.now() + 10 * u.character());
  std::string heard;
  while (heard.size() < 4) {
    char buffer[16];
    pollfd state{host, POLLIN, 0};
    ASSERT_EQ(::poll(&state, 1, 10'000), 1);
    const ssize_t bytes = ::read(host, buffer, sizeof buffer);
    ASSERT_GT(bytes, 0);
    heard.append(buffer, static_cast<std::size_t>(bytes));
  }
  EXPECT_EQ(heard, "out\n");
  EXPECT_EQ(pty.dropped(), 1u);
  // A host that does not read loses, and stops nothing.
  unsigned more = 0;
  for (; more < 1'000'000 && pty.dropped() == 1; ++more) {
    u.write(THR, 'y');
    u.wait(u.character());
  }
  EXPECT_EQ(u.core.statistics().sent, 1 + 4 + more);
  EXPECT_EQ(pty.dropped(), 2u);
  ::close(host);
}

}  // namespace
}  // namespace dmavp
