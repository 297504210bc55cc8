#include "kernel/module_loader.h"

#include <dlfcn.h>
#include <link.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"
#include "kernel/memory.h"
#include "kernel/module_file.h"
#include "kernel/module_param.h"
#include "kernel/services.h"

namespace dmavp::kernel::loader {
namespace {

struct Module {
  ModuleFile file;
  std::string path;
  const char* client = "";
  void* handle = nullptr;
  std::uintptr_t base = 0;
  struct module* self = nullptr;
  const struct kernel_param* parameters = nullptr;
  std::size_t parameter_count = 0;

  bool holds(const void* address) const {
    return reinterpret_cast<std::uintptr_t>(address) - base < file.span;
  }
};

std::vector<Module*> modules;

// Address ranges in a form that a signal handler may read at any time.
struct Range {
  std::uintptr_t base;
  std::size_t span;
  const char* name;
};
constexpr std::size_t kMaxRanges = 64;
Range ranges[kMaxRanges];
Range kernel_range;

/// Texts that live as long as the process, once each.
const char* lasting(const std::string& text) {
  static std::deque<std::string> texts;
  for (const std::string& t : texts)
    if (t == text) return t.c_str();
  texts.push_back(text);
  return texts.back().c_str();
}

int find_kernel(struct dl_phdr_info* info, std::size_t, void*) {
  std::size_t span = 0;
  for (unsigned i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD)
      span = std::max<std::size_t>(span, info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz);
  const auto here = reinterpret_cast<std::uintptr_t>(&kernel_range);
  if (here - info->dlpi_addr >= span) return 0;
  kernel_range = {info->dlpi_addr, span, "kernel"};
  return 1;
}

void add_range(const Module& m) {
  for (Range& r : ranges)
    if (r.name == nullptr) {
      r.base = m.base;
      r.span = m.file.span;
      r.name = lasting(m.file.info.name);
      return;
    }
}

void remove_range(const Module& m) {
  for (Range& r : ranges)
    if (r.name != nullptr && r.base == m.base) r = {};
}

Module* by_name(const std::string& name) {
  for (Module* m : modules)
    if (m->file.info.name == name) return m;
  return nullptr;
}

Module* by_address(const void* address) {
  for (Module* m : modules)
    if (m->holds(address)) return m;
  return nullptr;
}

bool exports(const Module& m, const std::string& symbol) {
  return std::find(m.file.exports.begin(), m.file.exports.end(), symbol) != m.file.exports.end();
}

/// Libraries the file links with, held open while it is examined and loaded.
struct Libraries {
  std::vector<void*> handles;
  ~Libraries() {
    for (void* h : handles) dlclose(h);
  }
};

/// Every global symbol of the process. Not RTLD_DEFAULT: a lookup through that makes the object found a
/// dependency of this library for ever, and a module so found could not be unloaded.
void* global_scope() {
  static void* const handle = dlopen(nullptr, RTLD_NOW);
  return handle;
}

bool provided(const std::string& symbol, const Libraries& libraries) {
  const void* p = dlsym(global_scope(), symbol.c_str());
  if (p != nullptr) {
    const Module* m = by_address(p);
    return m == nullptr || exports(*m, symbol);  // what a module does not export is not offered
  }
  for (void* h : libraries.handles)
    if (dlsym(h, symbol.c_str()) != nullptr) return true;
  return false;
}

int check_symbols(const Module& m, const Libraries& libraries, std::string& error) {
  const std::string who = "module " + m.file.info.name;
  std::string missing;
  std::vector<std::string> wanted = m.file.undefined;
  std::sort(wanted.begin(), wanted.end());
  for (const std::string& s : wanted)
    if (!provided(s, libraries)) missing += (missing.empty() ? "" : ", ") + s;
  if (!missing.empty()) {
    error = who + " (" + m.path + ") needs symbols that nobody provides: " + missing;
    return -ENOENT;
  }
  for (const std::string& s : m.file.exports) {
    const char* other = symbol_owner(s.c_str());
    if (std::strcmp(other, "?") == 0) continue;
    error = who + " exports " + s + ", which " +
            (by_name(other) != nullptr ? std::string("module ") + other : std::string(other)) +
            " provides already";
    return -EEXIST;
  }
  return 0;
}

template <typename T>
const T* table_of(const Module& m, const ModuleFile::Table& t) {
  return t.bytes != 0 ? reinterpret_cast<const T*>(m.base + t.address) : nullptr;
}

std::vector<const struct dmavp_initcall*> calls_of(const Module& m, bool init) {
  std::vector<const struct dmavp_initcall*> calls;
  const auto* table = table_of<struct dmavp_initcall>(m, m.file.initcalls);
  for (std::size_t i = 0; i < m.file.initcalls.bytes / sizeof(*table); i++)
    if ((table[i].call != nullptr) == init) calls.push_back(&table[i]);
  std::stable_sort(calls.begin(), calls.end(),
                   [](const auto* a, const auto* b) { return a->level < b->level; });
  return calls;
}

void run_exits(const Module& m) {
  for (const auto* c : calls_of(m, false)) c->exit();
}

int run_inits(const Module& m, std::string& error) {
  bool some = false;
  for (const auto* c : calls_of(m, true)) {
    const int ret = c->call();
    if (ret >= 0) {
      some = true;
      continue;
    }
    error = "module " + m.file.info.name + ": initialisation failed with error " + std::to_string(ret) +
            " (" + std::strerror(-ret) + ")";
    if (some) run_exits(m);
    return ret;
  }
  return 0;
}

void report_leaks(const Module& m) {
  const memory::Leaks leaks = memory::leaks(
      [](const void* site, const void* module) { return static_cast<const Module*>(module)->holds(site); },
      &m);
  if (leaks.objects == 0) return;
  exec::diagnostic(
      1, "kernel.leak",
      "module %s leaves %zu objects, %zu bytes, behind; the first has %zu bytes at 0x%llx, allocated at "
      "%s+0x%zx",
      m.file.info.name.c_str(), leaks.objects, leaks.bytes, leaks.first_size,
      static_cast<unsigned long long>(leaks.first_address), m.file.info.name.c_str(),
      reinterpret_cast<std::uintptr_t>(leaks.first_site) - m.base);
}

void free_parameters(const Module& m) {
  for (std::size_t i = 0; i < m.parameter_count; i++)
    if (m.parameters[i].ops->free != nullptr) m.parameters[i].ops->free(m.parameters[i].arg);
}

/// Takes the module out of the process and the tables.
void remove(Module* m) {
  free_parameters(*m);
  report_leaks(*m);
  modules.erase(std::find(modules.begin(), modules.end(), m));
  remove_range(*m);
  dlclose(m->handle);
  if (void* still = dlopen(m->path.c_str(), RTLD_NOW | RTLD_NOLOAD)) {
    dlclose(still);
    exec::diagnostic(1, "kernel.module-stays",
                     "module %s cannot be taken out of the process; loaded again it would keep its variables",
                     m->file.info.name.c_str());
  }
  delete m;
}

}  // namespace

int load(const std::string& path, const std::string& parameters, const std::string& client,
         std::string& error) {
  // A name without a slash would make the dynamic linker search its own directories.
  Module fresh;
  fresh.path = path.find('/') == std::string::npos ? "./" + path : path;
  if (!read_module_file(fresh.path, fresh.file, error)) return -ENOEXEC;
  const std::string name = fresh.file.info.name;
  if (by_name(name) != nullptr) {
    error = "module " + name + " is already loaded";
    return -EEXIST;
  }
  Libraries libraries;
  for (const std::string& library : fresh.file.needed)
    if (void* h = dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL)) libraries.handles.push_back(h);
  int ret = check_symbols(fresh, libraries, error);
  if (ret != 0) return ret;
  if (modules.size() == kMaxRanges) {
    error = "module " + name + ": more than " + std::to_string(kMaxRanges) + " modules";
    return -ENOMEM;
  }

  fresh.handle = dlopen(fresh.path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (fresh.handle == nullptr) {
    error = "module " + name + ": " + dlerror();
    return -ENOEXEC;
  }
  struct link_map* map = nullptr;
  dlinfo(fresh.handle, RTLD_DI_LINKMAP, &map);
  fresh.base = map->l_addr;
  fresh.client = lasting(client);
  fresh.self = *table_of<struct module*>(fresh, fresh.file.this_module);
  fresh.parameters = table_of<struct kernel_param>(fresh, fresh.file.parameters);
  fresh.parameter_count = fresh.file.parameters.bytes / sizeof(struct kernel_param);
  auto* m = new Module(fresh);
  modules.push_back(m);
  add_range(*m);

  m->self->refcount = 0;
  m->self->state = MODULE_STATE_COMING;
  ret = set_parameters(name, m->parameters, m->parameter_count, parameters.c_str(), error);
  if (ret == 0) ret = run_inits(*m, error);
  if (ret != 0) {
    m->self->state = MODULE_STATE_GOING;
    remove(m);
    return ret;
  }
  m->self->state = MODULE_STATE_LIVE;
  exec::event(port::SoftEventKind::kModuleLoad, owner_of(m->self));
  const std::vector<std::string>& uses = m->file.undefined;
  if (!client.empty() && std::find(uses.begin(), uses.end(), "dmavp_client_start") == uses.end())
    clients::adopt(m->client, owner_of(m->self));
  retry_deferred();
  return 0;
}

int unload(const std::string& name, std::string& error) {
  Module* m = by_name(name);
  if (m == nullptr) {
    error = "module " + name + " is not loaded";
    return -ENOENT;
  }
  if (m->self->refcount != 0) {
    error = "module " + name + " is in use (" + std::to_string(m->self->refcount) + " references)";
    return -EBUSY;
  }
  if (calls_of(*m, false).empty() && !calls_of(*m, true).empty()) {
    error = "module " + name + " has no exit function and cannot be unloaded";
    return -EPERM;
  }
  m->self->state = MODULE_STATE_GOING;
  run_exits(*m);
  exec::event(port::SoftEventKind::kModuleUnload, owner_of(m->self));
  remove(m);
  return 0;
}

std::vector<std::string> loaded() {
  std::vector<std::string> names;
  for (const Module* m : modules) names.push_back(m->file.info.name);
  return names;
}

const char* owner_of(const void* address) {
  const auto a = reinterpret_cast<std::uintptr_t>(address);
  for (const Range& r : ranges)
    if (r.name != nullptr && a - r.base < r.span) return r.name;
  return kernel_range.name != nullptr && a - kernel_range.base < kernel_range.span ? kernel_range.name : "?";
}

const char* symbol_owner(const char* symbol) {
  const void* p = dlsym(global_scope(), symbol);
  if (p == nullptr) return "?";
  const char* owner = owner_of(p);
  if (owner[0] != '?') return owner;
  Dl_info info;
  return dladdr(p, &info) != 0 && info.dli_fname != nullptr ? lasting(base_name(info.dli_fname)) : "?";
}

const char* client_of(const void* address) {
  const Module* m = by_address(address);
  return m != nullptr ? m->client : "";
}

int set_parameter(const std::string& module, const std::string& parameter, const char* value,
                  std::string& error) {
  const Module* m = by_name(module);
  if (m == nullptr) {
    error = "module " + module + " is not loaded";
    return -ENOENT;
  }
  return kernel::set_parameter(module, m->parameters, m->parameter_count, parameter, value, error);
}

int get_parameter(const std::string& module, const std::string& parameter, std::string& value,
                  std::string& error) {
  const Module* m = by_name(module);
  for (std::size_t i = 0; m != nullptr && i < m->parameter_count; i++) {
    const struct kernel_param& kp = m->parameters[i];
    if (parameter != kp.name || kp.ops->get == nullptr) continue;
    std::vector<char> buffer(4096);
    const int n = kp.ops->get(buffer.data(), &kp);
    if (n < 0) return n;
    value = buffer.data();
    if (!value.empty() && value.back() == '\n') value.pop_back();
    return 0;
  }
  error = m == nullptr ? "module " + module + " is not loaded"
                       : "module " + module + ": no parameter " + parameter;
  return -ENOENT;
}

void start() { dl_iterate_phdr(find_kernel, nullptr); }

void stop() {
  // Threads that never ended are abandoned, so nothing returns into this code.
  while (!modules.empty()) {
    Module* m = modules.back();
    modules.pop_back();
    remove_range(*m);
    dlclose(m->handle);
    delete m;
  }
}

}  // namespace dmavp::kernel::loader

namespace dmavp::kernel {
const char* loader_owner(const void* address) { return loader::owner_of(address); }
}  // namespace dmavp::kernel

// --- references to modules
// --------------------------------------------------------------------------------------------

bool try_module_get(struct module* module) {
  if (module == nullptr) return true;
  if (module->state == MODULE_STATE_GOING) return false;
  module->refcount++;
  return true;
}

void __module_get(struct module* module) {
  if (module != nullptr) module->refcount++;
}

void module_put(struct module* module) {
  if (module == nullptr) return;
  if (module->refcount == 0) {
    dmavp::kernel::exec::diagnostic(2, "kernel.module-put", "module %s is released more often than taken",
                                    module->name);
    return;
  }
  module->refcount--;
}

int module_refcount(struct module* module) { return module != nullptr ? module->refcount : 0; }
