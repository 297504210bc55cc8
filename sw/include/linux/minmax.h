/* Smallest and largest. In C++ min, max and clamp are function templates, so that standard headers survive.
 */
#ifndef DMAVP_LINUX_MINMAX_H
#define DMAVP_LINUX_MINMAX_H

#ifdef __cplusplus
template <typename T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}
template <typename T>
constexpr T clamp(T value, T low, T high) {
  return value < low ? low : high < value ? high : value;
}
#else
#define min(a, b)                      \
  ({                                   \
    __auto_type min_a_ = (a);          \
    __auto_type min_b_ = (b);          \
    min_a_ < min_b_ ? min_a_ : min_b_; \
  })
#define max(a, b)                      \
  ({                                   \
    __auto_type max_a_ = (a);          \
    __auto_type max_b_ = (b);          \
    max_a_ > max_b_ ? max_a_ : max_b_; \
  })
#define clamp(value, low, high) min(max(value, low), high)
#endif

#define min_t(type, a, b)              \
  ({                                   \
    type min_a_ = (type)(a);           \
    type min_b_ = (type)(b);           \
    min_a_ < min_b_ ? min_a_ : min_b_; \
  })
#define max_t(type, a, b)              \
  ({                                   \
    type max_a_ = (type)(a);           \
    type max_b_ = (type)(b);           \
    max_a_ > max_b_ ? max_a_ : max_b_; \
  })
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define min_not_zero(a, b)                                                     \
  ({                                                                           \
    __typeof__(a) nz_a_ = (a);                                                 \
    __typeof__(b) nz_b_ = (b);                                                 \
    nz_a_ == 0 ? nz_b_ : nz_b_ == 0 ? nz_a_ : (nz_a_ < nz_b_ ? nz_a_ : nz_b_); \
  })
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(__typeof__(value), value, low, high)
#ifndef __cplusplus
#define swap(a, b)                 \
  do {                             \
    __typeof__(a) swap_tmp_ = (a); \
    (a) = (b);                     \
    (b) = swap_tmp_;               \
  } while (0)
#endif

#endif
