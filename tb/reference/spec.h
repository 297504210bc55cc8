// Numbers of the DW_axi_dmac programmer's model that tests need, written from the specification alone and
// shared with nothing of the controller.
#pragma once

#include <cstdint>

namespace dmavp::reference {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 bit64(unsigned n) { return u64{1} << n; }
constexpr u64 field(u64 value, unsigned hi, unsigned lo) {
  return (value >> lo) & (hi - lo == 63 ? ~u64{0} : bit64(hi - lo + 1) - 1);
}

/// CHn_INTSTATUS (2.6).
namespace irq {
inline constexpr u32 kBlockDone = 1u << 0;
inline constexpr u32 kTransferDone = 1u << 1;
inline constexpr u32 kSrcTransComp = 1u << 3;
inline constexpr u32 kDstTransComp = 1u << 4;
inline constexpr u32 kSrcDecErr = 1u << 5;
inline constexpr u32 kDstDecErr = 1u << 6;
inline constexpr u32 kSrcSlvErr = 1u << 7;
inline constexpr u32 kDstSlvErr = 1u << 8;
inline constexpr u32 kLliReadDecErr = 1u << 9;
inline constexpr u32 kLliWriteDecErr = 1u << 10;
inline constexpr u32 kLliReadSlvErr = 1u << 11;
inline constexpr u32 kLliWriteSlvErr = 1u << 12;
inline constexpr u32 kInvalid = 1u << 13;
inline constexpr u32 kMultiBlockType = 1u << 14;
inline constexpr u32 kHole = 1u << 16;
inline constexpr u32 kWriteToReadOnly = 1u << 17;
inline constexpr u32 kReadOfWriteOnly = 1u << 18;
inline constexpr u32 kWriteOnEnabled = 1u << 19;
inline constexpr u32 kShadowOnValid = 1u << 20;
inline constexpr u32 kLockCleared = 1u << 27;
inline constexpr u32 kSourceSuspended = 1u << 28;
inline constexpr u32 kSuspended = 1u << 29;
inline constexpr u32 kDisabled = 1u << 30;
inline constexpr u32 kAborted = 1u << 31;
inline constexpr u32 kAll = 0xF83F7FFBu;
inline constexpr u32 kErrorsOfDrivers = 0x003F7FE0u;
}  // namespace irq

/// CHn_CTL (4.1) by field.
struct CtlFields {
  unsigned src_master = 0, dst_master = 0;
  bool src_fixed = false, dst_fixed = false;
  unsigned src_width = 0, dst_width = 0;  ///< log2 of bytes
  unsigned src_msize = 0, dst_msize = 0;
  bool arlen_en = false, awlen_en = false;
  unsigned arlen = 0, awlen = 0;  ///< beats - 1
  bool src_stat = false, dst_stat = false;
  bool ioc = false, last = false, valid = false;

  constexpr u64 encode() const {
    const auto put = [](u64 v, unsigned lo) { return v << lo; };
    return put(src_master, 0) | put(dst_master, 2) | put(src_fixed, 4) | put(dst_fixed, 6) |
           put(src_width, 8) | put(dst_width, 11) | put(src_msize, 14) | put(dst_msize, 18) |
           put(arlen_en, 38) | put(arlen, 39) | put(awlen_en, 47) | put(awlen, 48) | put(src_stat, 56) |
           put(dst_stat, 57) | put(ioc, 58) | put(last, 62) | put(valid, 63);
  }
  static constexpr CtlFields decode(u64 raw) {
    CtlFields f;
    f.src_master = static_cast<unsigned>(field(raw, 0, 0));
    f.dst_master = static_cast<unsigned>(field(raw, 2, 2));
    f.src_fixed = field(raw, 4, 4) != 0;
    f.dst_fixed = field(raw, 6, 6) != 0;
    f.src_width = static_cast<unsigned>(field(raw, 10, 8));
    f.dst_width = static_cast<unsigned>(field(raw, 13, 11));
    f.src_msize = static_cast<unsigned>(field(raw, 17, 14));
    f.dst_msize = static_cast<unsigned>(field(raw, 21, 18));
    f.arlen_en = field(raw, 38, 38) != 0;
    f.arlen = static_cast<unsigned>(field(raw, 46, 39));
    f.awlen_en = field(raw, 47, 47) != 0;
    f.awlen = static_cast<unsigned>(field(raw, 55, 48));
    f.src_stat = field(raw, 56, 56) != 0;
    f.dst_stat = field(raw, 57, 57) != 0;
    f.ioc = field(raw, 58, 58) != 0;
    f.last = field(raw, 62, 62) != 0;
    f.valid = field(raw, 63, 63) != 0;
    return f;
  }
};

inline constexpr u64 kCtlValid = bit64(63);
inline constexpr u64 kCtlLast = bit64(62);
inline constexpr u64 kCtlIoc = bit64(58);
inline constexpr u64 kCtlReserved =
    bit64(1) | bit64(3) | bit64(5) | bit64(7) | bit64(31) | bit64(59) | bit64(60) | bit64(61);

/// CHn_CFG (4.2) or CHn_CFG2 (4.3) by field.
struct CfgFields {
  unsigned src_multiblock = 0, dst_multiblock = 0;  ///< 0 contiguous, 1 reload, 2 shadow, 3 linked list
  unsigned tt_fc = 0;
  unsigned priority = 0;
  unsigned src_osr = 0, dst_osr = 0;  ///< outstanding requests - 1
  bool hs_sel_src = false, hs_sel_dst = false;
  unsigned src_per = 0, dst_per = 0;
  bool lock = false;
  unsigned lock_level = 0;  ///< 0 whole transfer, 1 block

  constexpr u64 encode(bool cfg2) const {
    u64 v = src_multiblock | (u64{dst_multiblock} << 2) | (u64{tt_fc} << 32) | (u64{hs_sel_src} << 35) |
            (u64{hs_sel_dst} << 36) | (u64{src_osr} << 55) | (u64{dst_osr} << 59) | (u64{lock} << 52) |
            (u64{lock_level} << 53);
    v |= cfg2 ? u64{priority} << 47 | u64{src_per} << 4 | u64{dst_per} << 11
              : u64{priority} << 49 | u64{src_per} << 39 | u64{dst_per} << 44;
    return v;
  }
};

inline constexpr u64 kCfgLock = bit64(52) | bit64(53) | bit64(54);

/// MULTBLK (4.4).
enum MultiBlock : unsigned { kContiguous = 0, kReload = 1, kShadow = 2, kLinkedList = 3 };

/// TT_FC (4.4): which side is a peripheral, and which of them decides the length of a block.
constexpr bool source_is_peripheral(unsigned tt_fc) { return tt_fc >= 2 && tt_fc != 6; }
constexpr bool sink_is_peripheral(unsigned tt_fc) { return tt_fc != 0 && tt_fc != 2 && tt_fc != 4; }
constexpr bool source_controls(unsigned tt_fc) { return tt_fc == 4 || tt_fc == 5; }
constexpr bool sink_controls(unsigned tt_fc) { return tt_fc == 6 || tt_fc == 7; }

/// Items of an MSIZE code (4.1): there is no code for 2.
constexpr u32 msize_items(unsigned code) { return code == 0 ? 1u : 2u << code; }
/// The bits an MSIZE field has: enough for the code of the largest size (1.1: ch_max_msize).
constexpr unsigned msize_code_mask(u32 largest) {
  unsigned code = 0, mask = 0;
  while (msize_items(code + 1) <= largest) ++code;
  while (mask < code) mask = mask << 1 | 1;
  return mask;
}

/// Offsets inside a 64-byte linked-list item (3.1).
namespace lli {
inline constexpr unsigned kSar = 0x00, kDar = 0x08, kBlockTs = 0x10, kLlp = 0x18, kCtl = 0x20, kSstat = 0x28,
                          kDstat = 0x2C, kLlpStatus = 0x30, kFetchBytes = 40, kBytes = 64;
}

}  // namespace dmavp::reference
