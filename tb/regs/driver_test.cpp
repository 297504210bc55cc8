// The C header of the controller and what the driver uses name the same places. Compiled once for each
// register layout, with the header that the program prints for a board of that layout.
#include <gtest/gtest.h>

#include "drivers/dw-axi-dmac/registers.h"

#include REGISTER_HEADER

#if REGISTER_LAYOUT == 1
#define DRIVER_OF_LAYOUT DriverOfLayout1
#define CHN_CFG(field) DMAC0_CHn_CFG_##field##_MASK
#define CHN_CFG_OFFSET DMAC0_CHn_CFG(0)
#define BOTH(v1, v2) v1
#else
#define DRIVER_OF_LAYOUT DriverOfLayout2
#define CHN_CFG(field) DMAC0_CHn_CFG2_##field##_MASK
#define CHN_CFG_OFFSET DMAC0_CHn_CFG2(0)
#define BOTH(v1, v2) v2
#endif

namespace dmavp::dw_axi_dmac {
namespace {

constexpr bool kWide = REGISTER_LAYOUT == 2;
constexpr Layout kLayout{kWide, kWide};

/// Bits of a field as the driver has it.
template <class Reg, unsigned Lsb, unsigned Width>
constexpr u64 bits(Field<Reg, Lsb, Width> field) {
  return field(~u64{0}).raw;
}

TEST(DRIVER_OF_LAYOUT, OffsetsAreTheHeaders) {
  EXPECT_EQ(reg::kCfg, DMAC0_DMAC_CFG);
  EXPECT_EQ(reg::kChEn, BOTH(DMAC0_DMAC_CHEN, DMAC0_DMAC_CHEN2));
  EXPECT_EQ(kLayout.suspend_register(), BOTH(DMAC0_DMAC_CHEN, DMAC0_DMAC_CHSUSP));
  EXPECT_EQ(kLayout.abort_register(), BOTH(DMAC0_DMAC_CHEN, DMAC0_DMAC_CHABORT));
  EXPECT_EQ(reg::kIntStatus, BOTH(DMAC0_DMAC_INTSTATUS, DMAC0_DMAC_INTSTATUS2));
  EXPECT_EQ(reg::kCommonIntClear, DMAC0_DMAC_COMMON_INTCLEAR);
  EXPECT_EQ(reg::kCommonIntStatus, DMAC0_DMAC_COMMON_INTSTATUS);
  EXPECT_EQ(reg::kReset, DMAC0_DMAC_RESET);
  EXPECT_EQ(kResetBit, DMAC0_DMAC_RESET_DMAC_RST_MASK);
  for (u32 n = 0; n < 6; ++n) {
    const u32 channel = reg::kChannelBase + n * reg::kChannelStride;
    EXPECT_EQ(channel + reg::kSar, DMAC0_CHn_SAR(n));
    EXPECT_EQ(channel + reg::kDar, DMAC0_CHn_DAR(n));
    EXPECT_EQ(channel + reg::kLlp, DMAC0_CHn_LLP(n));
    EXPECT_EQ(channel + reg::kStatus, DMAC0_CHn_STATUS(n));
    EXPECT_EQ(channel + reg::kResumeReq, DMAC0_CHn_BLK_TFR_RESUMEREQ(n));
    EXPECT_EQ(channel + reg::kIntStatusEna, DMAC0_CHn_INTSTATUS_ENA(n));
    EXPECT_EQ(channel + reg::kChIntStatus, DMAC0_CHn_INTSTATUS(n));
    EXPECT_EQ(channel + reg::kIntSignalEna, DMAC0_CHn_INTSIGNAL_ENA(n));
    EXPECT_EQ(channel + reg::kIntClear, DMAC0_CHn_INTCLEAR(n));
  }
  EXPECT_EQ(reg::kChannelBase + reg::kChCfg, CHN_CFG_OFFSET);
}

TEST(DRIVER_OF_LAYOUT, FieldsOfTheControllerAreTheHeaders) {
  EXPECT_EQ(bits(kDmacEn), DMAC0_DMAC_CFG_DMAC_EN_MASK);
  EXPECT_EQ(bits(kIntEn), DMAC0_DMAC_CFG_INT_EN_MASK);
  EXPECT_EQ(kLayout.common_interrupt(),
            BOTH(DMAC0_DMAC_INTSTATUS_COMMONREG_INTSTAT_MASK, DMAC0_DMAC_INTSTATUS2_COMMONREG_INTSTAT_MASK));
#if REGISTER_LAYOUT == 1
  EXPECT_EQ(kLayout.write(0, true), DMAC0_PUT(DMAC_CHEN_CH_EN, 1) | DMAC0_PUT(DMAC_CHEN_CH_EN_WE, 1));
  EXPECT_EQ(kLayout.write(5, true, kLayout.suspend_shift()),
            DMAC0_PUT(DMAC_CHEN_CH_SUSP, 32) | DMAC0_PUT(DMAC_CHEN_CH_SUSP_WE, 32));
  EXPECT_EQ(kLayout.write(5, true, kLayout.abort_shift()),
            DMAC0_PUT(DMAC_CHEN_CH_ABORT, 32) | DMAC0_PUT(DMAC_CHEN_CH_ABORT_WE, 32));
#else
  EXPECT_EQ(kLayout.write(15, true),
            DMAC0_PUT(DMAC_CHEN2_CH_EN_LO, 1 << 15) | DMAC0_PUT(DMAC_CHEN2_CH_EN_LO_WE, 1 << 15));
  EXPECT_EQ(kLayout.write(16, true, kLayout.suspend_shift()),
            DMAC0_PUT(DMAC_CHSUSP_CH_SUSP_HI, 1) | DMAC0_PUT(DMAC_CHSUSP_CH_SUSP_HI_WE, 1));
  EXPECT_EQ(kLayout.write(31, true, kLayout.abort_shift()),
            DMAC0_PUT(DMAC_CHABORT_CH_ABORT_HI, 1 << 15) | DMAC0_PUT(DMAC_CHABORT_CH_ABORT_HI_WE, 1 << 15));
#endif
}

TEST(DRIVER_OF_LAYOUT, FieldsOfTheBlockAreTheHeaders) {
  EXPECT_EQ(bits(kSms), DMAC0_CHn_CTL_SMS_MASK);
  EXPECT_EQ(bits(kDms), DMAC0_CHn_CTL_DMS_MASK);
  EXPECT_EQ(bits(kSrcFixed), DMAC0_CHn_CTL_SINC_MASK);
  EXPECT_EQ(bits(kDstFixed), DMAC0_CHn_CTL_DINC_MASK);
  EXPECT_EQ(bits(kSrcTrWidth), DMAC0_CHn_CTL_SRC_TR_WIDTH_MASK);
  EXPECT_EQ(bits(kDstTrWidth), DMAC0_CHn_CTL_DST_TR_WIDTH_MASK);
  EXPECT_EQ(bits(kSrcMsize), DMAC0_CHn_CTL_SRC_MSIZE_MASK);
  EXPECT_EQ(bits(kDstMsize), DMAC0_CHn_CTL_DST_MSIZE_MASK);
  EXPECT_EQ(bits(kNonpostedLastWrite), DMAC0_CHn_CTL_NONPOSTED_LASTWRITE_EN_MASK);
  EXPECT_EQ(bits(kArlenEn), DMAC0_CHn_CTL_ARLEN_EN_MASK);
  EXPECT_EQ(bits(kArlen), DMAC0_CHn_CTL_ARLEN_MASK);
  EXPECT_EQ(bits(kAwlenEn), DMAC0_CHn_CTL_AWLEN_EN_MASK);
  EXPECT_EQ(bits(kAwlen), DMAC0_CHn_CTL_AWLEN_MASK);
  EXPECT_EQ(bits(kIocBlock), DMAC0_CHn_CTL_IOC_BLKTFR_MASK);
  EXPECT_EQ(bits(kLliLast), DMAC0_CHn_CTL_SHADOWREG_OR_LLI_LAST_MASK);
  EXPECT_EQ(bits(kLliValid), DMAC0_CHn_CTL_SHADOWREG_OR_LLI_VALID_MASK);
  EXPECT_EQ(bits(kCompletedItems), DMAC0_CHn_STATUS_CMPLTD_BLK_TFR_SIZE_MASK);
  EXPECT_EQ(bits(kItemsInFifo), DMAC0_CHn_STATUS_DATA_LEFT_IN_FIFO_MASK);
}

TEST(DRIVER_OF_LAYOUT, FieldsOfTheTransferAreTheHeaders) {
  EXPECT_EQ(bits(kSrcMultblk), CHN_CFG(SRC_MULTBLK_TYPE));
  EXPECT_EQ(bits(kDstMultblk), CHN_CFG(DST_MULTBLK_TYPE));
  EXPECT_EQ(bits(kTtFc), CHN_CFG(TT_FC));
  EXPECT_EQ(bits(kHsSelSrc), CHN_CFG(HS_SEL_SRC));
  EXPECT_EQ(bits(kHsSelDst), CHN_CFG(HS_SEL_DST));
  EXPECT_EQ(bits(kSrcOsrLmt), CHN_CFG(SRC_OSR_LMT));
  EXPECT_EQ(bits(kDstOsrLmt), CHN_CFG(DST_OSR_LMT));
  EXPECT_EQ(kLayout.priority(~0u).raw, CHN_CFG(CH_PRIOR));
  EXPECT_EQ(kLayout.source(~0u).raw, CHN_CFG(SRC_PER));
  EXPECT_EQ(kLayout.destination(~0u).raw, CHN_CFG(DST_PER));
}

TEST(DRIVER_OF_LAYOUT, EventsAreTheHeaders) {
  EXPECT_EQ(irq::kBlockDone, DMAC0_CHn_INTSTATUS_BLOCK_TFR_DONE_MASK);
  EXPECT_EQ(irq::kTransferDone, DMAC0_CHn_INTSTATUS_DMA_TFR_DONE_MASK);
  EXPECT_EQ(irq::kInvalidItem, DMAC0_CHn_INTSTATUS_SHADOWREG_OR_LLI_INVALID_ERR_MASK);
  EXPECT_EQ(irq::kSrcErrors, DMAC0_CHn_INTSTATUS_SRC_DEC_ERR_MASK | DMAC0_CHn_INTSTATUS_SRC_SLV_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_LLI_RD_DEC_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_LLI_RD_SLV_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_SHADOWREG_OR_LLI_INVALID_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_SLVIF_MULTIBLKTYPE_ERR_MASK);
  EXPECT_EQ(irq::kDstErrors, DMAC0_CHn_INTSTATUS_DST_DEC_ERR_MASK | DMAC0_CHn_INTSTATUS_DST_SLV_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_LLI_WR_DEC_ERR_MASK |
                                 DMAC0_CHn_INTSTATUS_LLI_WR_SLV_ERR_MASK);
  EXPECT_EQ(irq::kSuspended, DMAC0_CHn_INTSTATUS_CH_SUSPENDED_MASK);
  EXPECT_EQ(irq::kDisabled, DMAC0_CHn_INTSTATUS_CH_DISABLED_MASK);
  EXPECT_EQ(irq::kAborted, DMAC0_CHn_INTSTATUS_CH_ABORTED_MASK);
  constexpr u64 kNamed =
      DMAC0_CHn_INTSTATUS_SLVIF_DEC_ERR_MASK | DMAC0_CHn_INTSTATUS_SLVIF_WR2RO_ERR_MASK |
      DMAC0_CHn_INTSTATUS_SLVIF_RD2RWO_ERR_MASK | DMAC0_CHn_INTSTATUS_SLVIF_WRONCHEN_ERR_MASK |
      DMAC0_CHn_INTSTATUS_SLVIF_SHADOWREG_WRON_VALID_ERR_MASK | DMAC0_CHn_INTSTATUS_SLVIF_WRONHOLD_ERR_MASK;
  EXPECT_EQ(irq::kAccessErrors, kNamed);
}

}  // namespace
}  // namespace dmavp::dw_axi_dmac
