// DMA with a DW_apb_uart: streams of every length, and what DMASA is for [spec peripherals 1.2, 2.5].
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "components/scripted_initiator.h"
#include "components/simulate.h"
#include "peripherals/dw_apb_uart.h"
#include "peripherals/handshake_master.h"
#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using sc_core::sc_time;
using namespace tb;  // NOLINT: offsets by their names

const Clock kBaud(100'000'000);
const Clock kBus(250'000'000);  // 4 ns

/// One UART looped to itself by a wire; a processor and two DMA sides take turns on it.
struct DmaBench : sc_core::sc_module {
  DwApbUart uart;
  tb::HandshakeDma out;
  tb::HandshakeDma in;
  tb::ScriptedInitiator cpu;
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<DmaBench>> shared;
  tlm_utils::simple_initiator_socket<DmaBench> bus;

  DmaBench(const sc_core::sc_module_name& name, unsigned depth, unsigned items, unsigned msize, unsigned code)
      : sc_module(name),
        uart("uart", with_depth(depth), kBaud, kBus),
        out("dma_out", {true, THR, 1, msize, items, false, true}),
        in("dma_in", {false, RBR, 1, msize, items, false, true}),
        cpu("cpu",
            [this, code](tb::ScriptedInitiator& m) {
              m.write32(LCR, 0x83);
              m.write32(DLL, 1);
              m.write32(LCR, 0x03);
              m.write32(FCR, 0x01 | code << 6 | code << 4);
              out.start();
              in.start();
            }),
        shared("shared", 3),
        bus("bus") {
    for (int i = 0; i < 3; ++i) {
      shared[static_cast<std::size_t>(i)].register_b_transport(this, &DmaBench::pass, i);
    }
    cpu.socket.bind(shared[0]);
    out.socket.bind(shared[1]);
    in.socket.bind(shared[2]);
    bus.bind(uart.socket);
    uart.connect_to(uart);
    uart.tx_request.bind(out);
    uart.rx_request.bind(in);
    out.acknowledge.bind(uart.tx_acknowledge);
    in.acknowledge.bind(uart.rx_acknowledge);
    for (unsigned i = 0; i < items; ++i) out.data.push_back((i * 7 + 3) & 0xFF);
  }
  static uart::Parameters with_depth(unsigned depth) {
    uart::Parameters p;
    p.fifo_depth = depth;
    return p;
  }
  void pass(int, tlm::tlm_generic_payload& access, sc_time& delay) { bus->b_transport(access, delay); }
};

/// 0..3 FIFOs of characters out and in, with every trigger and bursts of several sizes: the stream is exact,
/// or what the watermark rules predict [1.2].
class UartDma : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {};
TEST_P(UartDma, StreamIsExactOrStrandedAsPredicted) {
  const auto [depth, msize] = GetParam();
  const unsigned watermark[] = {1, depth / 4, depth / 2, depth - 2};
  struct Run {
    std::unique_ptr<DmaBench> bench;
    unsigned watermark, items;
  };
  std::vector<Run> runs;
  for (unsigned code = 0; code < 4; ++code) {
    for (unsigned items = 0; items <= 3 * depth; ++items) {
      const std::string name = "code" + std::to_string(code) + "_items" + std::to_string(items);
      runs.push_back(
          {std::make_unique<DmaBench>(name.c_str(), depth, items, msize, code), watermark[code], items});
    }
  }
  sc_core::sc_start(sc_time(4 * depth * 2, sc_core::SC_US));

  unsigned stranded_somewhere = 0;
  for (const Run& run : runs) {
    DmaBench& b = *run.bench;
    const unsigned w = run.watermark;
    SCOPED_TRACE(b.name());
    const uart::Statistics& lost = b.uart.statistics();
    // Every M here is at most D - Wtx.
    EXPECT_EQ(lost.tx_overflows, 0u);
    EXPECT_EQ(b.out.moved, run.items);
    EXPECT_EQ(lost.sent, run.items);
    EXPECT_EQ(lost.tx_gaps, 0u);
    if (msize > w) {  // bursts read an empty FIFO, and with w = 1 so does the remainder at once
      EXPECT_EQ(lost.rx_underflows > 0, run.items >= msize || (w == 1 && run.items > 1));
      continue;
    }
    unsigned left = run.items;
    while (left >= msize && left >= w) left -= msize;
    const unsigned stranded = left >= msize ? left : 0;
    stranded_somewhere += stranded;
    EXPECT_EQ(b.in.finished, stranded == 0);
    EXPECT_EQ(b.uart.core().receive_level(), stranded);
    EXPECT_EQ(lost.rx_underflows, 0u);
    std::vector<std::uint64_t> expected = b.out.data;
    expected.resize(run.items - stranded);
    EXPECT_EQ(b.in.data, expected);
  }
  EXPECT_GT(stranded_somewhere, 0u);
}
INSTANTIATE_TEST_SUITE_P(DepthAndMsize, UartDma,
                         testing::Values(std::tuple(16u, 1u), std::tuple(16u, 4u), std::tuple(16u, 8u),
                                         std::tuple(128u, 1u), std::tuple(128u, 8u), std::tuple(128u, 64u)),
                         [](const auto& row) {
                           return "depth" + std::to_string(std::get<0>(row.param)) + "_m" +
                                  std::to_string(std::get<1>(row.param));
                         });

}  // namespace
}  // namespace dmavp
