#include "platform/cpu/cluster.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/sim_time.h"

namespace dmavp::platform {
namespace {
constexpr std::size_t kStackBytes = 1u << 20;
constexpr std::size_t kMaxAccess = 8;
}  // namespace

Cluster::Cluster(const sc_core::sc_module_name& name, Board& board, const void* device_tree, Choices& choices,
                 Recorder& recorder, Options options)
    : sc_module(name),
      board_(board),
      device_tree_(device_tree),
      choices_(choices),
      recorder_(recorder),
      options_(std::move(options)),
      ram_(board.ram()),
      sockets_("cpu", board.description().cpus.size()),
      payloads_(board.description().cpus.size()),
      levels_(board.description().cpus.size(), false),
      lead_(board.cpu_lead()) {
  for (unsigned cpu = 0; cpu < sockets_.size(); ++cpu) board.join_cpu(cpu, sockets_[cpu]);
  SC_THREAD(execute);
  set_stack_size(kStackBytes);
  SC_METHOD(interrupts_changed);
  dont_initialize();
  for (unsigned cpu = 0; cpu < sockets_.size(); ++cpu) sensitive << board.cpu_interrupt(cpu);
}

Cluster::~Cluster() = default;

// Until here an error is a fault of the board and thrown. From now on an exception would unwind through the
// stacks of simulated software.
void Cluster::start_of_simulation() {
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_DISPLAY);
}

// Lets the hardware finish everything due at the current time.
void Cluster::settle() {
  while (sc_core::sc_pending_activity_at_current_time()) wait(sc_core::SC_ZERO_TIME);
}

void Cluster::execute() {
  for (;;) {
    settle();
    now_ = to_picoseconds(sc_core::sc_time_stamp());
    if (options_.settled) options_.settled(now_);
    if (now_ >= options_.end) return conclude(Outcome::kTimeout);
    if (options_.interrupted && options_.interrupted()) return conclude(Outcome::kInterrupted);
    quantum_end_ = now_ + options_.quantum;
    const port::Time next = kernel_->run();
    if (recorder_.finished()) return conclude(Outcome::kDone);
    // After an error init still unloads what was loaded, so that nothing is left behind.
    if (kernel_->status() != 0 && kernel_->idle_init()) return conclude(Outcome::kModuleError);
    if (sc_core::sc_pending_activity_at_current_time())
      continue;  // an access had a consequence at this very time
    if (next == port::kNever && !sc_core::sc_pending_activity()) return conclude(Outcome::kDeadlock);
    const port::Time until = std::min(std::max(next, now_), options_.end);
    if (until > now_) wait(from_picoseconds(until - now_), interrupt_event_);
  }
}

void Cluster::conclude(Outcome outcome) {
  outcome_ = outcome;
  // The accounts of the hardware reach up to the last step of the software.
  const port::Time end = recorder_.finished() ? recorder_.end() : now_;
  if (end > now_) wait(from_picoseconds(end - now_));
  settle();
  board_.synchronize();
  recorder_.finish(end);
  sc_core::sc_stop();
}

void Cluster::interrupts_changed() {
  for (unsigned cpu = 0; cpu < levels_.size(); ++cpu) {
    const bool level = board_.cpu_interrupt(cpu).read();
    if (level == levels_[cpu]) continue;
    levels_[cpu] = level;
    kernel_->set_interrupt(cpu, level, to_picoseconds(sc_core::sc_time_stamp()));
    interrupt_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

port::Time Cluster::horizon() {
  const port::Time limit = std::min(quantum_end_, options_.end);
  // Without pending activity this is the time left until the end of representable time.
  return std::min(limit, now_ + to_picoseconds(sc_core::sc_time_to_pending_activity()));
}

port::MmioResult Cluster::access(unsigned cpu, tlm::tlm_command command, std::uint64_t address,
                                 unsigned bytes, std::uint64_t value, port::Time now) {
  unsigned char data[kMaxAccess] = {};
  bytes = std::min(bytes, static_cast<unsigned>(kMaxAccess));
  std::memcpy(data, &value, bytes);
  tlm::tlm_generic_payload& payload = payloads_[cpu];
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const port::Time ahead = now > now_ ? now - now_ : 0;
  sc_core::sc_time delay = from_picoseconds(ahead);
  sockets_[cpu]->b_transport(payload, delay);
  port::MmioResult result;
  result.ok = payload.is_response_ok();
  result.duration = to_picoseconds(delay) - ahead;
  if (command == tlm::TLM_READ_COMMAND && result.ok) std::memcpy(&result.value, data, bytes);
  return result;
}

port::MmioResult Cluster::read(unsigned cpu, std::uint64_t address, unsigned bytes, port::Time now) {
  return access(cpu, tlm::TLM_READ_COMMAND, address, bytes, 0, now);
}

port::MmioResult Cluster::write(unsigned cpu, std::uint64_t address, unsigned bytes, std::uint64_t value,
                                port::Time now) {
  return access(cpu, tlm::TLM_WRITE_COMMAND, address, bytes, value, now);
}

port::RamRegion Cluster::ram_region(unsigned index) {
  return index < ram_.size() ? ram_[index] : port::RamRegion{};
}

void Cluster::observe(const port::SoftEvent& event) {
  recorder_.soft(event);
  if (event.kind == port::SoftEventKind::kModuleLoad) ++loads_;
  if (event.kind != port::SoftEventKind::kModuleUnload || ++unloads_ < options_.modules) return;
  recorder_.finish(event.time);
}

void Cluster::log(int level, port::Time time, unsigned cpu, const char* line) {
  if (options_.log) options_.log(level, time, cpu, line);
}

void Cluster::describe_code(const void* address, char* text, std::size_t size) {
  if (options_.describe_code != nullptr) options_.describe_code(address, text, size);
}

void Cluster::fatal(const char* text) {
  if (options_.fatal) options_.fatal(text);
  std::abort();
}

// --- host files
// -----------------------------------------------------------------------------------------------

std::string Cluster::host_path(const char* path) const {
  struct stat status {};
  if (path[0] == '/' || options_.base_directory.empty() || ::stat(path, &status) == 0) return path;
  const std::string other = options_.base_directory + "/" + path;
  return ::stat(other.c_str(), &status) == 0 ? other : path;
}

std::int64_t Cluster::file_size(const char* path) {
  struct stat status {};
  int error = 0;
  if (path[0] == '\0') {
    refused_files_.push_back({path, "the name of the file is empty"});
    return -ENOENT;
  }
  if (::stat(host_path(path).c_str(), &status) != 0) {
    error = errno;
  } else if (!S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  } else if (::access(host_path(path).c_str(), R_OK) != 0) {
    error = errno;
  } else {
    return status.st_size;
  }
  refused_files_.push_back({path, std::strerror(error)});
  return -error;
}

std::int64_t Cluster::file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) {
  const int fd = ::open(host_path(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    refused_files_.push_back({path, std::strerror(error)});
    return -error;
  }
  std::uint64_t done = 0;
  std::int64_t failed = 0;
  while (done < bytes) {
    const ssize_t n =
        ::pread(fd, static_cast<char*>(into) + done, bytes - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failed = -errno;
    if (n <= 0) break;
    done += static_cast<std::uint64_t>(n);
  }
  ::close(fd);
  return failed != 0 ? failed : static_cast<std::int64_t>(done);
}

// Relative to the working directory, like every output of the program.
int Cluster::file_write(const char* path, const void* data, std::uint64_t bytes) {
  const auto refuse = [&](int error) {
    refused_files_.push_back({path, std::strerror(error)});
    return -error;
  };
  const int fd = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return refuse(errno);
  std::uint64_t done = 0;
  int error = 0;
  while (done < bytes && error == 0) {
    const ssize_t n = ::write(fd, static_cast<const char*>(data) + done, bytes - done);
    if (n > 0)
      done += static_cast<std::uint64_t>(n);
    else if (n == 0 || errno != EINTR)
      error = n == 0 ? EIO : errno;
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  return error == 0 ? 0 : refuse(error);
}

}  // namespace dmavp::platform
