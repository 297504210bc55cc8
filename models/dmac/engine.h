// The burst engine of DW_axi_dmac: channels, arbitration, AXI occupancy and cycle accounts, without SystemC.
//
// Time only moves in advance(): everything due at or before the given cycle is done in order, nothing later
// is decided. So a register access that first advances to its own cycle sees, and changes, a true state, and
// nothing planned has ever to be taken back (design decisions 6 and 7).
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/choice.h"
#include "base/dma_request.h"
#include "base/observer.h"
#include "dmac/axi_port.h"
#include "dmac/channel_config.h"
#include "dmac/int_status.h"
#include "dmac/parameters.h"

namespace dmavp::dmac {

/// Where the cycles of a side went (design decision 20). Every cycle belongs to exactly one.
enum class Cause : std::uint8_t {
  kTransferring,
  kArbitration,
  kOutstandingLimit,
  kFifo,
  kHandshake,
  kMemory,
  kDescriptor,
  kSuspended,
  kIdle
};
inline constexpr unsigned kCauses = 9;
const char* to_string(Cause cause);  ///< "transferring", "arbitration", ... as in the result file

struct SideStatistics {
  std::array<Cycle, kCauses> cycles{};
};

struct ChannelStatistics {
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t blocks = 0;
  std::uint64_t read_bursts = 0;
  std::uint64_t write_bursts = 0;
  std::uint64_t lli_fetches = 0;
  SideStatistics reader;
  SideStatistics writer;
};

/// Occupancy of the five AXI channels of one master port.
struct PortStatistics {
  struct Wire {
    Cycle busy = 0;
    Cycle stalled = 0;
  };
  Wire ar, r, aw, w, b;
};

/// What the engine needs of its surroundings.
class EngineClient {
 public:
  virtual ~EngineClient() = default;
  /// Event bits of CHn_INTSTATUS happened at `cycle`. CH_EN is already cleared where the event implies it.
  virtual void channel_event(unsigned channel, IntStatus bits, Cycle cycle) = 0;
  /// dma_ack of handshake interface `hs`: a transaction is over. `finish`: dma_finish, it was the last of its
  /// block. The engine has forgotten the levels of the interface: they are to be given anew.
  virtual void acknowledge(unsigned hs, bool finish, Cycle cycle);
  /// A software transaction is over: REQ, SGLREQ and LST of its side read 0 from now on.
  virtual void software_handshake_done(unsigned channel, bool destination);
  /// A block of shadow type is about to start. True if its set was valid: it is given, and valid no longer.
  virtual bool take_shadow_set(unsigned channel, ShadowSet& set);
  /// `kind` as in DiagnosticEvent.
  virtual void diagnostic(unsigned channel, Severity severity, const char* kind, const char* message,
                          Cycle cycle) = 0;
};

class Engine : public PortListener {
 public:
  /// `clock` converts cycles for observers; `choices` may be null where ties need no draw.
  Engine(const Parameters& parameters, const Clock& clock, EventSource source, AxiPort& port,
         EngineClient& client);
  ~Engine() override;

  void set_observer(Observer* observer);  ///< null: no events, no cost

  // --- time
  // -------------------------------------------------------------------------------------------------
  /// Does everything due at or before `to`. A call made from inside a commit (a burst that hits the
  /// controller's own registers) returns at once: all earlier work is already done.
  void advance(Cycle to);
  /// The latest cycle at which advance() must be called again for events to come at their true time and data
  /// to become visible granule by granule; kNever when nothing moves.
  Cycle next_wake() const;
  Cycle now() const;

  // --- programming (call advance() first)
  // -------------------------------------------------------------------
  std::uint64_t sar(unsigned ch) const;  ///< current source address
  std::uint64_t dar(unsigned ch) const;
  std::uint32_t block_ts(unsigned ch) const;  ///< items read while a block runs, else as programmed (7 #4)
  std::uint64_t ctl(unsigned ch) const;
  std::uint64_t llp(unsigned ch) const;
  std::uint64_t status(unsigned ch) const;  ///< CHn_STATUS
  void set_sar(unsigned ch, std::uint64_t value);
  void set_dar(unsigned ch, std::uint64_t value);
  void set_block_ts(unsigned ch, std::uint32_t value);
  void set_ctl(unsigned ch, std::uint64_t value);
  void set_llp(unsigned ch, std::uint64_t value);
  const ChannelConfig& config(unsigned ch) const;             ///< as last set
  void set_config(unsigned ch, const ChannelConfig& config);  ///< MULTBLK fields may change at any time
  std::uint32_t fetched_status(unsigned ch, bool destination) const;            ///< SSTAT, DSTAT
  void set_status_address(unsigned ch, bool destination, std::uint64_t value);  ///< SSTATAR, DSTATAR
  void set_axi_id(unsigned ch, std::uint64_t value);
  void set_axi_qos(unsigned ch, std::uint64_t value);

  // --- control (spec 5.3, 5.4)
  // ------------------------------------------------------------------------------
  void enable(unsigned ch);
  void disable(unsigned ch);  ///< graceful; completes at once on a halted or suspended channel
  void suspend(unsigned ch);
  void resume(unsigned ch);
  void abort(unsigned ch);           ///< CH_EN reads 0 when this returns
  void resume_request(unsigned ch);  ///< BLK_TFR_RESUMEREQ
  void reset();                      ///< soft reset: every channel to its reset state at once
  /// No address is issued before cycle `until`; bursts on their way complete. Call advance() first.
  void hold(Cycle until);

  // --- handshakes (spec 5.6, 5.7)
  // ---------------------------------------------------------------------------
  /// From cycle `at` on the levels of interface `hs` (0..63) are these; calls for one interface come in order
  /// of time. May be called from within a commit.
  void request(unsigned hs, DmaRequest levels, Cycle at);
  /// SWHSSRC or SWHSDST; call advance() first.
  void software_request(unsigned ch, bool destination, DmaRequest levels);

  bool enabled(unsigned ch) const;      ///< CH_EN
  bool suspend_bit(unsigned ch) const;  ///< CH_SUSP
  bool any_enabled() const;

  // --- observation
  // ------------------------------------------------------------------------------------------
  std::uint32_t fifo_bytes(unsigned ch) const;  ///< read from the source, not yet responded to as written
  /// Accounts up to now(): the causes of each side add up to now().
  ChannelStatistics channel_statistics(unsigned ch) const;
  PortStatistics port_statistics(unsigned master) const;
  /// Tells the observer what every side has been waiting for until now(). The end of a wait may revise it.
  void tell_waits() const;
  /// Observers have been told of everything before this cycle: a burst is told when it is over, and when its
  /// address was accepted. kNever: nothing is on its way.
  Cycle told_until() const;

  // --- PortListener
  // -----------------------------------------------------------------------------------------
  void burst_progress(std::uint32_t tag, const BurstTimes& times, AxiStatus status) override;
  void paths_changed() override;

 private:
  struct Impl;
  Impl& state() const;  ///< true to the cycle, also from within a commit
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmavp::dmac
