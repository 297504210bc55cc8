#include "clients/blit/operations.h"

#include <linux/string.h>

namespace dmavp::blit {
namespace {

constexpr const char* kNames[kOperations] = {"crop", "planes", "transpose", "clear"};

constexpr Rectangle all_of(const Frame& frame) { return {0, 0, frame.width, frame.height}; }

Pattern rectangle_pattern(const Frame& from, const Frame& to, const Rectangle& r) {
  Pattern p = {};
  p.src = from.at(r.x, r.y, 0);
  p.lines = r.height;
  p.chunks = 1;
  p.size = to.line();
  p.src_line_gap = from.pitch - p.size;
  p.dst_line_gap = to.pitch - p.size;
  return p;
}

Pattern plane_pattern(const Frame& from, const Frame& to, u32 plane) {
  Pattern p = {};
  p.src = plane;
  p.dst = to.at(0, plane * from.height, 0);
  p.lines = from.height;
  p.chunks = from.width;
  p.size = 1;
  p.src_gap = from.samples - 1;
  p.src_line_gap = from.pitch - from.line() + p.src_gap;
  p.dst_line_gap = to.pitch - to.line();
  return p;
}

/// A line of the source becomes a column.
Pattern column_pattern(const Frame& from, const Frame& to, u32 line) {
  Pattern p = {};
  p.src = from.at(0, line, 0);
  p.dst = to.at(line, 0, 0);
  p.lines = from.width;
  p.chunks = 1;
  p.size = from.samples;
  p.dst_line_gap = to.pitch - p.size;
  return p;
}

bool inside(const Rectangle& r, u32 x, u32 y) {
  return x >= r.x && x - r.x < r.width && y >= r.y && y - r.y < r.height;
}

}  // namespace

const char* name_of(Operation operation) { return kNames[static_cast<unsigned>(operation)]; }

unsigned read_operations(const char* text, Operation* into, unsigned most, size_t* bad) {
  unsigned count = 0;
  for (size_t at = 0;; at++) {
    size_t length = 0;
    while (text[at + length] && text[at + length] != ',') length++;
    unsigned which = 0;
    while (which < kOperations &&
           (strlen(kNames[which]) != length || memcmp(kNames[which], text + at, length)))
      which++;
    *bad = at;
    if (which == kOperations || count == most) return 0;
    into[count++] = static_cast<Operation>(which);
    at += length;
    if (!text[at]) return count;
  }
}

bool fit(Rectangle* r, const Frame& frame) {
  if (r->x >= frame.width || r->y >= frame.height) return false;
  if (!r->width) r->width = frame.width - r->x;
  if (!r->height) r->height = frame.height - r->y;
  return r->width <= frame.width - r->x && r->height <= frame.height - r->y;
}

Frame result_of(Operation operation, const Frame& from, const Rectangle& r, u32 align) {
  switch (operation) {
    case Operation::kCrop:
      return make_frame(r.width, r.height, from.samples, from.levels, align);
    case Operation::kPlanes:
      return make_frame(from.width, from.height * from.samples, kGrey, from.levels, align);
    case Operation::kTranspose:
      return make_frame(from.height, from.width, from.samples, from.levels, align);
    case Operation::kClear:
      break;
  }
  return make_frame(from.width, from.height, from.samples, from.levels, align);
}

u8 expected(Operation operation, const Frame& from, const u8* source, const Rectangle& r, u8 value, u32 x,
            u32 y, u32 sample) {
  switch (operation) {
    case Operation::kCrop:
      return source[from.at(r.x + x, r.y + y, sample)];
    case Operation::kPlanes:
      return source[from.at(x, y % from.height, y / from.height)];
    case Operation::kTranspose:
      return source[from.at(y, x, sample)];
    case Operation::kClear:
      break;
  }
  return inside(r, x, y) ? value : source[from.at(x, y, sample)];
}

unsigned patterns(Operation operation, const Frame& from) {
  switch (operation) {
    case Operation::kPlanes:
      return from.samples;
    case Operation::kTranspose:
      return from.height;
    case Operation::kCrop:
    case Operation::kClear:
      break;
  }
  return 1;
}

Pattern pattern(Operation operation, const Frame& from, const Frame& to, const Rectangle& r, unsigned index) {
  switch (operation) {
    case Operation::kPlanes:
      return plane_pattern(from, to, index);
    case Operation::kTranspose:
      return column_pattern(from, to, index);
    case Operation::kCrop:
      return rectangle_pattern(from, to, r);
    case Operation::kClear:
      break;
  }
  return rectangle_pattern(from, to, all_of(from));
}

bool Pieces::next(Pattern* piece) {
  if (line_ == whole_.lines) return false;
  const size_t src_step = whole_.size + whole_.src_gap, dst_step = whole_.size + whole_.dst_gap;
  const size_t src_line = whole_.chunks * src_step - whole_.src_gap + whole_.src_line_gap;
  const size_t dst_line = whole_.chunks * dst_step - whole_.dst_gap + whole_.dst_line_gap;
  *piece = whole_;
  piece->src += line_ * src_line + chunk_ * src_step;
  piece->dst += line_ * dst_line + chunk_ * dst_step;
  if (whole_.chunks <= most_) {
    const size_t left = whole_.lines - line_, fitting = most_ / whole_.chunks;
    piece->lines = left < fitting ? left : fitting;
    line_ += piece->lines;
    return true;
  }
  const size_t left = whole_.chunks - chunk_;
  piece->lines = 1;
  piece->chunks = left < most_ ? left : most_;
  chunk_ += piece->chunks;
  if (chunk_ == whole_.chunks) chunk_ = 0, line_++;
  return true;
}

void fill_template(const Pattern& p, dma_addr_t src, dma_addr_t dst, dma_interleaved_template* xt) {
  xt->src_start = src + p.src;
  xt->dst_start = dst + p.dst;
  xt->dir = DMA_MEM_TO_MEM;
  xt->src_inc = xt->dst_inc = true;
  xt->src_sgl = p.src_gap || p.src_line_gap;
  xt->dst_sgl = p.dst_gap || p.dst_line_gap;
  xt->numf = p.lines;
  xt->frame_size = p.chunks;
  for (size_t i = 0; i < p.chunks; i++) {
    const bool last = i + 1 == p.chunks;
    xt->sgl[i] = {p.size, 0, last ? p.dst_line_gap : p.dst_gap, last ? p.src_line_gap : p.src_gap};
  }
}

}  // namespace dmavp::blit
