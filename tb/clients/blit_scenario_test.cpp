// The scenario blit as a user runs it: on every board, with pictures of any size and several seeds, against
// pictures that the test computes itself; and with everything that can be wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

/// Lines of pixels of 3 bytes, or of 1.
using Pixel = std::string;
using Picture = std::vector<std::vector<Pixel>>;

std::string file_of(const Picture& picture) {
  const std::string kind = picture[0][0].size() == 3 ? "P6" : "P5";
  std::string text =
      kind + "\n" + std::to_string(picture[0].size()) + " " + std::to_string(picture.size()) + "\n255\n";
  for (const auto& line : picture)
    for (const Pixel& pixel : line) text += pixel;
  return text;
}

Picture random_picture(std::size_t width, std::size_t height, std::size_t samples, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Picture picture(height, std::vector<Pixel>(width, Pixel(samples, '\0')));
  for (auto& line : picture)
    for (Pixel& pixel : line)
      for (char& sample : pixel) sample = static_cast<char>(random());
  return picture;
}

struct Rectangle {
  std::size_t x, y, width, height;
};

Picture crop(const Picture& from, const Rectangle& r) {
  Picture to;
  for (std::size_t y = r.y; y < r.y + r.height; ++y) {
    const auto first = from[y].begin() + static_cast<std::ptrdiff_t>(r.x);
    to.emplace_back(first, first + static_cast<std::ptrdiff_t>(r.width));
  }
  return to;
}

Picture transpose(const Picture& from) {
  Picture to(from[0].size());
  for (const auto& line : from)
    for (std::size_t x = 0; x < line.size(); ++x) to[x].push_back(line[x]);
  return to;
}

Picture planes(const Picture& from) {
  Picture to;
  for (std::size_t sample = 0; sample < 3; ++sample)
    for (const auto& line : from) {
      to.emplace_back();
      for (const Pixel& pixel : line) to.back().push_back(pixel.substr(sample, 1));
    }
  return to;
}

Picture clear(Picture picture, const Rectangle& r, char value) {
  for (std::size_t y = r.y; y < r.y + r.height; ++y)
    for (std::size_t x = r.x; x < r.x + r.width; ++x) picture[y][x].assign(picture[y][x].size(), value);
  return picture;
}

struct Outcome {
  Finished finished;
  json::object result;
  std::string picture;  ///< the output file

  const json::object& client() const { return result.at("clients").as_array().at(0).as_object(); }
  std::string note(const char* key) const {
    const json::value* found = client().at("notes").as_object().if_contains(key);
    return found ? std::string(found->as_string()) : "(none)";
  }
};

Outcome run(const Words& settings, const std::string& board = "k210", std::uint64_t seed = 1,
            const std::string& scenario = "blit") {
  static int number = 0;
  const std::string name = "blit" + std::to_string(number++);
  const std::string picture = scratch(name + ".ppm"), file = scratch(name + ".json");
  Words words = {"run",     scenario,
                 "--board", board,
                 "--seed",  std::to_string(seed),
                 "--json",  file,
                 "--set",   "client.blit.output=" + picture};
  for (const std::string& setting : settings)
    words.insert(words.end(),
                 {"--set", setting.find(':') == std::string::npos ? "client.blit." + setting : setting});
  Outcome outcome;
  outcome.finished = run_program(words);
  const std::string text = read_file(file);
  if (!text.empty()) outcome.result = json::parse(text).as_object();
  outcome.picture = read_file(picture);
  return outcome;
}

void expect_clean(const Outcome& r) {
  ASSERT_EQ(r.finished.status, 0) << r.finished.out << r.finished.err;
  EXPECT_TRUE(r.result.at("diagnostics").as_array().empty()) << r.result.at("diagnostics");
  EXPECT_EQ(r.client().at("errors").to_number<std::uint64_t>(), 0u);
  EXPECT_EQ(r.result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);
}

class BlitScenario : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Boards, BlitScenario, ::testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

/// Pictures of any size, lines of any alignment in RAM, lists of any length: what comes out is what the test
/// computes.
TEST_P(BlitScenario, EachOperationGivesItsPicture) {  // covers: R12 K18
  for (std::uint64_t i = 0; i < tb::seeds(); ++i) {
    const std::uint64_t seed = tb::seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::size_t width = 1 + random() % 40, height = 1 + random() % 30;
    Rectangle r{random() % width, random() % height, 0, 0};
    r.width = 1 + random() % (width - r.x);
    r.height = 1 + random() % (height - r.y);
    const std::uint64_t value = random() % 256;
    const Picture picture = random_picture(width, height, 3, seed);
    const std::string input = scratch("input.ppm");
    write_file(input, file_of(picture));
    const Picture cleared = clear(picture, r, static_cast<char>(value));
    const std::pair<const char*, Picture> rows[] = {
        {"crop", crop(picture, r)},
        {"planes", planes(picture)},
        {"transpose", transpose(picture)},
        {"clear", cleared},
        {"clear,transpose,transpose,planes,transpose", transpose(planes(cleared))},
        {"crop,planes", planes(crop(picture, r))},
    };
    for (const auto& [operation, right] : rows) {
      SCOPED_TRACE(operation);
      const Outcome o =
          run({std::string("operation=") + operation, "input=" + input, "x=" + std::to_string(r.x),
               "y=" + std::to_string(r.y), "width=" + std::to_string(r.width),
               "height=" + std::to_string(r.height), "value=" + std::to_string(value),
               "align=" + std::to_string(1 + random() % 40), "chunks=" + std::to_string(1 + random() % 90),
               "depth=" + std::to_string(1 + random() % 4)},
              GetParam(), seed);
      expect_clean(o);
      ASSERT_EQ(o.picture, file_of(right));
    }
  }
}

/// Grey pictures too, and more lines than fit one list; the test picture by default.
TEST(Blit, TakesGreyPicturesAndLongOnes) {
  const Picture grey = random_picture(7, 300, 1, 1);
  const std::string input = scratch("grey.pgm");
  write_file(input, file_of(grey));
  const Outcome turned = run({"operation=transpose", "input=" + input});
  expect_clean(turned);
  EXPECT_EQ(turned.picture, file_of(transpose(grey)));
  EXPECT_EQ(turned.note("picture"), "300 x 7 grey");

  const Outcome test_picture = run({"operation=crop", "columns=9", "lines=1500"});
  expect_clean(test_picture);
  EXPECT_EQ(test_picture.picture.substr(0, 15), "P6\n9 1500\n255\n\xff");
  EXPECT_EQ(test_picture.client().at("transfers").to_number<unsigned>(), 2u);
  EXPECT_EQ(test_picture.client().at("bytes").to_number<unsigned>(), 9u * 1500 * 3);
}

/// A frame without gaps between its lines is cleared by one transfer, whatever its length.
TEST(Blit, ClearsAFrameAtOnce) {
  const Outcome o = run({"operation=clear", "columns=300", "lines=200", "align=1", "value=7"});
  expect_clean(o);
  EXPECT_EQ(o.picture, "P6\n300 200\n255\n" + std::string(300 * 200 * 3, '\x07'));
  EXPECT_EQ(o.client().at("transfers").to_number<unsigned>(), 2u);
}

TEST(Blit, BytesBehindAPictureAreIgnoredAndMentioned) {
  const Picture picture = random_picture(3, 2, 3, 1);
  const std::string input = scratch("more.ppm");
  write_file(input, file_of(picture) + "\n");
  const Outcome o = run({"operation=crop", "input=" + input});
  EXPECT_EQ(o.finished.status, 0);
  EXPECT_THAT(o.finished.err, HasSubstr("more.ppm has 1 bytes behind the picture, which are ignored"));
  EXPECT_EQ(o.picture, file_of(picture));
}

TEST(Blit, SaysWhatIsWrong) {
  const std::string good = file_of(random_picture(4, 4, 3, 1));
  const std::string cut = scratch("cut.ppm"), grey = scratch("grey.pgm"), large = scratch("large.ppm");
  write_file(cut, good.substr(0, good.size() - 1));
  write_file(grey, file_of(random_picture(4, 4, 1, 1)));
  write_file(large, "P6 16384 16384 255\n");
  const struct {
    Words settings;
    int status;
    const char* message;
  } rows[] = {
      {{"input=/nope.ppm"}, 2, "client.blit.input: /nope.ppm: No such file"},
      {{"input=" + cut}, 1, "cut.ppm is cut off: 47 bytes of pixels, 4 x 4 pixels are 48"},
      {{"input=" + std::string(DMAVP_SOURCE_DIR "/README.md")}, 1, "README.md is not a PPM (P6) or PGM (P5)"},
      {{"input=" + large}, 1, "large.ppm is cut off: 0 bytes of pixels"},
      {{"input=" + grey, "operation=planes"}, 1, "planes: the picture is grey, it has no colours"},
      {{"operation=planes,planes"}, 1, "planes: the picture is grey"},
      {{"operation=crop", "x=64"},
       1,
       "a rectangle of 0 x 0 pixels at (64, 0) is not inside a picture of 64 x 48"},
      {{"operation=crop", "x=60", "width=5"}, 1, "a rectangle of 5 x 0 pixels at (60, 0) is not inside"},
      {{"operation=clear", "height=4294967295"}, 1, "of 0 x 4294967295 pixels at (0, 0) is not inside"},
      {{"operation=transpose,crop", "y=20", "width=49"}, 1, "is not inside a picture of 48 x 64"},
      {{"columns=16384", "lines=16384"}, 1, "no memory for a picture of 16384 x 16384 pixels"},
      {{"columns=0"}, 2, "columns=0 and lines=48 must be 1 to 16384"},
      {{"lines=16385"}, 2, "lines=16385 must be 1 to 16384"},
      {{"chunks=0"}, 2, "chunks and depth not 0"},
      {{"value=256"}, 2, "value at most 255"},
      {{"align=4097"}, 2, "align must be 1 to 4096"},
      {{"operation=crop,turn"}, 2, "\"turn\" does not begin with one of crop, planes, transpose, clear"},
      {{"channel=dma9chan9"}, 1, "no free channel named dma9chan9 that does what is needed"},
      {{"depth=4294967295"}, 1, "no memory for transfers of 1024 chunks, 4294967295 in flight"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.settings[0]);
    const Outcome o = run(row.settings);
    EXPECT_EQ(o.finished.status, row.status) << o.finished.err;
    EXPECT_THAT(o.finished.err, HasSubstr(row.message));
    EXPECT_EQ(o.picture, "");
  }
  const Finished f = run_program({"run", "blit", "--set", "client.blit.output=/nope/a.ppm"});
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr("client.blit.output: /nope/a.ppm: No such file"));
}

/// The scenario with one fault in it; `keys` are lines of its table.
std::string with_fault(const std::string& keys) {
  const std::string file = scratch("fault.toml");
  write_file(file, read_file(DMAVP_SOURCE_DIR "/platform/scenarios/blit.toml") +
                       "\n[[fault]]\ntarget = \"dmac0\"\nnth = 3\n" + keys + "\n");
  return file;
}

/// A picture that DMA has spoilt fails the run, and is written for a person to look at.
TEST(Blit, AWrongPictureIsNamedAndWritten) {
  const std::string right = run({"operation=crop"}).picture;
  const Outcome o = run({"operation=crop"}, "k210", 1,
                        with_fault("kind = \"bit-flip\"\non = \"source\"\nbit = 9\noutcome = \"mismatch\""));
  EXPECT_EQ(o.finished.status, 1);
  EXPECT_THAT(o.finished.err, HasSubstr("blit: crop: "));
  EXPECT_THAT(o.finished.err, HasSubstr(" of pixel ("));
  EXPECT_THAT(o.finished.err, HasSubstr("; 1 bytes are wrong"));
  ASSERT_EQ(o.picture.size(), right.size());
  unsigned changed = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    if (o.picture[i] == right[i]) continue;
    ++changed;
    EXPECT_EQ(o.picture[i] ^ right[i], 1 << 1) << i;
  }
  EXPECT_EQ(changed, 1u);
}

/// A transfer that fails is reported as what it was, once, and the work done again.
TEST(Blit, AFailedTransferIsReportedOnceAndRepeated) {
  const std::string right = run({}).picture;
  for (const auto& [on, outcome] :
       {std::pair{"source", "read-failed"}, {"destination", "write-failed"}, {"descriptor", "read-failed"}}) {
    SCOPED_TRACE(on);
    const Outcome o =
        run({"retries=1"}, "k210", 1,
            with_fault(std::string("kind = \"slverr\"\non = \"") + on + "\"\noutcome = \"" + outcome + "\""));
    EXPECT_EQ(o.finished.status, 0) << o.finished.out << o.finished.err;
    EXPECT_EQ(o.client().at("results").at(outcome).to_number<unsigned>(), 1u);
    EXPECT_EQ(o.client().at("errors").to_number<unsigned>(), 1u);
    EXPECT_EQ(o.picture, right);
  }
}

}  // namespace
}  // namespace dmavp::test
