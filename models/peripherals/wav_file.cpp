#include "peripherals/wav_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace dmavp {

namespace {

constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kExtensible = 0xFFFE;

/// Bytes of a file with the position of the reader, and its name for messages.
class Input {
 public:
  explicit Input(const std::string& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot be opened");
    std::ostringstream text;
    if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
    if (file.bad()) fail("cannot be read");  // a directory
    bytes_ = text.str();
  }

  [[noreturn]] void fail(const std::string& reason) const { throw std::runtime_error(path_ + ": " + reason); }

  std::size_t left() const { return bytes_.size() - at_; }
  std::uint32_t number(unsigned bytes) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(byte()) << (8 * i);
    return value;
  }
  std::string tag() {
    std::string text;
    for (int i = 0; i < 4; ++i) text += static_cast<char>(byte());
    return text;
  }
  void skip(std::size_t bytes) { at_ += std::min(bytes, left()); }

 private:
  unsigned char byte() {
    if (left() == 0) fail("ends too early");
    return static_cast<unsigned char>(bytes_[at_++]);
  }

  std::string path_;
  std::string bytes_;
  std::size_t at_ = 0;
};

bool known_bits(unsigned bits) { return bits == 8 || bits == 16 || bits == 24 || bits == 32; }

WavFile read_format(Input& in, std::uint32_t size) {
  if (size < 16) in.fail("its fmt chunk has " + std::to_string(size) + " bytes, 16 are the least");
  WavFile wav;
  auto format = static_cast<std::uint16_t>(in.number(2));
  wav.channels = static_cast<std::uint16_t>(in.number(2));
  wav.rate = in.number(4);
  in.number(4);  // bytes per second
  const std::uint32_t align = in.number(2);
  wav.bits = static_cast<std::uint16_t>(in.number(2));
  std::uint32_t read = 16;
  if (format == kExtensible && size >= 26) {
    in.skip(8);
    format = static_cast<std::uint16_t>(in.number(2));
    read = 26;
  }
  if (format != kPcm) in.fail("has format " + std::to_string(format) + ", only PCM (1) is read");
  if (wav.channels == 0 || wav.channels > 64) {
    in.fail("has " + std::to_string(wav.channels) + " channels, 1..64 are read");
  }
  if (wav.rate == 0) in.fail("has a rate of 0 frames per second");
  if (!known_bits(wav.bits)) {
    in.fail("has samples of " + std::to_string(wav.bits) + " bits, only 8, 16, 24 and 32 are read");
  }
  if (align != wav.channels * wav.bits / 8u) {
    in.fail("has frames of " + std::to_string(align) + " bytes, which does not fit its samples");
  }
  in.skip(size - read + size % 2);
  return wav;
}

void read_samples(Input& in, WavFile& wav, std::uint32_t size) {
  const unsigned bytes = wav.bits / 8u;
  if (size > in.left()) {
    in.fail("its data chunk says " + std::to_string(size) + " bytes, " + std::to_string(in.left()) +
            " are there");
  }
  if (size % (bytes * wav.channels) != 0) in.fail("its data chunk ends within a frame");
  wav.samples.reserve(size / bytes);
  for (std::uint32_t done = 0; done < size; done += bytes) {
    const std::uint32_t value = in.number(bytes);
    wav.samples.push_back(bytes == 1
                              ? static_cast<std::int32_t>(value) - 128
                              : static_cast<std::int32_t>(value << (32 - wav.bits)) >> (32 - wav.bits));
  }
}

void put(std::string& text, std::uint32_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
}

}  // namespace

WavFile read_wav(const std::string& path) {
  Input in(path);
  if (in.left() < 12 || in.tag() != "RIFF") in.fail("is not a RIFF file");
  in.number(4);
  if (in.tag() != "WAVE") in.fail("is not a WAVE file");
  WavFile wav;
  bool format = false;
  while (in.left() >= 8) {
    const std::string tag = in.tag();
    const std::uint32_t size = in.number(4);
    if (tag == "fmt ") {
      wav = read_format(in, size);
      format = true;
    } else if (tag == "data") {
      if (!format) in.fail("has its data chunk before a fmt chunk");
      read_samples(in, wav, size);
      return wav;
    } else {
      in.skip(std::size_t{size} + size % 2);
    }
  }
  in.fail(format ? "has no data chunk" : "has no fmt chunk");
}

void write_wav(const std::string& path, const WavFile& wav) {
  if (!known_bits(wav.bits) || wav.channels == 0 || wav.channels > 64 || wav.rate == 0 ||
      wav.samples.size() % wav.channels != 0) {
    throw std::invalid_argument(path + ": no WAV file has this format");
  }
  const unsigned bytes = wav.bits / 8u;
  const auto size = static_cast<std::uint32_t>(wav.samples.size() * bytes);
  const std::uint32_t padding = size % 2;
  std::string text = "RIFF";
  put(text, 36 + size + padding, 4);
  text += "WAVEfmt ";
  put(text, 16, 4);
  put(text, kPcm, 2);
  put(text, wav.channels, 2);
  put(text, wav.rate, 4);
  put(text, wav.rate * wav.channels * bytes, 4);
  put(text, wav.channels * bytes, 2);
  put(text, wav.bits, 2);
  text += "data";
  put(text, size, 4);
  for (const std::int32_t sample : wav.samples) {
    put(text, static_cast<std::uint32_t>(bytes == 1 ? sample + 128 : sample), bytes);
  }
  text.append(padding, '\0');
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) throw std::runtime_error(path + ": cannot be written");
}

// --- back ends ---

I2sFrame I2sWavSource::capture(unsigned channel, Picoseconds) {
  const std::size_t frame = next_[channel];
  if (frame >= wav_.frames()) return {};
  ++next_[channel];
  const std::size_t first = wav_.channels == 1 ? 0 : std::size_t{2} * channel;
  const std::size_t second = wav_.channels == 1 ? 0 : first + 1;
  const auto at = [&](std::size_t index) -> std::int32_t {
    if (index >= wav_.channels) return 0;
    const auto sample = static_cast<std::uint32_t>(wav_.samples[frame * wav_.channels + index]);
    return static_cast<std::int32_t>(sample << (32 - wav_.bits));
  };
  return {at(first), at(second)};
}

I2sWavSink::I2sWavSink(std::uint32_t rate, std::uint16_t bits, unsigned channel) : channel_(channel) {
  if (!known_bits(bits)) {
    throw std::invalid_argument("a WAV file has samples of 8, 16, 24 or 32 bits, not " +
                                std::to_string(bits));
  }
  wav_.rate = rate;
  wav_.bits = bits;
}

void I2sWavSink::play(unsigned channel, const I2sFrame& frame, I2sContent content, Picoseconds) {
  if (channel != channel_ || content == I2sContent::kIdle) return;
  wav_.samples.push_back(frame.left >> (32 - wav_.bits));
  wav_.samples.push_back(frame.right >> (32 - wav_.bits));
}

}  // namespace dmavp
