// A transfer as a sequence of pieces: scatter lists, vectors and interleaved templates look the same from
// here. Pure arithmetic, no hardware.
#pragma once

#include <linux/dmaengine.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

namespace dmavp::dw_axi_dmac {

/// `length` bytes from src to dst; the address of a peripheral is the same in every piece.
struct Piece {
  u64 src;
  u64 dst;
  u64 length;
};

/// Which addresses move on with the data.
struct Steps {
  bool src;
  bool dst;
};

/// What a piece must be a multiple of to stand alone: one that is not is joined with the next.
inline constexpr u64 kJoinNone = 1;
inline constexpr u64 kJoinAll = 0;

/// Joins pieces that go on where the one before has ended, on both sides, and drops empty ones. What comes
/// out is given to `visit`, which returns false to hear no more.
template <class Visit>
class Joiner {
 public:
  Joiner(Steps steps, u64 alone, Visit visit) : steps_(steps), alone_(alone), visit_(visit) {}

  bool add(const Piece& piece) {
    if (!piece.length) return true;
    const bool fits = last_.length && !stands_alone() && last_.length <= ~piece.length &&
                      piece.src == end(steps_.src, last_.src) && piece.dst == end(steps_.dst, last_.dst);
    if (fits) {
      last_.length += piece.length;
      return true;
    }
    const bool more = flush();
    last_ = piece;
    return more;
  }
  bool flush() { return !last_.length || visit_(static_cast<const Piece&>(last_)); }

 private:
  u64 end(bool moves, u64 start) const { return moves ? start + last_.length : start; }

  bool stands_alone() const { return alone_ != kJoinAll && last_.length % alone_ == 0; }

  Steps steps_;
  u64 alone_;
  Visit visit_;
  Piece last_ = {0, 0, 0};
};

/// Visits the pieces of `list` that hold a byte, joined as `alone` says.
template <class List, class Visit>
void each_piece(const List& list, u64 alone, Visit visit) {
  Joiner<Visit> joiner(list.steps(), alone, visit);
  if (list.each([&](const Piece& piece) { return joiner.add(piece); })) joiner.flush();
}

/// One end of a transfer between memory and a register at a fixed address.
struct SlaveEnds {
  u64 address;
  bool destination;  ///< the register is written

  Steps steps() const { return {destination, !destination}; }
  Piece piece(u64 memory, u64 length) const {
    return destination ? Piece{memory, address, length} : Piece{address, memory, length};
  }
};

/// each(): false as soon as the visitor returns false.
class ScatterList {
 public:
  ScatterList(SlaveEnds ends, scatterlist* first, unsigned count) : ends_(ends), first_(first), n_(count) {}
  Steps steps() const { return ends_.steps(); }
  template <class Visit>
  bool each(Visit visit) const {
    scatterlist* sg = first_;
    for (unsigned i = 0; i < n_ && sg; i++, sg = sg_next(sg))
      if (!visit(ends_.piece(sg_dma_address(sg), sg_dma_len(sg)))) return false;
    return true;
  }

 private:
  SlaveEnds ends_;
  scatterlist* first_;
  unsigned n_;
};

class VectorList {
 public:
  VectorList(SlaveEnds ends, const dma_vec* first, size_t count) : ends_(ends), first_(first), n_(count) {}
  Steps steps() const { return ends_.steps(); }
  template <class Visit>
  bool each(Visit visit) const {
    for (size_t i = 0; i < n_; i++)
      if (!visit(ends_.piece(first_[i].addr, first_[i].len))) return false;
    return true;
  }

 private:
  SlaveEnds ends_;
  const dma_vec* first_;
  size_t n_;
};

/// The chunks of an interleaved template, frame by frame (K18). Addresses count modulo 2^64, so a gap may
/// also lead back.
class TemplateList {
 public:
  explicit TemplateList(dma_interleaved_template* xt) : xt_(xt), src_(xt->src_start), dst_(xt->dst_start) {}
  /// With other start addresses than the template's.
  TemplateList(dma_interleaved_template* xt, u64 src, u64 dst) : xt_(xt), src_(src), dst_(dst) {}

  /// Bytes of all frames; 0 when there are none, or more than `most`. Does not walk the frames.
  u64 bytes(u64 most) const {
    u64 frame = 0;
    for (size_t i = 0; i < xt_->frame_size; i++) {
      if (xt_->sgl[i].size > most - frame) return 0;
      frame += xt_->sgl[i].size;
    }
    return !frame || xt_->numf > most / frame ? 0 : frame * xt_->numf;
  }
  Steps steps() const { return {xt_->src_inc, xt_->dst_inc}; }
  template <class Visit>
  bool each(Visit visit) const {
    u64 src = src_, dst = dst_;
    for (size_t frame = 0; frame < xt_->numf; frame++) {
      for (size_t i = 0; i < xt_->frame_size; i++) {
        data_chunk* chunk = &xt_->sgl[i];
        if (!visit(Piece{src, dst, chunk->size})) return false;
        if (xt_->src_inc) src += chunk->size + dmaengine_get_src_icg(xt_, chunk);
        if (xt_->dst_inc) dst += chunk->size + dmaengine_get_dst_icg(xt_, chunk);
      }
    }
    return true;
  }

 private:
  dma_interleaved_template* xt_;
  u64 src_, dst_;
};

}  // namespace dmavp::dw_axi_dmac
