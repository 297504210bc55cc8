// The cases of the module `framework-cases`.
#pragma once

#include "modules/cases/check.h"
#include "modules/cases/provider.h"

namespace dmavp::test {

void request_without_provider();
void request_by_device_tree();
void request_by_map();
void request_by_mask();
void missing_operations();
void registration();
void submit_and_issue();
void callbacks();
void terminate();
void reuse();
void waiting();
void unmap_and_metadata();
void descriptor_states();
void freeing_without_lock();
void completion_before_callback();
void public_users();
void provider_configuration();
void lock_until_submit();
void waits_for_callbacks();
void waiting_in_atomic_context();

}  // namespace dmavp::test
