// A simulation that has to end by itself.
#pragma once

#include <gtest/gtest.h>

#include <systemc>

namespace dmavp::tb {

/// Runs until sc_stop() or until nothing can happen any more; a test that still runs after `limit` of
/// simulated time has failed.
inline void simulate(const sc_core::sc_time& limit = sc_core::sc_time(10, sc_core::SC_SEC)) {
  const sc_core::sc_time end = sc_core::sc_time_stamp() + limit;
  sc_core::sc_start(limit, sc_core::SC_EXIT_ON_STARVATION);
  EXPECT_TRUE(sc_core::sc_get_status() == sc_core::SC_STOPPED || sc_core::sc_time_stamp() < end)
      << "still running after " << limit << " of simulated time";
}

}  // namespace dmavp::tb
