#include "port/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/fiber.hpp>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace dmavp::port {

namespace {

namespace ctx = boost::context;

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStackBytes = 1024 * 1024;
#else
constexpr std::size_t kStackBytes = 256 * 1024;
#endif

// Stacks are mapped and unmapped by Fiber; Boost must not free one below running code.
struct KeepStack {
  ctx::stack_context allocate() { return {}; }
  void deallocate(ctx::stack_context&) noexcept {}
};

}  // namespace

struct Fiber::State {
  Entry entry = nullptr;
  void* argument = nullptr;
  char* mapping = nullptr;
  std::size_t mapped = 0;
  std::size_t guard = 0;
  bool done = false;
  // Handles live in raw storage: the destructor of a handle would unwind the stack behind it.
  alignas(ctx::fiber) unsigned char inside[sizeof(ctx::fiber)];
  alignas(ctx::fiber) unsigned char outside[sizeof(ctx::fiber)];
  // AddressSanitizer wants to know every change of stack.
  void* fake_inside = nullptr;
  void* fake_outside = nullptr;
  const void* outer_bottom = nullptr;
  std::size_t outer_size = 0;

  ctx::fiber& in() { return *std::launder(reinterpret_cast<ctx::fiber*>(inside)); }
  ctx::fiber& out() { return *std::launder(reinterpret_cast<ctx::fiber*>(outside)); }

  void leaving_outer() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&fake_outside, mapping + guard, mapped - guard);
#endif
  }
  void arrived_outer() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake_outside, nullptr, nullptr);
#endif
  }
  void leaving_inner(bool for_ever) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(for_ever ? nullptr : &fake_inside, outer_bottom, outer_size);
#else
    (void)for_ever;
#endif
  }
  void arrived_inner() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake_inside, &outer_bottom, &outer_size);
#endif
  }
};

Fiber* Fiber::create(Entry entry, void* argument) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t mapped = kStackBytes + page;
  void* mapping =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (mapping == MAP_FAILED) return nullptr;
  mprotect(mapping, page, PROT_NONE);  // overflow hits this page instead of another stack

  auto* fiber = new (std::nothrow) Fiber;
  auto* state = new (std::nothrow) State;
  if (fiber == nullptr || state == nullptr) {
    munmap(mapping, mapped);
    delete fiber;
    delete state;
    return nullptr;
  }
  state->entry = entry;
  state->argument = argument;
  state->mapping = static_cast<char*>(mapping);
  state->mapped = mapped;
  state->guard = page;
  fiber->state_ = state;

  ctx::stack_context stack;
  stack.size = kStackBytes;
  stack.sp = state->mapping + mapped;
  new (state->outside) ctx::fiber();
  new (state->inside) ctx::fiber(std::allocator_arg, ctx::preallocated(stack.sp, stack.size, stack),
                                 KeepStack{}, [state](ctx::fiber&& caller) {
                                   state->out() = std::move(caller);
                                   state->arrived_inner();
                                   state->entry(state->argument);
                                   state->done = true;
                                   state->leaving_inner(true);
                                   return std::move(state->out());
                                 });
  return fiber;
}

void Fiber::destroy(Fiber* fiber) {
  if (fiber == nullptr) return;
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(fiber->state_->mapping, fiber->state_->mapped);
#endif
  munmap(fiber->state_->mapping, fiber->state_->mapped);
  delete fiber->state_;
  delete fiber;
}

void Fiber::resume() {
  State* s = state_;
  s->leaving_outer();
  s->in() = std::move(s->in()).resume();
  s->arrived_outer();
}

void Fiber::suspend() {
  State* s = state_;
  s->leaving_inner(false);
  s->out() = std::move(s->out()).resume();
  s->arrived_inner();
}

bool Fiber::finished() const { return state_->done; }

}  // namespace dmavp::port
