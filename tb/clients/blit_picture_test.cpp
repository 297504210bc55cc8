// Pictures of the client blit: files as they are read and written, and a test picture that shows every error.
#include "clients/blit/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tier.h"

using namespace dmavp::blit;
using ::testing::HasSubstr;

namespace {

struct Read {
  size_t at;
  Frame frame{};
  std::string problem;
};

Read read(const std::string& text) {
  // Of its very size, so that the sanitizers see a read behind the end.
  const std::vector<u8> file(text.begin(), text.end());
  Read r{};
  Problem problem{};
  r.at = read_picture(file.data(), file.size(), &r.frame, &problem);
  r.problem = problem.text;
  return r;
}

std::string picture(const Frame& frame) {
  char header[kMaxHeader + 1];
  std::string text(header, write_header(frame, header));
  for (size_t i = 0; i < frame.line() * frame.height; ++i) text += static_cast<char>(i * 7 + 1);
  return text;
}

TEST(BlitPicture, ReadsWhatItWrites) {
  for (const u32 samples : {kRgb, kGrey}) {
    for (const auto& [width, height] : {std::pair{1u, 1u}, {16384u, 1u}, {1u, 16384u}, {17u, 3u}}) {
      const Frame frame = make_frame(width, height, samples, 255, 64);
      EXPECT_EQ(frame.pitch % 64, 0u);
      EXPECT_LT(frame.pitch - frame.line(), 64u);
      const std::string text = picture(frame);
      const Read r = read(text);
      ASSERT_NE(r.at, 0u) << r.problem;
      EXPECT_EQ(text.size() - r.at, size_t{width} * height * samples);
      EXPECT_EQ(r.frame.width, width);
      EXPECT_EQ(r.frame.height, height);
      EXPECT_EQ(r.frame.samples, samples);
      EXPECT_EQ(r.frame.levels, 255u);
      EXPECT_EQ(r.frame.pitch, r.frame.line());
    }
  }
}

TEST(BlitPicture, HeadersMayHaveBlanksAndComments) {
  const Read r = read("P5#a\n \t# 9 9\n\r2 # and\n#more\n3\n\n15\n012345");
  ASSERT_NE(r.at, 0u) << r.problem;
  EXPECT_EQ(r.frame.width, 2u);
  EXPECT_EQ(r.frame.height, 3u);
  EXPECT_EQ(r.frame.levels, 15u);
  // One blank ends the header: the next byte is a pixel, even when it looks like a blank or a comment.
  EXPECT_EQ(read("P5 2 1 255 \n#").at, 11u);
}

TEST(BlitPicture, SaysWhatIsWrongWithAFile) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "is not a PPM (P6) or PGM (P5) file"},
      {"P", "is not a PPM (P6) or PGM (P5) file"},
      {"P3 1 1 255 1 2 3", "is not a PPM (P6) or PGM (P5) file"},
      {"\x89PNG\r\n", "is not a PPM (P6) or PGM (P5) file"},
      {"P6", "has no width, height and number of levels"},
      {"P6 4 4", "has no width, height and number of levels"},
      {"P6 4 4 255", "has no width, height and number of levels"},
      {"P6 4 -4 255 ", "has no width, height and number of levels"},
      {"P6 # 4 4 255 ", "has no width, height and number of levels"},
      {"P6 0 4 255 ", "is 0 x 4 pixels by its header, allowed are 1 to 16384 each"},
      {"P6 16385 4 255 ", "is 16385 x 4 pixels by its header"},
      {"P6 4 99999999999999999999 255 ", "is 4 x 4294967295 pixels by its header"},
      {"P6 1 1 0 abc", "has samples up to 0, allowed is 1 to 255"},
      {"P6 1 1 65535 abcdef", "has samples up to 65535, allowed is 1 to 255"},
      {"P6 1 1 256 abcdef", "has samples up to 256"},
      {"P6 2 2 255 01234567890", "is cut off: 11 bytes of pixels, 2 x 2 pixels are 12"},
      {"P5 16384 16384 255 x", "is cut off: 1 bytes of pixels, 16384 x 16384 pixels are 268435456"},
  };
  for (const auto& [text, message] : rows) {
    const Read r = read(text);
    EXPECT_EQ(r.at, 0u) << text;
    EXPECT_THAT(r.problem, HasSubstr(message)) << text;
  }
}

/// Every file that is cut off is refused; one with any damage is refused or describes pixels that are there.
TEST(BlitPicture, NoDamageLeadsOutOfTheFile) {
  const std::string good = picture(make_frame(5, 4, kRgb, 255, 1));
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_EQ(read(good.substr(0, n)).at, 0u) << n;
    EXPECT_NE(read(good.substr(0, n)).problem, "") << n;
  }
  for (std::uint64_t i = 0; i < dmavp::tb::seeds(); ++i) {
    const std::uint64_t seed = dmavp::tb::seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int round = 0; round < 5000; ++round) {
      std::string bad = good;
      const char bytes[] = "0123456789 #\n-P\x80";
      for (std::uint64_t changes = 1 + random() % 3; changes; --changes)
        bad[random() % 14] = bytes[random() % (sizeof(bytes) - 1)];
      const Read r = read(bad);
      if (r.at == 0) {
        ASSERT_NE(r.problem, "") << bad;
      } else {
        ASSERT_LE(r.at + r.frame.bytes(), bad.size()) << bad;
      }
    }
  }
}

// --- the test picture ---

using Pixel = std::vector<u8>;
using Where = std::function<Pixel(u32 x, u32 y)>;

/// Pixels that a wrong transfer would have changed.
unsigned different(const Frame& frame, const Where& right, const Where& wrong) {
  unsigned count = 0;
  for (u32 y = 0; y < frame.height; ++y)
    for (u32 x = 0; x < frame.width; ++x) count += right(x, y) != wrong(x, y);
  return count;
}

TEST(BlitPicture, TheTestPictureShowsEachError) {
  for (const u32 side : {16u, 32u, 64u}) {
    const Frame frame = make_frame(side, side, kRgb, 255, 1);
    const u32 w = side, h = side;
    const Where right = [&](u32 x, u32 y) {
      return Pixel{test_picture(frame, x, y, 0), test_picture(frame, x, y, 1), test_picture(frame, x, y, 2)};
    };
    const std::pair<const char*, Where> errors[] = {
        {"mirrored left to right", [&](u32 x, u32 y) { return right(w - 1 - x, y); }},
        {"upside down", [&](u32 x, u32 y) { return right(x, h - 1 - y); }},
        {"turned by half", [&](u32 x, u32 y) { return right(w - 1 - x, h - 1 - y); }},
        {"columns as lines", [&](u32 x, u32 y) { return right(y, x); }},
        {"turned by a quarter", [&](u32 x, u32 y) { return right(y, w - 1 - x); }},
        {"turned by a quarter back", [&](u32 x, u32 y) { return right(h - 1 - y, x); }},
        {"a column late", [&](u32 x, u32 y) { return right((x + 1) % w, y); }},
        {"a line late", [&](u32 x, u32 y) { return right(x, (y + 1) % h); }},
        {"a check late", [&](u32 x, u32 y) { return right((x + 16) % w, y); }},
        {"a pixel more in each line", [&](u32 x, u32 y) { return right((x + y) % w, y); }},
        {"red for blue",
         [&](u32 x, u32 y) {
           const Pixel p = right(x, y);
           return Pixel{p[2], p[1], p[0]};
         }},
        {"a sample late",
         [&](u32 x, u32 y) {
           const Pixel p = right(x, y);
           return Pixel{p[1], p[2], right((x + 1) % w, y)[0]};
         }},
        {"each second line twice", [&](u32 x, u32 y) { return right(x, y & ~1u); }},
        {"each second column twice", [&](u32 x, u32 y) { return right(x & ~1u, y); }},
    };
    for (const auto& [name, wrong] : errors) {
      if (side == 16 && std::string(name) == "a check late") continue;  // that is the whole picture
      EXPECT_GE(different(frame, right, wrong), side * side / 4) << name << " of " << side;
    }
    EXPECT_EQ(right(side / 2, 0), (Pixel{255, 0, 0}));
    EXPECT_EQ(right(side - 1, side / 2), (Pixel{0, 255, 0}));
    EXPECT_EQ(right(side / 2, side - 1), (Pixel{0, 0, 255}));
    EXPECT_EQ(right(0, side / 2), (Pixel{255, 255, 0}));
  }
}

TEST(BlitPicture, TheTestPictureHasAnySize) {
  for (const u32 width : {1u, 2u, 3u, 8u, 23u, 24u, 300u, kMaxSide}) {
    for (const u32 height : {1u, 2u, 7u, 24u, 25u}) {
      const Frame frame = make_frame(width, height, kRgb, 255, 1);
      for (u32 y = 0; y < height; ++y)
        for (u32 x = 0; x < width; x += 1 + width / 100) test_picture(frame, x, y, 0);
    }
  }
}

}  // namespace
