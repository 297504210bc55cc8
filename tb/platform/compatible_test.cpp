// The four compatibles of Linux's driver with and without resets and second window, by the whole system: the
// tree builds the hardware and probes the driver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "platform/program.h"

namespace dmavp::test {
namespace {

using ::testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct Row {
  const char* name;
  const char* compatible;
  bool resets, window;
  int status;
  const char* message;  ///< of the failure
};

class Compatible : public testing::TestWithParam<Row> {
 protected:
  /// jh7110 with the row's controller.
  static std::string tree() {
    const Row& row = GetParam();
    std::string text = read_file(DMAVP_SOURCE_DIR "/platform/boards/jh7110.dts");
    text = replaced(text, "\"starfive,jh7110-axi-dma\"", row.compatible);
    if (text.find("kmb") != std::string::npos) text = replaced(text, "dmavp,num-hs-if = <64>;", "");
    if (row.window) {
      text = replaced(text, "reg = <0x0 0x16050000 0x0 0x10000>;",
                      "reg = <0x0 0x16050000 0x0 0x10000>, <0x0 0x16060000 0x0 0x1000>;");
    }
    if (!row.resets) {
      const std::size_t at = text.find("resets = <");
      EXPECT_NE(at, std::string::npos);
      if (at != std::string::npos) text.erase(at, text.find(';', at) + 1 - at);
    }
    const std::string path = scratch("compatible.dts");
    write_file(path, text);
    return path;
  }
};

TEST_P(Compatible, CopiesOrSaysWhatIsMissing) {
  const Finished finished = run_program({"run", "--board", tree()});
  EXPECT_EQ(finished.status, GetParam().status) << finished.out << finished.err;
  EXPECT_THAT(finished.out + finished.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Compatible,
    testing::Values(Row{"snps", "\"snps,axi-dma-1.01a\"", false, false, 0, "PASSED"},
                    Row{"snps_with_resets", "\"snps,axi-dma-1.01a\"", true, false, 0, "PASSED"},
                    Row{"jh8100", "\"starfive,jh8100-axi-dma\"", true, false, 0, "PASSED"},
                    Row{"jh7110", "\"starfive,jh7110-axi-dma\"", true, false, 0, "PASSED"},
                    Row{"jh7110_without_resets", "\"starfive,jh7110-axi-dma\"", false, false, 1,
                        "property resets is missing"},
                    Row{"jh8100_without_resets", "\"starfive,jh8100-axi-dma\"", false, false, 1,
                        "property resets is missing"},
                    Row{"keem_bay", "\"intel,kmb-axi-dma\"", false, true, 0, "PASSED"},
                    Row{"keem_bay_without_window", "\"intel,kmb-axi-dma\"", false, false, 2,
                        "reg: intel,kmb-axi-dma has a second window"}),
    [](const auto& row) { return std::string(row.param.name); });

/// Request numbers above 15 reach a controller of the first layout through the second window alone.
TEST(KeemBay, ServesPeripheralsThroughItsSecondWindow) {
  std::string text = read_file(DMAVP_SOURCE_DIR "/platform/boards/jh7110.dts");
  text = replaced(text, "\"starfive,jh7110-axi-dma\"", "\"intel,kmb-axi-dma\"");
  text = replaced(text, "dmavp,num-hs-if = <64>;", "");
  text = replaced(text, "reg = <0x0 0x16050000 0x0 0x10000>;",
                  "reg = <0x0 0x16050000 0x0 0x10000>, <0x0 0x16060000 0x0 0x1000>;");
  const std::string path = scratch("keem-bay.dts");
  write_file(path, text);
  for (const char* scenario : {"uart-loopback", "audio"}) {
    const Finished finished = run_program({"run", scenario, "--board", path});
    EXPECT_EQ(finished.status, 0) << scenario << finished.out << finished.err;
  }
}

}  // namespace
}  // namespace dmavp::test
