// What the parts of a program share: the clients' channels, descriptors and cookies.
#pragma once

#include "oracle/oracle.h"

namespace dmavp::oracle {

struct Prepared {
  dma_async_tx_descriptor* tx;
  unsigned held;        ///< the channel's place
  bool reuse;           ///< stays ours after submit
  dma_cookie_t cookie;  ///< of the last submit of one that is used again
};
struct Cookie {
  dma_cookie_t value;
  unsigned held;
};

inline constexpr unsigned kClientCount = 8;
extern struct device devices[kClientCount];
extern dma_chan* held[kHeld];
extern Prepared prepared[kDescriptors];
extern Cookie cookies[kCookies];

inline const char* title(unsigned slot) { return held[slot] ? name_of(held[slot]) : "-"; }
/// The descriptors of that place are no longer ours.
void forget(unsigned slot);

// --- requests.cpp
void request(Draws& d);
void release(unsigned slot);
void public_side(Draws& d);
void leave_public_side();

// --- transfers.cpp
void prepare(unsigned slot, Draws& d);
void submit(Draws& d);
void descriptor_calls(Draws& d);
void status(unsigned slot, Draws& d);
void control(unsigned slot, Draws& d, bool may_sleep);
void capabilities(unsigned slot, Draws& d);
void configure(unsigned slot, Draws& d);
void hardware(unsigned slot, Draws& d);
void wait(unsigned slot, Draws& d);
void unmap_records(Draws& d);
void drop_records();
void near_the_wrap(unsigned slot);

}  // namespace dmavp::oracle
