// Formatting as the kernel does it: no floating point, %p with extensions.
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/sysfs.h>

#include <cstring>

#include "kernel/memory.h"
#include "kernel/module_loader.h"

namespace {

/// Collects text; counts everything, keeps what fits.
class Out {
 public:
  Out(char* buffer, size_t size) : buffer_(buffer), size_(size) {}
  void put(char c) {
    if (length_ + 1 < size_) buffer_[length_] = c;
    length_++;
  }
  void put(const char* s, size_t n) {
    while (n-- > 0) put(*s++);
  }
  void fill(char c, int n) {
    while (n-- > 0) put(c);
  }
  int finish() {
    if (size_ > 0) buffer_[length_ < size_ ? length_ : size_ - 1] = '\0';
    return static_cast<int>(length_);
  }

 private:
  char* buffer_;
  size_t size_;
  size_t length_ = 0;
};

struct Spec {
  bool left = false, plus = false, space = false, hash = false, zero = false;
  int width = 0;
  int precision = -1;
};

void put_padded(Out& out, const Spec& spec, const char* s, size_t n) {
  const int pad = spec.width - static_cast<int>(n);
  if (!spec.left) out.fill(' ', pad);
  out.put(s, n);
  if (spec.left) out.fill(' ', pad);
}

void put_string(Out& out, const Spec& spec, const char* s) {
  if (s == nullptr) s = "(null)";
  size_t n = 0;
  while (s[n] != '\0' && (spec.precision < 0 || n < static_cast<size_t>(spec.precision))) n++;
  put_padded(out, spec, s, n);
}

void put_number(Out& out, const Spec& spec, unsigned long long value, unsigned base, bool negative,
                bool upper) {
  char digits[72];
  int n = 0;
  const char* const alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const unsigned long long original = value;
  do {
    digits[n++] = alphabet[value % base];
    value /= base;
  } while (value != 0);
  if (spec.precision == 0 && original == 0) n = 0;
  char prefix[3];
  int prefix_length = 0;
  if (negative)
    prefix[prefix_length++] = '-';
  else if (spec.plus)
    prefix[prefix_length++] = '+';
  else if (spec.space)
    prefix[prefix_length++] = ' ';
  if (spec.hash && base == 16 && original != 0) {
    prefix[prefix_length++] = '0';
    prefix[prefix_length++] = upper ? 'X' : 'x';
  }
  int zeros = spec.precision > n ? spec.precision - n : 0;
  if (spec.hash && base == 8 && zeros == 0 && (original != 0 || n == 0)) zeros = 1;
  if (spec.zero && !spec.left && spec.precision < 0 && spec.width > n + prefix_length)
    zeros = spec.width - n - prefix_length;
  const int pad = spec.width - n - zeros - prefix_length;
  if (!spec.left) out.fill(' ', pad);
  out.put(prefix, static_cast<size_t>(prefix_length));
  out.fill('0', zeros);
  while (n > 0) out.put(digits[--n]);
  if (spec.left) out.fill(' ', pad);
}

void put_hex(Out& out, unsigned long long value, int digits) {
  Spec spec;
  spec.precision = digits;
  out.put("0x", 2);
  put_number(out, spec, value, 16, false, false);
}

/// Host addresses differ from run to run, so none is printed: RAM shows its physical address, a register
/// cookie its bus address, everything else the module it belongs to.
void put_address(Out& out, const Spec& spec, const void* p) {
  char text[96];
  Out t(text, sizeof(text));
  std::uint64_t physical = 0;
  const auto value = reinterpret_cast<std::uintptr_t>(p);
  if (p == nullptr) {
    t.put("(null)", 6);
  } else if (dmavp::kernel::memory::to_physical(p, physical)) {
    put_hex(t, physical, 16);
  } else if (value < 0x100000000ull) {  // a register's cookie
    put_hex(t, value, 16);
  } else {
    const char* owner = dmavp::kernel::loader::owner_of(p);
    t.put('<');
    t.put(owner, std::strlen(owner));
    t.put('>');
  }
  t.finish();
  put_string(out, spec, text);
}

/// Handles what follows %p; returns how many letters of the format it took.
size_t put_pointer(Out& out, const Spec& spec, const char* letters, void* p) {
  char text[512];
  switch (letters[0]) {
    case 'a': {
      const bool dma_or_phys = letters[1] == 'd' || letters[1] == 'p';
      Out t(text, sizeof(text));
      put_hex(t, *static_cast<const u64*>(p), 16);
      t.finish();
      put_string(out, spec, text);
      return dma_or_phys ? 2 : 1;
    }
    case 'O': {
      if (letters[1] != 'F') break;
      size_t took = 2;
      const auto* node = static_cast<const struct device_node*>(p);
      if (letters[2] == 'n' || letters[2] == 'P' || letters[2] == 'f') {
        took = 3;
        put_string(out, spec, node == nullptr ? "(null)" : letters[2] == 'n' ? node->name : node->full_name);
      } else {
        if (node != nullptr) dmavp_of_path(node, text, sizeof(text));
        put_string(out, spec, node != nullptr ? text : "(null)");
      }
      return took;
    }
    case 'e': {
      Spec number = spec;
      const long long value = reinterpret_cast<long long>(p);
      put_number(out, number, static_cast<unsigned long long>(value < 0 ? -value : value), 10, value < 0,
                 false);
      return 1;
    }
    case 'V': {
      const auto* inner = static_cast<struct va_format*>(p);
      va_list copy;
      va_copy(copy, *inner->va);
      dmavp_vsnprintf(text, sizeof(text), inner->fmt, copy);
      va_end(copy);
      put_string(out, spec, text);
      return 1;
    }
    case 'h': {
      const auto* bytes = static_cast<const unsigned char*>(p);
      const char separator = letters[1] == 'C'   ? ':'
                             : letters[1] == 'D' ? '-'
                             : letters[1] == 'N' ? '\0'
                                                 : ' ';
      Spec two;
      two.precision = 2;
      for (int i = 0; i < (spec.width > 0 ? spec.width : 1); i++) {
        if (i > 0 && separator != '\0') out.put(separator);
        put_number(out, two, bytes[i], 16, false, false);
      }
      return separator == ' ' ? 1 : 2;
    }
    case 'S':
    case 's':
    case 'f':
    case 'F':
    case 'B':
      put_string(out, spec, dmavp::kernel::loader::owner_of(p));
      return 1;
    case 'K':
    case 'x':
      put_address(out, spec, p);
      return 1;
    default:
      break;
  }
  put_address(out, spec, p);
  return 0;
}

}  // namespace

int dmavp_vsnprintf(char* buf, size_t size, const char* format, va_list args_in) {
  Out out(buf, size);
  va_list args;
  va_copy(args, args_in);
  for (const char* f = format; *f != '\0'; f++) {
    if (*f != '%') {
      out.put(*f);
      continue;
    }
    f++;
    Spec spec;
    for (;; f++) {
      if (*f == '-')
        spec.left = true;
      else if (*f == '+')
        spec.plus = true;
      else if (*f == ' ')
        spec.space = true;
      else if (*f == '#')
        spec.hash = true;
      else if (*f == '0')
        spec.zero = true;
      else
        break;
    }
    if (*f == '*') {
      spec.width = va_arg(args, int);
      if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
      }
      f++;
    } else {
      while (*f >= '0' && *f <= '9') spec.width = spec.width * 10 + (*f++ - '0');
    }
    if (*f == '.') {
      f++;
      spec.precision = 0;
      if (*f == '*') {
        spec.precision = va_arg(args, int);
        f++;
      } else {
        while (*f >= '0' && *f <= '9') spec.precision = spec.precision * 10 + (*f++ - '0');
      }
    }
    int longs = 0, shorts = 0;
    bool is_long = false;
    for (;; f++) {
      if (*f == 'l')
        longs++;
      else if (*f == 'h')
        shorts++;
      else if (*f == 'z' || *f == 't' || *f == 'j' || *f == 'L' || *f == 'q')
        is_long = true;
      else
        break;
    }
    is_long = is_long || longs > 0;
    switch (*f) {
      case 'd':
      case 'i': {
        long long value = is_long ? va_arg(args, long long) : va_arg(args, int);
        if (shorts == 1) value = static_cast<short>(value);
        if (shorts >= 2) value = static_cast<signed char>(value);
        const auto magnitude = value < 0 ? 0ull - static_cast<unsigned long long>(value)
                                         : static_cast<unsigned long long>(value);
        put_number(out, spec, magnitude, 10, value < 0, false);
        break;
      }
      case 'u':
      case 'o':
      case 'x':
      case 'X': {
        unsigned long long value = is_long ? va_arg(args, unsigned long long) : va_arg(args, unsigned int);
        if (shorts == 1) value = static_cast<unsigned short>(value);
        if (shorts >= 2) value = static_cast<unsigned char>(value);
        spec.plus = spec.space = false;  // signs are for signed conversions
        put_number(out, spec, value, *f == 'u' ? 10 : *f == 'o' ? 8 : 16, false, *f == 'X');
        break;
      }
      case 'c': {
        const char c = static_cast<char>(va_arg(args, int));
        put_padded(out, spec, &c, 1);
        break;
      }
      case 's':
        put_string(out, spec, va_arg(args, const char*));
        break;
      case 'p':
        f += put_pointer(out, spec, f + 1, va_arg(args, void*));
        break;
      case '%':
        out.put('%');
        break;
      case '\0':
        f--;
        break;
      default:
        out.put('%');
        out.put(*f);
        break;
    }
  }
  va_end(args);
  return out.finish();
}

int dmavp_snprintf(char* buf, size_t size, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int n = dmavp_vsnprintf(buf, size, format, args);
  va_end(args);
  return n;
}

int vscnprintf(char* buf, size_t size, const char* format, va_list args) {
  const int n = dmavp_vsnprintf(buf, size, format, args);
  if (size == 0) return 0;
  return static_cast<size_t>(n) < size ? n : static_cast<int>(size - 1);
}

int scnprintf(char* buf, size_t size, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int n = vscnprintf(buf, size, format, args);
  va_end(args);
  return n;
}

char* kvasprintf(gfp_t gfp, const char* format, va_list args) {
  const int n = dmavp_vsnprintf(nullptr, 0, format, args);
  auto* text = static_cast<char*>(kmalloc(static_cast<size_t>(n) + 1, gfp));
  if (text != nullptr) dmavp_vsnprintf(text, static_cast<size_t>(n) + 1, format, args);
  return text;
}

char* kasprintf(gfp_t gfp, const char* format, ...) {
  va_list args;
  va_start(args, format);
  char* text = kvasprintf(gfp, format, args);
  va_end(args);
  return text;
}

int sysfs_emit(char* buffer, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int n = vscnprintf(buffer, PAGE_SIZE, format, args);
  va_end(args);
  return n;
}

int sysfs_emit_at(char* buffer, int at, const char* format, ...) {
  if (at < 0 || static_cast<size_t>(at) >= PAGE_SIZE) return 0;
  va_list args;
  va_start(args, format);
  const int n = vscnprintf(buffer + at, PAGE_SIZE - static_cast<size_t>(at), format, args);
  va_end(args);
  return n;
}
