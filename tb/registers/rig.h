// One controller on a test bench: RAM with latency, DMI and faults, and a driver of the register socket.
// Hides SystemC, so that tests compile without it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/observer.h"
#include "dmac/engine.h"
#include "dmac/parameters.h"
#include "reference/image.h"
#include "reference/model.h"
#include "registers/device.h"
#include "registers/fifo_peripheral.h"
#include "registers/register_table.h"
#include "tier.h"

namespace dmavp::tb {

using reference::ErrorRange;
using reference::Image;

struct RigOptions {
  dmac::Parameters parameters;
  u64 clock_hz = 1'000'000'000;
  u64 ram_base = 0x80000000;
  std::size_t ram_bytes = 256 << 10;
  std::size_t guard_bytes = 0;      ///< on either side of RAM: in its image, but nobody decodes them
  u64 registers_base = 0x50000000;  ///< where bus masters see the controller's own registers
  Cycle read_latency = 6;
  Cycle write_latency = 4;
  bool dmi = true;
  bool observe = false;       ///< record bursts, blocks and diagnostics
  bool timed = timed_mode();  ///< non-blocking transport
};

/// What the fabric saw of one burst.
struct BusAccess {
  u64 address = 0;
  u32 bytes = 0;
  bool write = false;
  u32 streaming = 0;
  unsigned master = 0;
  unsigned channel = 0;
  u32 beats = 0;
  u32 beat_bytes = 0;
  Cycle accepted = 0, first_beat = 0, last_beat = 0;
  bool okay = true;
};

struct Edge {
  int line = 0;  ///< channel number, or one of the constants below
  bool level = false;
  Picoseconds time = 0;
};
inline constexpr int kCombinedLine = -1;
inline constexpr int kCommonLine = -2;

struct Reply {
  u64 value = 0;
  bool okay = false;
};

/// Defaults of the bench: 8 channels, 8-byte bus.
dmac::Parameters small_parameters();

/// A base-protocol checker sits on every link; the end of a rig fails the test if a rule has been broken.
class Rig {
 public:
  /// Rigs are made before time passes; the first one made after that starts a fresh simulation, which needs
  /// all older rigs to be gone.
  explicit Rig(const RigOptions& options);
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  const RigOptions& options() const;

  // --- registers; an access that is not answered OK fails the test
  // ---------------------------------------------
  u64 read(std::string_view name, unsigned channel = 0);
  void write(std::string_view name, u64 value) { write(name, 0, value); }
  void write(std::string_view name, unsigned channel, u64 value);
  Reply access(bool write, u64 offset, unsigned bytes, u64 value = 0);
  u64 read_at(u64 offset, unsigned bytes = 8) { return access(false, offset, bytes).value; }
  void write_at(u64 offset, u64 value, unsigned bytes = 8) { access(true, offset, bytes, value); }
  u64 debug_read(u64 offset, unsigned bytes = 8);
  /// Like access(), with payload attributes of one's own choice; returns the response as text.
  std::string raw_access(bool write, u64 offset, unsigned length, unsigned streaming, u8* data,
                         const u8* enables, unsigned enable_length);

  // --- control by channel, for both layouts
  // --------------------------------------------------------------------
  void enable(unsigned channel);
  void disable(unsigned channel);
  void suspend(unsigned channel);
  void resume(unsigned channel);
  void abort(unsigned channel);
  bool enabled(unsigned channel);
  bool suspended_bit(unsigned channel);
  u32 enabled_mask();
  u32 status(unsigned channel) { return static_cast<u32>(read("INTSTATUS", channel)); }
  void soft_reset();
  void power_up() { write("DMAC_CFG", 3); }
  bool layout_v2() const { return options().parameters.num_channels > 8; }

  // --- time
  // ----------------------------------------------------------------------------------------------------
  /// Lets cycles pass.
  void run(Cycle cycles);
  /// Moves the register driver ahead of simulated time: its accesses carry an annotated delay.
  void annotate(Cycle cycles);
  Cycle now() const;  ///< including the annotated part
  /// Steps until the condition holds; false after `limit` cycles.
  bool run_until(const std::function<bool()>& condition, Cycle limit = 1'000'000, Cycle step = 50);
  bool run_until_idle(Cycle limit = 1'000'000, Cycle step = 50);

  // --- memory
  // --------------------------------------------------------------------------------------------------
  Image& ram();
  /// Through the debug transport of the fabric.
  Image debug_image(u64 address, std::size_t bytes);
  void set_errors(std::vector<ErrorRange> errors);
  void set_dmi(bool allowed);
  /// Called before each burst of the controller reaches its target.
  void on_access(std::function<void(const BusAccess&)> hook);
  std::vector<BusAccess>& accesses();  ///< of the controller, since the last clear; DMI hides them
  const std::vector<std::string>& violations() const;  ///< of AXI and TLM rules by the controller
  u64 strays() const;                                  ///< accesses to addresses that nobody decodes

  // --- peripherals
  // -----------------------------------------------------------------------------------------
  // Two kinds. A device does what a test says, step by step; a FIFO peripheral follows a plan by itself.
  /// The device of a handshake interface; it asks for nothing until it is ready for something.
  Device& device(unsigned interface);
  /// It is ready for so many items more, and says so now.
  void feed(unsigned interface, u64 items);
  /// Drives the levels that the state of the peripheral asks for.
  void drive(unsigned interface);
  /// Levels of one's own choice, whatever the peripheral is ready for.
  void request(unsigned interface, DmaRequest levels);
  /// From now on the interface of the plan has this FIFO peripheral instead of the device.
  void connect(const reference::Peripheral& plan);
  void disconnect_all();
  /// A peripheral that has fallen silent asks again.
  void wake(unsigned interface);
  /// Null where none is connected.
  FifoPeripheral* peripheral(unsigned interface);

  // --- interrupts
  // ----------------------------------------------------------------------------------------------
  bool line(int number) const;
  std::vector<Edge>& edges();

  // --- observation
  // ---------------------------------------------------------------------------------------------
  dmac::ChannelStatistics statistics(unsigned channel);
  u32 fifo_bytes(unsigned channel);
  std::vector<BurstEvent>& bursts();
  std::vector<BlockEvent>& blocks();
  std::vector<std::string>& diagnostics();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmavp::tb
