// Several simulations in one process, one after the other (design decision 24).
#pragma once

#include <systemc>

namespace dmavp::bench {

/// A new simulation; all modules of the one before must be gone. The first context is kept, because objects
/// of the library itself belong to it until the process ends.
inline void fresh_context() {
  static auto* const first = sc_core::sc_get_curr_simcontext();
  if (sc_core::sc_get_status() == sc_core::SC_ELABORATION) return;
  auto* const old = sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
  if (old != first) delete old;
}

}  // namespace dmavp::bench
