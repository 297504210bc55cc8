// Where threads stand, for reports.
#include <execinfo.h>

#include <cstdio>
#include <cstring>

#include "kernel/exec/internal.h"
#include "kernel/services.h"

namespace dmavp::kernel::exec {

namespace {

bool runs_here(const Thread& t) { return g.here != nullptr && g.here->current == &t; }

/// A return address is behind its call, which may be the last instruction of its function.
const void* call_of(const void* return_address) { return static_cast<const char*>(return_address) - 1; }

bool of_module(const void* frame) {
  const char* owner = loader_owner(call_of(frame));
  return std::strcmp(owner, "kernel") != 0 && std::strcmp(owner, "?") != 0;
}

}  // namespace

void look_at_stack(StackSurvey& survey) { survey.count = ::backtrace(survey.frames, StackSurvey::kMost); }

void describe_stack(const Thread& t, char* text, std::size_t size) {
  StackSurvey survey;
  if (runs_here(t)) {
    look_at_stack(survey);
  } else if (t.entered && t.fiber != nullptr && !t.fiber->finished()) {
    g.survey = &survey;
    t.fiber->resume();
    g.survey = nullptr;
  }
  int first = 0;
  while (first < survey.count && !of_module(survey.frames[first])) ++first;
  int last = survey.count;
  while (last > first && !of_module(survey.frames[last - 1])) --last;
  for (int i = first > 0 ? first - 1 : first; first < last && i < last; ++i) {
    char place[320];
    g.machine->describe_code(call_of(survey.frames[i]), place, sizeof(place));
    const std::size_t used = std::strlen(text);
    if (place[0] != '\0')
      std::snprintf(text + used, size - used, "  %s %s\n", i < first ? "in" : "from", place);
  }
}

void describe_caller(char* text, std::size_t size) {
  StackSurvey survey;
  look_at_stack(survey);
  text[0] = '\0';
  for (int i = 0; i < survey.count && text[0] == '\0'; ++i)
    if (of_module(survey.frames[i])) g.machine->describe_code(call_of(survey.frames[i]), text, size);
}

}  // namespace dmavp::kernel::exec
