// The rules of a RISC-V platform-level interrupt controller, without time (spec peripherals 6.2).
#pragma once

#include <cstdint>
#include <vector>

namespace dmavp {

/// Gateways, priorities, enables, thresholds, claim and complete of a PLIC with level-triggered sources.
/// Offsets are those of the register map (spec peripherals 6.1); every register is 32 bits wide. What does
/// not exist (source 0, sources above ndev, contexts beyond the last, holes) reads 0 and ignores writes.
class PlicCore {
 public:
  static constexpr unsigned kMaxSources = 1023;
  static constexpr unsigned kMaxContexts = 15872;
  static constexpr std::uint64_t kWindow = 0x4000000;  ///< bytes
  static constexpr std::uint32_t kPriorityMask = 7;    ///< implemented bits of priorities and thresholds

  enum class Register : std::uint8_t { kNone, kPriority, kPending, kEnable, kThreshold, kClaim };
  /// Where an offset leads: `index` is the source (kPriority) or the word (kPending, kEnable).
  struct Location {
    Register reg = Register::kNone;
    unsigned context = 0;
    unsigned index = 0;
  };

  /// @param ndev number of the last source, 1..1023
  /// @param contexts 1..15872
  /// @throws std::invalid_argument outside of these
  PlicCore(unsigned ndev, unsigned contexts);

  unsigned ndev() const { return ndev_; }
  unsigned contexts() const { return static_cast<unsigned>(context_.size()); }

  /// Level of the line of source 1..ndev; others are ignored.
  void set_source(unsigned source, bool high);

  /// Bus read of the word at `offset` (multiple of 4); reading a claim register claims.
  std::uint32_t read(std::uint64_t offset);
  /// The same without any effect: a claim register shows what a claim would return.
  std::uint32_t peek(std::uint64_t offset) const;
  void write(std::uint64_t offset, std::uint32_t value);

  /// Level of the notification to a context.
  bool notified(unsigned context) const;

  Location locate(std::uint64_t offset) const;
  static const char* name(Register reg);

 private:
  static constexpr unsigned kWords = 32;
  struct Context {
    std::uint32_t threshold = 0;
    std::uint32_t enable[kWords] = {};
  };

  bool source_exists(unsigned source) const { return source >= 1 && source <= ndev_; }
  std::uint32_t existing_sources(unsigned word) const;
  unsigned best(const Context& context) const;
  void request(unsigned source);
  std::uint32_t claim(const Context& context);
  void complete(const Context& context, std::uint32_t source);

  unsigned ndev_;
  std::vector<Context> context_;
  std::uint8_t priority_[kMaxSources + 1] = {};
  std::uint32_t line_[kWords] = {};    // level of the sources
  std::uint32_t closed_[kWords] = {};  // gateway: requested and not completed
  std::uint32_t pending_[kWords] = {};
};

}  // namespace dmavp
