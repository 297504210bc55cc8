#include "clients/wav.h"

#include <asm/unaligned.h>
#include <linux/string.h>

namespace dmavp::clients {
namespace {

constexpr u32 kHeader = 12;       // "RIFF", length, "WAVE"
constexpr u32 kChunkHeader = 8;   // name, length
constexpr u32 kFormatBytes = 16;  // of the plain form
constexpr u16 kPcm = 1;
constexpr u16 kExtensible = 0xFFFE;

bool named(const u8* chunk, const char* name) { return memcmp(chunk, name, 4) == 0; }

const char* read_format(const u8* format, struct WavSound* sound) {
  const u16 tag = get_unaligned_le16(format);
  if (tag != kPcm && tag != kExtensible) return "is not PCM";
  sound->channels = get_unaligned_le16(format + 2);
  sound->rate = get_unaligned_le32(format + 4);
  if (get_unaligned_le16(format + 14) != 16) return "has samples of other than 16 bits";
  if (sound->channels != 1 && sound->channels != 2) return "has other than one or two channels";
  return sound->rate ? nullptr : "has no sample rate";
}

}  // namespace

const char* read_wav(const u8* file, size_t bytes, struct WavSound* sound) {
  memset(sound, 0, sizeof(*sound));
  if (bytes < kHeader || !named(file, "RIFF") || !named(file + 8, "WAVE")) return "is not a RIFF WAVE file";
  for (size_t at = kHeader; bytes - at >= kChunkHeader;) {
    const u8* chunk = file + at;
    const size_t length = get_unaligned_le32(chunk + 4);
    const size_t left = bytes - at - kChunkHeader;
    if (named(chunk, "fmt ")) {
      if (length < kFormatBytes || length > left) return "has a format chunk that is too short";
      const char* problem = read_format(chunk + kChunkHeader, sound);
      if (problem) return problem;
    } else if (named(chunk, "data")) {
      if (!sound->channels) return "has samples before their format";
      if (length > left) return "is cut off";
      sound->data = chunk + kChunkHeader;
      sound->frames = length / (2 * sound->channels);
      return sound->frames ? nullptr : "has no samples";
    }
    if (length > left) return "is cut off";
    const size_t next = at + kChunkHeader + length + (length & 1);
    at = next < bytes ? next : bytes;
  }
  return "has no samples";
}

}  // namespace dmavp::clients
