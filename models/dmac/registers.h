// The register file of DW_axi_dmac: both layouts, access rules and interrupt logic, acting on the engine.
// No SystemC. Offsets, bits and numbers in brackets are those of spec dw-axi-dmac.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>

#include "base/clock.h"
#include "base/register_bank.h"
#include "dmac/engine.h"
#include "dmac/parameters.h"

namespace dmavp::dmac {

/// Interrupt outputs: 0 .. 31 are the channels.
inline constexpr unsigned kCommonLine = 32;
inline constexpr unsigned kCombinedLine = 33;
inline constexpr unsigned kLines = 34;

/// Writes the register reference of a controller with these parameters (Markdown).
void write_register_reference(const Parameters& parameters, const char* name, std::ostream& out);

/// The outputs of the controller.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  /// An output changed its level at `cycle`. Lines that `intr_io_type` leaves out never change.
  virtual void line_changed(unsigned line, bool level, Cycle cycle) = 0;
  /// dma_ack of a handshake interface, see EngineClient::acknowledge.
  virtual void acknowledge(unsigned hs, bool finish, Cycle cycle);
};

/// Owns the engine. Every access first advances it to the cycle of the access.
class Registers : private EngineClient {
 public:
  /// @param parameters must satisfy validate()
  Registers(const Parameters& parameters, const Clock& clock, EventSource source, AxiPort& port,
            OutputSink& outputs);

  // --- accesses; as RegisterBank, in time ---
  AccessFault read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes, Cycle at);
  AccessFault write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes, Cycle at);
  /// No side effect, no report; advance the engine first if the time is later than its own.
  std::uint64_t peek(std::uint64_t offset, unsigned bytes) const { return bank_.peek(offset, bytes); }
  /// Does what is due at or before `to`.
  void advance(Cycle to);

  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  const RegisterBank& bank() const { return bank_; }
  const Parameters& parameters() const { return parameters_; }
  void set_observer(Observer* observer);

  bool chen_v2() const { return parameters_.num_channels > 8; }  ///< CHEN2, CHSUSP, CHABORT; 1.2
  bool cfg_v2() const;                                           ///< CFG2; 1.2

 private:
  struct Channel {
    IntStatus status = 0;
    IntStatus enabled = 0;
    IntStatus signalled = 0;
    std::uint64_t cfg = 0;
    std::uint64_t swhs_src = 0;
    std::uint64_t swhs_dst = 0;
    // The hidden second set of shadow multi-block transfers (3.5).
    std::uint64_t shadow_sar = 0;
    std::uint64_t shadow_dar = 0;
    std::uint64_t shadow_block_ts = 0;
    std::uint64_t shadow_ctl = 0;
  };
  enum class Side : std::uint8_t { kSource, kDestination, kEither };

  void declare_common();
  void declare_enables();
  void declare_interrupt_map();
  void declare_channels();
  void declare_ctl(RegisterBank::Group& ch);
  void declare_cfg(RegisterBank::Group& ch);
  void declare_cfg2(RegisterBank::Group& ch);
  void declare_interrupts(RegisterBank::Group& ch);
  std::uint64_t address_mask() const;
  std::uint64_t llp_mask() const;
  std::uint64_t block_ts_mask(unsigned ch) const;

  // Common registers
  std::uint64_t cfg(unsigned) const;
  void write_cfg(unsigned, const RegisterWrite& w);
  std::uint64_t chen(unsigned) const;
  void write_chen(unsigned, const RegisterWrite& w);
  std::uint64_t chen2(unsigned) const;
  void write_chen2(unsigned, const RegisterWrite& w);
  std::uint64_t chsusp(unsigned) const;
  void write_chsusp(unsigned, const RegisterWrite& w);
  std::uint64_t chabort(unsigned) const { return 0; }
  void write_chabort(unsigned, const RegisterWrite& w);
  std::uint64_t intstatus(unsigned) const;
  void write_common_intclear(unsigned, const RegisterWrite& w);
  void common_changed(unsigned, const RegisterWrite& w);
  std::uint64_t common_intstatus(unsigned) const { return common_status_; }
  void write_reset(unsigned, const RegisterWrite& w);

  // Channel registers
  std::uint64_t sar(unsigned ch) const { return engine_.sar(ch) & address_mask(); }
  std::uint64_t dar(unsigned ch) const { return engine_.dar(ch) & address_mask(); }
  std::uint64_t block_ts(unsigned ch) const { return engine_.block_ts(ch); }
  std::uint64_t ctl(unsigned ch) const;
  std::uint64_t ch_cfg(unsigned ch) const { return channels_[ch].cfg; }
  std::uint64_t llp(unsigned ch) const { return engine_.llp(ch) & llp_mask(); }
  std::uint64_t status(unsigned ch) const { return engine_.status(ch); }
  std::uint64_t ch_intstatus(unsigned ch) const { return channels_[ch].status; }
  std::uint64_t ch_intstatus_ena(unsigned ch) const { return channels_[ch].enabled; }
  std::uint64_t ch_intsignal_ena(unsigned ch) const { return channels_[ch].signalled; }
  std::uint64_t sstat(unsigned ch) const { return engine_.fetched_status(ch, false); }
  std::uint64_t dstat(unsigned ch) const { return engine_.fetched_status(ch, true); }
  std::uint64_t swhssrc(unsigned ch) const { return engine_.enabled(ch) ? channels_[ch].swhs_src : 0; }
  std::uint64_t swhsdst(unsigned ch) const { return engine_.enabled(ch) ? channels_[ch].swhs_dst : 0; }
  void write_sar(unsigned ch, const RegisterWrite& w);
  void write_dar(unsigned ch, const RegisterWrite& w);
  void write_block_ts(unsigned ch, const RegisterWrite& w);
  void write_ctl(unsigned ch, const RegisterWrite& w);
  void write_ch_cfg(unsigned ch, const RegisterWrite& w);
  void write_llp(unsigned ch, const RegisterWrite& w);
  void write_swhssrc(unsigned ch, const RegisterWrite& w);
  void write_swhsdst(unsigned ch, const RegisterWrite& w);
  void request_by_software(unsigned ch, bool destination, std::uint64_t bits);
  void write_sstatar(unsigned ch, const RegisterWrite& w) { engine_.set_status_address(ch, false, w.value); }
  void write_dstatar(unsigned ch, const RegisterWrite& w) { engine_.set_status_address(ch, true, w.value); }
  void write_resumereq(unsigned ch, const RegisterWrite& w);
  void write_axi_id(unsigned ch, const RegisterWrite& w);
  void write_axi_qos(unsigned ch, const RegisterWrite& w);
  void write_intstatus_ena(unsigned ch, const RegisterWrite& w);
  void write_intsignal_ena(unsigned ch, const RegisterWrite& w);
  void write_intclear(unsigned ch, const RegisterWrite& w);

  // Who may write what while CH_EN = 1 [2.5]
  std::uint64_t lock_sar(unsigned ch, const RegisterWrite&) { return locked_by_enable(ch, Side::kSource); }
  std::uint64_t lock_dar(unsigned ch, const RegisterWrite&) {
    return locked_by_enable(ch, Side::kDestination);
  }
  std::uint64_t lock_block_ts(unsigned ch, const RegisterWrite&) {
    return locked_by_enable(ch, Side::kEither);
  }
  std::uint64_t lock_ctl(unsigned ch, const RegisterWrite& w);
  std::uint64_t lock_cfg(unsigned ch, const RegisterWrite& w);
  std::uint64_t lock_always(unsigned ch, const RegisterWrite&);
  std::uint64_t locked_by_enable(unsigned ch, Side side);
  bool shadowed(unsigned ch, Side side) const;
  bool linked(unsigned ch) const;

  ChannelConfig decode_cfg(std::uint64_t raw) const;
  bool controller_enabled() const { return enable_requested_ || engine_.any_enabled(); }
  void set_enable(unsigned ch, bool on);
  void set_suspend(unsigned ch, bool on);
  void set_abort(unsigned ch, bool on);
  bool common_request() const;
  void update_request(unsigned ch);
  void reset_state();
  void update_lines();
  void fault(const FaultReport& report);
  void raise(unsigned ch, IntStatus bits);

  // EngineClient
  void channel_event(unsigned channel, IntStatus bits, Cycle cycle) override;
  void acknowledge(unsigned hs, bool finish, Cycle cycle) override;
  void software_handshake_done(unsigned channel, bool destination) override;
  bool take_shadow_set(unsigned channel, ShadowSet& set) override;
  void diagnostic(unsigned channel, Severity severity, const char* kind, const char* message,
                  Cycle cycle) override;

  const Parameters parameters_;
  const Clock clock_;
  const EventSource source_;
  OutputSink& outputs_;
  Engine engine_;
  RegisterBank bank_;
  Observer* diagnostic_observer_ = nullptr;
  std::array<Channel, kMaxChannels> channels_{};
  std::uint32_t common_status_ = 0;
  std::uint32_t requests_ = 0;  ///< channels with INTSTATUS & INTSIGNAL_ENA
  const Register* cfg_register_ = nullptr;
  Register* common_enable_ = nullptr;
  Register* common_signal_ = nullptr;
  bool enable_requested_ = false;  ///< DMAC_EN as software wants it
  bool int_enable_ = false;
  IntStatus lock_reason_ = 0;  ///< what a refused write sets; 0: it is dropped silently
  Cycle cycle_ = 0;            ///< of the access or event being handled
  std::uint64_t lines_ = 0;    ///< levels of the outputs
};

}  // namespace dmavp::dmac
