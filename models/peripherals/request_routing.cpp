#include "peripherals/request_routing.h"

#include <algorithm>

namespace dmavp::request_select {

Routing::Routing(unsigned lines, unsigned handshakes, RoutingOwner& owner)
    : owner_(owner), lines_(lines), interfaces_(handshakes) {}

void Routing::select(unsigned handshake, std::optional<unsigned> line, Picoseconds at) {
  if (interfaces_[handshake].line == line) return;
  interfaces_[handshake].line = line;
  if (!line) return tell(handshake, {}, at);
  tell(handshake, lines_[*line].levels, std::max(at, lines_[*line].since));
}

void Routing::line_levels(unsigned line, DmaRequest levels, Picoseconds at) {
  lines_[line] = {levels, at};
  for (unsigned handshake = 0; handshake < interfaces_.size(); ++handshake) {
    if (interfaces_[handshake].line == line) tell(handshake, levels, at);
  }
}

std::optional<unsigned> Routing::acknowledged(unsigned handshake, Picoseconds at) {
  Interface& interface = interfaces_[handshake];
  interface.told_at = std::max(interface.told_at, at);
  interface.forgotten = interface.line.has_value();
  if (!interface.line) interface.told = {};
  return interface.line;
}

void Routing::tell(unsigned handshake, DmaRequest levels, Picoseconds at) {
  Interface& interface = interfaces_[handshake];
  if (!interface.forgotten && interface.told == levels) return;
  interface.forgotten = false;
  interface.told = levels;
  interface.told_at = std::max(interface.told_at, at);
  owner_.handshake_levels(handshake, levels, interface.told_at);
}

}  // namespace dmavp::request_select
