#include "platform/config/device_tree.h"

#include <fcntl.h>
#include <libfdt.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/config/paths.h"
#include "platform/config/problem.h"

extern char** environ;

namespace dmavp::platform {
namespace {

constexpr int kMaxPath = 1024;
constexpr int kEditSpace = 64 * 1024;

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

std::string drain(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

// dtc writes the blob to a temporary file, so that its messages can be read from one pipe without a deadlock.
std::vector<char> compile(const std::string& name) {
  const std::string file = name[0] == '-' ? "./" + name : name;  // not an option of dtc
  std::array<char, 32> out{"/tmp/dmavp-dtb-XXXXXX"};
  const int out_fd = ::mkstemp(out.data());
  std::array<int, 2> pipe_fds{};
  if (out_fd < 0 || ::pipe2(pipe_fds.data(), O_CLOEXEC) != 0) {
    throw InputError(file + ": no temporary file for dtc: " + std::strerror(errno));
  }
  const std::array<const char*, 10> arguments{"dtc", "-q", "-I",       "dts",        "-O",
                                              "dtb", "-o", out.data(), file.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
  pid_t child = 0;
  const int started =
      ::posix_spawnp(&child, "dtc", &actions, nullptr, const_cast<char**>(arguments.data()), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_fds[1]);
  const std::string messages = started == 0 ? drain(pipe_fds[0]) : std::string();
  ::close(pipe_fds[0]);
  int status = 0;
  if (started == 0) {
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  const std::string data = drain(out_fd);
  ::close(out_fd);
  ::unlink(out.data());
  if (started != 0) {
    throw InputError(file + ": dtc (package device-tree-compiler) cannot be run: " + std::strerror(started));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::string text = messages;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    throw InputError(text.empty() ? file + ": dtc failed" : text);
  }
  return {data.begin(), data.end()};
}

}  // namespace

std::vector<BuiltInBoard> built_in_boards() {
  std::vector<BuiltInBoard> boards;
  for (const Found& found : find_all("boards", {".dtb", ".dts"})) boards.push_back({found.name, found.file});
  return boards;
}

DeviceTree::DeviceTree(std::vector<char> blob, std::string source)
    : blob_(std::move(blob)), source_(std::move(source)) {
  if (blob_.empty()) throw InputError(source_ + ": the device tree is empty");
  if (blob_.size() < sizeof(fdt_header)) throw InputError(source_ + ": too short for a device tree blob");
  if (const int bad = fdt_check_full(blob_.data(), blob_.size()); bad != 0) {
    throw InputError(source_ + ": not a valid device tree blob: " + fdt_strerror(bad));
  }
  std::vector<char> roomy(blob_.size() + kEditSpace);
  if (const int bad = fdt_open_into(blob_.data(), roomy.data(), static_cast<int>(roomy.size())); bad != 0) {
    throw InputError(source_ + ": " + fdt_strerror(bad));
  }
  blob_ = std::move(roomy);
}

DeviceTree DeviceTree::load(const std::string& name_or_file) {
  std::string file = name_or_file;
  std::string names;
  if (!ends_with(file, ".dts") && !ends_with(file, ".dtb") && file.find('/') == std::string::npos) {
    file.clear();
    for (const BuiltInBoard& board : built_in_boards()) {
      names += (names.empty() ? "" : ", ") + board.name;
      if (board.name == name_or_file) file = board.file;
    }
    if (file.empty()) {
      throw InputError("--board " + name_or_file + ": no such board (built in: " + names +
                       "; a file ends in .dts or .dtb)");
    }
  }
  const std::string text = read_text(file);
  if (text.empty()) throw InputError(file + ": the file is empty");
  if (ends_with(file, ".dts")) return {compile(file), file};
  return {std::vector<char>(text.begin(), text.end()), file};
}

// --- navigation
// ---------------------------------------------------------------------------------------------

std::optional<int> DeviceTree::node(std::string_view alias_or_path) const {
  const std::string text(alias_or_path);
  if (text.empty()) return std::nullopt;
  const int offset = fdt_path_offset(blob(), text.c_str());
  if (offset < 0) return std::nullopt;
  return offset;
}

std::string DeviceTree::path(int node) const {
  std::array<char, kMaxPath> text{};
  return fdt_get_path(blob(), node, text.data(), kMaxPath) == 0 ? text.data() : "?";
}

std::vector<int> DeviceTree::children(int node) const {
  std::vector<int> found;
  int child = 0;
  fdt_for_each_subnode(child, blob(), node) found.push_back(child);
  return found;
}

std::vector<int> DeviceTree::all() const {
  std::vector<int> found;
  for (int node = fdt_next_node(blob(), -1, nullptr); node >= 0;
       node = fdt_next_node(blob(), node, nullptr)) {
    found.push_back(node);
  }
  return found;
}

int DeviceTree::parent(int node) const { return fdt_parent_offset(blob(), node); }

std::optional<int> DeviceTree::by_phandle(std::uint32_t phandle) const {
  const int offset = fdt_node_offset_by_phandle(blob(), phandle);
  if (offset < 0) return std::nullopt;
  return offset;
}

std::string DeviceTree::label(int node) const {
  const std::string full = path(node);
  const int aliases = fdt_path_offset(blob(), "/aliases");
  if (aliases >= 0) {
    int property = 0;
    fdt_for_each_property_offset(property, blob(), aliases) {
      const char* name = nullptr;
      int length = 0;
      const void* value = fdt_getprop_by_offset(blob(), property, &name, &length);
      if (value != nullptr && length > 0 && full == std::string(static_cast<const char*>(value))) return name;
    }
  }
  return full;
}

// --- properties
// ---------------------------------------------------------------------------------------------

std::optional<std::string_view> DeviceTree::bytes(int node, const std::string& property) const {
  int length = 0;
  const void* value = fdt_getprop(blob(), node, property.c_str(), &length);
  if (value == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(value), static_cast<std::size_t>(length));
}

bool DeviceTree::has(int node, const std::string& property) const {
  return bytes(node, property).has_value();
}

std::vector<std::string> DeviceTree::property_names(int node) const {
  std::vector<std::string> found;
  int property = 0;
  fdt_for_each_property_offset(property, blob(), node) {
    const char* name = nullptr;
    if (fdt_getprop_by_offset(blob(), property, &name, nullptr) != nullptr && name != nullptr)
      found.emplace_back(name);
  }
  return found;
}

std::vector<std::string> DeviceTree::strings(int node, const std::string& property) const {
  std::vector<std::string> found;
  const auto value = bytes(node, property);
  if (!value) return found;
  for (std::size_t at = 0; at < value->size();) {
    const std::size_t end = std::min(value->find('\0', at), value->size());
    found.emplace_back(value->substr(at, end - at));
    at = end + 1;
  }
  return found;
}

std::vector<std::uint32_t> DeviceTree::cells(int node, const std::string& property) const {
  std::vector<std::uint32_t> found;
  const auto value = bytes(node, property);
  if (!value) return found;
  if (value->size() % 4 != 0) {
    throw InputError(
        where(node, property, std::to_string(value->size()) + " bytes are not a whole number of cells"));
  }
  for (std::size_t at = 0; at < value->size(); at += 4) {
    fdt32_t raw = 0;
    std::memcpy(&raw, value->data() + at, 4);
    found.push_back(fdt32_to_cpu(raw));
  }
  return found;
}

std::optional<std::uint32_t> DeviceTree::cell(int node, const std::string& property) const {
  const auto found = cells(node, property);
  if (found.empty()) return std::nullopt;
  return found.front();
}

bool DeviceTree::compatible(int node, std::string_view with) const {
  const auto list = strings(node, "compatible");
  return std::find(list.begin(), list.end(), with) != list.end();
}

bool DeviceTree::enabled(int node) const {
  const auto status = strings(node, "status");
  return status.empty() || status[0] == "okay" || status[0] == "ok";
}

std::uint32_t DeviceTree::cells_of(int node, const char* property, std::uint32_t fallback) const {
  const std::uint32_t count = cell(node, property).value_or(fallback);
  if (count > 2)
    throw InputError(where(node, property, std::to_string(count) + " is not supported (0, 1 or 2)"));
  return count;
}

namespace {
std::uint64_t join(const std::vector<std::uint32_t>& cells, std::size_t& at, std::uint32_t count) {
  std::uint64_t value = 0;
  for (std::uint32_t i = 0; i < count; ++i) value = value << 32 | cells[at++];
  return value;
}
}  // namespace

std::uint64_t DeviceTree::translate(int bus, std::uint64_t address, std::uint64_t size, int reporter) const {
  if (bus <= 0) return address;
  const int above = parent(bus);
  if (!has(bus, "ranges")) {
    throw InputError(where(
        reporter, "reg", "the bus " + path(bus) + " has no \"ranges\", its addresses mean nothing outside"));
  }
  const auto ranges = cells(bus, "ranges");
  const std::uint32_t child_cells = cells_of(bus, "#address-cells", 2);
  const std::uint32_t size_cells = cells_of(bus, "#size-cells", 1);
  const std::uint32_t parent_cells = cells_of(above, "#address-cells", 2);
  if (ranges.empty()) return translate(above, address, size, reporter);
  const std::size_t entry = child_cells + parent_cells + size_cells;
  if (entry == 0 || ranges.size() % entry != 0)
    throw InputError(where(bus, "ranges", "not a whole number of entries"));
  for (std::size_t at = 0; at < ranges.size();) {
    const std::uint64_t child = join(ranges, at, child_cells);
    const std::uint64_t up = join(ranges, at, parent_cells);
    const std::uint64_t length = join(ranges, at, size_cells);
    if (address >= child && address - child < length && size <= length - (address - child)) {
      return translate(above, up + (address - child), size, reporter);
    }
  }
  throw InputError(where(reporter, "reg", "outside the \"ranges\" of " + path(bus)));
}

std::vector<DeviceTree::Range> DeviceTree::reg(int node) const {
  std::vector<Range> found;
  const auto raw = cells(node, "reg");
  if (raw.empty()) return found;
  const int bus = parent(node);
  const std::uint32_t address_cells = cells_of(bus, "#address-cells", 2);
  const std::uint32_t size_cells = cells_of(bus, "#size-cells", 1);
  const std::size_t entry = address_cells + size_cells;
  if (entry == 0 || raw.size() % entry != 0)
    throw InputError(where(node, "reg", "not a whole number of entries"));
  for (std::size_t at = 0; at < raw.size();) {
    Range range;
    range.base = join(raw, at, address_cells);
    range.size = join(raw, at, size_cells);
    if (size_cells == 0) {
      found.push_back(range);
      continue;
    }
    if (range.size == 0) throw InputError(where(node, "reg", "the size is 0"));
    if (range.base + (range.size - 1) < range.base)
      throw InputError(where(node, "reg", "reaches beyond 64 bits"));
    range.base = translate(bus, range.base, range.size, node);
    found.push_back(range);
  }
  return found;
}

std::vector<std::uint32_t> DeviceTree::interrupts(int node) const {
  std::vector<std::uint32_t> found;
  const auto raw = cells(node, "interrupts");
  if (raw.empty()) return found;
  std::optional<std::uint32_t> phandle;
  for (int at = node; at >= 0 && !phandle; at = at > 0 ? parent(at) : -1)
    phandle = cell(at, "interrupt-parent");
  const auto controller = phandle ? by_phandle(*phandle) : std::nullopt;
  if (!controller)
    throw InputError(where(node, "interrupts", "no \"interrupt-parent\" leads to an interrupt controller"));
  const std::uint32_t width = cell(*controller, "#interrupt-cells").value_or(1);
  if ((width != 1 && width != 3) || raw.size() % width != 0) {
    throw InputError(where(node, "interrupts", "does not fit #interrupt-cells = " + std::to_string(width)));
  }
  for (std::size_t at = 0; at < raw.size(); at += width) {
    if (width == 1) found.push_back(raw[at]);
    if (width == 3 && raw[at] == 0) found.push_back(raw[at + 1] + 32);
  }
  return found;
}

std::optional<std::uint64_t> DeviceTree::clock_hz(int node, const std::string& name) const {
  if (const auto own = cell(node, "dmavp,clock-frequency")) return *own;
  const auto clocks = cells(node, "clocks");
  const auto names = strings(node, "clock-names");
  const auto wanted = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  std::size_t index = 0;
  std::optional<std::uint64_t> first;
  for (std::size_t at = 0; at < clocks.size(); ++index) {
    const auto clock = by_phandle(clocks[at]);
    if (!clock)
      throw InputError(where(node, "clocks", "entry " + std::to_string(index) + " is no phandle of a node"));
    at += 1 + cell(*clock, "#clock-cells").value_or(0);
    const auto rate = cell(*clock, "clock-frequency");
    if (rate && index == wanted) return *rate;
    if (rate && !first) first = *rate;
  }
  return first;
}

bool DeviceTree::has_clock(int node, const std::string& name) const {
  const auto names = strings(node, "clock-names");
  return std::find(names.begin(), names.end(), name) != names.end();
}

// --- edits
// --------------------------------------------------------------------------------------------------

void DeviceTree::set_bytes(const std::string& node_path, const std::string& property,
                           const std::string& value) {
  const auto at = node(node_path);
  if (!at) throw InputError(source_ + ": no node " + node_path);
  const int bad =
      fdt_setprop(blob_.data(), *at, property.c_str(), value.data(), static_cast<int>(value.size()));
  if (bad != 0) throw InputError(where(*at, property, std::string("cannot be set: ") + fdt_strerror(bad)));
}

void DeviceTree::set_cells(const std::string& node_path, const std::string& property,
                           const std::vector<std::uint32_t>& value) {
  std::string raw;
  for (const std::uint32_t v : value) {
    const fdt32_t cell_value = cpu_to_fdt32(v);
    raw.append(reinterpret_cast<const char*>(&cell_value), 4);
  }
  set_bytes(node_path, property, raw);
}

void DeviceTree::remove(const std::string& node_path, const std::string& property) {
  const auto at = node(node_path);
  if (!at) throw InputError(source_ + ": no node " + node_path);
  const int bad = fdt_delprop(blob_.data(), *at, property.c_str());
  if (bad != 0 && bad != -FDT_ERR_NOTFOUND)
    throw InputError(where(*at, property, std::string("cannot be removed: ") + fdt_strerror(bad)));
}

std::string DeviceTree::where(int node, std::string_view property, std::string_view text) const {
  return source_ + ": " + path(node) + ": " + std::string(property) + ": " + std::string(text);
}

}  // namespace dmavp::platform
