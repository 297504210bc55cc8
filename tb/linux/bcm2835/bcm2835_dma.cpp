#include "linux/bcm2835/bcm2835_dma.h"

#include <algorithm>
#include <cstring>

namespace dmavp::test {
namespace {

// CS
constexpr std::uint32_t kActive = 1u << 0, kEnd = 1u << 1, kInt = 1u << 2, kDreq = 1u << 3, kPaused = 1u << 4,
                        kHeld = 1u << 5, kError = 1u << 8, kAbort = 1u << 30, kReset = 1u << 31,
                        kKept = 0x30FF0000;
// TI
constexpr std::uint32_t kIntEnable = 1u << 0, kTwoD = 1u << 1, kDestInc = 1u << 4, kDestDreq = 1u << 6,
                        kDestIgnore = 1u << 7, kSrcInc = 1u << 8, kSrcDreq = 1u << 10, kSrcIgnore = 1u << 11;
// DEBUG
constexpr std::uint32_t kReadError = 1u << 2, kLite = 1u << 28;

unsigned request_of(std::uint32_t ti) { return ti >> 16 & 31; }

}  // namespace

bool Bcm2835Dma::asks(const Channel& c) const {
  const unsigned request = request_of(c.ti);
  if (!(c.ti & (kDestDreq | kSrcDreq)) || request == 0) return true;
  return request == (c.ti & kDestDreq ? kSinkRequest : kSourceRequest);
}

Time Bcm2835Dma::word_time(const Channel& c) const {
  return c.ti & (kDestDreq | kSrcDreq) && request_of(c.ti) ? kRequestEvery : kCopyWord;
}

void Bcm2835Dma::fail(Channel& c) {
  errors++;
  c.error = c.read_error = true;
  c.active = false;
}

/// The next control block becomes the current one; without one the channel is idle.
void Bcm2835Dma::load(unsigned index) {
  Channel& c = channels_[index];
  if (c.block == 0) {
    c.active = false;
    return;
  }
  if (c.block % 32) misuses++;
  const std::byte* p = memory_(c.block & ~31u);
  if (!p) return fail(c);
  std::uint32_t word[6];
  std::memcpy(word, p, sizeof(word));
  c.ti = word[0];
  c.source = word[1];
  c.destination = word[2];
  c.length = word[3];
  c.stride = word[4];
  c.next = word[5];
  blocks++;
  lite_blocks += index >= kFirstLite ? 1 : 0;
  if (c.ti & kTwoD || (index >= kFirstLite && c.length > 0xFFFF)) misuses++;
}

void Bcm2835Dma::finish(unsigned index) {
  Channel& c = channels_[index];
  c.end = true;
  if (c.ti & kIntEnable) c.interrupt = true;
  c.block = c.next;
  load(index);
}

bool Bcm2835Dma::move(Channel& c) {
  const std::uint32_t n = std::min<std::uint32_t>(c.length, 4);
  std::array<std::byte, 4> word{};
  if (!(c.ti & kSrcIgnore)) {
    const std::byte* from = memory_(c.source);
    if (from) {
      std::memcpy(word.data(), from, n);
      memory_read += n;
    } else if (c.source == kRegister) {
      for (std::uint32_t i = 0; i < n; i++) word[i] = std::byte{stream_byte(given++)};
    } else {
      return false;
    }
  }
  if (!(c.ti & kDestIgnore)) {
    std::byte* to = memory_(c.destination);
    if (to)
      std::memcpy(to, word.data(), n);
    else if (c.destination == kRegister)
      sunk.insert(sunk.end(), word.begin(), word.begin() + n);
    else
      return false;
  }
  if (c.ti & kSrcInc) c.source += n;
  if (c.ti & kDestInc) c.destination += n;
  c.length -= n;
  return true;
}

void Bcm2835Dma::advance(unsigned index, Time now) {
  Channel& c = channels_[index];
  while (c.active && asks(c)) {
    // A block without a length takes a word's time, so that a ring of such blocks does not stop time.
    const Time step = word_time(c);
    if (now - c.at < step) return;
    c.at += step;
    if (c.length && !move(c)) return fail(c);
    if (!c.length) finish(index);
  }
  c.at = std::max(c.at, now);
}

void Bcm2835Dma::advance(Time now) {
  for (unsigned i = 0; i < kChannels; i++) advance(i, now);
}

/// The end of the current block, or where it fails: nothing else can be seen from outside.
Time Bcm2835Dma::next_event() const {
  Time next = kNever;
  for (const Channel& c : channels_) {
    if (!c.active || !asks(c)) continue;
    const std::uint64_t words = std::max<std::uint64_t>((c.length + 3) / 4, 1);
    next = std::min(next, c.at + words * word_time(c));
  }
  return next;
}

std::uint32_t Bcm2835Dma::status(const Channel& c) const {
  const bool waits = c.active && !asks(c);
  return c.control | (c.active ? kActive : kPaused) | (c.end ? kEnd : 0) | (c.interrupt ? kInt : 0) |
         (asks(c) ? kDreq : 0) | (waits ? kHeld : 0) | (c.error ? kError : 0);
}

void Bcm2835Dma::control(unsigned index, std::uint32_t value, Time now) {
  Channel& c = channels_[index];
  if (value & kReset) {
    c = Channel{};
    c.at = now;
    return;
  }
  if (value & kInt) c.interrupt = false;
  if (value & kEnd) c.end = false;
  c.control = value & kKept;
  if (value & kAbort && c.block) {
    c.block = c.next;
    load(index);
  }
  const bool was = c.active;
  c.active = value & kActive && c.block && !c.error && enable_ >> index & 1;
  if (was || !c.active) return;
  c.at = now;
  // Begun anew: the address was written since, or the channel goes on where it was paused.
  if (c.length == 0) load(index);
}

std::uint64_t Bcm2835Dma::read(std::uint64_t offset, unsigned, Time now) {
  advance(now);
  if (offset == 0xFE0) {
    std::uint32_t lines = 0;
    for (unsigned i = 0; i < kChannels; i++) lines |= std::uint32_t{channels_[i].interrupt} << i;
    return lines;
  }
  if (offset == 0xFF0) return enable_;
  if (offset / 0x100 >= kChannels) return 0;
  const auto index = static_cast<unsigned>(offset / 0x100);
  const Channel& c = channels_[index];
  switch (offset % 0x100) {
    case 0x00:
      return status(c);
    case 0x04:
      return c.block;
    case 0x08:
      return c.ti;
    case 0x0C:
      return c.source;
    case 0x10:
      return c.destination;
    case 0x14:
      return c.length;
    case 0x18:
      return c.stride;
    case 0x1C:
      return c.next;
    case 0x20:
      return (c.read_error ? kReadError : 0) | (index >= kFirstLite ? kLite : 0) | index << 8 | 2u << 25;
    default:
      return 0;
  }
}

void Bcm2835Dma::write(std::uint64_t offset, unsigned, std::uint64_t value, Time now) {
  advance(now);
  const auto v = static_cast<std::uint32_t>(value);
  if (offset == 0xFF0) enable_ = v & 0x7FFF;
  if (offset / 0x100 >= kChannels) return;
  Channel& c = channels_[offset / 0x100];
  switch (offset % 0x100) {
    case 0x00:
      control(static_cast<unsigned>(offset / 0x100), v, now);
      break;
    case 0x04:
      if (c.active) break;  // protected while the channel runs
      c.block = v;
      c.length = 0;
      break;
    case 0x1C:
      if (!c.active) c.next = v;
      break;
    case 0x20:
      if (v & kReadError) c.error = c.read_error = false;
      break;
    default:
      break;
  }
}

}  // namespace dmavp::test
