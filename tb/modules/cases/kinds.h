// Transfers in memory of every kind, each with the order in which it writes its bytes: a residue then says
// exactly what memory has to be.
#pragma once

#include "modules/cases/memory_bench.h"

namespace dmavp::test {

inline constexpr dma_addr_t kHole = 0xF0000000;  ///< nothing answers there, on no board

/// kUpwards: lines without a gap, each below the one before, so the end of one is the start of the other.
enum class Kind : unsigned { kCopy, kLines, kChunks, kUpwards, kFixedSource, kSet, kSetList, kKinds };

/// One transfer, which can be prepared again and again. About 1 KiB: longer than the FIFOs of the boards that
/// are set up for stops.
class Job {
 public:
  static constexpr size_t kLength = 1200;

  Job(MemoryBench& b, Kind kind) : b_(b), kind_(kind) {
    written_ = static_cast<u32*>(kmalloc(kLength * sizeof(u32), GFP_KERNEL));
    value_ = static_cast<u8*>(kmalloc(kLength, GFP_KERNEL));
    plan();
  }
  ~Job() {
    kfree(value_);
    kfree(written_);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const char* name() const {
    const char* const names[] = {"copy", "lines", "chunks", "upwards", "fixed source", "memset", "memset_sg"};
    return names[static_cast<unsigned>(kind_)];
  }
  size_t length() const { return n_; }
  bool interleaved() const { return kind_ >= Kind::kLines && kind_ <= Kind::kFixedSource; }
  dma_async_tx_descriptor* prep(unsigned long flags = DMA_PREP_INTERRUPT);
  /// The first `bytes` of the transfer are in memory and nothing else is.
  bool only(size_t bytes) const {
    memset(b_.expected, kBackground, b_.size);
    for (size_t i = 0; i < bytes; i++) b_.expected[written_[i]] = value_[i];
    return b_.wrong() == 0;
  }
  /// How many of its bytes are in memory, counted from the first.
  size_t arrived() const {
    size_t n = 0;
    while (n < n_ && b_.dst[written_[n]] == value_[n]) n++;
    return n;
  }
  /// A copy of everything, with other data, so that what arrives can be told from what was there.
  void clear() { memset(b_.dst, kBackground, b_.size); }

 private:
  static constexpr u8 kBackground = 0x5a;

  void plan();
  void write(size_t dst, u8 value) {
    written_[n_] = static_cast<u32>(dst);
    value_[n_++] = value;
  }
  void plan_template();
  void plan_list();

  MemoryBench& b_;
  Kind kind_;
  size_t n_ = 0;
  u32* written_;
  u8* value_;
  Template xt_;
  static constexpr unsigned kEntries = 5;
  scatterlist list_[kEntries];
};

// repeat_cases.cpp
void repeat();
void repeat_stops();
// fill_cases.cpp
void set_anything();
void block_limits();
void across_4gib();
void out_of_memory();

/// Runs `visit(job)` for each kind, up to the first that fails.
template <class Visit>
void each_kind(MemoryBench& b, Visit visit) {
  for (unsigned k = 0; k < static_cast<unsigned>(Kind::kKinds) && !failures; k++) {
    Job job(b, static_cast<Kind>(k));
    visit(job);
    if (failures) pr_err("CHECK failed: this was %s\n", job.name());
  }
}

}  // namespace dmavp::test
