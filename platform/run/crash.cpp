#include "platform/run/crash.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernel/exec/exec.h"

namespace dmavp::platform {
namespace {

constexpr std::size_t kStackBytes = 256 * 1024;
constexpr int kMaxFrames = 48;
constexpr int kExitInternalFault = 3;

void say(const char* text) {
  const ssize_t written = ::write(2, text, std::strlen(text));
  static_cast<void>(written);
}

struct Symbol {
  std::array<char, 256> name{};
  std::array<char, 256> object{};
  std::uint64_t offset = 0;  ///< from the symbol, or from the object's start where no symbol is known
};

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

void say_frame(const char* prefix, const void* address) {
  const Symbol symbol = symbolize(address);
  std::array<char, 640> text{};
  std::snprintf(text.data(), text.size(), "%s%s+0x%llx (%s)\n", prefix,
                symbol.name[0] != '\0' ? symbol.name.data() : "?",
                static_cast<unsigned long long>(symbol.offset),
                symbol.object[0] != '\0' ? symbol.object.data() : "?");
  say(text.data());
}

const void* instruction(void* machine_context) {
#if defined(__x86_64__)
  const auto* context = static_cast<const ucontext_t*>(machine_context);
  return reinterpret_cast<const void*>(context->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  const auto* context = static_cast<const ucontext_t*>(machine_context);
  return reinterpret_cast<const void*>(context->uc_mcontext.pc);
#else
  static_cast<void>(machine_context);
  return nullptr;
#endif
}

const char* signal_text(int number) {
  switch (number) {
    case SIGSEGV:
      return "wild pointer or stack overflow (SIGSEGV)";
    case SIGBUS:
      return "bus error of the host (SIGBUS)";
    case SIGFPE:
      return "arithmetic fault, such as a division by zero (SIGFPE)";
    case SIGILL:
      return "illegal instruction (SIGILL)";
    default:
      return "signal";
  }
}

void on_crash(int number, siginfo_t* info, void* machine_context) {
  // A second fault while reporting ends the process at once.
  ::signal(number, SIG_DFL);
  std::array<char, 160> text{};
  if (number == SIGSEGV || number == SIGBUS) {
    std::snprintf(text.data(), text.size(), "%s at address %p", signal_text(number), info->si_addr);
  } else {
    std::snprintf(text.data(), text.size(), "%s", signal_text(number));
  }
  report_location(text.data(), machine_context);
  ::_exit(kExitInternalFault);
}

}  // namespace

void report_location(const char* what, void* machine_context) {
  say("dmavp: ");
  say(what);
  say("\n");
  const void* at = machine_context != nullptr ? instruction(machine_context) : nullptr;
  std::array<char, 512> text{};
  const kernel::exec::Whereabouts where = kernel::exec::whereabouts();
  std::snprintf(text.data(), text.size(), "  context: %s, %s, cpu%u\n", where.thread, where.context,
                where.cpu);
  say(text.data());
  std::array<void*, kMaxFrames> frames{};
  const int count = ::backtrace(frames.data(), kMaxFrames);
  if (at != nullptr) {
    const Symbol symbol = symbolize(at);
    std::snprintf(text.data(), text.size(), "  module: %s\n",
                  symbol.object[0] != '\0' ? symbol.object.data() : "?");
    say(text.data());
    say_frame("  in ", at);
  }
  // Frames of the handler itself come first and are left out.
  int first = 0;
  for (int i = 0; i < count; ++i) {
    if (frames[static_cast<std::size_t>(i)] == at) first = i + 1;
  }
  for (int i = first; i < count; ++i) say_frame("  from ", frames[static_cast<std::size_t>(i)]);
}

void install_crash_handlers() {
  std::array<void*, 1> warm_up{};
  ::backtrace(warm_up.data(), 1);  // loads the unwinder now instead of inside a handler
  static std::array<char, kStackBytes> stack;
  stack_t alternate{};
  alternate.ss_sp = stack.data();
  alternate.ss_size = stack.size();
  ::sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(number, &action, nullptr);
}

}  // namespace dmavp::platform
