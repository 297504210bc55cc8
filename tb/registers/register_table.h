// Offsets of the controller's registers by name, from the specification (2.2, 2.5).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "reference/spec.h"

namespace dmavp::tb {

using reference::u32;
using reference::u64;
using reference::u8;

enum class Access { kReadWrite, kReadOnly, kWriteOnly };

struct RegisterInfo {
  std::string_view name;
  u32 offset;  ///< in the common block, or in the channel's block
  Access access;
  bool channel;
  bool optional = false;  ///< exists with the status fetch feature only
};

inline constexpr RegisterInfo kRegisters[] = {
    {"DMAC_ID", 0x000, Access::kReadOnly, false},
    {"DMAC_COMPVER", 0x008, Access::kReadOnly, false},
    {"DMAC_CFG", 0x010, Access::kReadWrite, false},
    {"DMAC_CHEN", 0x018, Access::kReadWrite, false},
    {"DMAC_INTSTATUS", 0x030, Access::kReadOnly, false},
    {"DMAC_COMMON_INTCLEAR", 0x038, Access::kWriteOnly, false},
    {"DMAC_COMMON_INTSTATUS_ENA", 0x040, Access::kReadWrite, false},
    {"DMAC_COMMON_INTSIGNAL_ENA", 0x048, Access::kReadWrite, false},
    {"DMAC_COMMON_INTSTATUS", 0x050, Access::kReadOnly, false},
    {"DMAC_RESET", 0x058, Access::kReadWrite, false},
    {"DMAC_LOWPOWER_CFG", 0x060, Access::kReadWrite, false},
    {"SAR", 0x00, Access::kReadWrite, true},
    {"DAR", 0x08, Access::kReadWrite, true},
    {"BLOCK_TS", 0x10, Access::kReadWrite, true},
    {"CTL", 0x18, Access::kReadWrite, true},
    {"CFG", 0x20, Access::kReadWrite, true},
    {"LLP", 0x28, Access::kReadWrite, true},
    {"STATUS", 0x30, Access::kReadOnly, true},
    {"SWHSSRC", 0x38, Access::kReadWrite, true},
    {"SWHSDST", 0x40, Access::kReadWrite, true},
    {"BLK_TFR_RESUMEREQ", 0x48, Access::kWriteOnly, true},
    {"AXI_ID", 0x50, Access::kReadWrite, true},
    {"AXI_QOS", 0x58, Access::kReadWrite, true},
    {"SSTAT", 0x60, Access::kReadOnly, true, true},
    {"DSTAT", 0x68, Access::kReadOnly, true, true},
    {"SSTATAR", 0x70, Access::kReadWrite, true, true},
    {"DSTATAR", 0x78, Access::kReadWrite, true, true},
    {"INTSTATUS_ENA", 0x80, Access::kReadWrite, true},
    {"INTSTATUS", 0x88, Access::kReadOnly, true},
    {"INTSIGNAL_ENA", 0x90, Access::kReadWrite, true},
    {"INTCLEAR", 0x98, Access::kWriteOnly, true},
};

/// Registers that exist in layout v2 of CHEN only.
inline constexpr u64 kChSusp = 0x020;
inline constexpr u64 kChAbort = 0x028;

/// Bus offset of a register; `channel` matters for channel registers only. Throws on an unknown name.
inline u64 offset_of(std::string_view name, unsigned channel = 0) {
  for (const RegisterInfo& r : kRegisters)
    if (r.name == name) return r.channel ? 0x100 + u64{channel} * 0x100 + r.offset : r.offset;
  throw std::invalid_argument("no register " + std::string(name));
}

}  // namespace dmavp::tb
