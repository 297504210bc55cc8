// WAV files and the back ends on top of them.
#include "peripherals/wav_file.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>

#include "components/refusal.h"

namespace dmavp::tb {
namespace {

constexpr std::uint16_t kBits[] = {8, 16, 24, 32};

struct File {
  // Test cases run at the same time, each in a process of its own.
  std::string path = ::testing::TempDir() + "wav_" +
                     ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".wav";
  ~File() { std::remove(path.c_str()); }
  void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
};

TEST(Wav, RoundTripIsBitExact) {
  std::mt19937 random(3);
  File file;
  for (const std::uint16_t bits : kBits) {
    for (const std::uint16_t channels : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{6}}) {
      for (const std::size_t frames : {0u, 1u, 1001u}) {
        WavFile wav;
        wav.bits = bits;
        wav.channels = channels;
        wav.rate = 44100;
        for (std::size_t n = 0; n < frames * channels; ++n) {
          wav.samples.push_back(static_cast<std::int32_t>(random()) >> (32 - bits));
        }
        write_wav(file.path, wav);
        const std::string first = file.bytes();
        EXPECT_EQ(first.size(), 44 + (frames * channels * bits / 8 + 1) / 2 * 2);
        const auto number = [&](std::size_t at) {
          std::uint32_t value = 0;
          for (unsigned i = 0; i < 4; ++i) {
            value |= std::uint32_t{static_cast<unsigned char>(first[at + i])} << (8 * i);
          }
          return value;
        };
        EXPECT_EQ(number(4), first.size() - 8);
        EXPECT_EQ(number(28), 44100u * channels * bits / 8) << "bytes per second";
        EXPECT_EQ(number(40), frames * channels * bits / 8);
        const WavFile read = read_wav(file.path);
        EXPECT_EQ(read.samples, wav.samples) << bits;
        EXPECT_EQ(read.bits, bits);
        EXPECT_EQ(read.channels, channels);
        EXPECT_EQ(read.rate, 44100u);
        write_wav(file.path, read);
        EXPECT_EQ(file.bytes(), first);
      }
    }
  }
}

/// A header written by hand: 16 bits, stereo, two frames, with a chunk in between that nobody knows.
std::string sample_file() {
  return std::string("RIFF\x38\0\0\0WAVE", 12) + std::string("fmt \x10\0\0\0\x01\0\x02\0", 12) +
         std::string("\x40\x1F\0\0\x00\x7D\0\0\x04\0\x10\0", 12) + std::string("LIST\x03\0\0\0abc\0", 12) +
         std::string("data\x08\0\0\0\x01\0\xFF\xFF\x34\x12\0\x80", 16);
}

/// The same with an extensible fmt chunk of 40 bytes, whose sub-format begins with `format`.
std::string extensible_file(unsigned char format) {
  std::string bytes = sample_file();
  bytes[16] = 40;
  bytes[20] = '\xFE';
  bytes[21] = '\xFF';
  std::string more("\x16\0\x10\0\x03\0\0\0", 8);
  more += static_cast<char>(format);
  more += std::string(15, '\0');
  return bytes.insert(36, more);
}

TEST(Wav, ReadsAFileWrittenByHand) {
  File file;
  file.write(sample_file());
  const WavFile wav = read_wav(file.path);
  EXPECT_EQ(wav.rate, 8000u);
  EXPECT_EQ(wav.samples, (std::vector<std::int32_t>{1, -1, 0x1234, -32768}));
  file.write(extensible_file(1));
  EXPECT_EQ(read_wav(file.path).samples, wav.samples);
  std::string odd = sample_file();
  odd[16] = 17;
  file.write(odd.insert(36, 2, '\0'));  // a chunk of odd length has a byte of padding
  EXPECT_EQ(read_wav(file.path).samples, wav.samples);
}

TEST(Wav, BadFilesAreRefusedByNameAndReason) {
  File file;
  const auto reason = [&](std::string bytes) {
    file.write(bytes);
    const std::string text = refusal([&] { read_wav(file.path); });
    if (text.empty()) return text;
    EXPECT_EQ(text.find(file.path + ": "), 0u);
    return text.substr(file.path.size() + 2);
  };
  const auto with = [](std::size_t at, unsigned char byte) {
    std::string bytes = sample_file();
    bytes[at] = static_cast<char>(byte);
    return bytes;
  };
  EXPECT_EQ(reason(sample_file()), "");
  EXPECT_EQ(reason(""), "is not a RIFF file");
  EXPECT_EQ(reason(with(0, 'X')), "is not a RIFF file");
  EXPECT_EQ(reason(with(8, 'X')), "is not a WAVE file");
  EXPECT_EQ(reason(with(12, 'X')), "has its data chunk before a fmt chunk");
  EXPECT_EQ(reason(with(48, 'X')), "has no data chunk");
  EXPECT_EQ(reason(with(16, 15)), "its fmt chunk has 15 bytes, 16 are the least");
  EXPECT_EQ(reason(with(20, 3)), "has format 3, only PCM (1) is read");
  EXPECT_EQ(reason(with(22, 0)), "has 0 channels, 1..64 are read");
  EXPECT_EQ(reason(with(34, 12)), "has samples of 12 bits, only 8, 16, 24 and 32 are read");
  EXPECT_EQ(reason(with(32, 2)), "has frames of 2 bytes, which does not fit its samples");
  EXPECT_EQ(reason(with(52, 7)), "its data chunk ends within a frame");
  EXPECT_EQ(reason(with(52, 12)), "its data chunk says 12 bytes, 8 are there");
  std::string mute = sample_file();
  mute.replace(24, 4, std::string(4, '\0'));
  EXPECT_EQ(reason(mute), "has a rate of 0 frames per second");
  EXPECT_EQ(reason(sample_file().substr(0, 30)), "ends too early");
  EXPECT_EQ(reason(with(22, 65)), "has 65 channels, 1..64 are read");
  EXPECT_EQ(reason(sample_file().substr(0, 12)), "has no fmt chunk");
  EXPECT_EQ(reason(sample_file().substr(0, 36)), "has no data chunk");
  EXPECT_EQ(reason(sample_file().substr(0, 11)), "is not a RIFF file");
  // An extensible format says further on what it is.
  EXPECT_EQ(reason(extensible_file(1)), "");
  EXPECT_EQ(reason(extensible_file(3)), "has format 3, only PCM (1) is read");
  std::string cut = with(20, 0xFE);
  cut[21] = '\xFF';
  EXPECT_EQ(reason(cut), "has format 65534, only PCM (1) is read");
}

TEST(Wav, WhatIsNoFileAndWhatNoFileCanHoldIsNamed) {
  File file;
  const std::string none = file.path + ".none";
  EXPECT_EQ(refusal([&] { read_wav(none); }), none + ": cannot be opened");
  const std::string directory = ::testing::TempDir();
  EXPECT_EQ(refusal([&] { I2sWavSource source(directory); }), directory + ": cannot be read");
  const std::string beyond = file.path + "/x";
  EXPECT_EQ(refusal([&] { write_wav(beyond, WavFile()); }), beyond + ": cannot be written");
  EXPECT_EQ(refusal([&] { I2sWavSink(44100, 16).save(beyond); }), beyond + ": cannot be written");
  const auto refused = [&](auto change) {
    WavFile wav;
    wav.samples = {1, 2, 3, 4, 5, 6};
    change(wav);
    return refusal<std::invalid_argument>([&] { write_wav(file.path, wav); });
  };
  const std::string reason = file.path + ": no WAV file has this format";
  EXPECT_EQ(refused([](WavFile&) {}), "");
  EXPECT_EQ(refused([](WavFile& wav) { wav.bits = 12; }), reason);
  EXPECT_EQ(refused([](WavFile& wav) { wav.channels = 0; }), reason);
  EXPECT_EQ(refused([](WavFile& wav) { wav.channels = 65; }), reason);
  EXPECT_EQ(refused([](WavFile& wav) { wav.rate = 0; }), reason);
  EXPECT_EQ(refused([](WavFile& wav) { wav.channels = 4; }), reason) << "six samples are no whole frames";
  EXPECT_THROW(I2sWavSink(44100, 12), std::invalid_argument);
}

TEST(Wav, AnyTruncationAndAnyByteIsAnExceptionOrAFile) {
  File file;
  std::mt19937 random(5);
  for (unsigned n = 0; n < 500; ++n) {
    std::string bytes = sample_file();
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (n % 2 == 0) bytes.resize(random() % bytes.size());
    file.write(bytes);
    try {
      const WavFile wav = read_wav(file.path);
      EXPECT_EQ(wav.samples.size() % wav.channels, 0u);
    } catch (const std::runtime_error&) {
    }
  }
}

TEST(Wav, SourceIntoSinkGivesTheSameFile) {
  std::mt19937 random(9);
  for (const std::uint16_t bits : kBits) {
    WavFile wav;
    wav.bits = bits;
    for (unsigned n = 0; n < 200; ++n) {
      wav.samples.push_back(static_cast<std::int32_t>(random()) >> (32 - bits));
    }
    I2sWavSource source(wav);
    I2sWavSink sink(wav.rate, bits);
    sink.play(0, {}, I2sContent::kIdle, 0);  // before the first sample: not recorded
    for (unsigned n = 0; n < 100; ++n) sink.play(0, source.capture(0, n), I2sContent::kSamples, n);
    EXPECT_EQ(sink.wav().samples, wav.samples);
    EXPECT_EQ(source.capture(0, 0), I2sFrame{});  // behind its end: silence
    sink.play(0, {}, I2sContent::kUnderrun, 0);
    EXPECT_EQ(sink.wav().samples.size(), 202u);
  }
}

/// Mono is heard on both sides of each channel; of more channels, 2n and 2n + 1 are receive channel n, and
/// silence what there is no sample for.
TEST(Wav, SourceDealsItsChannelsOut) {
  for (const std::uint16_t channels :
       {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{8}}) {
    WavFile wav;
    wav.channels = channels;
    for (std::int32_t n = 0; n < 5 * channels; ++n) wav.samples.push_back(n + 1);
    I2sWavSource source(wav);
    for (unsigned n = 0; n < kI2sChannels; ++n) {
      for (int frame = 0; frame < 6; ++frame) {
        const auto sample = [&](unsigned index) {
          return frame < 5 && index < channels ? (frame * channels + static_cast<int>(index) + 1) * 65536 : 0;
        };
        const I2sFrame expected =
            channels == 1 ? I2sFrame{sample(0), sample(0)} : I2sFrame{sample(2 * n), sample(2 * n + 1)};
        EXPECT_EQ(source.capture(n, 0), expected) << channels << " " << n << " " << frame;
      }
    }
  }
}

/// A sink takes one channel and no other.
TEST(Wav, SinkTakesItsChannel) {
  I2sWavSink sink(8000, 16, 2);
  for (unsigned n = 0; n < kI2sChannels; ++n) {
    sink.play(n, {static_cast<std::int32_t>(n) * 65536, -65536}, I2sContent::kSamples, 0);
  }
  EXPECT_EQ(sink.wav().samples, (std::vector<std::int32_t>{2, -1}));
}

TEST(Wav, ToneHasItsFrequencyAndAmplitude) {
  constexpr std::int32_t kAmplitude = 1'000'000'000;
  I2sTone tone(440, 44100, kAmplitude);
  std::int32_t before = -1;
  std::int32_t highest = 0;
  unsigned rising = 0;
  for (unsigned n = 0; n < 44100; ++n) {
    const I2sFrame frame = tone.capture(0, 0);
    EXPECT_EQ(frame.left, frame.right);
    if (before < 0 && frame.left >= 0) ++rising;
    before = frame.left;
    highest = std::max(highest, frame.left);
  }
  EXPECT_NEAR(rising, 440, 1);
  EXPECT_LE(highest, kAmplitude);
  EXPECT_GT(highest, kAmplitude / 100 * 99);
}

}  // namespace
}  // namespace dmavp::tb
