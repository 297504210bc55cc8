// The rows of the property table for peripherals.
#include "platform/config/property_table_peripherals.h"

namespace dmavp::platform {
namespace {

using S = NodeSettings;
using V = std::uint64_t;
constexpr V kMax32 = 0xFFFF'FFFF;
constexpr V kMaxLatency = 1'000'000;
constexpr auto kCell = PropertyType::kCell;
constexpr auto kChoice = PropertyType::kChoice;
constexpr auto kText = PropertyType::kText;

constexpr const char* kByCompatible = "= by compatible";
constexpr const char* kLatencyText = "Duration of a register access.";

Property text(const char* name, NodeKind kind, const char* meaning, void (*set)(S&, const std::string&)) {
  return Property{name, kind, kText, "", 0, 0, "= none", meaning, nullptr, {}, set};
}

Property yes_no(const char* name, NodeKind kind, const char* fallback, const char* meaning,
                void (*set)(S&, unsigned, V)) {
  return Property{name, kind, kCell, "0 or 1", 0, 1, fallback, meaning, set};
}

void add_uart(std::vector<Property>& table) {
  constexpr auto uart = NodeKind::kUart;
  const Property rows[] = {
      {"reg-shift", uart, kCell, "", 2, 2, "2", "Registers are four bytes apart.", [](S&, unsigned, V) {}},
      {"snps,uart-16550-compatible", uart, PropertyType::kFlag, "", 0, 1, "absent",
       "No busy detection; LCR can always be written.",
       [](S& s, unsigned, V v) { s.uart.parameters.uart_16550_compatible = v != 0; }},
      {"dmavp,fifo-depth", uart, kCell, "characters", 0, 2048, "16",
       "Depth of each FIFO: 0 (none) or a power of two from 16.",
       [](S& s, unsigned, V v) { s.uart.parameters.fifo_depth = static_cast<unsigned>(v); }},
      {"dmavp,dlf-size", uart, kCell, "bits", 0, 6, "4", "Width of the divisor's fraction (DLF).",
       [](S& s, unsigned, V v) { s.uart.parameters.dlf_size = static_cast<unsigned>(v); }},
      yes_no("dmavp,dma-extra", uart, "1", "DMA requests by watermark with single requests (CPR.DMA_EXTRA).",
             [](S& s, unsigned, V v) { s.uart.parameters.dma_extra = v != 0; }),
      yes_no("dmavp,timeout-requests-dma", uart, "0",
             "With dma-extra: the character time-out raises the receive request.",
             [](S& s, unsigned, V v) { s.uart.parameters.timeout_requests_dma = v != 0; }),
      yes_no("dmavp,afce", uart, "1", "Automatic flow control exists (MCR[5]).",
             [](S& s, unsigned, V v) { s.uart.parameters.afce = v != 0; }),
      yes_no("dmavp,thre-mode", uart, "1", "Programmable THRE interrupt exists (IER[7]).",
             [](S& s, unsigned, V v) { s.uart.parameters.thre_mode = v != 0; }),
      yes_no("dmavp,error-response", uart, "0", "Reading an empty RBR with FIFOs on is a bus error.",
             [](S& s, unsigned, V v) { s.uart.parameters.pslverr_resp_en = v != 0; }),
      yes_no("dmavp,cts", uart, "0", "CTS while nothing is wired to the UART.",
             [](S& s, unsigned, V v) { s.uart.parameters.cts = v != 0; }),
      yes_no("dmavp,dsr", uart, "0", "DSR while nothing is wired to the UART.",
             [](S& s, unsigned, V v) { s.uart.parameters.dsr = v != 0; }),
      yes_no("dmavp,ri", uart, "0", "RI while nothing is wired to the UART.",
             [](S& s, unsigned, V v) { s.uart.parameters.ri = v != 0; }),
      yes_no("dmavp,dcd", uart, "0", "DCD while nothing is wired to the UART.",
             [](S& s, unsigned, V v) { s.uart.parameters.dcd = v != 0; }),
      {"dmavp,ucv", uart, kCell, "", 0, kMax32, "0x3430322a", "UCV, the component version.",
       [](S& s, unsigned, V v) { s.uart.parameters.ucv = static_cast<std::uint32_t>(v); }},
      {"dmavp,ctr", uart, kCell, "", 0, kMax32, "0x44570110", "CTR, the component type.",
       [](S& s, unsigned, V v) { s.uart.parameters.ctr = static_cast<std::uint32_t>(v); }},
      {"dmavp,register-latency", uart, kCell, "cycles", 0, kMaxLatency, "2", kLatencyText,
       [](S& s, unsigned, V v) { s.uart.parameters.register_latency = v; }},
      {"dmavp,backend",
       uart,
       kChoice,
       "",
       0,
       4,
       "none",
       "What the UART is wired to: nothing, its own receiver, host files, standard output, a "
       "pseudo-terminal.",
       [](S& s, unsigned, V v) { s.uart.backend = static_cast<UartBackend>(v); },
       {"none", "loopback", "file", "stdout", "pty"}},
      text("dmavp,backend-output", uart, "Back end file: host file that takes what is sent.",
           [](S& s, const std::string& v) { s.uart.output = v; }),
      text("dmavp,backend-input", uart, "Back end file: host file that is received, at line rate.",
           [](S& s, const std::string& v) { s.uart.input = v; }),
      {"dmavp,backend-start", uart, kCell, "us", 0, kMax32, "0",
       "Back end file: the first character is received no earlier.",
       [](S& s, unsigned, V v) { s.uart.start = v * 1'000'000; }},
      yes_no("dmavp,backend-obey-rts", uart, "1",
             "Back end file: characters come only while RTS is asserted.",
             [](S& s, unsigned, V v) { s.uart.obey_rts = v != 0; }),
      {"dmavp,backend-poll", uart, kCell, "us", 1, kMax32, "1000",
       "Back end pty: simulated time between looks for input.",
       [](S& s, unsigned, V v) { s.uart.poll = v * 1'000'000; }},
  };
  table.insert(table.end(), std::begin(rows), std::end(rows));
}

void add_spi(std::vector<Property>& table) {
  constexpr auto spi = NodeKind::kSpi;
  const Property rows[] = {
      {"num-cs", spi, kCell, "", 1, 16, "4", "Native chip selects.",
       [](S& s, unsigned, V v) { s.spi.num_cs = static_cast<unsigned>(v); }},
      {"dmavp,fifo-depth", spi, kCell, "frames", 8, 256, "32", "Depth of each FIFO.",
       [](S& s, unsigned, V v) { s.spi.fifo_depth = static_cast<unsigned>(v); }},
      {"dmavp,layout",
       spi,
       kChoice,
       "",
       0,
       2,
       kByCompatible,
       "CTRLR0 of DW_apb_ssi with frames to 16 bits, to 32 bits, or of DWC_ssi.",
       [](S& s, unsigned, V v) {
         s.spi.layout = static_cast<ssi::Layout>(v);
         s.spi.max_frame = s.spi.layout == ssi::Layout::kApb16 ? 16 : 32;
       },
       {"apb16", "apb32", "dwc"}},
      yes_no("dmavp,ss-toggle", spi, "0",
             "With SCPH = 0 the select rises between frames although SSTE is missing.",
             [](S& s, unsigned, V v) { s.spi.ss_toggle = v != 0; }),
      {"dmavp,rx-full-quirk", spi, kCell, "0 or 1", 0, 1, kByCompatible,
       "The frame that would fill the receive FIFO overruns it.",
       [](S& s, unsigned, V v) { s.spi.rx_full_quirk = v != 0; }},
      {"dmavp,version", spi, kCell, "", 0, kMax32, "0", "VERSION; 0: 4.01 (DW_apb_ssi) or 1.01 (DWC_ssi).",
       [](S& s, unsigned, V v) { s.spi.version = static_cast<std::uint32_t>(v); }},
      {"dmavp,idr", spi, kCell, "", 0, kMax32, "0", "IDR.",
       [](S& s, unsigned, V v) { s.spi.idr = static_cast<std::uint32_t>(v); }},
      {"dmavp,spi-ctrlr0", spi, kCell, "", 0, kMax32, "0", "SPI_CTRLR0 at reset.",
       [](S& s, unsigned, V v) { s.spi.spi_ctrlr0 = static_cast<std::uint32_t>(v); }},
      {"dmavp,register-latency", spi, kCell, "cycles", 0, kMaxLatency, "2", kLatencyText,
       [](S& s, unsigned, V v) { s.spi.access_latency = v; }},
  };
  table.insert(table.end(), std::begin(rows), std::end(rows));
}

void add_flash(std::vector<Property>& table) {
  constexpr auto flash = NodeKind::kFlash;
  const auto duration = [](const char* name, const char* fallback, const char* meaning,
                           void (*set)(S&, unsigned, V)) {
    return Property{name, NodeKind::kFlash, kCell, "us", 0, 1'000'000'000, fallback, meaning, set};
  };
  const Property rows[] = {
      {"dmavp,size", flash, kCell, "bytes", 1u << 16, 1u << 31, "16777216",
       "Size of the array, a power of two.",
       [](S& s, unsigned, V v) { s.flash.parameters.size = static_cast<std::uint32_t>(v); }},
      {"dmavp,jedec-id", flash, kCell, "", 0, 0xFF'FFFF, "0xef4018",
       "Answer to READ ID: manufacturer, type, capacity.",
       [](S& s, unsigned, V v) {
         for (unsigned i = 0; i < 3; ++i)
           s.flash.parameters.id[i] = static_cast<std::uint8_t>(v >> (8 * (2 - i)));
       }},
      text("dmavp,image", flash, "Host file with the first bytes of the array; the rest is erased.",
           [](S& s, const std::string& v) { s.flash.image = v; }),
      text("dmavp,save", flash, "Host file that takes the array at the end of the run.",
           [](S& s, const std::string& v) { s.flash.save = v; }),
      duration("dmavp,page-program-time", "700", "Time of a page program.",
               [](S& s, unsigned, V v) { s.flash.parameters.page_program_time = v * 1'000'000; }),
      duration("dmavp,sector-erase-time", "45000", "Time of an erase of 4 KiB.",
               [](S& s, unsigned, V v) { s.flash.parameters.sector_erase_time = v * 1'000'000; }),
      duration("dmavp,half-block-erase-time", "120000", "Time of an erase of 32 KiB.",
               [](S& s, unsigned, V v) { s.flash.parameters.half_block_erase_time = v * 1'000'000; }),
      duration("dmavp,block-erase-time", "150000", "Time of an erase of 64 KiB.",
               [](S& s, unsigned, V v) { s.flash.parameters.block_erase_time = v * 1'000'000; }),
      duration("dmavp,chip-erase-time", "40000000", "Time of an erase of everything.",
               [](S& s, unsigned, V v) { s.flash.parameters.chip_erase_time = v * 1'000'000; }),
      duration("dmavp,status-write-time", "10000", "Time of a write of the status register.",
               [](S& s, unsigned, V v) { s.flash.parameters.status_write_time = v * 1'000'000; }),
      {"dmavp,read-hz", flash, kCell, "Hz", 1, 1'000'000'000, "50000000", "Fastest serial clock of READ.",
       [](S& s, unsigned, V v) { s.flash.parameters.read_hz = v; }},
      {"dmavp,max-hz", flash, kCell, "Hz", 1, 1'000'000'000, "104000000",
       "Fastest serial clock of everything else.",
       [](S& s, unsigned, V v) { s.flash.parameters.max_hz = v; }},
  };
  table.insert(table.end(), std::begin(rows), std::end(rows));
}

void add_i2s(std::vector<Property>& table) {
  constexpr auto i2s = NodeKind::kI2s;
  const Property rows[] = {
      {"dmavp,fifo-depth", i2s, kCell, "pairs", 2, 16, "16", "Depth of each FIFO: 2, 4, 8 or 16.",
       [](S& s, unsigned, V v) { s.i2s.parameters.fifo_depth = static_cast<unsigned>(v); }},
      {"dmavp,tx-channels", i2s, kCell, "", 0, 4, kByCompatible, "Stereo channels that send.",
       [](S& s, unsigned, V v) { s.i2s.parameters.tx_channels = static_cast<unsigned>(v); }},
      {"dmavp,rx-channels", i2s, kCell, "", 0, 4, kByCompatible, "Stereo channels that receive.",
       [](S& s, unsigned, V v) { s.i2s.parameters.rx_channels = static_cast<unsigned>(v); }},
      {"dmavp,word-bits", i2s, kCell, "bits", 12, 32, "32", "Widest sample: 12, 16, 20, 24 or 32.",
       [](S& s, unsigned, V v) { s.i2s.parameters.word_bits = static_cast<unsigned>(v); }},
      {"dmavp,master", i2s, kCell, "0 or 1", 0, 1, kByCompatible,
       "Makes the clock; else it comes from a peer.",
       [](S& s, unsigned, V v) { s.i2s.parameters.master = v != 0; }},
      {"dmavp,dma-enable",
       i2s,
       kChoice,
       "",
       0,
       2,
       kByCompatible,
       "What lets DMA requests out.",
       [](S& s, unsigned, V v) { s.i2s.parameters.dma_enable = static_cast<i2s::DmaEnable>(v); },
       {"dmacr", "ccr", "always"}},
      {"dmavp,request-rule",
       i2s,
       kChoice,
       "",
       0,
       1,
       "lowest-channel",
       "Whose FIFO makes a request when several channels are on.",
       [](S& s, unsigned, V v) { s.i2s.parameters.request_rule = static_cast<i2s::RequestRule>(v); },
       {"lowest-channel", "all-channels"}},
      {"dmavp,frame-cycles", i2s, kCell, "SCLK cycles", 0, 64, kByCompatible,
       "Length of a frame; 0: by CCR.WSS, else 32 to 64 and even.",
       [](S& s, unsigned, V v) { s.i2s.parameters.frame_cycles = static_cast<unsigned>(v); }},
      yes_no("dmavp,flush-while-on", i2s, "1", "Flush registers act although the block or channel is on.",
             [](S& s, unsigned, V v) { s.i2s.parameters.flush_while_on = v != 0; }),
      {"dmavp,version", i2s, kCell, "", 0, kMax32, "0x3131342a", "COMP_VERSION.",
       [](S& s, unsigned, V v) { s.i2s.parameters.version = static_cast<std::uint32_t>(v); }},
      {"dmavp,register-latency", i2s, kCell, "cycles", 0, kMaxLatency, "2", kLatencyText,
       [](S& s, unsigned, V v) { s.i2s.parameters.access_latency = v; }},
      {"dmavp,backend",
       i2s,
       kChoice,
       "",
       0,
       4,
       "silence",
       "Where received frames come from: nowhere, what is sent, a sine, a WAV file, the slave it clocks.",
       [](S& s, unsigned, V v) { s.i2s.backend = static_cast<I2sBackend>(v); },
       {"silence", "loopback", "tone", "wav", "peer"}},
      text("dmavp,peer", i2s, "Back end peer: alias or path of an I2S that is slave.",
           [](S& s, const std::string& v) { s.i2s.peer = v; }),
      text("dmavp,wav-in", i2s, "Back end wav: host file that is received.",
           [](S& s, const std::string& v) { s.i2s.wav_in = v; }),
      text("dmavp,wav-out", i2s, "Host file that takes what is sent, whatever the back end.",
           [](S& s, const std::string& v) { s.i2s.wav_out = v; }),
      {"dmavp,wav-bits", i2s, kCell, "bits", 8, 32, "16", "Bits of a sample of wav-out: 8, 16, 24 or 32.",
       [](S& s, unsigned, V v) { s.i2s.wav_bits = static_cast<unsigned>(v); }},
      {"dmavp,wav-rate", i2s, kCell, "Hz", 1, 1'000'000, "48000",
       "Frame rate written to wav-out, and of the tone.",
       [](S& s, unsigned, V v) { s.i2s.wav_rate = static_cast<unsigned>(v); }},
      {"dmavp,tone-hz", i2s, kCell, "Hz", 1, 100'000, "440", "Back end tone: frequency.",
       [](S& s, unsigned, V v) { s.i2s.tone_hz = static_cast<unsigned>(v); }},
  };
  table.insert(table.end(), std::begin(rows), std::end(rows));
}

void add_traffic(std::vector<Property>& table) {
  constexpr auto traffic = NodeKind::kTraffic;
  const Property rows[] = {
      {"dmavp,fifo-depth", traffic, kCell, "items", 1, 1024, "16", "Depth of each FIFO.",
       [](S& s, unsigned, V v) { s.traffic.fifo_depth = static_cast<unsigned>(v); }},
      {"dmavp,item-bytes", traffic, kCell, "bytes", 1, 8, "4", "Width of an item: 1, 2, 4 or 8.",
       [](S& s, unsigned, V v) { s.traffic.item_bytes = static_cast<unsigned>(v); }},
      {"dmavp,items-per-burst", traffic, kCell, "items", 0, 65535, "1",
       "BURST at reset: items the line side moves at once.",
       [](S& s, unsigned, V v) { s.traffic.items_per_burst = static_cast<unsigned>(v); }},
      {"dmavp,gap", traffic, kCell, "cycles", 0, kMax32, "64",
       "GAP at reset: clock cycles between such bursts.",
       [](S& s, unsigned, V v) { s.traffic.gap = static_cast<std::uint32_t>(v); }},
      {"dmavp,sink-watermark", traffic, kCell, "items", 0, 1023, "8", "SINK_WATERMARK at reset.",
       [](S& s, unsigned, V v) { s.traffic.sink_watermark = static_cast<unsigned>(v); }},
      {"dmavp,source-watermark", traffic, kCell, "items", 1, 1024, "4", "SOURCE_WATERMARK at reset.",
       [](S& s, unsigned, V v) { s.traffic.source_watermark = static_cast<unsigned>(v); }},
      {"dmavp,flow-items", traffic, kCell, "items", 1, 1024, "4", "FLOW_ITEMS at reset.",
       [](S& s, unsigned, V v) { s.traffic.flow_items = static_cast<unsigned>(v); }},
      yes_no("dmavp,flow-controller", traffic, "0", "CTRL.FLOW at reset: the device is flow controller.",
             [](S& s, unsigned, V v) { s.traffic.flow_controller = v != 0; }),
      {"dmavp,seed", traffic, kCell, "", 0, kMax32, "1", "SEED at reset.",
       [](S& s, unsigned, V v) { s.traffic.seed = static_cast<std::uint32_t>(v); }},
      {"dmavp,register-latency", traffic, kCell, "cycles", 0, kMaxLatency, "2", kLatencyText,
       [](S& s, unsigned, V v) { s.traffic.register_latency = v; }},
  };
  table.insert(table.end(), std::begin(rows), std::end(rows));
}

void preset_spi(const DeviceTree& tree, int node, ssi::Parameters& spi) {
  if (tree.compatible(node, "canaan,k210-spi")) spi = ssi::Parameters::k210();
  if (tree.compatible(node, "snps,dwc-ssi-1.01a")) spi.layout = ssi::Layout::kDwc;
}

void preset_i2s(const DeviceTree& tree, int node, i2s::Parameters& i2s) {
  if (tree.compatible(node, "canaan,k210-i2s")) i2s.dma_enable = i2s::DmaEnable::kCcr;
  const bool sends =
      tree.compatible(node, "starfive,jh7110-i2stx0") || tree.compatible(node, "starfive,jh7110-i2stx1");
  const bool receives = tree.compatible(node, "starfive,jh7110-i2srx");
  if (!sends && !receives) return;
  i2s.dma_enable = i2s::DmaEnable::kAlways;
  i2s.frame_cycles = 64;
  i2s.tx_channels = sends ? 1 : 0;
  i2s.rx_channels = receives ? 1 : 0;
  i2s.master = tree.compatible(node, "starfive,jh7110-i2stx0");
}

Property own_clock(NodeKind kind) {
  return {"dmavp,clock-frequency",
          kind,
          kCell,
          "Hz",
          1,
          kMax32,
          "= what its clocks say",
          "Rate of the node's clock, whatever its clocks say.",
          [](S&, unsigned, V) {}};
}

void add_traffic_generator(std::vector<Property>& table) {
  constexpr auto load = NodeKind::kTrafficGenerator;
  const auto add = [&](const char* name, const char* unit, V min, V max, const char* fallback,
                       const char* text, void (*set)(S&, unsigned, V)) {
    table.push_back({name, load, kCell, unit, min, max, fallback, text, set});
  };
  add("dmavp,burst-period", "cycles", 0, 1'000'000, "0",
      "Timing at: from one burst of this master to the next, on average; 0: it is silent.",
      [](S& s, unsigned, V v) { s.load.period = v; });
  add("dmavp,burst-beats", "beats", 1, 256, "16", "Of each burst.",
      [](S& s, unsigned, V v) { s.load.beats = static_cast<unsigned>(v); });
  add("dmavp,beat-bytes", "bytes", 1, 128, "8", "A power of two; a burst has 4096 bytes at most.",
      [](S& s, unsigned, V v) { s.load.beat_bytes = static_cast<unsigned>(v); });
  add("dmavp,read-percent", "percent", 0, 100, "50",
      "Reads among the bursts; the rest are writes that change nothing.",
      [](S& s, unsigned, V v) { s.load.read_percent = static_cast<unsigned>(v); });
  add("dmavp,outstanding", "bursts", 1, 64, "4",
      "On their way at a time; those that must wait for it go late.",
      [](S& s, unsigned, V v) { s.load.outstanding = static_cast<unsigned>(v); });
  add("dmavp,qos", "", 0, 15, "0", "AxQOS, for dmavp,arbitration = qos.",
      [](S& s, unsigned, V v) { s.load.qos = static_cast<unsigned>(v); });
  add("dmavp,bus-weight", "", 1, 1024, "1", "Beats in proportion to it, where dmavp,arbitration is weighted.",
      [](S& s, unsigned, V v) { s.bus_weight = static_cast<unsigned>(v); });
  table.push_back({"dmavp,pattern",
                   load,
                   PropertyType::kChoice,
                   "",
                   0,
                   1,
                   "linear",
                   "Addresses: one burst behind the other, or anywhere in the memory.",
                   [](S& s, unsigned, V v) { s.load.random = v == 1; },
                   {"linear", "random"}});
  table.push_back({"dmavp,memory",
                   load,
                   kText,
                   "",
                   0,
                   0,
                   "= main memory",
                   "Alias of the memory that it reads and writes.",
                   nullptr,
                   {},
                   [](S& s, const std::string& v) { s.load_memory = v; }});
}

std::vector<ParameterProblem> check(NodeKind kind, const NodeSettings& settings) {
  switch (kind) {
    case NodeKind::kUart:
      return validate(settings.uart.parameters);
    case NodeKind::kSpi:
      return validate(settings.spi);
    case NodeKind::kFlash:
      return validate(settings.flash.parameters);
    case NodeKind::kI2s:
      return validate(settings.i2s.parameters);
    case NodeKind::kTraffic:
      return validate(settings.traffic);
    default:
      return {};
  }
}

// The property that sets a parameter: fifo_depth is dmavp,fifo-depth.
std::string property_of(std::string field) {
  if (field == "num_cs") return "num-cs";
  for (char& c : field) c = c == '_' ? '-' : c;
  return "dmavp," + field;
}

}  // namespace

void add_peripheral_properties(std::vector<Property>& table) {
  for (const NodeKind kind :
       {NodeKind::kDmac, NodeKind::kUart, NodeKind::kSpi, NodeKind::kI2s, NodeKind::kTraffic}) {
    table.push_back(own_clock(kind));
  }
  add_uart(table);
  add_spi(table);
  add_flash(table);
  add_i2s(table);
  add_traffic(table);
  add_traffic_generator(table);
}

void preset_peripheral(const DeviceTree& tree, int node, NodeKind kind, NodeSettings& settings) {
  if (kind == NodeKind::kSpi) preset_spi(tree, node, settings.spi);
  if (kind == NodeKind::kI2s) preset_i2s(tree, node, settings.i2s.parameters);
}

void finish_peripheral(const DeviceTree& tree, int node, NodeKind kind, const NodeSettings& settings,
                       std::vector<std::string>& problems) {
  for (const ParameterProblem& problem : check(kind, settings))
    problems.push_back(tree.where(node, property_of(problem.field), problem.message));
  if (kind != NodeKind::kI2s) return;
  const unsigned bits = settings.i2s.wav_bits;
  if (bits % 8 != 0) {
    problems.push_back(
        tree.where(node, "dmavp,wav-bits", "is " + std::to_string(bits) + ", must be 8, 16, 24 or 32"));
  }
}

}  // namespace dmavp::platform
