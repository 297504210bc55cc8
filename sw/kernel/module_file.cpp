#include "kernel/module_file.h"

#include <elf.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace dmavp::kernel {
namespace {

/// The bytes of a file with every access checked.
class Image {
 public:
  bool read(const std::string& path, std::string& error) {
    std::FILE* f = std::fopen(path.c_str(), "rb");
    if (f == nullptr) {
      error = "module " + path + ": " + std::strerror(errno);
      return false;
    }
    char buffer[65536];
    std::size_t n;
    while ((n = std::fread(buffer, 1, sizeof(buffer), f)) > 0) bytes_.append(buffer, n);
    const bool failed = std::ferror(f) != 0;
    const int code = errno;
    std::fclose(f);
    if (failed) error = "module " + path + ": " + std::strerror(code);
    return !failed;
  }
  template <typename T>
  bool at(std::uint64_t offset, T& value) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return true;
  }
  /// The zero-terminated text at `offset`, cut at `end`.
  std::string text(std::uint64_t offset, std::uint64_t end) const {
    if (end > bytes_.size()) end = bytes_.size();
    if (offset >= end) return {};
    const char* start = bytes_.data() + offset;
    return std::string(start, strnlen(start, end - offset));
  }
  std::uint64_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
};

struct Parser {
  const Image& image;
  ModuleFile& out;
  std::vector<Elf64_Shdr> sections;
  std::string names_error;

  std::string section_name(const Elf64_Shdr& s, const Elf64_Shdr& names) const {
    return image.text(names.sh_offset + s.sh_name, names.sh_offset + names.sh_size);
  }

  /// Calls take(text) for each string of a section; zeros between them are allowed.
  template <typename Take>
  void each_string(const Elf64_Shdr& s, Take take) const {
    const std::uint64_t end = s.sh_offset + s.sh_size < image.size() ? s.sh_offset + s.sh_size : image.size();
    for (std::uint64_t at = s.sh_offset; at < end;) {
      const std::string text = image.text(at, end);
      if (!text.empty()) take(text);
      at += text.size() + 1;
    }
  }

  ModuleParameter& parameter(const std::string& name) {
    for (ModuleParameter& p : out.info.parameters)
      if (p.name == name) return p;
    out.info.parameters.push_back({name, {}, {}});
    return out.info.parameters.back();
  }

  void take_info(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return;
    const std::string tag = text.substr(0, equals), value = text.substr(equals + 1);
    if (tag == "name") out.info.name = value;
    if (tag == "description") out.info.description = value;
    if (tag == "license") out.info.license = value;
    if (tag == "author") out.info.author += (out.info.author.empty() ? "" : ", ") + value;
    if (tag == "version") out.info.version = value;
    const std::size_t colon = value.find(':');
    if (colon == std::string::npos) return;
    if (tag == "parm") parameter(value.substr(0, colon)).description = value.substr(colon + 1);
    if (tag == "parmtype") parameter(value.substr(0, colon)).type = value.substr(colon + 1);
  }

  void take_symbols(const Elf64_Shdr& table) {
    if (table.sh_link >= sections.size() || table.sh_entsize != sizeof(Elf64_Sym)) return;
    const Elf64_Shdr& strings = sections[table.sh_link];
    Elf64_Sym symbol;
    for (std::uint64_t at = sizeof(symbol); at + sizeof(symbol) <= table.sh_size; at += sizeof(symbol)) {
      if (!image.at(table.sh_offset + at, symbol)) return;
      if (symbol.st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL)
        out.undefined.push_back(
            image.text(strings.sh_offset + symbol.st_name, strings.sh_offset + strings.sh_size));
    }
  }

  void take_dynamic(const Elf64_Shdr& table) {
    if (table.sh_link >= sections.size()) return;
    const Elf64_Shdr& strings = sections[table.sh_link];
    Elf64_Dyn entry;
    for (std::uint64_t at = 0; at + sizeof(entry) <= table.sh_size; at += sizeof(entry)) {
      if (!image.at(table.sh_offset + at, entry) || entry.d_tag == DT_NULL) return;
      if (entry.d_tag == DT_NEEDED)
        out.needed.push_back(
            image.text(strings.sh_offset + entry.d_un.d_val, strings.sh_offset + strings.sh_size));
    }
  }
};

}  // namespace

bool read_module_file(const std::string& path, ModuleFile& file, std::string& error) {
  file = {};
  Image image;
  if (!image.read(path, error)) return false;
  Elf64_Ehdr header;
  if (!image.at(0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    error = "module " + path + ": not an ELF file";
    return false;
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_type != ET_DYN ||
#if defined(__x86_64__)
      header.e_machine != EM_X86_64
#elif defined(__aarch64__)
      header.e_machine != EM_AARCH64
#else
      false
#endif
  ) {
    error = "module " + path + ": not a shared object for this machine";
    return false;
  }
  Parser parser{image, file, {}, {}};
  for (unsigned i = 0; i < header.e_shnum; i++) {
    Elf64_Shdr section;
    if (header.e_shentsize != sizeof(section) || !image.at(header.e_shoff + i * sizeof(section), section)) {
      error = "module " + path + ": damaged section table";
      return false;
    }
    parser.sections.push_back(section);
  }
  for (unsigned i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    if (!image.at(header.e_phoff + i * sizeof(segment), segment)) break;
    if (segment.p_type == PT_LOAD && segment.p_vaddr + segment.p_memsz > file.span)
      file.span = segment.p_vaddr + segment.p_memsz;
    if (segment.p_type == PT_LOAD && segment.p_offset + segment.p_filesz > image.size()) {
      error = "module " + path + ": truncated";
      return false;
    }
  }
  bool has_info = false;
  if (header.e_shstrndx < parser.sections.size()) {
    const Elf64_Shdr names = parser.sections[header.e_shstrndx];
    for (const Elf64_Shdr& s : parser.sections) {
      if (s.sh_type == SHT_DYNSYM) parser.take_symbols(s);
      if (s.sh_type == SHT_DYNAMIC) parser.take_dynamic(s);
      if (s.sh_type == SHT_NOBITS) continue;
      const std::string name = parser.section_name(s, names);
      if (name == ".modinfo") {
        has_info = true;
        parser.each_string(s, [&](const std::string& text) { parser.take_info(text); });
      }
      if (name == "__ksymtab_strings")
        parser.each_string(s, [&](const std::string& text) { file.exports.push_back(text); });
      if (name == "__initcalls") file.initcalls = {s.sh_addr, s.sh_size};
      if (name == "__param") file.parameters = {s.sh_addr, s.sh_size};
      if (name == ".this_module") file.this_module = {s.sh_addr, s.sh_size};
    }
  }
  if (!has_info || file.info.name.empty() || file.this_module.bytes == 0) {
    error = "module " + path + ": not a module (it has no module information)";
    return false;
  }
  for (const ModuleFile::Table& t : {file.initcalls, file.parameters, file.this_module})
    if (t.address > file.span || t.bytes > file.span - t.address) {
      error = "module " + path + ": damaged section table";
      return false;
    }
  return true;
}

bool read_module_info(const std::string& path, ModuleInfo& info, std::string& error) {
  ModuleFile file;
  if (!read_module_file(path, file, error)) return false;
  info = file.info;
  return true;
}

}  // namespace dmavp::kernel
