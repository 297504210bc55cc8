// The CPUs of the board: executes the kernel's software between two hardware events and carries its accesses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "base/choice.h"
#include "kernel/kernel.h"
#include "platform/board/board.h"
#include "platform/report/recorder.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Why the simulation ended.
enum class Outcome : std::uint8_t {
  kRunning,
  kDone,         ///< every client has finished and every module is unloaded
  kModuleError,  ///< a module was refused or cannot be unloaded; kernel::Kernel::error() says why
  kTimeout,      ///< the end of the run came first
  kDeadlock,     ///< nothing can ever happen again
  kInterrupted   ///< the user does not want to wait
};

/// One thread runs the software of all CPUs, always of the one with the least local time, ahead of the
/// hardware up to horizon(). At equal times the hardware goes first: before software runs at t, every event
/// at t and all its consequences have been processed. So what software sees does not depend on the quantum.
class Cluster : public sc_core::sc_module, public port::Machine {
 public:
  struct Options {
    port::Time quantum = 100'000'000;  ///< picoseconds
    port::Time end = 0;                ///< the run must be over by then
    std::uint64_t modules = 0;         ///< loads that were queued: after as many unloads the run is done
    std::string base_directory;        ///< second place to look for host files with a relative path
    std::function<void(int level, port::Time time, unsigned cpu, const char* line)> log;
    /// Called when everything before `now` has happened, in hardware too once it is synchronized.
    std::function<void(port::Time now)> settled;
    /// Software faults (port::Machine::fails); empty: none are planned.
    std::function<bool(port::FallibleCall call, const char* caller, port::Time now)> fails;
    std::function<bool()> interrupted;            ///< asked between steps; true ends the run
    std::function<void(const char* text)> fatal;  ///< must not return
    void (*describe_code)(const void* address, char* text, std::size_t size) = nullptr;  ///< for reports
  };

  Cluster(const sc_core::sc_module_name& name, Board& board, const void* device_tree, Choices& choices,
          Recorder& recorder, Options options);
  ~Cluster() override;
  SC_HAS_PROCESS(Cluster);

  void attach(kernel::Kernel& kernel) { kernel_ = &kernel; }
  Outcome outcome() const { return outcome_; }
  bool all_loaded() const { return loads_ >= options_.modules; }
  struct RefusedFile {
    std::string path, reason;
  };
  /// Host files that software asked for and that could not be read or written.
  const std::vector<RefusedFile>& refused_files() const { return refused_files_; }

  // --- port::Machine
  // ----------------------------------------------------------------------------------------
  port::MmioResult read(unsigned cpu, std::uint64_t address, unsigned bytes, port::Time now) override;
  port::MmioResult write(unsigned cpu, std::uint64_t address, unsigned bytes, std::uint64_t value,
                         port::Time now) override;
  port::Time lead() override { return lead_; }
  port::Time horizon() override;
  unsigned ram_regions() override { return static_cast<unsigned>(ram_.size()); }
  port::RamRegion ram_region(unsigned index) override;
  const void* device_tree() override { return device_tree_; }
  std::uint32_t choice_stream(const char* name) override { return choices_.stream(name); }
  std::uint64_t draw(std::uint32_t stream, std::uint64_t bound) override {
    return choices_.draw(stream, bound);
  }
  bool observed() override { return true; }
  void observe(const port::SoftEvent& event) override;
  void report(const port::ClientReport& report) override { recorder_.report(report); }
  void client_note(const char* client, const char* key, const char* value) override {
    recorder_.note(client, key, value);
  }
  void log(int level, port::Time time, unsigned cpu, const char* line) override;
  bool plans_failures() override { return options_.fails != nullptr; }
  bool fails(port::FallibleCall call, const char* caller, port::Time now) override {
    return options_.fails(call, caller, now);
  }
  std::int64_t file_size(const char* path) override;
  std::int64_t file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) override;
  int file_write(const char* path, const void* data, std::uint64_t bytes) override;
  void describe_code(const void* address, char* text, std::size_t size) override;
  void fatal(const char* text) override;

 private:
  void start_of_simulation() override;

  using Socket = tlm_utils::simple_initiator_socket_tagged<Cluster>;

  void execute();
  void settle();
  void conclude(Outcome outcome);
  void interrupts_changed();
  port::MmioResult access(unsigned cpu, tlm::tlm_command command, std::uint64_t address, unsigned bytes,
                          std::uint64_t value, port::Time now);
  std::string host_path(const char* path) const;

  Board& board_;
  const void* device_tree_;
  Choices& choices_;
  Recorder& recorder_;
  Options options_;
  kernel::Kernel* kernel_ = nullptr;
  std::vector<port::RamRegion> ram_;
  sc_core::sc_vector<Socket> sockets_;
  std::vector<tlm::tlm_generic_payload> payloads_;  ///< one per CPU, reused
  sc_core::sc_event interrupt_event_;
  std::vector<bool> levels_;
  const port::Time lead_;
  port::Time now_ = 0;  ///< simulation time; constant while software runs
  port::Time quantum_end_ = 0;
  std::uint64_t loads_ = 0;
  std::uint64_t unloads_ = 0;
  Outcome outcome_ = Outcome::kRunning;
  std::vector<RefusedFile> refused_files_;
};

}  // namespace dmavp::platform
