// What makes a file of cases a module: the parameter `test` names the case that its init function runs.
#pragma once

#include <linux/module.h>
#include <linux/moduleparam.h>

#include "modules/cases/check.h"

/// At the end of the file, outside of namespaces. `cases`: an array of dmavp::test::Case.
#define CASE_MODULE(cases)                                                          \
  namespace dmavp::test {                                                           \
  unsigned failures;                                                                \
  }                                                                                 \
  static char case_name[64];                                                        \
  module_param_string(test, case_name, sizeof(case_name), 0444);                    \
  static int run_named_case() { return ::dmavp::test::run_case(cases, case_name); } \
  module_init(run_named_case);                                                      \
  static void leave() {}                                                            \
  module_exit(leave);                                                               \
  MODULE_LICENSE("MIT")
