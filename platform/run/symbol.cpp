#include "platform/run/symbol.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace dmavp::platform {
namespace {

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

// dladdr knows exported names only; the functions of a module are hidden, so the file's own table is read.
void search_symbol_table(const char* file, std::uint64_t address, Symbol& symbol) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED) return;
  const char* data = static_cast<const char*>(mapped);
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(data);
  const bool sane = size > sizeof(Elf64_Ehdr) && std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
                    header->e_shoff + std::uint64_t{header->e_shnum} * sizeof(Elf64_Shdr) <= size;
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(data + (sane ? header->e_shoff : 0));
  for (unsigned i = 0; sane && i < header->e_shnum; ++i) {
    const Elf64_Shdr& table = sections[i];
    if (table.sh_type != SHT_SYMTAB || table.sh_link >= header->e_shnum) continue;
    const Elf64_Shdr& strings = sections[table.sh_link];
    if (table.sh_offset + table.sh_size > size || strings.sh_offset + strings.sh_size > size) continue;
    const auto* entries = reinterpret_cast<const Elf64_Sym*>(data + table.sh_offset);
    for (std::size_t n = 0; n < table.sh_size / sizeof(Elf64_Sym); ++n) {
      const Elf64_Sym& entry = entries[n];
      if (ELF64_ST_TYPE(entry.st_info) != STT_FUNC || entry.st_name >= strings.sh_size) continue;
      if (address < entry.st_value || address >= entry.st_value + entry.st_size) continue;
      std::snprintf(symbol.name.data(), symbol.name.size(), "%s", data + strings.sh_offset + entry.st_name);
      symbol.offset = address - entry.st_value;
    }
  }
  ::munmap(mapped, size);
}

}  // namespace

Symbol symbolize(const void* address) {
  Symbol symbol;
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return symbol;
  std::snprintf(symbol.object.data(), symbol.object.size(), "%s", base_name(info.dli_fname));
  const auto value = reinterpret_cast<std::uint64_t>(address);
  const auto base = reinterpret_cast<std::uint64_t>(info.dli_fbase);
  symbol.offset = value - base;
  // The program itself is position independent too, so offsets from the load address fit its table.
  search_symbol_table(info.dli_fname, value - base, symbol);
  if (symbol.name[0] == '\0' && info.dli_sname != nullptr) {
    std::snprintf(symbol.name.data(), symbol.name.size(), "%s", info.dli_sname);
    symbol.offset = value - reinterpret_cast<std::uint64_t>(info.dli_saddr);
  }
  int failed = 0;
  char* readable = abi::__cxa_demangle(symbol.name.data(), nullptr, nullptr, &failed);
  if (failed == 0 && readable != nullptr)
    std::snprintf(symbol.name.data(), symbol.name.size(), "%s", readable);
  std::free(readable);
  return symbol;
}

void describe_code(const void* address, char* text, std::size_t size) {
  if (size == 0) return;
  text[0] = '\0';
  const Symbol symbol = symbolize(address);
  if (symbol.name[0] != '\0') std::snprintf(text, size, "%s (%s)", symbol.name.data(), symbol.object.data());
}

}  // namespace dmavp::platform
