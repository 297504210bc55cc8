#include "clients/blit/picture.h"

#include <linux/ctype.h>
#include <linux/kernel.h>

namespace dmavp::blit {
namespace {

constexpr u32 kMaxNumber = 100'000'000;  // of a header; what is larger is as wrong

/// The text in front of the pixels.
class Header {
 public:
  Header(const u8* file, size_t bytes) : file_(file), bytes_(bytes) {}

  /// The next number, behind blanks and comments; false when there is none.
  bool number(u32* value) {
    skip_blanks();
    const size_t start = at_;
    *value = 0;
    for (; at_ < bytes_ && file_[at_] >= '0' && file_[at_] <= '9'; at_++)
      *value = *value < kMaxNumber ? *value * 10 + static_cast<u32>(file_[at_] - '0') : ~u32{0};
    return at_ > start;
  }
  /// The one blank between the last number and the pixels.
  bool end() { return at_ < bytes_ && isspace(file_[at_]) && ++at_; }
  size_t at() const { return at_; }

 private:
  void skip_blanks() {
    for (bool comment = false; at_ < bytes_; at_++) {
      const u8 c = file_[at_];
      comment = comment ? c != '\n' : c == '#';
      if (!comment && !isspace(c)) return;
    }
  }

  const u8* file_;
  size_t bytes_;
  size_t at_ = 2;  // behind the magic number
};

constexpr u32 kSquare = 8;  // of the background's checks
constexpr u32 kFine = 8;    // side of the patterns as fine as pixels
constexpr u32 kMinFor = 3 * kFine;

struct Colour {
  u8 sample[kRgb];
};
constexpr Colour kRed = {{255, 0, 0}}, kGreen = {{0, 255, 0}}, kBlue = {{0, 0, 255}};
constexpr Colour kYellow = {{255, 255, 0}}, kWhite = {{255, 255, 255}}, kBlack = {{0, 0, 0}};

/// An F of 4 x 6 dots, which no mirror and no turn leaves alone.
constexpr u8 kLetter[] = {0xF, 0x8, 0xE, 0x8, 0x8, 0x8};
constexpr u32 kLetterWidth = 4, kLetterHeight = 6;

bool in_letter(u32 x, u32 y, u32 width, u32 height) {
  const u32 shorter = width < height ? width : height;
  const u32 dot = shorter / 16;
  const u32 left = width / 4, top = height / 8;
  if (!dot || x < left || y < top) return false;
  const u32 column = (x - left) / dot, row = (y - top) / dot;
  return column < kLetterWidth && row < kLetterHeight && (kLetter[row] >> (kLetterWidth - 1 - column) & 1);
}

bool on_diagonal(u32 x, u32 y, u32 width, u32 height) {
  return u64{x} * height / width == y || u64{y} * width / height == x;
}

/// Bars of one pixel in the lower left, checks of one pixel in the lower right.
bool in_fine_pattern(u32 x, u32 y, u32 width, u32 height, bool* light) {
  if (width < kMinFor || height < kMinFor || y < height - 1 - kFine || y >= height - 1) return false;
  const bool left = x >= 1 && x <= kFine;
  *light = left ? x & 1 : (x ^ y) & 1;
  return left || (x >= width - 1 - kFine && x < width - 1);
}

u8 share(u32 value, u32 of) { return of > 1 ? static_cast<u8>(u64{value} * 255 / (of - 1)) : u8{128}; }

Colour colour(u32 x, u32 y, u32 width, u32 height) {
  bool light = false;
  if (y == 0) return kRed;
  if (y == height - 1) return kBlue;
  if (x == 0) return kYellow;
  if (x == width - 1) return kGreen;
  if (in_fine_pattern(x, y, width, height, &light)) return light ? kWhite : kBlack;
  if (in_letter(x, y, width, height)) return kBlack;
  if (on_diagonal(x, y, width, height)) return kWhite;
  const bool square = (x / kSquare + y / kSquare) & 1;
  return {{share(x, width), share(y, height), square ? u8{190} : u8{110}}};
}

}  // namespace

Frame make_frame(u32 width, u32 height, u32 samples, u32 levels, u32 align) {
  Frame frame = {width, height, samples, levels, 0};
  frame.pitch = (frame.line() + align - 1) / align * align;
  return frame;
}

size_t read_picture(const u8* file, size_t bytes, Frame* frame, Problem* problem) {
  const auto wrong = [problem](const char* format, auto... values) -> size_t {
    scnprintf(problem->text, sizeof(problem->text), format, values...);
    return 0;
  };
  if (bytes < 2 || file[0] != 'P' || (file[1] != '6' && file[1] != '5'))
    return wrong("is not a PPM (P6) or PGM (P5) file");
  Header header(file, bytes);
  u32 width = 0, height = 0, levels = 0;
  if (!header.number(&width) || !header.number(&height) || !header.number(&levels) || !header.end())
    return wrong("is cut off, or has no width, height and number of levels in its header");
  if (!width || !height || width > kMaxSide || height > kMaxSide)
    return wrong("is %u x %u pixels by its header, allowed are 1 to %u each", width, height, kMaxSide);
  if (!levels || levels > 255) return wrong("has samples up to %u, allowed is 1 to 255 (one byte)", levels);
  *frame = make_frame(width, height, file[1] == '6' ? kRgb : kGrey, levels, 1);
  const size_t there = bytes - header.at();
  if (there < frame->bytes())
    return wrong("is cut off: %zu bytes of pixels, %u x %u pixels are %zu", there, width, height,
                 frame->bytes());
  return header.at();
}

size_t write_header(const Frame& frame, char* text) {
  return static_cast<size_t>(scnprintf(text, kMaxHeader + 1, "P%c\n%u %u\n%u\n",
                                       frame.samples == kRgb ? '6' : '5', frame.width, frame.height,
                                       frame.levels));
}

u8 test_picture(const Frame& frame, u32 x, u32 y, u32 sample) {
  return colour(x, y, frame.width, frame.height).sample[sample];
}

}  // namespace dmavp::blit
