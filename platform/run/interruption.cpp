#include "platform/run/interruption.h"

#include <signal.h>

#include <csignal>
#include <initializer_list>

namespace dmavp::platform {

namespace {

volatile std::sig_atomic_t noted = 0;

void note(int) { noted = 1; }

}  // namespace

void catch_interruption() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

bool interrupted() { return noted != 0; }

}  // namespace dmavp::platform
