// What blit does with a picture: where each byte of the result comes from, and the interleaved transfers that
// bring it there. Two independent statements of the same thing; the client compares them. Pure, no DMA.
#pragma once

#include <linux/dmaengine.h>
#include <linux/types.h>

#include "clients/blit/picture.h"

namespace dmavp::blit {

enum class Operation : u8 {
  kCrop,       ///< a rectangle of the picture
  kPlanes,     ///< the red samples as a grey picture, below it the green ones, below them the blue ones
  kTranspose,  ///< columns become lines
  kClear,      ///< the picture with a rectangle of one value
};
inline constexpr unsigned kOperations = 4;
const char* name_of(Operation operation);

/// Operations separated by commas. Their number, at most `most`; 0 with the offending word's offset in *bad.
unsigned read_operations(const char* text, Operation* into, unsigned most, size_t* bad);

struct Rectangle {
  u32 x, y, width, height;
};
/// Puts the way to the border where width or height is 0. False when it is not inside the frame.
bool fit(Rectangle* rectangle, const Frame& frame);

/// What the operation makes of a picture; `rectangle` fits into `from`.
Frame result_of(Operation operation, const Frame& from, const Rectangle& rectangle, u32 align);

/// The byte of the result at (x, y): from `source`, the pixels of a picture `from`; `value` is what clearing
/// writes.
u8 expected(Operation operation, const Frame& from, const u8* source, const Rectangle& rectangle, u8 value,
            u32 x, u32 y, u32 sample);

/// A regular pattern of chunks: `lines` times `chunks` of `size` bytes. Offsets and gaps in bytes; the gap
/// behind the last chunk of a line is one of its own.
struct Pattern {
  size_t src;
  size_t dst;
  size_t lines;
  size_t chunks;
  size_t size;
  size_t src_gap;
  size_t dst_gap;
  size_t src_line_gap;
  size_t dst_line_gap;
};

/// The operation as interleaved patterns, one after the other; their number and the one with `index`.
/// kClear: the whole picture is copied.
unsigned patterns(Operation operation, const Frame& from);
Pattern pattern(Operation operation, const Frame& from, const Frame& to, const Rectangle& rectangle,
                unsigned index);

/// Cuts a pattern into pieces of at most `most` chunks, in its own order: whole lines where one fits.
class Pieces {
 public:
  Pieces(const Pattern& whole, size_t most) : whole_(whole), most_(most ? most : 1) {}
  bool next(Pattern* piece);

 private:
  Pattern whole_;
  size_t most_;
  size_t line_ = 0;
  size_t chunk_ = 0;
};

/// Writes the template for a pattern between the bus addresses of two pictures. `xt` has room for `chunks`
/// entries.
void fill_template(const Pattern& pattern, dma_addr_t src, dma_addr_t dst, dma_interleaved_template* xt);

}  // namespace dmavp::blit
