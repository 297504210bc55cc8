// Links with the protocol checker in between.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "components/protocol_checker.h"

namespace dmavp::tb {

class CheckedLinks {
 public:
  /// Before the simulation starts.
  template <class From, class To>
  void join(From& from, To& to) {
    links_.emplace_back(sc_core::sc_gen_unique_name("link"));
    from.bind(links_.back().target);
    links_.back().initiator.bind(to);
  }
  /// Fails the test for everything that the checkers have found.
  void expect_clean() {
    for (ProtocolChecker& link : links_) EXPECT_EQ(link.report(), "");
  }
  /// The same, and nothing may be on its way.
  void expect_finished() {
    for (ProtocolChecker& link : links_) link.finish();
    expect_clean();
  }

 private:
  std::deque<ProtocolChecker> links_;
};

}  // namespace dmavp::tb
