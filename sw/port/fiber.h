// A stack of its own for a piece of software: runs until it suspends, continues where it was. The only user
// of Boost.Context.
#pragma once

#include <cstddef>

namespace dmavp::port {

class Fiber {
 public:
  using Entry = void (*)(void* argument);

  /// nullptr when there is no memory for the stack. `entry` runs at the first resume().
  static Fiber* create(Entry entry, void* argument);
  /// Frees the stack. A fiber that has not finished is abandoned: nothing on its stack is unwound.
  static void destroy(Fiber* fiber);

  /// Runs the fiber until it suspends or its entry returns. From the host's stack, or from another fiber that
  /// goes on afterwards.
  void resume();
  /// Back to the caller of resume(). Only from inside this fiber.
  void suspend();
  /// The entry has returned.
  bool finished() const;

  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

 private:
  struct State;
  Fiber() = default;
  ~Fiber() = default;
  State* state_ = nullptr;
};

}  // namespace dmavp::port
