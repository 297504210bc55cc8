// Module that runs one case of the framework's tests when it is loaded; it fails to load when a check fails.
#include "modules/cases/cases.h"

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static char test[64];
module_param_string(test, test, sizeof(test), 0444);
MODULE_PARM_DESC(test, "name of the case");

namespace dmavp::test {

unsigned failures;

namespace {

const Case kCases[] = {
    {"request_without_provider", request_without_provider},
    {"request_by_device_tree", request_by_device_tree},
    {"request_by_map", request_by_map},
    {"request_by_mask", request_by_mask},
    {"missing_operations", missing_operations},
    {"registration", registration},
    {"submit_and_issue", submit_and_issue},
    {"callbacks", callbacks},
    {"terminate", terminate},
    {"reuse", reuse},
    {"waiting", waiting},
    {"unmap_and_metadata", unmap_and_metadata},
    {"descriptor_states", descriptor_states},
    {"freeing_without_lock", freeing_without_lock},
    {"completion_before_callback", completion_before_callback},
    {"public_users", public_users},
    {"provider_configuration", provider_configuration},
    {"lock_until_submit", lock_until_submit},
    {"waits_for_callbacks", waits_for_callbacks},
    {"waiting_in_atomic_context", waiting_in_atomic_context},
};

int run() { return run_case(kCases, ::test); }
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
