// The driver on the real controller without SystemC, ready to run the cases of a module.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "modules/engine_dmac.h"
#include "modules/fake_soc.h"

namespace dmavp::test {

struct Variant {
  const char* name;
  const char* tree;
  bool write_back;
  bool prefetch;
};
inline constexpr Variant kNarrow{"narrow", "narrow", true, false};
inline constexpr Variant kWide{"wide", "wide", true, false};
inline constexpr Variant kPlain{"plain", "plain", false, false};
inline constexpr Variant kPrefetch{"prefetch", "narrow", true, true};
inline constexpr Variant kSingle{"single", "single", true, false};
inline constexpr Variant kSinglePrefetch{"single_prefetch", "single", true, true};
inline constexpr Variant kSinglePlain{"single_plain", "single_plain", false, false};

/// Memory that only the controller reaches, on both sides of 4 GiB.
class HighMemory {
 public:
  static constexpr std::uint64_t kMiddle = std::uint64_t{1} << 32;

  std::byte* at(std::uint64_t address) {
    const std::uint64_t offset = address - (kMiddle - kHalf);
    return offset < bytes_.size() ? &bytes_[offset] : nullptr;
  }

 private:
  static constexpr std::uint64_t kHalf = 1 << 16;
  std::vector<std::byte> bytes_ = std::vector<std::byte>(2 * kHalf);
};

struct EngineRig {
  EngineDmac* dmac = nullptr;
  FakeSoc soc;
  /// `slow`: each burst lasts long enough for software to meet its end.
  explicit EngineRig(const Variant& variant, std::uint64_t seed = 1, bool slow = false)
      : soc(make(variant, seed, slow, &dmac)), driver_(slow ? "dw-axi-dmac outstanding=1" : "dw-axi-dmac") {
    soc.boot();
    if (slow) dmac->latency = 100;
  }
  static FakeSoc::Settings make(const Variant& variant, std::uint64_t seed, bool slow, EngineDmac** made) {
    const bool wide = std::string(variant.tree) == "wide";
    FakeSoc::Settings s;
    s.device_tree = tree_path(variant.tree);
    s.dmac.channels = wide ? 16 : 6;
    s.combined_irq = wide;
    s.seed = seed;
    dmac::Parameters p;
    p.num_channels = s.dmac.channels;
    p.num_hs_if = wide ? 64 : 16;
    p.num_masters = 2;
    p.lli_wb_en = variant.write_back;
    p.lli_prefetch_en = variant.prefetch;
    if (slow) {
      p.max_burst_len = 4;
      p.fifo_depth = 8;
    }
    s.controller = [p, made](std::function<std::byte*(std::uint64_t)> memory) {
      auto high = std::make_shared<HighMemory>();
      auto model = std::make_unique<EngineDmac>(p, [memory, high](std::uint64_t address) {
        std::byte* place = high->at(address);
        return place ? place : memory(address);
      });
      *made = model.get();
      return model;
    };
    return s;
  }
  /// `cases`: a module of cases and its parameters.
  void run(const std::string& cases) {
    const int status = soc.run({"dmaengine", "virt-dma", driver_, cases});
    for (const std::string& line : soc.log_lines)
      if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
    EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(dmac->misuses, 0u);
    EXPECT_EQ(soc.logged("illegal register access"), 0u);
  }
  /// Bytes the peripheral took that are not those of the stream, which starts again every `period` bytes.
  std::size_t wrong(std::size_t period = ~std::size_t{0}) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < dmac->sunk.size(); i++)
      n += std::to_integer<std::uint8_t>(dmac->sunk[i]) != FakeDmac::stream_byte(i % period);
    return n;
  }

 private:
  std::string driver_;
};

}  // namespace dmavp::test
