#include "clients/dmatest/pattern.h"

#include <linux/minmax.h>
#include <linux/string.h>

namespace dmavp::dmatest {
namespace {

/// [from, to) of the buffer; the counter starts at `counter`. The pattern repeats, so one period is copied
/// along.
void fill(u8* buffer, size_t from, size_t to, u8 bits, size_t counter, bool is_memset) {
  const size_t bytes = to - from;
  const size_t head = bytes < kPeriod ? bytes : kPeriod;
  for (size_t i = 0; i < head; i++) buffer[from + i] = pattern(bits, counter + i, is_memset);
  for (size_t done = head; done < bytes;) {
    const size_t n = done < bytes - done ? done : bytes - done;
    memcpy(buffer + from + done, buffer + from, n);
    done += n;
  }
}

const char* verdict(bool source, u8 bits, u8 expected, u8 actual) {
  const u8 diff = expected ^ actual;
  if (source) return "overwritten";
  if ((bits & kCopy) && (diff & (kCopy | kOverwrite))) return "not copied";
  if (diff & kSource) return "was copied";
  return "mismatch";
}

/// One pass over [from, to).
unsigned check(const u8* buffer, size_t from, size_t to, u8 bits, size_t counter, bool source, bool is_memset,
               Reporter& reporter) {
  const size_t bytes = to - from;
  const u8* at = buffer + from;
  // Right when the first period is right and everything equals itself one period on; only then is a byte
  // looked at.
  const size_t head = bytes < kPeriod ? bytes : kPeriod;
  bool good = bytes == head || memcmp(at, at + kPeriod, bytes - kPeriod) == 0;
  for (size_t i = 0; good && i < head; i++) good = at[i] == pattern(bits, counter + i, is_memset);
  if (good) return 0;
  unsigned errors = 0;
  for (size_t i = 0; i < bytes; i++) {
    const u8 expected = pattern(bits, counter + i, is_memset);
    if (at[i] == expected) continue;
    if (errors++ < kMaxErrors)
      reporter.mismatch({source, from + i, verdict(source, bits, expected, at[i]), expected, at[i]});
  }
  if (errors > kMaxErrors) reporter.suppressed(errors - kMaxErrors);
  return errors;
}

}  // namespace

void fill_source(u8* buffer, const Region& r, bool is_memset) {
  fill(buffer, 0, r.offset, kSource, 0, is_memset);
  fill(buffer, r.offset, r.offset + r.length, kSource | kCopy, r.offset, is_memset);
  fill(buffer, r.offset + r.length, r.size, kSource, r.offset + r.length, is_memset);
}

void fill_destination(u8* buffer, const Region& r, bool is_memset) {
  fill(buffer, 0, r.offset, kDestination, 0, is_memset);
  fill(buffer, r.offset, r.offset + r.length, kDestination | kOverwrite, r.offset, is_memset);
  fill(buffer, r.offset + r.length, r.size, kDestination, r.offset + r.length, is_memset);
}

unsigned check_source(const u8* buffer, const Region& r, bool is_memset, Reporter& reporter) {
  const size_t end = r.offset + r.length;
  return check(buffer, 0, r.offset, kSource, 0, true, is_memset, reporter) +
         check(buffer, r.offset, end, kSource | kCopy, r.offset, true, is_memset, reporter) +
         check(buffer, end, r.size, kSource, end, true, is_memset, reporter);
}

unsigned check_destination(const u8* buffer, const Region& r, size_t source_offset, bool is_memset,
                           Reporter& reporter) {
  const size_t end = r.offset + r.length;
  return check(buffer, 0, r.offset, kDestination, 0, false, is_memset, reporter) +
         check(buffer, r.offset, end, kSource | kCopy, source_offset, false, is_memset, reporter) +
         check(buffer, end, r.size, kDestination, end, false, is_memset, reporter);
}

}  // namespace dmavp::dmatest
