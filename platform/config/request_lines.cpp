#include "platform/config/request_lines.h"

#include <utility>

namespace dmavp::platform {
namespace {

struct Codes {
  std::uint64_t base;
  unsigned rx, tx;
};

// Of the codes those of devices that have a model here; I2C, AES, SHA, AI, FFT and the microphone array have
// none.
constexpr Codes kK210[] = {
    {0x52000000, 0, 1},    // SSI0
    {0x53000000, 2, 3},    // SSI1
    {0x50240000, 4, 5},    // SSI2
    {0x54000000, 6, 7},    // SSI3
    {0x50210000, 14, 15},  // UART1
    {0x50220000, 16, 17},  // UART2
    {0x50230000, 18, 19},  // UART3
    {0x50250000, 26, 25},  // I2S0
    {0x50260000, 28, 27},  // I2S1
    {0x50270000, 30, 29},  // I2S2
};

}  // namespace

std::optional<unsigned> k210_request_code(std::uint64_t base, bool transmit) {
  for (const Codes& codes : kK210) {
    if (codes.base == base) return transmit ? codes.tx : codes.rx;
  }
  return std::nullopt;
}

void connect_request_lines(BoardDescription& board) {
  for (RequestSelectDescription& select : board.request_selects) {
    for (unsigned i = 0; i < board.peripherals.size(); ++i) {
      const PeripheralDescription& p = board.peripherals[i];
      for (const bool transmit : {false, true}) {
        const std::optional<DmaLink>& link = transmit ? p.tx : p.rx;
        const bool ours = link && link->dmac == select.dmac;
        RequestLine line{i, transmit, std::nullopt, std::nullopt};
        if (select.layout == request_select::Layout::kK210) {
          if (link && !ours) continue;
          if (ours) line.handshake = link->number;
          line.code = k210_request_code(p.base, transmit);
        } else if (ours) {
          line.code = link->number;
        }
        if (line.handshake || line.code) select.lines.push_back(line);
      }
    }
  }
}

}  // namespace dmavp::platform
