// A machine under the simulated kernel without SystemC: RAM, an interrupt controller and FakeDmac.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernel/kernel.h"
#include "modules/fake_dmac.h"
#include "port/machine.h"

namespace dmavp::test {

/// PLIC with as many contexts as CPUs: levels in, one level per CPU out.
class FakePlic {
 public:
  std::uint64_t read(std::uint64_t offset);
  void write(std::uint64_t offset, std::uint64_t value);
  void set_source(unsigned source, bool level) { level_.at(source) = level; }
  bool output(unsigned context) const { return best(context) != 0; }

 private:
  static constexpr unsigned kSources = 128, kContexts = 4;
  unsigned best(unsigned context) const;
  std::vector<bool> level_ = std::vector<bool>(kSources), claimed_ = std::vector<bool>(kSources);
  std::array<std::uint32_t, kSources> priority_{};
  std::array<std::array<std::uint32_t, kSources / 32>, kContexts> enable_{};
  std::array<std::uint32_t, kContexts> threshold_{};
};

class FakeSoc : public port::Machine {
 public:
  struct Settings {
    std::string device_tree;               ///< path of a blob
    std::function<void(void* blob)> edit;  ///< changes it in place before the boot
    FakeDmac::Settings dmac;
    /// Makes the controller that takes the place of the fake one, if any.
    std::function<std::unique_ptr<DmacModel>(std::function<std::byte*(std::uint64_t)> memory)> controller;
    unsigned dmac_irq = 27;  ///< of channel 0, or of the combined line
    bool combined_irq = false;
    std::uint64_t seed = 1;
    port::Time quantum = 1'000'000'000;      // 1 ms
    port::Time limit = 100'000'000'000'000;  // 100 s
  };
  struct Report {
    std::string client, kind, channel;
    std::uint64_t bytes;
    bool failed;
    port::Time issued, completed;
  };

  explicit FakeSoc(const Settings& settings);
  ~FakeSoc() override;

  /// Creates the kernel and boots it; throws with its error.
  kernel::Kernel& boot(const kernel::Tunables& tunables = {});
  /// Loads modules (path of the built module or name of one of ours), runs until every client has finished
  /// and init is idle. Returns Kernel::status(). `load` = "name parameters".
  int run(const std::vector<std::string>& load, bool unload = true);

  FakeDmac dmac;
  std::vector<Report> reports;
  std::map<std::string, std::string> notes;  ///< "client.key"
  std::vector<std::string> log_lines;
  std::vector<std::string> events;  ///< SoftEvents when `record` is set
  bool record = false;
  std::map<std::string, std::string> files;  ///< in front of the host's; those written too
  /// Called before each access to a DMAC register; for faults at a chosen moment.
  std::function<void(std::uint64_t offset, bool write, port::Time now)> on_access;
  /// Lines of the log that contain `text`.
  unsigned logged(const std::string& text) const;
  std::byte* at(std::uint64_t address);
  port::Time time() const { return now_; }

  port::MmioResult read(unsigned cpu, std::uint64_t address, unsigned bytes, port::Time now) override;
  port::MmioResult write(unsigned cpu, std::uint64_t address, unsigned bytes, std::uint64_t value,
                         port::Time now) override;
  port::Time horizon() override;
  unsigned ram_regions() override { return 1; }
  port::RamRegion ram_region(unsigned) override;
  const void* device_tree() override { return blob_.data(); }
  std::uint32_t choice_stream(const char* name) override;
  std::uint64_t draw(std::uint32_t stream, std::uint64_t bound) override;
  bool observed() override { return record; }
  void observe(const port::SoftEvent& event) override;
  void report(const port::ClientReport& report) override;
  void client_note(const char* client, const char* key, const char* value) override;
  void log(int level, port::Time time, unsigned cpu, const char* line) override;
  std::int64_t file_size(const char* path) override;
  std::int64_t file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) override;
  int file_write(const char* path, const void* data, std::uint64_t bytes) override;
  void fatal(const char* text) override;

 private:
  void update_lines(port::Time when);
  void deliver();

  Settings s_;
  std::unique_ptr<DmacModel> other_;
  DmacModel& model_;  ///< `dmac` or `*other_`
  std::vector<char> blob_;
  std::byte* ram_;
  FakePlic plic_;
  port::Time now_ = 0;
  std::array<bool, 4> line_{}, delivered_{};
  port::Time line_time_ = 0;
  bool dirty_ = false;
  std::map<std::string, std::uint32_t> stream_ids_;
  std::vector<std::mt19937_64> streams_;
};

/// Path of a built module, the product's or a test's ("dmaengine" -> ".../modules/dmaengine.so"); an absolute
/// path stays as it is.
std::string module_path(const std::string& name);
/// Path of a device tree of these tests ("narrow", "wide").
std::string tree_path(const std::string& name);

}  // namespace dmavp::test
