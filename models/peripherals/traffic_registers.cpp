#include "peripherals/traffic_registers.h"

namespace dmavp::traffic {
namespace {

constexpr Access kRo = Access::kRo;
constexpr Access kRw = Access::kRw;
constexpr Access kW1c = Access::kW1c;
constexpr std::uint64_t kSinkOffset = 0x08;

std::uint32_t value_of(const RegisterWrite& write) { return static_cast<std::uint32_t>(write.value); }

}  // namespace

Registers::Registers(const std::string& name, Core& core)
    : core_(core), bank_(name, 32, PartialAccess::kAllow) {
  declare_control();
  declare_line();
  declare_counters();
  bank_.seal();
}

void Registers::declare_control() {
  const Parameters& p = core_.parameters();
  bank_.add(0x00, "CTRL", "Control")
      .reset(p.flow_controller ? 8 : 0)
      .bit(0, "SINK", kRw, "sink on; switching it on empties its FIFO and begins the pattern anew")
      .bit(1, "SOURCE", kRw, "source on; likewise")
      .bit(2, "RESET", Access::kSelfClearing, "puts everything at its reset value")
      .bit(3, "FLOW", kRw, "the device is the flow controller of both directions and drives dma_last")
      .live<&Registers::ctrl>(this)
      .on_write<&Registers::write_ctrl>(this);
  bank_.add(0x04, "STATUS", "Status")
      .reset(kSinkEmpty | kSourceEmpty)
      .bit(0, "SINK_EMPTY", kRo, "nothing in the sink FIFO")
      .bit(1, "SINK_FULL", kRo, "no room in the sink FIFO")
      .bit(2, "SOURCE_EMPTY", kRo, "nothing in the source FIFO")
      .bit(3, "SOURCE_FULL", kRo, "no room in the source FIFO")
      .bit(4, "SINK_OVERRUN", kW1c, "an item was written without room for it")
      .bit(5, "SINK_UNDERRUN", kW1c, "the line side wanted an item and found none")
      .bit(6, "SOURCE_OVERRUN", kW1c, "the line side made an item without room for it")
      .bit(7, "SOURCE_UNDERRUN", kW1c, "SOURCE was read while empty")
      .bit(8, "SINK_MISMATCH", kW1c, "an item was not that of the pattern")
      .bit(9, "SINK_DONE", kW1c, "SINK_LENGTH items have come and left")
      .bit(10, "SOURCE_DONE", kW1c, "SOURCE_LENGTH items have been read")
      .field(23, 16, "SINK_LEVEL", kRo, "items in the sink FIFO, 255 for more")
      .field(31, 24, "SOURCE_LEVEL", kRo, "items in the source FIFO, 255 for more")
      .live<&Registers::status>(this)
      .on_write<&Registers::write_status>(this);
  bank_.add(0x08, "SINK", "Data of the sink")
      .access(Access::kWo)
      .field(31, 0, "ITEM", "each write is one item; with items of 8 bytes, 64 bits wide")
      .on_write<&Registers::write_sink>(this);
  bank_.add(0x0C, "SOURCE", "Data of the source")
      .access(kRo)
      .field(31, 0, "ITEM", "each read is one item; items of 8 bytes are read at 0x08 with 64 bits")
      .live<&Registers::source>(this)
      .after_read<&Registers::source_read>(this);
  bank_.add(0x34, "INT_ENABLE", "Interrupt enable")
      .field(10, 0, "ENABLE", kRw, "as STATUS [10:0]; the line is high while an enabled bit is 1")
      .live<&Registers::enable>(this)
      .on_write<&Registers::write_enable>(this);
  bank_.add(0x58, "CONFIG", "How it was built")
      .access(kRo)
      .reset(p.fifo_depth << 16 | p.item_bytes)
      .field(3, 0, "ITEM_BYTES", "1, 2, 4 or 8")
      .field(31, 16, "FIFO_DEPTH", "items of each FIFO");
}

void Registers::declare_line() {
  const Parameters& p = core_.parameters();
  bank_.add(0x10, "SINK_WATERMARK", "Watermark of the sink")
      .reset(p.sink_watermark)
      .field(31, 0, "ITEMS", kRw, "burst request at or below; cut to depth - 1")
      .live<&Registers::sink_watermark>(this)
      .on_write<&Registers::write_sink_watermark>(this);
  bank_.add(0x14, "SOURCE_WATERMARK", "Watermark of the source")
      .reset(p.source_watermark)
      .field(31, 0, "ITEMS", kRw, "burst request at or above; cut to 1..depth")
      .live<&Registers::source_watermark>(this)
      .on_write<&Registers::write_source_watermark>(this);
  bank_.add(0x18, "BURST", "Items the line side moves at once")
      .reset(p.items_per_burst)
      .field(31, 0, "ITEMS", kRw, "0: the line rests; cut to 65535")
      .live<&Registers::burst>(this)
      .on_write<&Registers::write_burst>(this);
  bank_.add(0x1C, "GAP", "Clock cycles from one burst of the line side to the next")
      .reset(p.gap)
      .field(31, 0, "CYCLES", kRw, "0: the line rests; a write to BURST or GAP begins a gap")
      .live<&Registers::gap>(this)
      .on_write<&Registers::write_gap>(this);
  bank_.add(0x30, "SEED", "Pattern made by the source and expected by the sink")
      .reset(p.seed)
      .field(31, 0, "SEED", kRw, "of the items from now on")
      .live<&Registers::seed>(this)
      .on_write<&Registers::write_seed>(this);
  bank_.add(0x38, "SINK_LENGTH", "Items of a block of the sink")
      .field(31, 0, "ITEMS", kRw, "a write begins a block; no requests after it; 0: endless")
      .live<&Registers::sink_length>(this)
      .on_write<&Registers::write_sink_length>(this);
  bank_.add(0x3C, "SOURCE_LENGTH", "Items of a block of the source")
      .field(31, 0, "ITEMS", kRw, "a write begins a block; no items after it; 0: endless")
      .live<&Registers::source_length>(this)
      .on_write<&Registers::write_source_length>(this);
  bank_.add(0x40, "FLOW_ITEMS", "Burst of the flow controller")
      .reset(p.flow_items)
      .field(31, 0, "ITEMS", kRw,
             "as MSIZE of the DMA channel; what is left of a block is single; cut to 1..depth")
      .live<&Registers::flow_items>(this)
      .on_write<&Registers::write_flow_items>(this);
}

void Registers::declare_counters() {
  bank_.add(0x20, "SINK_COUNT", "Items taken by the sink").access(kRo).live<&Registers::sink_count>(this);
  bank_.add(0x24, "SOURCE_COUNT", "Items read from the source")
      .access(kRo)
      .live<&Registers::source_count>(this);
  bank_.add(0x28, "SINK_LOST", "Items lost at the sink").access(kRo).live<&Registers::sink_lost>(this);
  bank_.add(0x2C, "SOURCE_LOST", "Items lost at the source").access(kRo).live<&Registers::source_lost>(this);
  bank_.add(0x44, "MISMATCHES", "Items that were not those of the pattern")
      .access(kRo)
      .live<&Registers::mismatches>(this);
  bank_.add(0x48, "SINK_STARVED", "Items the line side of the sink did not find")
      .access(kRo)
      .live<&Registers::sink_starved>(this);
  bank_.add(0x4C, "SOURCE_UNDERRUNS", "Reads of an empty source")
      .access(kRo)
      .live<&Registers::source_underruns>(this);
  bank_.add(0x50, "SINK_LEVEL", "Items in the sink FIFO").access(kRo).live<&Registers::sink_level>(this);
  bank_.add(0x54, "SOURCE_LEVEL", "Items in the source FIFO")
      .access(kRo)
      .live<&Registers::source_level>(this);
}

bool Registers::is_item(std::uint64_t offset, unsigned bytes) const {
  return bytes == 8 && offset == kSinkOffset && core_.parameters().item_bytes == 8;
}

void Registers::read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
  if (!is_item(offset, bytes)) {
    bank_.read(offset, bytes, value, lanes);
    return;
  }
  value = core_.source_head();
  core_.pop_source();
}

void Registers::write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes) {
  if (is_item(offset, bytes)) {
    core_.write_sink(value);
  } else {
    bank_.write(offset, bytes, value, lanes);
  }
}

std::uint64_t Registers::ctrl(unsigned) const {
  return (core_.sink_on() ? 1u : 0u) | (core_.source_on() ? 2u : 0u) | (core_.flow_controller() ? 8u : 0u);
}
void Registers::write_ctrl(unsigned, const RegisterWrite& w) {
  if ((w.data & 4) != 0) {
    core_.reset();
    return;
  }
  core_.set_flow_controller((w.value & 8) != 0);
  core_.set_sink((w.value & 1) != 0);
  core_.set_source((w.value & 2) != 0);
}
void Registers::write_status(unsigned, const RegisterWrite& w) {
  core_.clear_status(static_cast<std::uint32_t>(w.data));
}
void Registers::write_sink(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.write_sink(w.data);
}
void Registers::write_sink_watermark(unsigned, const RegisterWrite& w) {
  core_.set_watermarks(value_of(w), core_.source_watermark());
}
void Registers::write_source_watermark(unsigned, const RegisterWrite& w) {
  core_.set_watermarks(core_.sink_watermark(), value_of(w));
}
void Registers::write_burst(unsigned, const RegisterWrite& w) { core_.set_rate(value_of(w), core_.gap()); }
void Registers::write_gap(unsigned, const RegisterWrite& w) {
  core_.set_rate(core_.items_per_burst(), value_of(w));
}
void Registers::write_seed(unsigned, const RegisterWrite& w) { core_.set_seed(value_of(w)); }
void Registers::write_enable(unsigned, const RegisterWrite& w) { core_.set_enable(value_of(w)); }
void Registers::write_sink_length(unsigned, const RegisterWrite& w) { core_.set_sink_length(value_of(w)); }
void Registers::write_source_length(unsigned, const RegisterWrite& w) {
  core_.set_source_length(value_of(w));
}
void Registers::write_flow_items(unsigned, const RegisterWrite& w) { core_.set_flow_items(value_of(w)); }

}  // namespace dmavp::traffic
