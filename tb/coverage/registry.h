// Coverage counters of every loaded object, written when a process leaves by _exit().
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// One executable or shared object with counters of its own.
struct dmavp_coverage_object {
  void (*dump)(void);
  struct dmavp_coverage_object* next;
};

void dmavp_coverage_enter(struct dmavp_coverage_object* object);
void dmavp_coverage_leave(struct dmavp_coverage_object* object);

#ifdef __cplusplus
}
#endif
