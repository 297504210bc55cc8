// One set of headers for C and C++: equal layouts, and harmless to the standard headers.
#include "svc_includes.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "svc_layout.h"

namespace {

TEST(Layout, IsTheSameInCAndCpp) {
  static const struct svc_layout cpp[] = {SVC_LAYOUTS};
  const struct svc_layout* c = svc_layout_c();
  std::size_t n = 0;
  for (const struct svc_layout& here : cpp) {
    ASSERT_STREQ(c[n].what, here.what);
    EXPECT_EQ(c[n].value, here.value) << here.what;
    n++;
  }
  EXPECT_EQ(c[n].what, nullptr);
  EXPECT_GT(n, 60u);
}

/// Compiles a text with our headers in front of the system's; the compiler's messages, empty when it is
/// content.
std::string compile(const std::string& text, bool cpp) {
  const std::string base = testing::TempDir() + "svc_compile" + std::to_string(getpid());
  const std::string source = base + (cpp ? ".cpp" : ".c");
  std::ofstream(source) << text << "\nint svc_not_empty;\n";
  const std::string command =
      std::string(cpp ? SVC_CXX " -std=c++17" : SVC_CC " -std=gnu11") +
      " -fsyntax-only -Wall -Wextra -Wpedantic -Werror -DKBUILD_MODNAME='\"t\"' -DDMAVP_MODULE "
      "-isystem " SVC_HEADERS " " +
      source + " 2>&1";
  std::string messages;
  FILE* pipe = popen(command.c_str(), "r");
  char line[1024];
  while (pipe != nullptr && fgets(line, sizeof(line), pipe) != nullptr) messages += line;
  if (pipe == nullptr || pclose(pipe) != 0) messages += "failed";
  std::remove(source.c_str());
  return messages;
}

std::string includes(std::initializer_list<const char*> names) {
  std::string text;
  for (const char* n : names) text += std::string("#include <") + n + ">\n";
  return text;
}

/// Every header of ours, in order of name.
std::string ours(bool each_alone, bool cpp) {
  std::string text;
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SVC_HEADERS))
    if (entry.path().extension() == ".h")
      names.insert(std::filesystem::relative(entry.path(), SVC_HEADERS).string());
  EXPECT_GT(names.size(), 90u);
  for (const std::string& n : names) {
    const std::string line = "#include <" + n + ">\n";
    if (each_alone) {
      EXPECT_EQ(compile(line, cpp), "") << n;
    }
    text += line;
  }
  return text;
}

const auto kC = {"assert.h",      "complex.h",     "ctype.h",     "errno.h",      "fenv.h",
                 "float.h",       "inttypes.h",    "iso646.h",    "limits.h",     "locale.h",
                 "math.h",        "setjmp.h",      "signal.h",    "stdalign.h",   "stdarg.h",
                 "stdatomic.h",   "stdbool.h",     "stddef.h",    "stdint.h",     "stdio.h",
                 "stdlib.h",      "stdnoreturn.h", "string.h",    "tgmath.h",     "threads.h",
                 "time.h",        "uchar.h",       "wchar.h",     "wctype.h",     "unistd.h",
                 "fcntl.h",       "pthread.h",     "sched.h",     "dlfcn.h",      "link.h",
                 "elf.h",         "sys/mman.h",    "sys/prctl.h", "sys/socket.h", "sys/stat.h",
                 "sys/sysinfo.h", "sys/types.h",   "sys/wait.h",  "netinet/in.h", "ucontext.h"};
const auto kCpp = {"algorithm",
                   "any",
                   "array",
                   "atomic",
                   "bitset",
                   "charconv",
                   "chrono",
                   "codecvt",
                   "complex",
                   "condition_variable",
                   "deque",
                   "exception",
                   "execution",
                   "filesystem",
                   "forward_list",
                   "fstream",
                   "functional",
                   "future",
                   "initializer_list",
                   "iomanip",
                   "ios",
                   "iosfwd",
                   "iostream",
                   "istream",
                   "iterator",
                   "limits",
                   "list",
                   "locale",
                   "map",
                   "memory",
                   "memory_resource",
                   "mutex",
                   "new",
                   "numeric",
                   "optional",
                   "ostream",
                   "queue",
                   "random",
                   "ratio",
                   "regex",
                   "scoped_allocator",
                   "set",
                   "shared_mutex",
                   "sstream",
                   "stack",
                   "stdexcept",
                   "streambuf",
                   "string",
                   "string_view",
                   "system_error",
                   "thread",
                   "tuple",
                   "type_traits",
                   "typeindex",
                   "typeinfo",
                   "unordered_map",
                   "unordered_set",
                   "utility",
                   "valarray",
                   "variant",
                   "vector",
                   "cassert",
                   "cctype",
                   "cerrno",
                   "cfenv",
                   "cfloat",
                   "cinttypes",
                   "climits",
                   "clocale",
                   "cmath",
                   "csetjmp",
                   "csignal",
                   "cstdarg",
                   "cstddef",
                   "cstdint",
                   "cstdio",
                   "cstdlib",
                   "cstring",
                   "ctime",
                   "cuchar",
                   "cwchar",
                   "cwctype"};

TEST(Headers, EachOfOursCompilesAloneInC) { ours(true, false); }
TEST(Headers, EachOfOursCompilesAloneInCpp) { ours(true, true); }

TEST(Headers, StandardCHeadersCompileAgainstOurTree) {
  for (const char* name : kC) EXPECT_EQ(compile(includes({name}), false), "") << name;
  EXPECT_EQ(compile(ours(false, false) + includes(kC), false), "");
}

TEST(Headers, StandardCppHeadersCompileAgainstOurTree) {
  for (const char* name : kCpp) EXPECT_EQ(compile(includes({name}), true), "") << name;
  EXPECT_EQ(compile(includes(kCpp) + ours(false, true), true), "") << "standard headers first";
  EXPECT_EQ(compile(ours(false, true) + includes(kCpp), true), "") << "ours first";
}

TEST(Headers, TheTestSeesAMistake) { EXPECT_NE(compile("#include <linux/no_such_header.h>", true), ""); }

}  // namespace
