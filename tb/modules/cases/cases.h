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

}  // namespace dmavp::test
