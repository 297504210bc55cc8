// Tests that run inside the simulated kernel: a module with named cases, one of which runs in its init
// function.
#pragma once

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/types.h>

namespace dmavp::test {

extern unsigned failures;

struct Case {
  const char* name;
  void (*run)();
};

inline void expect(bool good, const char* what, const char* file, int line) {
  if (good) return;
  failures++;
  pr_err("CHECK failed: %s:%d: %s\n", file, line, what);
}

inline void expect_equal(long long actual, long long expected, const char* what, const char* file, int line) {
  if (actual == expected) return;
  failures++;
  pr_err("CHECK failed: %s:%d: %s is %lld, expected %lld\n", file, line, what, actual, expected);
}

/// Runs the case of that name: 0, -EPROTO when a check failed, -ENOENT when there is none.
template <unsigned N>
int run_case(const Case (&cases)[N], const char* name) {
  for (const Case& c : cases) {
    if (strcmp(c.name, name) != 0) continue;
    c.run();
    return failures ? -EPROTO : 0;
  }
  pr_err("CHECK failed: no case named '%s'\n", name);
  return -ENOENT;
}

}  // namespace dmavp::test

#define CHECK(condition) ::dmavp::test::expect(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(actual, expected)                                                                       \
  ::dmavp::test::expect_equal(static_cast<long long>(actual), static_cast<long long>(expected), #actual, \
                              __FILE__, __LINE__)
