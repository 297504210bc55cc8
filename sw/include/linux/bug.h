/* Reports of broken assumptions: the WARN family logs and goes on, BUG ends the simulation with a report. */
#ifndef DMAVP_LINUX_BUG_H
#define DMAVP_LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kern_levels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Diagnostic "kernel.bug" and the end of the run. */
void dmavp_bug(const char* file, int line, const char* condition) __noreturn;
/* Diagnostic "kernel.warning"; format NULL prints the place only. */
void dmavp_warn(const char* file, int line, const char* format, ...) __printf(3, 4);

#define BUG() dmavp_bug(__FILE__, __LINE__, "BUG")
#define BUG_ON(condition)                                               \
  do {                                                                  \
    if (unlikely(condition)) dmavp_bug(__FILE__, __LINE__, #condition); \
  } while (0)

#define WARN_ON(condition)                                                     \
  ({                                                                           \
    const bool warn_hit_ = !!(condition);                                      \
    if (unlikely(warn_hit_)) dmavp_warn(__FILE__, __LINE__, "%s", #condition); \
    unlikely(warn_hit_);                                                       \
  })
#define WARN(condition, format...)                                   \
  ({                                                                 \
    const bool warn_hit_ = !!(condition);                            \
    if (unlikely(warn_hit_)) dmavp_warn(__FILE__, __LINE__, format); \
    unlikely(warn_hit_);                                             \
  })
#define WARN_ON_ONCE(condition)                         \
  ({                                                    \
    static bool warn_done_;                             \
    const bool warn_hit_ = !!(condition);               \
    if (unlikely(warn_hit_ && !warn_done_)) {           \
      warn_done_ = true;                                \
      dmavp_warn(__FILE__, __LINE__, "%s", #condition); \
    }                                                   \
    unlikely(warn_hit_);                                \
  })
#define WARN_ONCE(condition, format...)       \
  ({                                          \
    static bool warn_done_;                   \
    const bool warn_hit_ = !!(condition);     \
    if (unlikely(warn_hit_ && !warn_done_)) { \
      warn_done_ = true;                      \
      dmavp_warn(__FILE__, __LINE__, format); \
    }                                         \
    unlikely(warn_hit_);                      \
  })
#define WARN_TAINT(condition, taint, format...) WARN(condition, format)

#ifdef __cplusplus
}
#endif
#endif
