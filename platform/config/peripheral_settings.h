// What the properties of a peripheral's node say beyond the parameters of its model. Plain data.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "peripherals/flash_nor.h"
#include "peripherals/i2s_parameters.h"
#include "peripherals/ssi_parameters.h"
#include "peripherals/traffic_parameters.h"
#include "peripherals/uart_parameters.h"

namespace dmavp::platform {

/// What is at the other end of a UART's wires.
enum class UartBackend : std::uint8_t { kNone, kLoopback, kFile, kStdout, kPty };

struct UartSettings {
  uart::Parameters parameters;
  UartBackend backend = UartBackend::kNone;
  std::string output;     ///< host file that takes what is sent (kFile)
  std::string input;      ///< host file that is received (kFile)
  Picoseconds start = 0;  ///< the input does not begin before
  bool obey_rts = true;
  Picoseconds poll = 0;  ///< kPty: between looks for input
};

struct FlashSettings {
  FlashParameters parameters;
  std::string image;  ///< host file with the first bytes of the array
  std::string save;   ///< host file that takes the array at the end of the run
};

/// Where an I2S gets what it receives; what it sends goes there too.
enum class I2sBackend : std::uint8_t { kSilence, kLoopback, kTone, kWav, kPeer };

struct I2sSettings {
  i2s::Parameters parameters;
  I2sBackend backend = I2sBackend::kSilence;
  std::string peer;     ///< kPeer: alias or path of the slave it clocks
  std::string wav_in;   ///< kWav: host file that is received
  std::string wav_out;  ///< host file that takes what is sent
  unsigned wav_bits = 16;
  unsigned wav_rate = 48'000;  ///< frames per second, of wav_out and of the tone
  unsigned tone_hz = 440;
};

}  // namespace dmavp::platform
