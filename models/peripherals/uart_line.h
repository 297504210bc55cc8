// The serial wires of a UART: what travels on them, and what may be at their other end. Plain C++.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace dmavp::uart {

/// How a character is framed (LCR[5:0]).
struct SerialFormat {
  unsigned data_bits = 8;   ///< 5..8
  unsigned half_stops = 2;  ///< stop bits in halves: 2, 3 or 4
  bool parity = false;
  bool even = false;
  bool stick = false;  ///< the parity bit is constant: 0 if even, else 1

  /// Start, data, parity and stop bits in half bits.
  constexpr unsigned half_bits() const { return 2 * (1 + data_bits + (parity ? 1 : 0)) + half_stops; }
  bool operator==(const SerialFormat& other) const {
    return data_bits == other.data_bits && half_stops == other.half_stops && parity == other.parity &&
           (!parity || (even == other.even && stick == other.stick));
  }
};

/// One character on a wire, from the begin of its start bit to the end of its last stop bit.
struct SerialFrame {
  Picoseconds start = 0;
  Picoseconds end = 0;  ///< after `start`
  SerialFormat format;
  std::uint8_t data = 0;

  Picoseconds half_bit() const { return (end - start) / format.half_bits(); }
};

/// The receiving side of a UART, as the UART that is wired to it sees it (its own in a loop of wire).
class SerialPeer {
 public:
  virtual ~SerialPeer() = default;
  /// A character, announced when it begins; frames come in order and do not overlap.
  virtual void receive(const SerialFrame& frame) = 0;
  /// Everything that ends at or before `at` has arrived; called before the sender decides at `at` whether it
  /// goes on, so that flow control takes effect in time.
  virtual void receive_until(Picoseconds at) = 0;
  /// The wire is held low (break) or released.
  virtual void line_break(bool low, Picoseconds at) = 0;
  /// Null modem: the sender's RTS is CTS here, its DTR is DSR and DCD.
  virtual void modem_inputs(bool cts, bool dsr, Picoseconds at) = 0;
};

/// What else may be at the other end: a file, the host's terminal. It talks in characters at the line rate of
/// the UART, and is called by the UART alone, within the simulation's thread.
class SerialBackend {
 public:
  virtual ~SerialBackend() = default;
  /// A character has left the UART; the end of its last stop bit is at `at`.
  virtual void sent(std::uint8_t data, Picoseconds at) = 0;
  /// The next character to receive, whose start bit would begin at `at`. False: none now.
  virtual bool next(std::uint8_t& data, Picoseconds at) = 0;
  /// After next() said false at `at`: when to ask again, later than `at`; kNever if nothing will come.
  virtual Picoseconds ask_again(Picoseconds at) const = 0;
  /// True: characters come only while the UART asserts RTS.
  virtual bool obeys_rts() const { return true; }
};

}  // namespace dmavp::uart
