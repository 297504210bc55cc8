// The one boundary between the simulated software and whatever executes it (design decision 8, 11 and 15).
// `kernel/` calls this interface; the platform implements it over SystemC, unit tests implement it over an
// array. All times are picoseconds since the start of the simulation.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dmavp::port {

using Time = std::uint64_t;
inline constexpr Time kNever = ~Time{0};

/// RAM that software uses: bus address = physical address. Two views of the same range (design decision 15):
/// what masters on the bus see and what the CPUs see through their caches; equal on a coherent board.
struct RamRegion {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::byte* cpu_view = nullptr;
  std::byte* bus_view = nullptr;
};

struct MmioResult {
  std::uint64_t value = 0;  ///< reads only
  Time duration = 0;        ///< of the access on the bus
  bool ok = true;           ///< false: bus error
};

/// What software does, for traces and statistics. Text pointers are valid during the call only.
enum class SoftEventKind : std::uint8_t {
  kInterruptEntry,
  kInterruptExit,  // number = interrupt, cpu
  kSoftirq,        // number = softirq, text = "exit" or "deferred"
  kThreadSwitch,   // text = name of the thread that runs now
  kContext,        // text = "process", "softirq", "hardirq" or "idle": what the CPU executes from now on
  kSubmit,
  kIssue,
  kCallback,   // text = channel, number = cookie, bytes
  kTerminate,  // text = channel
  kMap,
  kUnmap,
  kSync,  // address, bytes, number = direction
  kModuleLoad,
  kModuleUnload,  // text = module
  kClientStart,
  kClientDone,  // text = client
  kDiagnostic,  // text = "kind: message", number = 0 note, 1 warning, 2 error
  kTasklet,     // address = its function
  kTaskletEnd,
  kCallbackEnd  // as its kCallback
};

struct SoftEvent {
  SoftEventKind kind;
  unsigned cpu = 0;
  Time time = 0;
  const char* text = "";
  std::uint64_t number = 0;
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};

/// Calls of the kernel that a fault plan can make fail.
enum class FallibleCall : std::uint8_t { kAllocation, kMapping };

/// One transfer or the whole of a client, as the result file counts them (design section 4, clients[]).
struct ClientReport {
  const char* client = "";  ///< name of the client in the scenario
  const char* kind = "";    ///< module
  const char* channel = "";
  std::uint64_t bytes = 0;  ///< payload of a completed transfer
  bool failed = false;
  const char* result = "failed";  ///< of a failed one: a word for how, as in the fault table's outcomes
  Time issued = 0;                ///< issue_pending
  Time completed = 0;             ///< start of the callback
};

class Machine {
 public:
  virtual ~Machine() = default;

  // --- bus
  // --------------------------------------------------------------------------------------------------
  /// How long before it reaches its target an access leaves the CPU. The software of other CPUs and the
  /// hardware go on meanwhile.
  virtual Time lead() { return 0; }
  /// Access of 1, 2, 4 or 8 bytes by `cpu`, whose local time `now` is lead() after it has left and below
  /// horizon(); the duration counts from `now`.
  virtual MmioResult read(unsigned cpu, std::uint64_t address, unsigned bytes, Time now) = 0;
  virtual MmioResult write(unsigned cpu, std::uint64_t address, unsigned bytes, std::uint64_t value,
                           Time now) = 0;
  /// Software may run while its local time is below this: the earliest of pending hardware activity, the
  /// quantum and the end of the run. It may move, in either direction, with every bus access.
  virtual Time horizon() = 0;

  // --- memory
  // -----------------------------------------------------------------------------------------------
  virtual unsigned ram_regions() = 0;
  virtual RamRegion ram_region(unsigned index) = 0;
  virtual const void* device_tree() = 0;  ///< flattened blob (libfdt), valid for ever

  // --- choices (design decision 13)
  // -------------------------------------------------------------------------
  virtual std::uint32_t choice_stream(const char* name) = 0;
  virtual std::uint64_t draw(std::uint32_t stream,
                             std::uint64_t bound) = 0;  ///< 0..bound-1; bound 0 = 64 bits

  // --- observation
  // ------------------------------------------------------------------------------------------
  virtual bool observed() = 0;  ///< false: nobody wants SoftEvents, so do not build them
  virtual void observe(const SoftEvent& event) = 0;
  virtual void report(const ClientReport& report) = 0;
  /// A named fact about a client for the result ("checksum", "crc32:1234abcd").
  virtual void client_note(const char* client, const char* key, const char* value) = 0;
  /// One line of kernel log without newline; level 0 (emergency) .. 7 (debug).
  virtual void log(int level, Time time, unsigned cpu, const char* line) = 0;

  // --- faults
  // -----------------------------------------------------------------------------------------------
  virtual bool plans_failures() { return false; }  ///< false: fails() is never asked
  /// Whether this call, made by code of module `caller` ("kernel") at its local time, is to fail.
  virtual bool fails(FallibleCall, const char* /*caller*/, Time /*now*/) { return false; }

  // --- host files
  // -------------------------------------------------------------------------------------------
  /// Size of a file for request_firmware(), or negative errno.
  virtual std::int64_t file_size(const char* path) = 0;
  virtual std::int64_t file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) = 0;
  /// Writes a whole file anew; 0 or negative errno.
  virtual int file_write(const char* /*path*/, const void* /*data*/, std::uint64_t /*bytes*/) {
    return -30;  // EROFS: a machine without files of its own
  }

  /// What a report calls a place in software, "function (module.so)"; empty where nothing is known.
  virtual void describe_code(const void* address, char* text, std::size_t size) {
    static_cast<void>(address);
    if (size != 0) text[0] = '\0';
  }

  /// The simulation cannot go on (BUG(), deadlock). Does not return to the caller's thread; the text is the
  /// report.
  virtual void fatal(const char* text) = 0;
};

}  // namespace dmavp::port
