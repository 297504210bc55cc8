// Inside of the burst engine. Only engine*.cpp include it.
//
// Time is kept by a lazily evaluated discrete-event simulation of bursts. Three kinds of things happen: an
// address is granted (AR or AW), a channel's timer is due (`Channel::wake`: latencies, commits, the end of a
// block), and software calls a control method between two advance(). On an immediate port all times of a
// burst are known when its address is granted; what it needs (room, data, a slot) is a known cycle or waits
// for another grant of the same channel.
//
// An address is granted no earlier than its data could use the data channel (reads: latency before it is
// free). So arbitration decides in the order of data, priorities are strict, and no read queues up behind
// another's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "dmac/arbiter.h"
#include "dmac/channel.h"
#include "dmac/engine.h"

namespace dmavp::dmac {

inline constexpr unsigned kMaxMasters = 2;
inline constexpr unsigned kMaxInterfaces = 64;
inline constexpr unsigned kNobody = ~0u;

inline constexpr std::uint32_t kNoTag = ~0u;

inline Cycle after(Cycle at, Cycle delay) { return at == kNever ? kNever : at + delay; }

/// The five AXI channels of one master port.
struct Port {
  struct Addresses {
    Addresses(const Priorities& order, TieBreak tie_break) : arbiter(order, tie_break) {}

    Cycle free = 0;
    Cycle stalled_until = 0;
    unsigned owner = kNobody;  ///< last channel granted
    Arbiter arbiter;
  };
  Port(const Priorities& order, TieBreak tie_break) : ar(order, tie_break), aw(order, tie_break) {}

  Addresses ar, aw;
  std::array<Cycle, 2> data_free{};  ///< R and W; both are [0] with a shared data port
  PortStatistics stats;
};

/// What happens next.
struct Turn {
  enum Kind : std::uint8_t { kTimer, kRead, kWrite };  ///< of a channel; a grant of AR; a grant of AW

  Cycle at;  ///< kNever: nothing
  unsigned channel;
  Kind kind;
  unsigned port;  ///< of a grant
};

struct Engine::Impl {
  Impl(const Parameters& parameters, const Clock& clock, EventSource source, AxiPort& port,
       EngineClient& client);

  const Parameters p;
  const Clock clock;
  const EventSource source;
  AxiPort& port;
  EngineClient& client;
  Observer* burst_observer = nullptr;
  Observer* block_observer = nullptr;
  Observer* activity_observer = nullptr;  ///< null also while looking ahead

  Cycle now = 0;
  bool busy = false;  ///< inside advance()
  bool paths_stale = false;
  std::uint64_t epoch = 0;   ///< counts whatever is not a grant to a lone channel
  std::uint32_t active = 0;  ///< channels whose phase is not kOff
  std::uint32_t lazy = 0;    ///< channels whose data may still have to be copied when advance() ends
  const std::uint32_t fifo_size;
  const std::uint64_t address_mask;
  const unsigned w_index;   ///< of W in Port::data_free
  const bool asynchronous;  ///< the port answers later
  const bool looks_back;    ///< plans depend on bursts that have ended
  Priorities order;
  Timers timers;  ///< `wake` of active channels, but for the touched
  std::uint32_t touched =
      0;  ///< channels whose wake or requests may differ from what timers and arbiters know
  /// asynchronous: what next_turn() said at the end of the last advance(), while nothing has changed since.
  std::optional<Cycle> known_turn;
  std::array<Channel, kMaxChannels> channels;
  std::array<Port, kMaxMasters> ports;
  std::vector<std::byte> scratch;  ///< a burst that wraps in the ring

  /// All that grants and completions change.
  struct Snapshot {
    struct Saved {
      unsigned index;
      Phase phase;
      Cycle wake;
      Prefetch::State prefetch;
      Flight prefetched;
      SideProgress rd, wr;
    };

    void save(const Impl& e);
    void restore(Impl& e) const;

    Cycle now = 0;
    std::uint64_t epoch = 0;
    std::uint32_t touched = 0;
    unsigned lock_owner = kNobody;
    Timers timers;
    std::vector<Port> ports;
    std::vector<Saved> channels;  ///< the active ones
    std::vector<Flight> flights;  ///< theirs: reader's, then writer's
  };
  Snapshot snapshot;

  /// Bursts of a steady state on their way: `periods` whole ones and `steps` of the next have been made.
  struct Replay {
    Channel* channel = nullptr;
    std::uint32_t periods = 0;
    std::uint32_t steps = 0;
  };
  Replay replaying;
  bool playing = false;  ///< foresee() is at work: completions move no data
  Cycle foreseen = 0;    ///< what foresee() said; holds while it lies ahead

  struct LevelChange {
    Cycle at;
    unsigned hs;
    DmaRequest levels;
  };
  std::array<DmaRequest, kMaxInterfaces> levels{};  ///< of the handshake interfaces, now
  std::vector<LevelChange> level_changes;           ///< to come, in order of time

  // --- engine_run.cpp: time and grants
  void run(Cycle to);
  bool drained(const Channel& c) const;
  bool run_alone(Channel& c, Cycle to);
  bool alone() const { return (active & (active - 1)) == 0; }  ///< at most one channel is active
  /// A block that neither stops nor has asked for its last burst.
  static bool goes_on(const Channel& c) { return !c.draining() && c.error == 0 && !c.complete(); }
  bool complete_bursts(Channel& c, Cycle to);
  void publish(const Channel& c);
  void set_priority(Channel& c, unsigned priority);
  /// Something has been done to a channel that no foresight knew of.
  void touch(const Channel& c) {
    touched |= 1u << c.index;
    foreseen = 0;
    ++epoch;
  }
  Turn next_turn();
  Turn turn_of(const Channel& c) const;
  void look_for(Arbiter& arbiter, Cycle free, Cycle data_free, Turn::Kind kind, unsigned port_index,
                Turn& best) const;
  /// What bounds the addresses of reads: the data channel, if they are to be just in time for it.
  Cycle data_channel_from(const Port& path) const {
    return p.read_address == ReadAddress::kJustInTime ? path.data_free[0] : 0;
  }
  Cycle dead_cycles(bool write) const { return write && !p.write_overhead ? 0 : p.burst_overhead; }
  static void take_address(Port::Addresses& path, unsigned channel, Cycle ready, Cycle granted,
                           Cycle interval, PortStatistics::Wire& wire);
  void grant(Channel& c, const Turn& turn);
  void replan(Channel& c, Cycle t);
  void update_wake(Channel& c);
  /// The status of a read is known at its last beat: on a port that answers later, a write of its data may
  /// have its response before, but is over only then.
  bool data_arrived(const Channel& c) const {
    return !asynchronous || c.wr.flight(c.wr.head).end <= c.rd.done_issue;
  }
  void retire(Channel& c, Cycle t);
  Cycle read_time(const Channel& c) const;
  Cycle write_time(const Channel& c) const;
  void grant_read(Channel& c, Cycle t);
  void grant_write(Channel& c, Cycle t);
  Flight occupy(Port& path, bool write, unsigned channel, Cycle ready, Cycle t, std::uint32_t beats,
                Cycle latency);
  void grant_fetch(Channel& c, Cycle t);
  void grant_write_back(Channel& c, Cycle t);

  // --- engine_async.cpp: bursts on a port that answers later
  struct Request {
    Burst burst;
    BurstTimes times;
    AxiStatus status = AxiStatus::kOkay;
    bool live = false;  ///< from its grant until its observers have been told
    bool over = false;  ///< the last report has come
    bool first_known = false;
    std::uint32_t generation = 0;
    std::uint32_t flight = 0;  ///< data: index of the burst in its block
    // How the burst came to be granted, for its account.
    Cycle granted = 0, ready = 0, since = 0, latency = 0;
    Cause wait = Cause::kMemory;
    bool contended = false;
    std::vector<std::byte> data;
  };
  std::deque<Request> requests;  ///< by tag; `data` never moves while a port holds it
  std::vector<std::uint32_t> free_tags;
  // Channels of which the port has told something new: from within a request, and before this advance().
  std::uint32_t progressed = 0;
  std::uint32_t reported = 0;

  std::uint32_t prepare_request(const Channel& c, const Burst& burst);
  void hand_over(std::uint32_t tag, Cycle t);
  void take_progress(std::uint32_t tag, const BurstTimes& times, AxiStatus status);
  void update_port(const Request& q, const BurstTimes& before);
  void update_flight(Channel& c, Request& q);
  void account_known(Channel& c, Side& side);
  void apply_progress();
  void send_data(Channel& c, Side& side, Cycle t, bool contended);
  Flight send_access(Channel& c, const Burst& burst, Cycle ready, Cycle t, Cycle latency,
                     const std::byte* data);
  void expect_data(Port& path, Cycle first, std::uint32_t beats) const;
  AxiStatus collect(Flight& flight, std::byte* data);
  void drop(std::uint32_t tag);
  void drop_requests(Channel& c);
  Cycle held_until = 0;  ///< no address is offered before
  void forget(std::uint32_t tag);
  Cycle wake_later();

  // --- engine_plan.cpp: the next burst of each side
  std::uint32_t needed_for(const Channel& c, std::uint32_t position) const;
  bool may_read(const Channel& c) const;
  bool starves(const Channel& c) const;
  Cycle read_slot(const Channel& c) const;
  bool frees_early() const {
    return p.fifo_release == FifoRelease::kWriteBeat || p.fifo_credit == FifoCredit::kBeat;
  }
  Cycle response_time(const Channel& c, std::uint32_t position) const;
  Cycle room_time(const Channel& c, std::uint32_t freed) const;
  Cycle address_time(const Channel& c, Cycle t) const;
  static const Flight* carrier(const Side& side, std::uint32_t position);
  void plan_reader(Channel& c, Cycle t);
  void plan_writer(Channel& c, Cycle t);
  Cycle data_time(const Channel& c, std::uint32_t position, std::uint64_t address) const;

  /// The oldest burst that plans may look at.
  std::uint32_t kept_from(const Side& side) const {
    return looks_back ? side.count - std::min(side.count, side.mask + 1) : side.head;
  }

  // --- engine_chain.cpp: overlapping blocks
  void begin_chain(Channel& c);
  bool chain_next(Channel& c);
  bool write_next(Channel& c);
  bool end_chained(Channel& c, Cycle t);
  std::uint64_t address_of(const Channel& c, const Side& side, std::uint32_t position) const;
  static std::uint32_t chain_begin(const Channel& c) { return c.chain.empty() ? 0 : c.chain.front().begin; }
  static bool is_reload(const Channel& c) {
    return c.config.src_multiblk != MultiBlock::kShadow || c.config.dst_multiblk != MultiBlock::kShadow;
  }

  // --- engine_foresee.cpp
  Cycle foresee();
  bool just_completes(Channel& c);

  // --- engine_steady.cpp: skipping
  unsigned capture(const Channel& c, Cycle t, std::array<std::uint64_t, SteadyState::kMaxWords>& out) const;
  void skip_steady(Channel& c, Cycle to);
  void skip_periods(Channel& c, Cycle to);
  void leap(Channel& c, std::uint32_t periods);
  bool replay(Channel& c, std::uint32_t periods);
  static void record(Channel& c, const Side& side, const BurstTimes& times, const Burst& burst);
  /// Makes the state true if a replay is on its way; to be called before anybody sees or changes it.
  void settle() {
    if (replaying.channel) stop_replay();
  }
  void stop_replay();
  void widen(Side& side, bool write, std::uint32_t period);
  std::uint64_t periods_left(const Channel& c) const;
  bool steady(const Channel& c) const;
  Cycle steady_wake(const Channel& c) const;

  // --- engine_flow.cpp: phases of a transfer
  void size_rings(Channel& c);
  void on_wake(Channel& c, Cycle t);
  void begin_transfer(Channel& c, Cycle t);
  void start_block(Channel& c, Cycle t);
  void running_event(Channel& c, Cycle t);
  void end_block(Channel& c, Cycle t);
  void block_finished(Channel& c, Cycle t);
  void stop_now(Channel& c);
  void report_suspended(Channel& c, Cycle t);
  void fail(Channel& c, IntStatus bit);
  void teardown(Channel& c);
  void finish(Channel& c, IntStatus bits, BlockPhase phase);
  bool is_last(const Channel& c) const;
  std::uint8_t master_of(unsigned wanted) const;
  void notify(const Channel& c, BlockPhase phase, std::uint64_t bytes = 0);
  void diagnose(const Channel& c, Severity severity, const char* kind, const char* message);

  // --- engine_list.cpp: items and statuses
  void request_fetch(Channel& c, Cycle t);
  void request_access(Channel& c, Cycle t);
  ItemAccess fetch_of(std::uint64_t llp) const;
  PlannedBurst plan_access(const ItemAccess& access, SideShape& shape) const;
  Burst describe_access(const Channel& c, const ItemAccess& access, std::uint32_t bytes, std::uint32_t beats,
                        const SideShape& shape) const;
  void fetch_done(Channel& c, Cycle t);
  void item_fetched(Channel& c, Cycle t);
  void status_fetched(Channel& c, Cycle t);
  void retire_block(Channel& c, Cycle t);
  void go_on(Channel& c, Cycle t);
  void write_back_done(Channel& c, Cycle t);

  // --- engine_prefetch.cpp: the next item while a block runs
  void start_prefetch(Channel& c, Cycle t);
  void plan_prefetch(Channel& c, Cycle t);
  void grant_prefetch(Channel& c, Cycle t);
  void prefetch_done(Channel& c, Cycle t);
  bool take_prefetched(Channel& c, Cycle t);

  // --- channel lock (4.2, 5.8)
  void take_lock(const Channel& c) {
    if (c.config.lock && p.lock_en && c.config.tt_fc == 0 && lock_owner == kNobody) lock_owner = c.index;
  }
  void release_lock(const Channel& c) {
    if (lock_owner == c.index) lock_owner = kNobody;
  }
  void clear_lock(Channel& c);
  unsigned lock_owner = kNobody;  ///< nobody else is granted anything

  // --- engine_handshake.cpp: transactions of peripherals
  void start_handshakes(Channel& c);
  void open_transactions(Channel& c, Cycle t);
  bool open_transaction(Channel& c, Side& side, Cycle t);
  std::uint32_t length_known(const Channel& c, const Side& side) const;
  void end_at(Channel& c, const Side& controller);
  bool close_transaction(Channel& c, Side& side, Cycle t);
  void take_request(unsigned hs, Cycle t);
  Cycle level_change_due() const { return level_changes.empty() ? kNever : level_changes.front().at; }
  void change_levels();

  // --- engine_data.cpp: bytes
  const Path& path_to(Side& side, std::uint64_t address, bool write);
  void choose_data_path(Channel& c);
  void copy(Channel& c);
  void copy_all(Cycle t);
  void sample(Channel& c);
  void make_exact(Channel& c);
  bool complete_read(Channel& c);
  bool complete_write(Channel& c);
  AxiStatus move(Channel& c, const Burst& burst, const BurstTimes& times, std::uint32_t at, const Path& path);
  void retire_read(Channel& c, AxiStatus status);
  void retire_write(Channel& c, AxiStatus status);
  AxiStatus access(const Burst& burst, const BurstTimes& times, std::byte* data, const Path& path);
  static Burst burst_of(const Channel& c, const Side& side, bool write, std::uint32_t position,
                        std::uint32_t bytes, std::uint32_t beats);
  Burst describe(const Channel& c, const Side& side, bool write) const;
  void refresh_paths();
  void protect(std::uint64_t address, std::uint32_t bytes, const std::byte* host);

  // --- engine_account.cpp: cycles
  static void account_burst(Side& side, Flight& flight, Cycle granted, bool contended) {
    if (counted_from(flight) == side.cursor) {
      side.cycles[static_cast<unsigned>(Cause::kTransferring)] += flight.beats;
      side.cursor = flight.last + 1;
      flight.gap = 0;
    } else {
      account_gap(side, flight, granted, contended);
    }
  }
  static void account_gap(Side& side, Flight& flight, Cycle granted, bool contended);
  void account_to(const Channel& c, Side& side, Cycle t, Cause cause);
  void account_both(Channel& c, Cycle t);
  static void unwind(const Side& side, Cycle t, std::array<Cycle, kCauses>& cycles);
  Cause current_cause(const Channel& c, const Side& side, const Port::Addresses& path) const;
  SideStatistics side_statistics(const Channel& c, const Side& side, const Port::Addresses& path) const;

  // --- engine_activity.cpp: told to an observer of grants, sides and FIFOs
  /// Bursts are watched one by one.
  bool watched() const { return burst_observer != nullptr || activity_observer != nullptr; }
  // Out of the way of those whom nobody watches.
  [[gnu::cold, gnu::noinline]] void tell_grant(const Channel& c, BurstKind kind, unsigned master,
                                               const Flight& flight) const;
  [[gnu::cold, gnu::noinline]] void tell_burst(const Channel& c, const Side& side, const Flight& flight,
                                               Cycle cursor) const;
  [[gnu::cold, gnu::noinline]] void tell_side(const Channel& c, const Side& side, Cause cause,
                                              Cycle from) const;
  [[gnu::cold, gnu::noinline]] void tell_fifo(const Channel& c) const;
  void tell_waits() const;
  Cycle told_until() const;
};

}  // namespace dmavp::dmac
