// Bits of CHn_INTSTATUS and its companions (spec dw-axi-dmac 2.6).
#pragma once

#include <cstdint>

namespace dmavp::dmac {

using IntStatus = std::uint32_t;

inline constexpr IntStatus kBlockTfrDone = 1u << 0;
inline constexpr IntStatus kDmaTfrDone = 1u << 1;
inline constexpr IntStatus kSrcTransComp = 1u << 3;
inline constexpr IntStatus kDstTransComp = 1u << 4;
inline constexpr IntStatus kSrcDecErr = 1u << 5;
inline constexpr IntStatus kDstDecErr = 1u << 6;
inline constexpr IntStatus kSrcSlvErr = 1u << 7;
inline constexpr IntStatus kDstSlvErr = 1u << 8;
inline constexpr IntStatus kLliRdDecErr = 1u << 9;
inline constexpr IntStatus kLliWrDecErr = 1u << 10;
inline constexpr IntStatus kLliRdSlvErr = 1u << 11;
inline constexpr IntStatus kLliWrSlvErr = 1u << 12;
inline constexpr IntStatus kShadowOrLliInvalidErr = 1u << 13;
inline constexpr IntStatus kSlvifMultiBlkTypeErr = 1u << 14;
inline constexpr IntStatus kSlvifDecErr = 1u << 16;
inline constexpr IntStatus kSlvifWr2RoErr = 1u << 17;
inline constexpr IntStatus kSlvifRd2RwoErr = 1u << 18;
inline constexpr IntStatus kSlvifWrOnChEnErr = 1u << 19;
inline constexpr IntStatus kSlvifShadowWrOnValidErr = 1u << 20;
inline constexpr IntStatus kSlvifWrOnHoldErr = 1u << 21;
inline constexpr IntStatus kChLockCleared = 1u << 27;
inline constexpr IntStatus kChSrcSuspended = 1u << 28;
inline constexpr IntStatus kChSuspended = 1u << 29;
inline constexpr IntStatus kChDisabled = 1u << 30;
inline constexpr IntStatus kChAborted = 1u << 31;
inline constexpr IntStatus kAllImplemented = 0xF83F7FFBu;

}  // namespace dmavp::dmac
