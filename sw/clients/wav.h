// Reads RIFF WAVE files.
#pragma once

#include <linux/types.h>

namespace dmavp::clients {

struct WavSound {
  const u8* data;  ///< 16-bit samples, little-endian, interleaved; into the file
  size_t frames;
  u32 rate;      ///< frames per second
  u32 channels;  ///< 1 or 2
};

/// NULL, or what is wrong: "is not a RIFF WAVE file" and the like. 16-bit PCM with one or two channels.
const char* read_wav(const u8* file, size_t bytes, struct WavSound* sound);

}  // namespace dmavp::clients
