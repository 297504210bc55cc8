// A TLM transaction as accesses to the registers of a peripheral.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tlm>

#include "base/register_bank.h"

namespace dmavp {

/// What a malformed payload is answered with; TLM_OK_RESPONSE for one that can be carried out.
inline tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& access) {
  if (access.get_data_length() == 0 || access.get_streaming_width() == 0) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (access.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  if (access.get_byte_enable_ptr() != nullptr && access.get_byte_enable_length() == 0) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

/// Calls `access_register(offset, bytes, value, lanes)` for each register access a read or write consists of,
/// in order. `bytes` is 1, 2, 4 or 8, at most `widest`, and `offset` a multiple of it; `lanes` are the
/// enabled bits, never none. A streaming width below the length (a FIXED burst) goes round and round: each
/// turn accesses the same registers again. An incrementing burst is cut at multiples of `widest`, whatever
/// its beats are. In a read the callback sets `value`. check_payload() comes first.
template <class AccessRegister>
void split_access(tlm::tlm_generic_payload& access, unsigned widest, AccessRegister&& access_register) {
  const bool write = access.is_write();
  unsigned char* data = access.get_data_ptr();
  const unsigned char* enables = access.get_byte_enable_ptr();
  const unsigned enable_length = access.get_byte_enable_length();
  const unsigned length = access.get_data_length();
  const unsigned width = std::min(length, access.get_streaming_width());
  for (unsigned done = 0; done < length;) {
    const unsigned in_width = done % width;
    const std::uint64_t offset = access.get_address() + in_width;
    unsigned bytes = widest;
    while (bytes > length - done || bytes > width - in_width || offset % bytes != 0) bytes /= 2;
    std::uint64_t lanes = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      if (enables == nullptr || enables[(done + i) % enable_length] != TLM_BYTE_DISABLED) {
        lanes |= std::uint64_t{0xFF} << (8 * i);
      }
    }
    if (lanes != 0) {
      std::uint64_t value = 0;
      if (write) {
        for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{data[done + i]} << (8 * i);
        value &= lanes;
        access_register(offset, bytes, value, lanes);
      } else {
        access_register(offset, bytes, value, lanes);
        for (unsigned i = 0; i < bytes; ++i) {
          if ((lanes >> (8 * i)) & 0xFF) data[done + i] = static_cast<unsigned char>(value >> (8 * i));
        }
      }
    }
    done += bytes;
  }
}

/// Debug read: bytes of a bank as they are, without side effects. Debug writes are refused (0 bytes).
inline unsigned debug_read(tlm::tlm_generic_payload& access, const RegisterBank& bank) {
  if (!access.is_read() || access.get_data_ptr() == nullptr) return 0;
  for (unsigned i = 0; i < access.get_data_length(); ++i) {
    access.get_data_ptr()[i] = static_cast<unsigned char>(bank.peek(access.get_address() + i, 1));
  }
  access.set_response_status(tlm::TLM_OK_RESPONSE);
  return access.get_data_length();
}

}  // namespace dmavp
