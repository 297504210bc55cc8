// CTL and CFG as the channel understands them, whatever layout the registers have (spec dw-axi-dmac 4).
#pragma once

#include <cstdint>

namespace dmavp::dmac {

enum class MultiBlock : std::uint8_t { kContiguous = 0, kReload = 1, kShadow = 2, kLinkedList = 3 };
constexpr bool is_list(MultiBlock type) { return type == MultiBlock::kLinkedList; }

/// CHn_CFG / CHn_CFG2 decoded; the register bank does it, because it knows the layout.
struct ChannelConfig {
  MultiBlock src_multiblk = MultiBlock::kContiguous;
  MultiBlock dst_multiblk = MultiBlock::kContiguous;
  std::uint8_t tt_fc = 0;   ///< 4.4
  bool hs_sel_src = false;  ///< true: software handshake
  bool hs_sel_dst = false;
  std::uint8_t src_per = 0;
  std::uint8_t dst_per = 0;
  std::uint8_t priority = 0;  ///< higher number wins
  bool lock = false;
  std::uint8_t lock_level = 0;
  std::uint8_t src_osr_limit = 1;  ///< outstanding requests = field + 1
  std::uint8_t dst_osr_limit = 1;
};

/// CHn_CTL: a 64-bit word in a register or in a linked-list item; accessors give decoded values.
struct Ctl {
  std::uint64_t raw = 0;

  constexpr std::uint64_t bits(unsigned hi, unsigned lo) const {
    return (raw >> lo) & ((std::uint64_t{1} << (hi - lo + 1)) - 1);
  }
  constexpr unsigned src_master() const { return static_cast<unsigned>(bits(0, 0)); }
  constexpr unsigned dst_master() const { return static_cast<unsigned>(bits(2, 2)); }
  constexpr bool src_fixed() const { return bits(4, 4) != 0; }
  constexpr bool dst_fixed() const { return bits(6, 6) != 0; }
  constexpr unsigned src_width_code() const { return static_cast<unsigned>(bits(10, 8)); }  ///< 7: reserved
  constexpr unsigned dst_width_code() const { return static_cast<unsigned>(bits(13, 11)); }
  constexpr unsigned src_msize_code() const { return static_cast<unsigned>(bits(17, 14)); }
  constexpr unsigned dst_msize_code() const { return static_cast<unsigned>(bits(21, 18)); }
  constexpr bool arlen_en() const { return bits(38, 38) != 0; }
  constexpr unsigned arlen() const { return static_cast<unsigned>(bits(46, 39)); }  ///< beats - 1
  constexpr bool awlen_en() const { return bits(47, 47) != 0; }
  constexpr unsigned awlen() const { return static_cast<unsigned>(bits(55, 48)); }
  constexpr bool src_stat_en() const { return bits(56, 56) != 0; }
  constexpr bool dst_stat_en() const { return bits(57, 57) != 0; }
  constexpr bool ioc() const { return bits(58, 58) != 0; }
  constexpr bool last() const { return bits(62, 62) != 0; }
  constexpr bool valid() const { return bits(63, 63) != 0; }
};

/// The second set of registers of shadow multi-block transfers (3.5).
struct ShadowSet {
  std::uint64_t sar = 0;
  std::uint64_t dar = 0;
  std::uint32_t block_ts = 0;
  Ctl ctl;
};

inline constexpr std::uint64_t kCtlLast = std::uint64_t{1} << 62;
inline constexpr std::uint64_t kCtlValid = std::uint64_t{1} << 63;

}  // namespace dmavp::dmac
