#include "platform/run/interruption.h"

#include <signal.h>

#include <csignal>
#include <initializer_list>

namespace dmavp::platform {

namespace {

volatile std::sig_atomic_t noted = 0;

void note(int) { noted = 1; }

}  // namespace

void catch_interruption(Interrupted what) {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | (what == Interrupted::kNothing ? SA_RESTART : 0);
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

bool interrupted() { return noted != 0; }

}  // namespace dmavp::platform
