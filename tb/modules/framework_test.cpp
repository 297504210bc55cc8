// Cases of the framework that run inside the simulated kernel (cases/), each on a machine of its own.
#include <gtest/gtest.h>

#include <string>

#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

class Framework : public testing::TestWithParam<const char*> {};

TEST_P(Framework, Case) {
  FakeSoc::Settings settings;
  settings.device_tree = tree_path("narrow");
  FakeSoc soc(settings);
  soc.boot();
  const int status = soc.run({"dmaengine", "virt-dma", std::string("framework-cases test=") + GetParam()});
  for (const std::string& line : soc.log_lines)
    if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
  EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
  EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
  const bool atomic = std::string(GetParam()) == "waiting_in_atomic_context";  // R40
  EXPECT_EQ(soc.logged("kernel.sleep-in-atomic") != 0, atomic);
}

INSTANTIATE_TEST_SUITE_P(Modules, Framework,
                         testing::Values("request_without_provider", "request_by_device_tree",
                                         "request_by_map", "request_by_mask", "missing_operations",
                                         "registration", "submit_and_issue", "callbacks", "terminate",
                                         "reuse", "waiting", "unmap_and_metadata", "descriptor_states",
                                         "freeing_without_lock", "completion_before_callback", "public_users",
                                         "provider_configuration", "lock_until_submit", "waits_for_callbacks",
                                         "waiting_in_atomic_context"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
