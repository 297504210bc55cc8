// Part of every executable and shared object of a coverage build: each has a copy of the run-time library of
// gcov.
#include "registry.h"

extern void __gcov_dump(void);

static struct dmavp_coverage_object object = {__gcov_dump, 0};

__attribute__((constructor)) static void enter(void) { dmavp_coverage_enter(&object); }
__attribute__((destructor)) static void leave(void) { dmavp_coverage_leave(&object); }
