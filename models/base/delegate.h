// A callback bound to one method of one object: two words, no allocation, one indirect call.
#pragma once

#include <type_traits>
#include <utility>

namespace dmavp {

template <class Signature>
class Delegate;

template <class R, class... Args>
class Delegate<R(Args...)> {
 public:
  constexpr Delegate() = default;

  /// `Method` is a member of T that takes Args (const or not); `self` must outlive the delegate.
  template <auto Method, class T>
  static Delegate bind(T* self) {
    Delegate d;
    d.self_ = const_cast<std::remove_const_t<T>*>(self);
    d.call_ = [](void* object, Args... args) -> R {
      return (static_cast<T*>(object)->*Method)(std::forward<Args>(args)...);
    };
    return d;
  }

  explicit operator bool() const { return call_ != nullptr; }
  R operator()(Args... args) const { return call_(self_, std::forward<Args>(args)...); }

 private:
  void* self_ = nullptr;
  R (*call_)(void*, Args...) = nullptr;
};

}  // namespace dmavp
