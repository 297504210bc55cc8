#include "kernel/module_param.h"

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <cctype>
#include <cstring>
#include <string>
#include <vector>

// --- types of parameters
// ----------------------------------------------------------------------------------------------

#define DMAVP_DEFINE_PARAM(name, type, parse, base, format)                   \
  int param_set_##name(const char* value, const struct kernel_param* kp) {    \
    type parsed;                                                              \
    const int ret = value != nullptr ? parse(value, base, &parsed) : -EINVAL; \
    if (ret == 0) *static_cast<type*>(kp->arg) = parsed;                      \
    return ret;                                                               \
  }                                                                           \
  int param_get_##name(char* buffer, const struct kernel_param* kp) {         \
    return sysfs_emit(buffer, format "\n", *static_cast<type*>(kp->arg));     \
  }                                                                           \
  const struct kernel_param_ops param_ops_##name = {0, param_set_##name, param_get_##name, nullptr};

namespace {
int parse_short(const char* s, unsigned int base, short* out) {
  int wide;
  const int ret = kstrtoint(s, base, &wide);
  if (ret != 0) return ret;
  if (wide < S16_MIN || wide > S16_MAX) return -ERANGE;
  *out = static_cast<short>(wide);
  return 0;
}
}  // namespace

DMAVP_DEFINE_PARAM(byte, u8, kstrtou8, 0, "%u")
DMAVP_DEFINE_PARAM(short, short, parse_short, 0, "%d")
DMAVP_DEFINE_PARAM(ushort, u16, kstrtou16, 0, "%u")
DMAVP_DEFINE_PARAM(int, int, kstrtoint, 0, "%d")
DMAVP_DEFINE_PARAM(uint, unsigned int, kstrtouint, 0, "%u")
DMAVP_DEFINE_PARAM(long, long, kstrtol, 0, "%ld")
DMAVP_DEFINE_PARAM(ulong, unsigned long, kstrtoul, 0, "%lu")
DMAVP_DEFINE_PARAM(ullong, unsigned long long, kstrtoull, 0, "%llu")
DMAVP_DEFINE_PARAM(hexint, unsigned int, kstrtouint, 16, "%#08x")

int param_set_bool(const char* value, const struct kernel_param* kp) {
  return kstrtobool(value != nullptr ? value : "1", static_cast<bool*>(kp->arg));
}
int param_get_bool(char* buffer, const struct kernel_param* kp) {
  return sysfs_emit(buffer, "%c\n", *static_cast<bool*>(kp->arg) ? 'Y' : 'N');
}
const struct kernel_param_ops param_ops_bool = {KERNEL_PARAM_OPS_FL_NOARG, param_set_bool, param_get_bool,
                                                nullptr};

int param_set_invbool(const char* value, const struct kernel_param* kp) {
  bool parsed;
  const int ret = kstrtobool(value != nullptr ? value : "1", &parsed);
  if (ret == 0) *static_cast<bool*>(kp->arg) = !parsed;
  return ret;
}
int param_get_invbool(char* buffer, const struct kernel_param* kp) {
  return sysfs_emit(buffer, "%c\n", *static_cast<bool*>(kp->arg) ? 'N' : 'Y');
}
const struct kernel_param_ops param_ops_invbool = {KERNEL_PARAM_OPS_FL_NOARG, param_set_invbool,
                                                   param_get_invbool, nullptr};

namespace {
// Copies made for charp parameters; the module's own initial text is not ours to free.
std::vector<char*> copies;

bool forget_copy(const char* text) {
  for (std::size_t i = 0; i < copies.size(); i++)
    if (copies[i] == text) {
      copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
  return false;
}

void free_charp(void* arg) {
  char* text = *static_cast<char**>(arg);
  if (forget_copy(text)) kfree(text);
}
}  // namespace

int param_set_charp(const char* value, const struct kernel_param* kp) {
  if (value == nullptr) return -EINVAL;
  if (strlen(value) > 1024) return -ENOSPC;
  char* copy = kstrdup(value, GFP_KERNEL);
  if (copy == nullptr) return -ENOMEM;
  free_charp(kp->arg);
  copies.push_back(copy);
  *static_cast<char**>(kp->arg) = copy;
  return 0;
}
int param_get_charp(char* buffer, const struct kernel_param* kp) {
  return sysfs_emit(buffer, "%s\n", *static_cast<char**>(kp->arg));
}
const struct kernel_param_ops param_ops_charp = {0, param_set_charp, param_get_charp, free_charp};

int param_set_copystring(const char* value, const struct kernel_param* kp) {
  if (value == nullptr) return -EINVAL;
  if (strlen(value) + 1 > kp->str->maxlen) return -ENOSPC;
  strcpy(kp->str->string, value);
  return 0;
}
int param_get_string(char* buffer, const struct kernel_param* kp) {
  return sysfs_emit(buffer, "%s\n", kp->str->string);
}
const struct kernel_param_ops param_ops_string = {0, param_set_copystring, param_get_string, nullptr};

namespace {

struct kernel_param element(const struct kernel_param* kp, unsigned int index) {
  struct kernel_param one = *kp;
  one.arg = static_cast<char*>(kp->arr->elem) + static_cast<std::size_t>(kp->arr->elemsize) * index;
  return one;
}

int param_array_set(const char* value, const struct kernel_param* kp) {
  if (value == nullptr) return -EINVAL;
  unsigned int count = 0;
  for (const char* at = value;; count++) {
    const std::size_t n = std::strcspn(at, ",");
    if (count == kp->arr->max) return -EINVAL;
    const struct kernel_param one = element(kp, count);
    const int ret = kp->arr->ops->set(std::string(at, n).c_str(), &one);
    if (ret != 0) return ret;
    at += n;
    if (*at++ == '\0') break;
  }
  if (kp->arr->num != nullptr) *kp->arr->num = count + 1;
  return 0;
}

int param_array_get(char* buffer, const struct kernel_param* kp) {
  const unsigned int count = kp->arr->num != nullptr ? *kp->arr->num : kp->arr->max;
  int length = 0;
  for (unsigned int i = 0; i < count; i++) {
    const struct kernel_param one = element(kp, i);
    if (i > 0) buffer[length - 1] = ',';  // instead of the newline
    length += kp->arr->ops->get(buffer + length, &one);
  }
  return length;
}

void param_array_free(void* arg) {
  const auto* arr = static_cast<const struct kparam_array*>(arg);
  if (arr->ops->free == nullptr) return;
  for (unsigned int i = 0; i < (arr->num != nullptr ? *arr->num : arr->max); i++)
    arr->ops->free(static_cast<char*>(arr->elem) + static_cast<std::size_t>(arr->elemsize) * i);
}

}  // namespace

const struct kernel_param_ops param_array_ops = {0, param_array_set, param_array_get, param_array_free};

// --- text of a module
// -------------------------------------------------------------------------------------------------

namespace dmavp::kernel {
namespace {

/// "-" and "_" are the same in names.
bool same_name(const char* a, const std::string& b) {
  std::size_t i = 0;
  for (; a[i] != '\0' && i < b.size(); i++) {
    const char x = a[i] == '-' ? '_' : a[i], y = b[i] == '-' ? '_' : b[i];
    if (x != y) return false;
  }
  return a[i] == '\0' && i == b.size();
}

const char* error_name(int code) {
  switch (-code) {
    case EINVAL:
      return "not a valid value";
    case ERANGE:
      return "out of range";
    case ENOSPC:
      return "too long";
    case ENOMEM:
      return "out of memory";
    default:
      return "refused";
  }
}

}  // namespace

int set_parameter(const std::string& module, const struct kernel_param* table, std::size_t count,
                  const std::string& name, const char* value, std::string& error) {
  for (std::size_t i = 0; i < count; i++) {
    const struct kernel_param& kp = table[i];
    if (!same_name(kp.name, name)) continue;
    if (value == nullptr && (kp.ops->flags & KERNEL_PARAM_OPS_FL_NOARG) == 0) {
      error = "module " + module + ": parameter " + name + " needs a value";
      return -EINVAL;
    }
    if (kp.ops->set == nullptr) {
      error = "module " + module + ": parameter " + name + " cannot be set";
      return -EPERM;
    }
    const int ret = kp.ops->set(value, &kp);
    if (ret >= 0) return 0;
    error = "module " + module + ": parameter " + name + "=" + (value != nullptr ? value : "") + ": " +
            error_name(ret) + " (error " + std::to_string(ret) + ")";
    return ret;
  }
  error = "module " + module + ": unknown parameter " + name;
  if (count == 0) return -ENOENT;
  error += "; it has";
  for (std::size_t i = 0; i < count; i++) error += std::string(i > 0 ? ", " : " ") + table[i].name;
  return -ENOENT;
}

int set_parameters(const std::string& module, const struct kernel_param* table, std::size_t count,
                   const char* text, std::string& error) {
  for (const char* s = skip_spaces(text); *s != '\0'; s = skip_spaces(s)) {
    std::string name, value;
    bool has_value = false, quoted = false;
    for (; *s != '\0' && (quoted || std::isspace(static_cast<unsigned char>(*s)) == 0); s++) {
      if (*s == '"')
        quoted = !quoted;
      else if (*s == '=' && !has_value)
        has_value = true;
      else
        (has_value ? value : name) += *s;
    }
    if (quoted) {
      error = "module " + module + ": parameter " + name + ": a quote is not closed";
      return -EINVAL;
    }
    const int ret = set_parameter(module, table, count, name, has_value ? value.c_str() : nullptr, error);
    if (ret != 0) return ret;
  }
  return 0;
}

}  // namespace dmavp::kernel
