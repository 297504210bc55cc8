// Modules that go wrong: each ends in a report that names the module, the function, the thread and what was
// waited for (design decision 23).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// A run with tb/platform/modules/NAME.c behind the modules of `memcpy`.
Finished run_with(const std::string& name, std::vector<std::string> more = {},
                  const std::vector<std::string>& environment = {}) {
  std::vector<std::string> words = {"run",
                                    "memcpy",
                                    "--quiet",
                                    "--set",
                                    "scenario.duration=50ms",
                                    "--insmod",
                                    DMAVP_TEST_MODULES "/faulty_" + name + ".so"};
  words.insert(words.end(), more.begin(), more.end());
  // Threads that cannot go on are abandoned with what they hold; LeakSanitizer would count that.
  std::vector<std::string> all = {"ASAN_OPTIONS=detect_stack_use_after_return=0:exitcode=99:detect_leaks=0"};
  all.insert(all.end(), environment.begin(), environment.end());
  return run_program(words, {}, all);
}

/// As `run_with`, and the log instead of `--quiet`.
Finished run_loudly(const std::string& name) {
  return run_program({"run", "memcpy", "--set", "scenario.duration=50ms", "--insmod",
                      DMAVP_TEST_MODULES "/faulty_" + name + ".so"});
}

TEST(FaultyModule, FollowsAWildPointer) {
  const Finished f = run_with("wild");
  EXPECT_EQ(f.status, 3);
  EXPECT_THAT(f.err,
              AllOf(HasSubstr("SIGSEGV"), HasSubstr("at address 0x10"), HasSubstr("module: faulty_wild.so"),
                    HasSubstr("follow_wild_pointer"), HasSubstr("context: init")));
}

TEST(FaultyModule, OverflowsItsStack) {
  const Finished f = run_with("overflowing");
  EXPECT_EQ(f.status, 3);
  EXPECT_THAT(f.err, AllOf(HasSubstr("stack overflow"), HasSubstr("module: faulty_overflowing.so"),
                           HasSubstr("in descend"), HasSubstr("context: init, process, cpu")));
}

TEST(FaultyModule, LoopsWithoutTime) {
  const Finished f = run_with("spinning", {}, {"DMAVP_WATCHDOG_S=1"});
  EXPECT_EQ(f.status, 3);
  EXPECT_THAT(f.err,
              AllOf(HasSubstr("without letting simulated time pass"), HasSubstr("module: faulty_spinning.so"),
                    HasSubstr("wait_without_time"), HasSubstr("context: init")));
}

TEST(FaultyModule, LoopsWithTime) {
  const Finished f = run_with("polling");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, AllOf(HasSubstr("not finished after 50.000 ms of simulated time (scenario.duration)"),
                           HasSubstr("init (pid "),
                           HasSubstr("from poll_for_ever (faulty_polling.so)\n"
                                     "  from polling_init (faulty_polling.so)")));
}

TEST(FaultyModule, TakesTwoMutexesInOppositeOrder) {
  const Finished f = run_with("deadlocked");
  EXPECT_EQ(f.status, 1);
  // Who comes second finds the circle; that is a matter of the schedule.
  EXPECT_THAT(f.err,
              ::testing::ContainsRegex(
                  "deadlock: thread (one|two) waits at deadlocked.c:[0-9]+ for the mutex that "
                  "(one|two) took at deadlocked.c:[0-9]+, which waits for the mutex that (one|two) took"));
  EXPECT_THAT(f.err,
              ::testing::ContainsRegex("one \\(pid [0-9]+\\) on cpu [0-9]: [a-z]+, waits for the mutex that "
                                       "two took at deadlocked.c:[0-9]+.*holds the lock taken at "));
  EXPECT_THAT(f.err, AllOf(HasSubstr("from take_first_then_second (faulty_deadlocked.so)"),
                           HasSubstr("from take_second_then_first (faulty_deadlocked.so)"),
                           HasSubstr("from deadlocked_init (faulty_deadlocked.so)")));
}

TEST(FaultyModule, WaitsForWhatNobodyCompletes) {
  const Finished f = run_with("waiting");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err,
              AllOf(HasSubstr("deadlock: nothing can happen any more"), HasSubstr("waits for completion"),
                    HasSubstr("from wait_for_the_answer (faulty_waiting.so)")));
}

TEST(FaultyModule, TakesASpinlockTwice) {
  const Finished f = run_with("relocking");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, AllOf(::testing::ContainsRegex(
                               "deadlock: thread init on cpu 0 spins at relocking.c:[0-9]+ for a lock "
                               "that thread init took at relocking.c:[0-9]+"),
                           HasSubstr("from take_it_again (faulty_relocking.so)")));
}

TEST(FaultyModule, SleepsWithASpinlock) {
  const Finished f = run_loudly("dozing");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err,
              AllOf(HasSubstr("kernel.sleep-in-atomic: sleeping call"), HasSubstr("lock taken at dozing.c:"),
                    HasSubstr("called from sleep_with_a_lock (faulty_dozing.so)")));
}

TEST(FaultyModule, DoesNotHandleItsInterrupt) {
  const Finished f = run_loudly("unheeding");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, ::testing::ContainsRegex("kernel.irq-nobody-cared: interrupt 11 \\(unheeding, not_mine "
                                              "\\(faulty_unheeding.so\\)\\) was not handled"));
}

}  // namespace
}  // namespace dmavp::test
