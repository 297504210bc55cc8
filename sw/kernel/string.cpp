// Strings, numbers from text, checksums, id allocation.
#include <linux/crc32.h>
#include <linux/idr.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <cstring>

#include "kernel/exec/exec.h"
#include "kernel/services.h"

namespace dmavp::kernel {
const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}
}  // namespace dmavp::kernel

ssize_t dmavp_strscpy(char* dest, const char* src, size_t size) {
  if (size == 0) return -E2BIG;
  size_t n = 0;
  for (; n < size && src[n] != '\0'; n++) dest[n] = src[n];
  if (n < size) {
    dest[n] = '\0';
    return static_cast<ssize_t>(n);
  }
  dest[size - 1] = '\0';
  return -E2BIG;
}

namespace {
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
}  // namespace

char* skip_spaces(const char* s) {
  while (is_space(*s)) s++;
  return const_cast<char*>(s);
}

char* strim(char* s) {
  size_t n = strlen(s);
  while (n > 0 && is_space(s[n - 1])) n--;
  s[n] = '\0';
  return skip_spaces(s);
}

bool sysfs_streq(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    a++;
    b++;
  }
  if (*a == *b) return true;
  return (*a == '\0' && *b == '\n' && b[1] == '\0') || (*a == '\n' && *b == '\0' && a[1] == '\0');
}

int match_string(const char* const* array, size_t n, const char* string) {
  for (size_t i = 0; i < n && array[i] != nullptr; i++)
    if (strcmp(array[i], string) == 0) return static_cast<int>(i);
  return -EINVAL;
}

void* kmemdup(const void* src, size_t len, gfp_t gfp) {
  void* p = kmalloc(len, gfp);
  if (p != nullptr && len != 0) std::memcpy(p, src, len);
  return p;
}

char* kstrndup(const char* s, size_t max, gfp_t gfp) {
  if (s == nullptr) return nullptr;
  const size_t n = strnlen(s, max);
  auto* copy = static_cast<char*>(kmalloc(n + 1, gfp));
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, s, n);
  copy[n] = '\0';
  return copy;
}

char* kstrdup(const char* s, gfp_t gfp) { return s != nullptr ? kstrndup(s, strlen(s), gfp) : nullptr; }
const char* kstrdup_const(const char* s, gfp_t gfp) { return kstrdup(s, gfp); }
void kfree_const(const void* s) { kfree(s); }

void* memchr_inv(const void* start, int c, size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(start);
  for (size_t i = 0; i < bytes; i++)
    if (p[i] != static_cast<unsigned char>(c)) return const_cast<unsigned char*>(p + i);
  return nullptr;
}

// --- numbers
// ----------------------------------------------------------------------------------------------------

int kstrtoull(const char* s, unsigned int base, unsigned long long* res) {
  if (*s == '+') s++;
  const bool hex = s[0] == '0' && (s[1] | 0x20) == 'x';
  if (base == 0) base = hex ? 16 : s[0] == '0' && s[1] != '\0' ? 8 : 10;
  if (base == 16 && hex) s += 2;
  unsigned long long value = 0;
  const char* first = s;
  bool too_large = false;
  for (; *s != '\0' && *s != '\n'; s++) {
    const char c = *s;
    const unsigned digit = c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0')
                           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
                               ? static_cast<unsigned>((c | 0x20) - 'a' + 10)
                               : 99u;
    if (digit >= base) return -EINVAL;
    too_large = too_large || __builtin_mul_overflow(value, base, &value) ||
                __builtin_add_overflow(value, digit, &value);
  }
  if (s == first || (*s == '\n' && s[1] != '\0')) return -EINVAL;
  if (too_large) return -ERANGE;
  *res = value;
  return 0;
}

int kstrtoll(const char* s, unsigned int base, long long* res) {
  unsigned long long magnitude;
  const bool negative = *s == '-';
  if (negative && s[1] == '+') return -EINVAL;
  const int ret = kstrtoull(negative ? s + 1 : s, base, &magnitude);
  if (ret != 0) return ret;
  constexpr unsigned long long kLimit = 1ull << 63;
  if (magnitude > kLimit || (!negative && magnitude == kLimit)) return -ERANGE;
  *res = static_cast<long long>(negative ? 0 - magnitude : magnitude);
  return 0;
}

namespace {
template <typename T>
int narrow_unsigned(const char* s, unsigned int base, T* res) {
  unsigned long long wide;
  const int ret = kstrtoull(s, base, &wide);
  if (ret != 0) return ret;
  if (wide != static_cast<unsigned long long>(static_cast<T>(wide))) return -ERANGE;
  *res = static_cast<T>(wide);
  return 0;
}
template <typename T>
int narrow_signed(const char* s, unsigned int base, T* res) {
  long long wide;
  const int ret = kstrtoll(s, base, &wide);
  if (ret != 0) return ret;
  if (wide != static_cast<long long>(static_cast<T>(wide))) return -ERANGE;
  *res = static_cast<T>(wide);
  return 0;
}
}  // namespace

int kstrtoul(const char* s, unsigned int base, unsigned long* res) { return narrow_unsigned(s, base, res); }
int kstrtol(const char* s, unsigned int base, long* res) { return narrow_signed(s, base, res); }
int kstrtouint(const char* s, unsigned int base, unsigned int* res) { return narrow_unsigned(s, base, res); }
int kstrtoint(const char* s, unsigned int base, int* res) { return narrow_signed(s, base, res); }
int kstrtou16(const char* s, unsigned int base, u16* res) { return narrow_unsigned(s, base, res); }
int kstrtou8(const char* s, unsigned int base, u8* res) { return narrow_unsigned(s, base, res); }

int kstrtobool(const char* s, bool* res) {
  if (s == nullptr) return -EINVAL;
  switch (s[0]) {
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case '1':
      *res = true;
      return 0;
    case 'n':
    case 'N':
    case 'f':
    case 'F':
    case '0':
      *res = false;
      return 0;
    case 'o':
    case 'O':
      if ((s[1] | 0x20) == 'n' || (s[1] | 0x20) == 'f') {
        *res = (s[1] | 0x20) == 'n';
        return 0;
      }
      return -EINVAL;
    default:
      return -EINVAL;
  }
}

u32 crc32_le(u32 crc, const void* p, size_t len) {
  static const struct Table {
    u32 entry[256];
    constexpr Table() : entry() {
      for (u32 i = 0; i < 256; i++) {
        u32 value = i;
        for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) ? 0xedb88320u : 0u);
        entry[i] = value;
      }
    }
  } table;
  const auto* bytes = static_cast<const unsigned char*>(p);
  for (size_t i = 0; i < len; i++) crc = (crc >> 8) ^ table.entry[(crc ^ bytes[i]) & 0xff];
  return crc;
}

// --- ids
// --------------------------------------------------------------------------------------------------------

int ida_alloc_range(struct ida* ida, unsigned int min, unsigned int max, gfp_t gfp) {
  if (static_cast<int>(max) < 0) max = 0x7fffffffu;
  unsigned int id = min;
  while (id < ida->capacity && (ida->bits[id / 64] >> (id % 64) & 1)) id++;
  if (id > max) return -ENOSPC;
  if (id >= ida->capacity) {
    unsigned int capacity = ida->capacity != 0 ? ida->capacity * 2 : 512;  // one cache line of bits
    while (capacity <= id) capacity *= 2;
    const unsigned int before = ida->capacity;
    void* bits = kzalloc(capacity / 8, gfp);
    if (bits == nullptr) return -ENOMEM;
    if (ida->capacity != before) {  // somebody else changed it while the allocation let time pass
      kfree(bits);
      return ida_alloc_range(ida, min, max, gfp);
    }
    unsigned long* old = ida->bits;
    if (old != nullptr) std::memcpy(bits, old, ida->capacity / 8);
    ida->bits = static_cast<unsigned long*>(bits);
    ida->capacity = capacity;
    ida->bits[id / 64] |= 1ul << (id % 64);  // before time passes
    kfree(old);
  }
  ida->bits[id / 64] |= 1ul << (id % 64);
  return static_cast<int>(id);
}

void ida_free(struct ida* ida, unsigned int id) {
  if (id >= ida->capacity || !(ida->bits[id / 64] >> (id % 64) & 1)) {
    dmavp::kernel::exec::diagnostic(2, "kernel.bad-free", "ida_free of %u, which is not in use", id);
    return;
  }
  ida->bits[id / 64] &= ~(1ul << (id % 64));
  if (ida_is_empty(ida)) ida_destroy(ida);
}

void ida_destroy(struct ida* ida) {
  unsigned long* bits = ida->bits;
  ida_init(ida);
  kfree(bits);
}

bool ida_is_empty(const struct ida* ida) {
  for (unsigned int word = 0; word < ida->capacity / 64; word++)
    if (ida->bits[word] != 0) return false;
  return true;
}
