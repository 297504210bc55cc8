// The kernel log, warnings and the end by BUG().
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include <cstring>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"
#include "kernel/services.h"

using namespace dmavp::kernel;

namespace {

constexpr int kDefaultLevel = 4;
char pending[1024];  // a line that has not ended yet
size_t pending_length;
int pending_level;

void flush_line() {
  pending[pending_length] = '\0';
  pending_length = 0;
  exec::machine().log(pending_level, exec::now(), exec::cpu(), pending);
}

}  // namespace

namespace dmavp::kernel {
void reset_log() { pending_length = 0; }
}  // namespace dmavp::kernel

int vprintk(const char* format, va_list args) {
  char text[1024];
  const int n = vscnprintf(text, sizeof(text), format, args);
  const char* s = text;
  int level = kDefaultLevel;
  bool continues = false;
  while (s[0] == KERN_SOH_ASCII && s[1] != '\0') {
    if (s[1] >= '0' && s[1] <= '7') level = s[1] - '0';
    if (s[1] == 'c') continues = true;
    s += 2;
  }
  if (pending_length != 0 && !continues) flush_line();
  for (; *s != '\0'; s++) {
    if (pending_length == 0) pending_level = level;
    if (*s == '\n') {
      flush_line();
    } else {
      if (pending_length + 1 >= sizeof(pending)) flush_line();
      pending[pending_length++] = *s;
    }
  }
  return n;
}

int _printk(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int n = vprintk(format, args);
  va_end(args);
  return n;
}

namespace {
/// A message about a device is a line of its own, though some of Linux's drivers forget to end it.
void print_for(const char* level, const struct device* dev, const char* format, va_list args) {
  char text[900];
  const int n = vscnprintf(text, sizeof(text) - 1, format, args);
  if (n > 0 && text[n - 1] != '\n') {
    text[n] = '\n';
    text[n + 1] = '\0';
  }
  if (dev != nullptr)
    _printk("%s%s %s: %s", level, dev_driver_string(dev), dev_name(dev), text);
  else
    _printk("%s(NULL device *): %s", level, text);
}
}  // namespace

void _dev_printk(const char* level, const struct device* dev, const char* format, ...) {
  va_list args;
  va_start(args, format);
  print_for(level, dev, format, args);
  va_end(args);
}

int dev_err_probe(const struct device* dev, int err, const char* format, ...) {
  char text[800];
  va_list args;
  va_start(args, format);
  vscnprintf(text, sizeof(text), format, args);
  va_end(args);
  if (err == -EPROBE_DEFER) {  // not an error yet; told when nothing more is loaded
    if (dev != nullptr && dev->p != nullptr) {
      dev->p->reason = text;
      while (!dev->p->reason.empty() && dev->p->reason.back() == '\n') dev->p->reason.pop_back();
    }
    return err;
  }
  _dev_printk(KERN_ERR, dev, "error %d: %s", err, text);
  return err;
}

void dmavp_warn(const char* file, int line, const char* format, ...) {
  char text[700] = "";
  if (format != nullptr) {
    va_list args;
    va_start(args, format);
    int n = vscnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n > 0 && text[n - 1] == '\n') text[n - 1] = '\0';
  }
  exec::diagnostic(1, "kernel.warning", "%s (%s:%d, thread %s)", text, base_name(file), line,
                   exec::thread_name());
}

void dmavp_bug(const char* file, int line, const char* condition) {
  exec::diagnostic(2, "kernel.bug", "%s at %s:%d, thread %s", condition, base_name(file), line,
                   exec::thread_name());
  exec::fatal("kernel.bug: %s at %s:%d, thread %s on CPU %u", condition, base_name(file), line,
              exec::thread_name(), exec::cpu());
}

void dmavp_list_corrupt(const char* operation, const struct list_head*) {
  exec::diagnostic(2, "kernel.list-corruption", "%s of an entry whose links are broken, by thread %s (%s)",
                   operation, exec::thread_name(), loader_owner(__builtin_return_address(0)));
}
