#include "system/bindings.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstring>
#include <stdexcept>

#include "kernel/module_loader.h"

namespace dmavp::tb {
namespace {

struct Dynamic {
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela) * tables[2] = {};  // of data and of calls
  std::size_t entries[2] = {};
};

Dynamic dynamic_of(const link_map& object) {
  Dynamic d;
  for (const ElfW(Dyn)* entry = object.l_ld; entry->d_tag != DT_NULL; ++entry) {
    const auto address = entry->d_un.d_ptr;
    switch (entry->d_tag) {
      case DT_SYMTAB:
        d.symbols = reinterpret_cast<const ElfW(Sym)*>(address);
        break;
      case DT_STRTAB:
        d.names = reinterpret_cast<const char*>(address);
        break;
      case DT_RELA:
        d.tables[0] = reinterpret_cast<const ElfW(Rela)*>(address);
        break;
      case DT_RELASZ:
        d.entries[0] = entry->d_un.d_val / sizeof(ElfW(Rela));
        break;
      case DT_JMPREL:
        d.tables[1] = reinterpret_cast<const ElfW(Rela)*>(address);
        break;
      case DT_PLTRELSZ:
        d.entries[1] = entry->d_un.d_val / sizeof(ElfW(Rela));
        break;
      default:
        break;
    }
  }
  return d;
}

bool holds_an_address(unsigned long type) {
#if defined(__x86_64__)
  return type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT || type == R_X86_64_64;
#elif defined(__aarch64__)
  return type == R_AARCH64_GLOB_DAT || type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_ABS64;
#else
#error "relocations of this machine are not known"
#endif
}

std::string object_of(const void* address) {
  const std::string owner = kernel::loader::owner_of(address);
  if (owner != "?") return owner;
  Dl_info info = {};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "?";
  const std::string path = info.dli_fname;
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::map<std::string, std::string> bindings_of(const std::string& file) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) throw std::runtime_error(file + " is not loaded");
  link_map* object = nullptr;
  ::dlinfo(handle, RTLD_DI_LINKMAP, &object);
  std::map<std::string, std::string> found;
  const Dynamic d = dynamic_of(*object);
  for (unsigned table = 0; table < 2; ++table) {
    for (std::size_t i = 0; i < d.entries[table]; ++i) {
      const ElfW(Rela)& relocation = d.tables[table][i];
      const ElfW(Sym)& symbol = d.symbols[ELF64_R_SYM(relocation.r_info)];
      if (!holds_an_address(ELF64_R_TYPE(relocation.r_info)) || symbol.st_shndx != SHN_UNDEF) continue;
      const void* bound = nullptr;
      std::memcpy(&bound, reinterpret_cast<const void*>(object->l_addr + relocation.r_offset), sizeof(bound));
      if (bound != nullptr) found[d.names + symbol.st_name] = object_of(bound);
    }
  }
  ::dlclose(handle);
  return found;
}

}  // namespace dmavp::tb
