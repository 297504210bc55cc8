// Which DMA request line drives which handshake interface of a controller, when software selects. Plain C++.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/dma_request.h"

namespace dmavp::request_select {

/// What a routing tells about the controller's side.
class RoutingOwner {
 public:
  virtual ~RoutingOwner() = default;
  /// From `at` on the levels of a handshake interface are these. In order of time for each interface.
  virtual void handshake_levels(unsigned handshake, DmaRequest levels, Picoseconds at) = 0;
};

/// A line may drive several interfaces, an interface has one line or none.
class Routing {
 public:
  Routing(unsigned lines, unsigned handshakes, RoutingOwner& owner);

  /// Interface `handshake` is driven by `line` from `at` on; without one it asks for nothing.
  void select(unsigned handshake, std::optional<unsigned> line, Picoseconds at);
  std::optional<unsigned> selected(unsigned handshake) const { return interfaces_[handshake].line; }

  void line_levels(unsigned line, DmaRequest levels, Picoseconds at);
  /// The controller has acknowledged and forgotten the levels. The line that has to answer, if any.
  std::optional<unsigned> acknowledged(unsigned handshake, Picoseconds at);

 private:
  struct Line {
    DmaRequest levels;
    Picoseconds since = 0;
  };
  struct Interface {
    std::optional<unsigned> line;
    DmaRequest told;
    Picoseconds told_at = 0;  // a call never goes behind it
    bool forgotten = false;   // by the controller, which waits for an answer
  };

  void tell(unsigned handshake, DmaRequest levels, Picoseconds at);

  RoutingOwner& owner_;
  std::vector<Line> lines_;
  std::vector<Interface> interfaces_;
};

}  // namespace dmavp::request_select
