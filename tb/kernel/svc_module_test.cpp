// Module files and the loader.
#include <linux/errno.h>

#include <cstdio>
#include <fstream>
#include <random>

#include "kernel/module_file.h"
#include "kernel/module_info.h"
#include "kernel/module_loader.h"
#include "svc_world.h"

using dmavp::tb::ServiceWorld;
namespace kernel = dmavp::kernel;
namespace loader = dmavp::kernel::loader;

namespace {

const std::string kDir = SVC_MODULES "/";

int load(ServiceWorld& world, const std::string& module, const char* parameters = "",
         const char* client = "") {
  world.kernel.queue_load((kDir + module + ".so").c_str(), parameters, client);
  return world.settle();
}

bool says(ServiceWorld& world, const std::string& part) {
  EXPECT_NE(std::string(world.kernel.error()).find(part), std::string::npos) << world.kernel.error();
  return true;
}

TEST(ModuleFile, InformationWithoutLoading) {
  kernel::ModuleInfo info;
  std::string error;
  ASSERT_TRUE(kernel::read_module_info(kDir + "svc-base.so", info, error)) << error;
  EXPECT_EQ(info.name, "svc_base");
  EXPECT_EQ(info.license, "MIT");
  EXPECT_EQ(info.author, "A, B");
  EXPECT_EQ(info.version, "1.2");
  std::string text;
  for (const kernel::ModuleParameter& p : info.parameters)
    text += p.name + "(" + p.type + ") " + p.description + "; ";
  EXPECT_EQ(
      text,
      "flag(bool) a switch; number(int) a number, with a colon: and a comma; count(uint) ; mask(ulong) ; "
      "text(charp) ; name(string) ; list(array of int) ; ");
}

TEST(ModuleFile, TruncatedOrDamagedFilesAreRefusedOrReadButNeverFollowedOutside) {
  const std::vector<char> good = dmavp::tb::read_file(kDir + "svc-plain.so");
  const std::string path = testing::TempDir() + "svc_damaged.so";
  const auto parse = [&](const std::vector<char>& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    kernel::ModuleFile file;
    std::string error;
    const bool ok = kernel::read_module_file(path, file, error);
    EXPECT_TRUE(ok || error.find(path) != std::string::npos) << error;
    return ok;
  };
  EXPECT_TRUE(parse(good));
  for (std::size_t n = 0; n < good.size(); n += 97)
    EXPECT_FALSE(parse({good.begin(), good.begin() + static_cast<long>(n)}));
  std::mt19937 random(1);
  for (int i = 0; i < 300; i++) {
    std::vector<char> bytes = good;
    for (int k = 0; k < 10; k++) bytes[random() % (k < 5 ? 64 : bytes.size())] = static_cast<char>(random());
    parse(bytes);
  }
  std::remove(path.c_str());
}

TEST(Modules, LoadSetParametersRunInitsInOrderAndUnload) {
  ServiceWorld world;
  ASSERT_EQ(load(world, "svc-base",
                 "flag number=5 count=0x10 mask=255 text=\"two words\" name=abc list=1,2,3 hook=x"),
            0)
      << world.kernel.error();
  EXPECT_TRUE(world.machine.logged(
      "base: flag 1 number 5 count 16 mask 255 text two words name abc list 1/2/3 of 3 hook 1"));
  EXPECT_TRUE(world.machine.logged("base: late, started 1"));
  EXPECT_EQ(load(world, "svc-user", "", "scenario-name"), 0);
  EXPECT_TRUE(world.machine.logged("user: base says 1005, started 1"));
  EXPECT_EQ(world.machine.report_names, std::vector<std::string>{"scenario-name"});
  EXPECT_EQ(world.machine.notes, std::vector<std::string>{"scenario-name.key=value"});
  EXPECT_EQ(world.kernel.clients_running(), 0u);
  EXPECT_EQ(loader::loaded(), (std::vector<std::string>{"svc_base", "svc_user"}));

  // Which object each symbol came from.
  EXPECT_STREQ(loader::symbol_owner("svc_base_value"), "svc_base");
  EXPECT_STREQ(loader::symbol_owner("kmalloc"), "kernel");
  EXPECT_STREQ(loader::symbol_owner("no_such_symbol_anywhere"), "?");
  EXPECT_EQ(std::string(loader::symbol_owner("strlen")).rfind("lib", 0), 0u);
  EXPECT_STREQ(world.kernel.module_of(&world), "?");

  std::string value, error;
  EXPECT_EQ(loader::get_parameter("svc_base", "list", value, error), 0);
  EXPECT_EQ(value, "1,2,3");
  world.run([&] {
    EXPECT_EQ(loader::set_parameter("svc_base", "hook", "bad", error), -EINVAL);
    EXPECT_EQ(loader::set_parameter("svc_base", "number", "-1", error), 0);
  });
  EXPECT_EQ(loader::get_parameter("svc_base", "number", value, error), 0);
  EXPECT_EQ(value, "-1");

  world.kernel.queue_unload_all();
  EXPECT_EQ(world.settle(), 0) << world.kernel.error();
  EXPECT_TRUE(loader::loaded().empty());
  EXPECT_STREQ(loader::symbol_owner("svc_base_value"), "?");
  EXPECT_EQ(world.live(), 0u);
  // Unloaded backwards.
  const auto& lines = world.machine.lines;
  const auto user = std::find(lines.begin(), lines.end(), "user: bye");
  EXPECT_NE(std::find(user, lines.end(), "base: bye"), lines.end());
}

TEST(Modules, ReloadBeginsAnewAndLeavesNothing) {
  ServiceWorld world;
  for (int round = 0; round < 3; round++) {
    world.machine.lines.clear();
    ASSERT_EQ(load(world, "svc-plain"), 0) << world.kernel.error();
    EXPECT_TRUE(world.machine.logged("plain: load 1 of svc_plain"));
    EXPECT_EQ(world.live(), 1u);
    world.kernel.queue_unload_all();
    ASSERT_EQ(world.settle(), 0);
    EXPECT_EQ(world.live(), 0u);
  }
  EXPECT_TRUE(world.machine.diagnostics.empty());
}

TEST(Modules, MissingSymbolsAreAllNamed) {
  ServiceWorld world;
  load(world, "svc-base");
  EXPECT_EQ(load(world, "svc-missing"), -ENOENT);
  says(world, "svc_missing");
  says(world, "svc_nobody_has_this");
  says(world, "svc_nor_this");
  says(world, "svc_base_hidden");  // there, but not exported
  EXPECT_EQ(loader::loaded(), std::vector<std::string>{"svc_base"});
}

TEST(Modules, UserWithoutItsProviderIsRefused) {
  ServiceWorld world;
  EXPECT_EQ(load(world, "svc-user"), -ENOENT);
  says(world, "svc_base_started, svc_base_value");
}

TEST(Modules, SecondProviderOfASymbolIsRefusedNamingBoth) {
  ServiceWorld world;
  load(world, "svc-base");
  EXPECT_EQ(load(world, "svc-rival"), -EEXIST);
  says(world, "module svc_rival exports svc_base_value, which module svc_base provides already");
}

TEST(Modules, RivalAloneTakesThePlace) {
  ServiceWorld world;
  EXPECT_EQ(load(world, "svc-rival"), 0);
  EXPECT_STREQ(loader::symbol_owner("svc_base_value"), "svc_rival");
  EXPECT_EQ(load(world, "svc-base"), -EEXIST);
}

TEST(Modules, WhatIsNoModuleIsRefused) {
  for (const auto& [file, text] :
       std::map<std::string, std::string>{{kDir + "svc-library.so", "not a module"},
                                          {SVC_TREE, "not an ELF file"},
                                          {SVC_CC, "module"},
                                          {kDir + "absent.so", "No such file"},
                                          {kDir, "module"}}) {
    ServiceWorld world;
    world.kernel.queue_load(file.c_str(), "", "");
    EXPECT_EQ(world.settle(), -ENOEXEC) << file;
    says(world, text);
    says(world, file);
  }
}

TEST(Modules, BadParametersAreNamed) {
  const std::map<std::string, std::string> cases = {
      {"nosuch=1", "unknown parameter nosuch; it has flag, number, count"},
      {"number=abc", "parameter number=abc: not a valid value"},
      {"number=99999999999", "parameter number=99999999999: out of range"},
      {"count=-1", "parameter count=-1"},
      {"flag=perhaps", "parameter flag=perhaps"},
      {"name=muchtoolong", "parameter name=muchtoolong: too long"},
      {"list=1,2,3,4,5", "parameter list=1,2,3,4,5"},
      {"hook=bad", "parameter hook=bad"},
      {"number", "parameter number needs a value"},
      {"text=\"open", "a quote is not closed"}};
  for (const auto& [parameters, text] : cases) {
    ServiceWorld world;
    EXPECT_LT(load(world, "svc-base", parameters.c_str()), 0) << parameters;
    says(world, "module svc_base: ");
    says(world, text);
    EXPECT_TRUE(loader::loaded().empty());
    EXPECT_EQ(world.live(), 0u);
    EXPECT_STREQ(loader::symbol_owner("svc_base_value"), "?");
  }
}

TEST(Modules, FailingInitIsReportedAndWhatFollowsIsSkipped) {
  ServiceWorld world;
  world.kernel.queue_load((kDir + "svc-plain.so").c_str(), "fail=12", "");
  world.kernel.queue_load((kDir + "svc-base.so").c_str(), "", "");
  EXPECT_EQ(world.settle(), -ENOMEM);
  says(world, "module svc_plain: initialisation failed with error -12");
  EXPECT_TRUE(loader::loaded().empty());
}

TEST(Modules, InUseOrTwiceIsRefused) {
  ServiceWorld world;
  EXPECT_EQ(load(world, "svc-stubborn"), 0);
  world.kernel.queue_unload_all();
  EXPECT_EQ(world.settle(), -EBUSY);
  says(world, "module svc_stubborn is in use (1 references)");
  ServiceWorld* again = &world;
  world.run([&] {
    std::string error;
    EXPECT_EQ(loader::load(kDir + "svc-stubborn.so", "", "", error), -EEXIST);
    EXPECT_EQ(error, "module svc_stubborn is already loaded");
    EXPECT_EQ(loader::unload("svc_absent", error), -ENOENT);
  });
  (void)again;
}

TEST(Modules, LeaksAreReportedWithSizeAndPlace) {
  ServiceWorld world;
  EXPECT_EQ(load(world, "svc-leaky"), 0);
  world.kernel.queue_unload_all();
  EXPECT_EQ(world.settle(), 0);
  ASSERT_TRUE(world.machine.saw("kernel.leak"));
  const std::string& text = world.machine.diagnostics[0];
  EXPECT_NE(text.find("module svc_leaky leaves 2 objects, 5100 bytes, behind; the first has 100 bytes"),
            std::string::npos)
      << text;
  EXPECT_EQ(world.live(), 2u);
}

/// Software that was not written for this platform: the run goes on until its threads have returned.
TEST(Modules, ThreadsOfASilentClientAreItsWork) {
  const auto run = [](const char* parameters, const char* client) {
    ServiceWorld world;
    world.machine.want_events = true;
    world.kernel.queue_load((kDir + "svc-workers.so").c_str(), parameters, client);
    world.kernel.queue_unload_all();
    EXPECT_EQ(world.settle(), 0) << world.kernel.error();
    EXPECT_EQ(world.kernel.clients_running(), 0u);
    EXPECT_TRUE(loader::loaded().empty());
    std::string text;
    for (const std::string& line : world.machine.lines) text += line + "; ";
    for (const auto& event : world.machine.events)
      if (event.kind == dmavp::port::SoftEventKind::kClientDone)
        text += "ends with " + std::to_string(static_cast<int>(event.number)) + "; ";
    return text;
  };
  EXPECT_EQ(run("count=3", "work"),
            "workers: 0 done; workers: 1 done; workers: 2 done; workers: left; ends with 0; ");
  // Threads that nobody has woken have no work.
  EXPECT_EQ(run("count=2 idle=1", "work"), "workers: 0 done; workers: 1 done; workers: left; ends with 0; ");
  EXPECT_EQ(run("count=0", "work"), "workers: left; ends with 0; ");
  EXPECT_NE(run("count=2 result=-5", "work").find("ends with -5"), std::string::npos);
  // Merely loaded it is nobody's client.
  EXPECT_EQ(run("count=2", ""), "workers: 0 stopped; workers: 1 stopped; workers: left; ");
}

/// No module links with another one: what it needs is found by the loader.
TEST(Modules, NoneOfThemNeedsAnother) {
  int checked = 0;
  for (const char* directory : {SVC_MODULES, SVC_PRODUCT_MODULES}) {
    FILE* pipe = popen(
        (std::string("for f in ") + directory + "/*.so; do test -e $f && readelf -dW $f; done").c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    char line[512];
    while (fgets(line, sizeof(line), pipe) != nullptr) {
      const std::string text = line;
      if (text.find("NEEDED") == std::string::npos) continue;
      checked++;
      const bool host =
          text.find("[libc.so") != std::string::npos || text.find("[libm.so") != std::string::npos ||
          text.find("[libstdc++") != std::string::npos || text.find("[libgcc_s") != std::string::npos ||
          text.find("[libasan") != std::string::npos || text.find("[libubsan") != std::string::npos ||
          text.find("[libdmavp_coverage") != std::string::npos;
      EXPECT_TRUE(host || text.find("[libdmavp_kernel.so]") != std::string::npos) << text;
    }
    pclose(pipe);
  }
  EXPECT_GE(checked, 7);
}

}  // namespace
