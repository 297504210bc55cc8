#include "peripherals/dma_request_select.h"

#include <algorithm>
#include <utility>

#include "base/sim_time.h"
#include "peripherals/register_access.h"

namespace dmavp {
namespace {

constexpr Cycle kAccessCycles = 2;

}  // namespace

DmaRequestSelect::DmaRequestSelect(sc_core::sc_module_name module_name, request_select::Layout layout,
                                   std::vector<Line> lines, unsigned handshakes, const Clock& clock)
    : sc_module(module_name),
      socket("socket"),
      line_request("line_request", lines.size()),
      line_acknowledge("line_acknowledge", lines.size()),
      request("request", handshakes),
      acknowledge("acknowledge", handshakes),
      lines_(std::move(lines)),
      handshakes_(handshakes),
      routing_(static_cast<unsigned>(lines_.size()), handshakes, *this),
      registers_(name(), layout,
                 [this](unsigned handshake, unsigned code) { code_written(handshake, code); }),
      line_inputs_(lines_.size()),
      acknowledge_inputs_(handshakes),
      access_time_(from_picoseconds(clock.time_of(kAccessCycles))) {
  socket.register_b_transport(this, &DmaRequestSelect::b_transport);
  socket.register_transport_dbg(this, &DmaRequestSelect::transport_dbg);
  for (unsigned i = 0; i < line_inputs_.size(); ++i) {
    line_inputs_[i].owner = this;
    line_inputs_[i].line = i;
    line_request[i].bind(line_inputs_[i]);
    if (lines_[i].interface) routing_.select(*lines_[i].interface, i, 0);
  }
  for (unsigned n = 0; n < handshakes; ++n) {
    acknowledge_inputs_[n].owner = this;
    acknowledge_inputs_[n].handshake = n;
    acknowledge[n].bind(acknowledge_inputs_[n]);
  }
}

void DmaRequestSelect::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  if (access.get_command() != tlm::TLM_IGNORE_COMMAND) {  // else a latency probe
    status = check_payload(access);
    now_ = to_picoseconds(sc_core::sc_time_stamp() + delay);
    if (status == tlm::TLM_OK_RESPONSE) {
      const bool write = access.is_write();
      split_access(access, 4,
                   [&](std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
                     if (write) {
                       registers_.write(offset, bytes, value, lanes);
                     } else {
                       registers_.read(offset, bytes, value, lanes);
                     }
                   });
    }
  }
  access.set_response_status(status);
  delay += access_time_;
}

unsigned DmaRequestSelect::transport_dbg(tlm::tlm_generic_payload& access) {
  return debug_read(access, bank());
}

void DmaRequestSelect::code_written(unsigned handshake, unsigned code) {
  if (handshake >= handshakes_) return;
  const auto line =
      std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.code && *l.code == code; });
  if (line == lines_.end()) return routing_.select(handshake, std::nullopt, now_);
  routing_.select(handshake, static_cast<unsigned>(line - lines_.begin()), now_);
}

void DmaRequestSelect::acknowledged(unsigned handshake, bool finish, Picoseconds at) {
  const auto line = routing_.acknowledged(handshake, at);
  if (line && line_acknowledge[*line].size() != 0) line_acknowledge[*line]->dma_acknowledge(finish, at);
}

void DmaRequestSelect::handshake_levels(unsigned handshake, DmaRequest levels, Picoseconds at) {
  // Selections of the constructor come before anything is bound, when no line asks.
  if (request[handshake].size() != 0) request[handshake]->dma_request(levels, at);
}

}  // namespace dmavp
