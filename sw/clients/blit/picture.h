// Pictures: binary PPM and PGM files, frames in memory, and a test picture. Pure, no DMA.
#pragma once

#include <linux/types.h>

namespace dmavp::blit {

inline constexpr u32 kMaxSide = 16384;  ///< columns or lines of a picture
inline constexpr u32 kRgb = 3;
inline constexpr u32 kGrey = 1;

/// A picture in memory: lines of `width` pixels of `samples` bytes each, `pitch` bytes from line to line.
struct Frame {
  u32 width;
  u32 height;
  u32 samples;  ///< kRgb or kGrey
  u32 levels;   ///< value of full intensity, 1..255
  size_t pitch;

  size_t line() const { return size_t{width} * samples; }
  size_t bytes() const { return pitch * height; }  ///< what is behind the last line included
  size_t at(u32 x, u32 y, u32 sample) const { return y * pitch + size_t{x} * samples + sample; }
};

/// Lines begin at multiples of `align` bytes, at least 1.
Frame make_frame(u32 width, u32 height, u32 samples, u32 levels, u32 align);

/// What is wrong with a file, as the end of a sentence: "is not a PPM (P6) or PGM (P5) file".
struct Problem {
  char text[128];
};

/// Reads P6 (RGB) and P5 (grey) with one byte a sample; `frame` gets a pitch without gaps. Offset of the
/// first pixel, or 0 with *problem. All pixels are inside the file.
size_t read_picture(const u8* file, size_t bytes, Frame* frame, Problem* problem);

inline constexpr size_t kMaxHeader = 40;
/// Header of the file for `frame`; its length, at most kMaxHeader. `text` has room for one more byte.
size_t write_header(const Frame& frame, char* text);

/// Byte `sample` of pixel (x, y) of the test picture: borders of four colours (top red, right green, bottom
/// blue, left yellow), a white diagonal, the letter F, patterns as fine as pixels, a gradient behind all.
/// What is shifted, mirrored, turned, skewed, doubled or has its colours exchanged looks wrong.
u8 test_picture(const Frame& frame, u32 x, u32 y, u32 sample);

}  // namespace dmavp::blit
