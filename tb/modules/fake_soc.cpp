#include "modules/fake_soc.h"

#include <libfdt.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dmavp::test {
namespace {

constexpr std::uint64_t kRamBase = 0x80000000, kRamSize = 32u << 20;
constexpr std::uint64_t kPlicBase = 0x0C000000, kPlicSize = 0x04000000;
constexpr std::uint64_t kDmacBase = 0x50000000, kDmacSize = 0x4000;
constexpr port::Time kAccess = 50'000;  // 50 ns

std::vector<char> load_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::string module_path(const std::string& name) {
  if (name.front() == '/') return name;
  const std::string ours = std::string(DMAVP_MODULE_DIR) + "/" + name + ".so";
  return std::ifstream(ours) ? ours : std::string(DMAVP_TEST_MODULE_DIR) + "/" + name + ".so";
}

std::string tree_path(const std::string& name) { return std::string(DMAVP_TREE_DIR) + "/" + name + ".dtb"; }

unsigned FakePlic::best(unsigned context) const {
  unsigned found = 0;
  for (unsigned s = 1; s < kSources; s++) {
    if (!level_[s] || claimed_[s] || !(enable_[context][s / 32] >> (s % 32) & 1)) continue;
    if (priority_[s] > threshold_[context] && (!found || priority_[s] > priority_[found])) found = s;
  }
  return found;
}

std::uint64_t FakePlic::read(std::uint64_t offset) {
  if (offset < 4 * kSources) return priority_[offset / 4];
  if (offset >= 0x2000 && offset < 0x2000 + 0x80 * kContexts)
    return enable_[(offset - 0x2000) / 0x80][(offset % 0x80) / 4];
  if (offset >= 0x200000 && offset < 0x200000 + 0x1000 * kContexts) {
    const auto context = static_cast<unsigned>((offset - 0x200000) / 0x1000);
    if ((offset & 0xFFF) == 0) return threshold_[context];
    const unsigned s = best(context);
    if (s) claimed_[s] = true;
    return s;
  }
  return 0;
}

void FakePlic::write(std::uint64_t offset, std::uint64_t value) {
  const auto v = static_cast<std::uint32_t>(value);
  if (offset < 4 * kSources) {
    priority_[offset / 4] = v;
  } else if (offset >= 0x2000 && offset < 0x2000 + 0x80 * kContexts && (offset % 0x80) / 4 < kSources / 32) {
    enable_[(offset - 0x2000) / 0x80][(offset % 0x80) / 4] = v;
  } else if (offset >= 0x200000 && offset < 0x200000 + 0x1000 * kContexts) {
    const auto context = static_cast<unsigned>((offset - 0x200000) / 0x1000);
    if ((offset & 0xFFF) == 0)
      threshold_[context] = v;
    else if (v < kSources)
      claimed_[v] = false;
  }
}

FakeSoc::FakeSoc(const Settings& settings)
    : dmac(settings.dmac, [this](std::uint64_t address) { return at(address); }),
      s_(settings),
      other_(s_.controller ? s_.controller([this](std::uint64_t address) { return at(address); }) : nullptr),
      model_(other_ ? *other_ : static_cast<DmacModel&>(dmac)),
      blob_(load_file(settings.device_tree)),
      ram_(static_cast<std::byte*>(std::aligned_alloc(4096, kRamSize))) {
  std::memset(ram_, 0, kRamSize);
  if (s_.edit) {
    blob_.resize(blob_.size() + 256);  // room for another property
    fdt_open_into(blob_.data(), blob_.data(), static_cast<int>(blob_.size()));
    s_.edit(blob_.data());
  }
}

FakeSoc::~FakeSoc() {
  kernel::Kernel::destroy();
  std::free(ram_);
}

std::byte* FakeSoc::at(std::uint64_t address) {
  return address >= kRamBase && address < kRamBase + kRamSize ? ram_ + (address - kRamBase) : nullptr;
}

kernel::Kernel& FakeSoc::boot(const kernel::Tunables& tunables) {
  kernel::Kernel& k = kernel::Kernel::create(*this, tunables);
  if (k.boot()) throw std::runtime_error(std::string("boot: ") + k.error());
  return k;
}

int FakeSoc::run(const std::vector<std::string>& load, bool unload) {
  kernel::Kernel& k = kernel::Kernel::instance();
  for (const std::string& entry : load) {
    const auto space = entry.find(' ');
    const std::string name = entry.substr(0, space);
    const std::string parameters = space == std::string::npos ? "" : entry.substr(space + 1);
    k.queue_load(module_path(name).c_str(), parameters.c_str(), "");
  }
  if (unload) k.queue_unload_all();
  while (!k.idle_init() || k.clients_running()) {
    const port::Time next = std::min<port::Time>(k.run(), model_.next_event());
    if (k.idle_init() && !k.clients_running()) break;
    if (!dirty_ && next == port::kNever)
      throw std::runtime_error(std::string("stuck:\n") + k.describe_threads());
    if (!dirty_ && next != port::kNever) now_ = std::max(now_, next);
    if (now_ > s_.limit) throw std::runtime_error(std::string("time limit:\n") + k.describe_threads());
    if (model_.next_event() <= now_) {
      model_.advance(now_);
      update_lines(now_);
    }
    deliver();
  }
  return k.status();
}

void FakeSoc::update_lines(port::Time when) {
  if (s_.combined_irq)
    plic_.set_source(s_.dmac_irq, model_.combined());
  else
    for (unsigned i = 0; i < s_.dmac.channels; i++) plic_.set_source(s_.dmac_irq + i, model_.line(i));
  for (unsigned c = 0; c < line_.size(); c++) {
    const bool level = plic_.output(c);
    if (level != line_[c]) {
      line_[c] = level;
      line_time_ = when;
    }
    dirty_ |= line_[c] != delivered_[c];
  }
}

void FakeSoc::deliver() {
  kernel::Kernel& k = kernel::Kernel::instance();
  for (unsigned c = 0; c < k.cpus(); c++) {
    if (line_[c] == delivered_[c]) continue;
    delivered_[c] = line_[c];
    k.set_interrupt(c, line_[c], line_time_);
  }
  delivered_ = line_;
  dirty_ = false;
}

/// Nothing runs past what the controller does next; a changed interrupt line is delivered first.
port::Time FakeSoc::horizon() {
  if (dirty_) return 0;
  return std::min<port::Time>(model_.next_event(), now_ + s_.quantum);
}

port::MmioResult FakeSoc::read(unsigned, std::uint64_t address, unsigned bytes, port::Time now) {
  port::MmioResult r;
  r.duration = kAccess;
  if (address >= kDmacBase && address < kDmacBase + kDmacSize) {
    if (on_access) on_access(address - kDmacBase, false, now);
    r.value = model_.read(address - kDmacBase, bytes, now);
  } else if (address >= kPlicBase && address < kPlicBase + kPlicSize) {
    r.value = plic_.read(address - kPlicBase);
  } else {
    r.ok = false;
  }
  update_lines(now);
  return r;
}

port::MmioResult FakeSoc::write(unsigned, std::uint64_t address, unsigned bytes, std::uint64_t value,
                                port::Time now) {
  port::MmioResult r;
  r.duration = kAccess;
  if (address >= kDmacBase && address < kDmacBase + kDmacSize) {
    if (on_access) on_access(address - kDmacBase, true, now);
    model_.write(address - kDmacBase, bytes, value, now);
  } else if (address >= kPlicBase && address < kPlicBase + kPlicSize) {
    plic_.write(address - kPlicBase, value);
  } else {
    r.ok = false;
  }
  update_lines(now);
  return r;
}

port::RamRegion FakeSoc::ram_region(unsigned) { return {kRamBase, kRamSize, ram_, ram_}; }

std::uint32_t FakeSoc::choice_stream(const char* name) {
  const auto [it, fresh] = stream_ids_.try_emplace(name, static_cast<std::uint32_t>(streams_.size()));
  if (fresh) {
    std::uint64_t hash = s_.seed * 0x9E3779B97F4A7C15u;
    for (const char* p = name; *p; p++) hash = (hash ^ static_cast<unsigned char>(*p)) * 0x100000001B3u;
    streams_.emplace_back(hash);
  }
  return it->second;
}

std::uint64_t FakeSoc::draw(std::uint32_t stream, std::uint64_t bound) {
  const std::uint64_t v = streams_.at(stream)();
  return bound ? v % bound : v;
}

void FakeSoc::observe(const port::SoftEvent& e) {
  static const char* const names[] = {"irq-entry", "irq-exit", "softirq",   "switch", "context",   "submit",
                                      "issue",     "callback", "terminate", "map",    "unmap",     "sync",
                                      "load",      "unload",   "client",    "done",   "diagnostic"};
  events.push_back(std::string(names[static_cast<unsigned>(e.kind)]) + " " + e.text + " " +
                   std::to_string(e.number));
}

void FakeSoc::report(const port::ClientReport& r) {
  reports.push_back({r.client, r.kind, r.channel, r.bytes, r.failed, r.issued, r.completed});
}

void FakeSoc::client_note(const char* client, const char* key, const char* value) {
  notes[std::string(client) + "." + key] = value;
}

void FakeSoc::log(int level, port::Time time, unsigned cpu, const char* line) {
  log_lines.push_back(line);
  if (std::getenv("DMAVP_TEST_LOG"))
    std::fprintf(stderr, "<%d>[%12.3f us] cpu%u %s\n", level, static_cast<double>(time) / 1e6, cpu, line);
}

unsigned FakeSoc::logged(const std::string& text) const {
  return static_cast<unsigned>(
      std::count_if(log_lines.begin(), log_lines.end(),
                    [&](const std::string& line) { return line.find(text) != std::string::npos; }));
}

std::int64_t FakeSoc::file_size(const char* path) {
  const auto it = files.find(path);
  return it == files.end() ? -ENOENT : static_cast<std::int64_t>(it->second.size());
}

std::int64_t FakeSoc::file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) {
  const auto it = files.find(path);
  if (it == files.end()) return -ENOENT;
  if (offset >= it->second.size()) return 0;
  const std::uint64_t n = std::min<std::uint64_t>(bytes, it->second.size() - offset);
  std::memcpy(into, it->second.data() + offset, n);
  return static_cast<std::int64_t>(n);
}

int FakeSoc::file_write(const char* path, const void* data, std::uint64_t bytes) {
  files[path].assign(static_cast<const char*>(data), bytes);
  return 0;
}

void FakeSoc::fatal(const char* text) {
  std::fprintf(stderr, "fatal: %s\n", text);
  for (const std::string& line : log_lines) std::fprintf(stderr, "  %s\n", line.c_str());
  std::abort();
}

}  // namespace dmavp::test
