#include "platform/config/property_table.h"

#include <cstring>
#include <string_view>

#include "platform/config/property_table_peripherals.h"

namespace dmavp::platform {
namespace {

using S = NodeSettings;
using V = std::uint64_t;
constexpr V kMax32 = 0xFFFF'FFFF;
constexpr auto kCell = PropertyType::kCell;
constexpr auto kChoice = PropertyType::kChoice;

std::vector<Property> make_table() {
  constexpr auto cpus = NodeKind::kCpus;
  constexpr auto memory = NodeKind::kMemory;
  constexpr auto dmac = NodeKind::kDmac;
  constexpr auto plic = NodeKind::kPlic;
  constexpr auto bus = NodeKind::kBus;
  const auto dmac_bool = [](const char* name, const char* fallback, const char* text,
                            void (*set)(S&, unsigned, V)) {
    return Property{name, NodeKind::kDmac, kCell, "0 or 1", 0, 1, fallback, text, set};
  };
  const auto cost = [](const char* name, const char* fallback, const char* text,
                       void (*set)(S&, unsigned, V)) {
    return Property{name, NodeKind::kCpu, kCell, "ps", 0, kMax32, fallback, text, set};
  };
  return {
      {"dmavp,quantum-ns", cpus, kCell, "ns", 1, 1'000'000'000, "100000",
       "How far software may run ahead of the hardware; affects speed only, never results.",
       [](S& s, unsigned, V v) { s.quantum_ps = v * 1'000; }},
      {"dmavp,time-slice-us", cpus, kCell, "us", 1, 10'000'000, "10000",
       "Time after which a running thread makes room for another one of its CPU.",
       [](S& s, unsigned, V v) { s.time_slice_ps = v * 1'000'000; }},
      {"dmavp,interrupt-latency-max-ns", cpus, kCell, "ns", 0, 1'000'000, "0",
       "Extra interrupt latency, drawn from 0 to this for each interrupt.",
       [](S& s, unsigned, V v) { s.interrupt_latency_max_ps = v * 1'000; }},
      {"dmavp,defer-softirq-percent", cpus, kCell, "percent", 0, 100, "20",
       "Chance that softirqs go to the CPU's thread instead of running at interrupt exit.",
       [](S& s, unsigned, V v) { s.defer_softirq_percent = static_cast<unsigned>(v); }},
      {"dmavp,hz", cpus, kCell, "Hz", 1, 10'000, "1000", "Jiffies per second.",
       [](S& s, unsigned, V v) { s.hz = static_cast<unsigned>(v); }},

      cost("dmavp,cost-interrupt-entry", "200000",
           "From the interrupt input to the first instruction of the handler.",
           [](S& s, unsigned, V v) { s.costs.interrupt_entry = v; }),
      cost("dmavp,cost-interrupt-exit", "150000", "Return from an interrupt.",
           [](S& s, unsigned, V v) { s.costs.interrupt_exit = v; }),
      cost("dmavp,cost-context-switch", "500000", "Switch between two threads.",
           [](S& s, unsigned, V v) { s.costs.context_switch = v; }),
      cost("dmavp,cost-softirq", "100000", "Start of softirq processing.",
           [](S& s, unsigned, V v) { s.costs.softirq = v; }),
      cost("dmavp,cost-primitive", "20000", "Lock, unlock, wake-up, allocation and other small steps.",
           [](S& s, unsigned, V v) { s.costs.primitive = v; }),
      cost("dmavp,cost-cache-line", "5000", "Clean or invalidate one cache line (non-coherent boards).",
           [](S& s, unsigned, V v) { s.costs.cache_line = v; }),
      cost("dmavp,cost-copy-per-kib", "100000", "Copy, fill or compare of 1 KiB by the CPU.",
           [](S& s, unsigned, V v) { s.costs.copy_per_kib = v; }),

      {"dmavp,read-latency", memory, kCell, "cycles", 0, 100'000, "8", "Address accepted to first data beat.",
       [](S& s, unsigned, V v) { s.read_latency = v; }},
      {"dmavp,write-latency", memory, kCell, "cycles", 0, 100'000, "6", "Last data beat to the response.",
       [](S& s, unsigned, V v) { s.write_latency = v; }},
      {"dmavp,initiation-interval", memory, kCell, "cycles", 1, 10'000, "1",
       "Timing at: first beat of a burst to that of the next, at least.",
       [](S& s, unsigned, V v) { s.initiation_interval = v; }},
      {"dmavp,port-bytes", memory, kCell, "bytes", 0, 64, "0",
       "Timing at: width of a data port; wider beats take several cycles (0: as wide as any beat).",
       [](S& s, unsigned, V v) { s.port_bytes = static_cast<unsigned>(v); }},
      {"dmavp,data-ports", memory, kCell, "", 1, 2, "2",
       "Timing at: 2 for reads and writes at the same time, 1 for one after the other, burst by burst.",
       [](S& s, unsigned, V v) { s.data_ports = static_cast<unsigned>(v); }},
      {"dmavp,memory-model",
       memory,
       kChoice,
       "",
       0,
       1,
       "sram",
       "Timing at: fixed latency, or banks with open rows and refresh (dmavp,dram-...).",
       [](S& s, unsigned, V v) { s.dram = v != 0; },
       {"sram", "dram"}},
      {"dmavp,dram-banks", memory, kCell, "", 1, 256, "8", "Banks, a power of two.",
       [](S& s, unsigned, V v) { s.dram_times.banks = static_cast<unsigned>(v); }},
      {"dmavp,dram-row-bytes", memory, kCell, "bytes", 1, 65'536, "2048",
       "One row of one bank, a power of two.",
       [](S& s, unsigned, V v) { s.dram_times.row_bytes = static_cast<std::uint32_t>(v); }},
      {"dmavp,dram-channel-bytes", memory, kCell, "bytes", 1, 128, "8",
       "Moved by the data bus in a cycle of the AXI clock, a power of two.",
       [](S& s, unsigned, V v) { s.dram_times.channel_bytes = static_cast<unsigned>(v); }},
      {"dmavp,dram-trcd", memory, kCell, "cycles", 0, 10'000, "6", "Activate to column command.",
       [](S& s, unsigned, V v) { s.dram_times.trcd = static_cast<Cycle>(v); }},
      {"dmavp,dram-trp", memory, kCell, "cycles", 0, 10'000, "6", "Precharge to activate.",
       [](S& s, unsigned, V v) { s.dram_times.trp = static_cast<Cycle>(v); }},
      {"dmavp,dram-tcl", memory, kCell, "cycles", 0, 10'000, "6", "Column command to first data.",
       [](S& s, unsigned, V v) { s.dram_times.tcl = static_cast<Cycle>(v); }},
      {"dmavp,dram-tras", memory, kCell, "cycles", 0, 10'000, "14", "Activate to precharge.",
       [](S& s, unsigned, V v) { s.dram_times.tras = static_cast<Cycle>(v); }},
      {"dmavp,dram-twr", memory, kCell, "cycles", 0, 10'000, "6", "Last data written to precharge.",
       [](S& s, unsigned, V v) { s.dram_times.twr = static_cast<Cycle>(v); }},
      {"dmavp,dram-trefi", memory, kCell, "cycles", 0, 10'000'000, "3120", "Refresh interval; 0: no refresh.",
       [](S& s, unsigned, V v) { s.dram_times.trefi = static_cast<Cycle>(v); }},
      {"dmavp,dram-trfc", memory, kCell, "cycles", 0, 1'000'000, "104",
       "Duration of a refresh, below dmavp,dram-trefi.",
       [](S& s, unsigned, V v) { s.dram_times.trfc = static_cast<Cycle>(v); }},
      {"dmavp,dmi", memory, kCell, "0 or 1", 0, 1, "1",
       "Whether masters may access the memory directly (speed only).",
       [](S& s, unsigned, V v) { s.dmi = v != 0; }},

      {"dmavp,request-latency", bus, kCell, "cycles", 0, 100'000, "1",
       "Interconnect latency from master to target.", [](S& s, unsigned, V v) { s.request_latency = v; }},
      {"dmavp,response-latency", bus, kCell, "cycles", 0, 100'000, "1",
       "Interconnect latency from target to master.", [](S& s, unsigned, V v) { s.response_latency = v; }},
      {"dmavp,target-outstanding", bus, kCell, "bursts", 0, 1024, "0",
       "Timing at: bursts of all masters that a target has at a time; others wait (0: no limit).",
       [](S& s, unsigned, V v) { s.target_outstanding = static_cast<unsigned>(v); }},
      {"dmavp,arbitration",
       bus,
       kChoice,
       "",
       0,
       3,
       "round-robin",
       "Timing at: who of those that wait for a target goes next; fixed: CPUs, then controllers in their "
       "order.",
       [](S& s, unsigned, V v) { s.arbitration = static_cast<Arbitration>(v); },
       {"fixed", "round-robin", "weighted", "qos"}},

      {"riscv,ndev", plic, kCell, "", 1, 1023, "required", "Number of interrupt sources.",
       [](S& s, unsigned, V v) { s.sources = static_cast<unsigned>(v); }},

      {"dmavp,bus-weight", dmac, kCell, "", 1, 1024, "1",
       "Beats in proportion to it, of each port, where dmavp,arbitration is weighted.",
       [](S& s, unsigned, V v) { s.bus_weight = static_cast<unsigned>(v); }},
      {"dma-channels", dmac, kCell, "", 1, 32, "required",
       "Channels; more than 8 select the second register layout.",
       [](S& s, unsigned, V v) { s.dmac.num_channels = static_cast<unsigned>(v); }},
      {"snps,dma-masters", dmac, kCell, "", 1, 2, "required", "AXI master ports.",
       [](S& s, unsigned, V v) { s.dmac.num_masters = static_cast<unsigned>(v); }},
      {"snps,data-width", dmac, kCell, "log2 bytes", 0, 6, "required", "Width of the master ports' data bus.",
       [](S& s, unsigned, V v) {
         s.data_width_code = static_cast<unsigned>(v);
         s.dmac.data_width_bytes = 1u << v;
       }},
      {"snps,block-size", dmac, PropertyType::kCells, "items", 4, 1u << 22, "required",
       "Largest block of each channel.",
       [](S& s, unsigned i, V v) { s.dmac.max_block_items[i] = static_cast<std::uint32_t>(v); }},
      {"snps,priority", dmac, PropertyType::kCells, "", 0, 31, "required",
       "Priority of each channel at reset, below the number of channels; the higher one wins.",
       [](S& s, unsigned i, V v) { s.dmac.reset_priority[i] = static_cast<std::uint8_t>(v); }},
      {"snps,axi-max-burst-len", dmac, kCell, "beats", 1, 256, "= none", "Burst length that drivers program.",
       [](S& s, unsigned, V v) { s.burst_property = static_cast<unsigned>(v); }},
      {"dmavp,max-burst-len", dmac, kCell, "beats", 1, 256, "= snps,axi-max-burst-len or 256",
       "Longest AXI burst the controller makes, whatever software asks for.",
       [](S& s, unsigned, V v) { s.dmac.max_burst_len = static_cast<unsigned>(v); }},
      {"dmavp,num-hs-if", dmac, kCell, "", 0, 64,
       "= 16, or 64 where the compatible implies the second CFG layout",
       "Hardware handshake interfaces; more than 16 select the second CFG layout.",
       [](S& s, unsigned, V v) { s.dmac.num_hs_if = static_cast<unsigned>(v); }},
      {"dmavp,addr-width", dmac, kCell, "bits", 32, 64, "64", "Address bits above are ignored.",
       [](S& s, unsigned, V v) { s.dmac.addr_width = static_cast<unsigned>(v); }},
      {"dmavp,burstlen-width", dmac, kCell, "bits", 4, 8, "8", "Width of the AXI burst length signals.",
       [](S& s, unsigned, V v) { s.dmac.burstlen_width = static_cast<unsigned>(v); }},
      {"dmavp,max-msize", dmac, kCell, "items", 1, 1024, "1024", "Largest burst transaction (MSIZE).",
       [](S& s, unsigned, V v) { s.dmac.max_msize = static_cast<unsigned>(v); }},
      {"dmavp,fifo-depth", dmac, kCell, "entries", 4, 1024, "32",
       "FIFO of each channel, in words of the data width.",
       [](S& s, unsigned, V v) { s.dmac.fifo_depth = static_cast<unsigned>(v); }},
      {"dmavp,osr-limit", dmac, kCell, "requests", 1, 16, "16",
       "Most outstanding requests SRC/DST_OSR_LMT may ask for.",
       [](S& s, unsigned, V v) { s.dmac.osr_lmt = static_cast<unsigned>(v); }},
      dmac_bool("dmavp,multi-block", "1", "Multi-block transfers and linked lists exist.",
                [](S& s, unsigned, V v) { s.dmac.multi_blk_en = v != 0; }),
      dmac_bool("dmavp,lli-write-back", "1", "Linked-list items are written back at the end of their block.",
                [](S& s, unsigned, V v) { s.dmac.lli_wb_en = v != 0; }),
      dmac_bool("dmavp,lli-prefetch", "0", "The next linked-list item is fetched while a block runs.",
                [](S& s, unsigned, V v) { s.dmac.lli_prefetch_en = v != 0; }),
      dmac_bool("dmavp,src-stat", "0", "Source status can be fetched at the end of a block (SSTAT).",
                [](S& s, unsigned, V v) { s.dmac.src_stat_en = v != 0; }),
      dmac_bool("dmavp,dst-stat", "0", "Destination status can be fetched at the end of a block (DSTAT).",
                [](S& s, unsigned, V v) { s.dmac.dst_stat_en = v != 0; }),
      dmac_bool("dmavp,lock", "0", "Channel locking exists (LOCK_CH).",
                [](S& s, unsigned, V v) { s.dmac.lock_en = v != 0; }),
      dmac_bool("dmavp,abort", "1", "Channel abort bits exist.",
                [](S& s, unsigned, V v) { s.dmac.abort_en = v != 0; }),
      {"dmavp,intr-io-type", dmac, kCell, "", 0, 2, "2",
       "Interrupt outputs: 0 one combined line, 1 one per channel and one for the common registers, 2 both. "
       "In "
       "this order `interrupts` lists the lines of the channels, the common and the combined one; one entry "
       "is "
       "the combined line where there is one.",
       [](S& s, unsigned, V v) { s.dmac.intr_io_type = static_cast<unsigned>(v); }},
      {"dmavp,id", dmac, kCell, "", 0, kMax32, "0", "DMAC_ID.",
       [](S& s, unsigned, V v) { s.dmac.dmac_id = static_cast<std::uint32_t>(v); }},
      {"dmavp,compver", dmac, kCell, "", 0, kMax32, "0x3130312a", "DMAC_COMPVER.",
       [](S& s, unsigned, V v) { s.dmac.compver = static_cast<std::uint32_t>(v); }},
      dmac_bool("dmavp,slvif-error-response", "0", "Illegal register accesses are answered with a bus error.",
                [](S& s, unsigned, V v) { s.dmac.slvif_error_response = v != 0; }),
      dmac_bool("dmavp,slvif-status", "1", "Illegal register accesses set SLVIF status bits.",
                [](S& s, unsigned, V v) { s.dmac.slvif_status = v != 0; }),
      {"dmavp,residue-policy",
       dmac,
       kChoice,
       "",
       0,
       1,
       "drop",
       "Bytes at the end of a block that do not fill a destination item.",
       [](S& s, unsigned, V v) { s.dmac.residue_policy = static_cast<dmac::ResiduePolicy>(v); },
       {"drop", "flush"}},
      dmac_bool("dmavp,unaligned-byte-exact", "1",
                "Unaligned addresses are used as they are (0: rounded down).",
                [](S& s, unsigned, V v) { s.dmac.unaligned_byte_exact = v != 0; }),
      {"dmavp,tie-break",
       dmac,
       kChoice,
       "",
       0,
       1,
       "round-robin",
       "Order of channels of equal priority.",
       [](S& s, unsigned, V v) { s.dmac.tie_break = static_cast<dmac::TieBreak>(v); },
       {"round-robin", "lowest-index"}},
      dmac_bool("dmavp,cmpltd-from-zero", "0", "CMPLTD_BLK_TFR_SIZE counts items minus one.",
                [](S& s, unsigned, V v) { s.dmac.cmpltd_counts_from_zero = v != 0; }),
      dmac_bool("dmavp,drop-when-silent", "0",
                "A channel that is disabled does not wait for a destination that stopped asking.",
                [](S& s, unsigned, V v) { s.dmac.drop_when_silent = v != 0; }),
      {"dmavp,register-latency", dmac, kCell, "cycles", 0, 10'000, "2", "Duration of a register access.",
       [](S& s, unsigned, V v) { s.dmac.register_latency = v; }},
      {"dmavp,start-latency", dmac, kCell, "cycles", 0, 10'000, "4", "CH_EN written to first request.",
       [](S& s, unsigned, V v) { s.dmac.start_latency = v; }},
      {"dmavp,done-latency", dmac, kCell, "cycles", 0, 10'000, "2",
       "Last response to the end of the transfer.", [](S& s, unsigned, V v) { s.dmac.done_latency = v; }},
      {"dmavp,issue-interval", dmac, kCell, "cycles", 1, 10'000, "1",
       "Between two addresses on AR, or AW, of a port.",
       [](S& s, unsigned, V v) { s.dmac.issue_interval = v; }},
      {"dmavp,burst-overhead", dmac, kCell, "cycles", 0, 10'000, "0",
       "Dead cycles of the data channel behind each burst.",
       [](S& s, unsigned, V v) { s.dmac.burst_overhead = v; }},
      {"dmavp,cut-through-delay", dmac, kCell, "cycles", 0, 10'000, "1",
       "Read beat to the earliest write beat of the same data.",
       [](S& s, unsigned, V v) { s.dmac.cut_through_delay = v; }},
      {"dmavp,write-start",
       dmac,
       kChoice,
       "",
       0,
       1,
       "store-and-forward",
       "Whether a write burst waits until all its data have come.",
       [](S& s, unsigned, V v) { s.dmac.write_start = static_cast<dmac::WriteStart>(v); },
       {"cut-through", "store-and-forward"}},
      {"dmavp,start-threshold", dmac, kCell, "items", 0, 1024, "0",
       "Store and forward: items beyond its burst that have to be there before a write starts.",
       [](S& s, unsigned, V v) { s.dmac.start_threshold = static_cast<unsigned>(v); }},
      dmac_bool("dmavp,write-overhead", "1", "Bursts of writes leave the dead cycles of burst-overhead, too.",
                [](S& s, unsigned, V v) { s.dmac.write_overhead = v != 0; }),
      {"dmavp,read-limit", dmac, kCell, "bursts", 0, dmac::kMaxOutstanding, "0",
       "Outstanding reads of a channel whatever OSR_LMT says (0: OSR_LMT).",
       [](S& s, unsigned, V v) { s.dmac.read_limit = static_cast<unsigned>(v); }},
      {"dmavp,write-limit", dmac, kCell, "bursts", 0, dmac::kMaxOutstanding, "0",
       "Outstanding writes of a channel whatever OSR_LMT says (0: OSR_LMT).",
       [](S& s, unsigned, V v) { s.dmac.write_limit = static_cast<unsigned>(v); }},
      {"dmavp,copy-limit", dmac, kCell, "bursts", 0, dmac::kMaxOutstanding, "0",
       "Bursts of a channel between their read address and their write response (0: no limit).",
       [](S& s, unsigned, V v) { s.dmac.copy_limit = static_cast<unsigned>(v); }},
      {"dmavp,read-slot-release",
       dmac,
       kChoice,
       "",
       0,
       2,
       "last-beat",
       "What frees an outstanding slot of the reader.",
       [](S& s, unsigned, V v) { s.dmac.read_slot_release = static_cast<dmac::SlotRelease>(v); },
       {"last-beat", "response", "last-write-beat"}},
      {"dmavp,read-slot-latency", dmac, kCell, "cycles", 0, 10'000, "0",
       "More cycles until a freed slot of the reader, or of copy-limit, is used again.",
       [](S& s, unsigned, V v) { s.dmac.read_slot_latency = v; }},
      {"dmavp,fifo-credit",
       dmac,
       kChoice,
       "",
       0,
       1,
       "burst",
       "What a read needs of the FIFO: space for its whole burst at its address, or none, beat by beat.",
       [](S& s, unsigned, V v) { s.dmac.fifo_credit = static_cast<dmac::FifoCredit>(v); },
       {"burst", "beat"}},
      {"dmavp,fifo-release",
       dmac,
       kChoice,
       "",
       0,
       1,
       "response",
       "What frees the space of written bytes in the FIFO.",
       [](S& s, unsigned, V v) { s.dmac.fifo_release = static_cast<dmac::FifoRelease>(v); },
       {"response", "write-beat"}},
      {"dmavp,fifo-latency", dmac, kCell, "cycles", 0, 10'000, "1",
       "Space in the FIFO becomes free to its use by a read address.",
       [](S& s, unsigned, V v) { s.dmac.fifo_latency = v; }},
      {"dmavp,write-address",
       dmac,
       kChoice,
       "",
       0,
       2,
       "with-data",
       "Cut-through: when a write offers its address.",
       [](S& s, unsigned, V v) { s.dmac.write_address = static_cast<dmac::WriteAddress>(v); },
       {"with-data", "with-read-data", "ahead"}},
      {"dmavp,read-address",
       dmac,
       kChoice,
       "",
       0,
       1,
       "just-in-time",
       "When addresses of reads are offered: just in time for the data channel, or as soon as possible.",
       [](S& s, unsigned, V v) { s.dmac.read_address = static_cast<dmac::ReadAddress>(v); },
       {"just-in-time", "eager"}},
      dmac_bool(
          "dmavp,block-overlap", "0",
          "Timing at: reading goes on with the next shadow set while the block before is being written.",
          [](S& s, unsigned, V v) { s.dmac.block_overlap = v != 0; }),
      {"dmavp,block-gap", dmac, kCell, "cycles", 0, 10'000, "0",
       "With block-overlap: the first read of a block comes later by so much, behind the last read and a "
       "freed slot.",
       [](S& s, unsigned, V v) { s.dmac.block_gap = v; }},
      {"dmavp,write-slot-release",
       dmac,
       kChoice,
       "",
       0,
       1,
       "response",
       "What frees an outstanding slot of the writer. With last-beat up to 64 writes, or more, await their "
       "responses.",
       [](S& s, unsigned, V v) { s.dmac.write_slot_release = static_cast<dmac::SlotRelease>(v); },
       {"last-beat", "response"}},
      {"dmavp,handshake-latency", dmac, kCell, "cycles", 0, 10'000, "2",
       "DMA request seen to the first burst of its transaction.",
       [](S& s, unsigned, V v) { s.dmac.handshake_latency = v; }},
      {"dmavp,lli-decode-latency", dmac, kCell, "cycles", 0, 10'000, "2",
       "Last beat of a fetched linked-list item to the first request of its block.",
       [](S& s, unsigned, V v) { s.dmac.lli_decode_latency = v; }},
      dmac_bool("dmavp,shared-data-port", "0", "R and W of a port share one data channel.",
                [](S& s, unsigned, V v) { s.dmac.shared_data_port = v != 0; }),
      {"dmavp,granule-bytes", dmac, kCell, "bytes", 64, 1u << 20, "8192",
       "Timing lt: moved data become visible at least this often.",
       [](S& s, unsigned, V v) { s.dmac.granule_bytes = static_cast<unsigned>(v); }},
      {"dmavp,dmi", dmac, kCell, "0 or 1", 0, 1, "1",
       "Whether the controller uses direct memory access (speed only).",
       [](S& s, unsigned, V v) { s.dmi = v != 0; }},
  };
}

bool derived(const Property& p) { return std::string_view(p.default_text).substr(0, 2) == "= "; }

std::string range_text(const Property& p) {
  if (p.type == PropertyType::kFlag) return "present or absent";
  if (p.type == PropertyType::kText) return "text";
  if (p.type == kChoice) {
    std::string words;
    for (const char* word : p.choices) words += (words.empty() ? "" : ", ") + std::string(word);
    return words;
  }
  const auto number = [](V v) {
    return v >= (1u << 20) && v == kMax32 ? std::string("0xffffffff") : std::to_string(v);
  };
  return number(p.min) + " .. " + number(p.max);
}

std::string default_shown(const Property& p) { return derived(p) ? p.default_text + 2 : p.default_text; }

constexpr NodeKind kKinds[] = {NodeKind::kCpus, NodeKind::kCpu,     NodeKind::kMemory,
                               NodeKind::kBus,  NodeKind::kPlic,    NodeKind::kDmac,
                               NodeKind::kUart, NodeKind::kSpi,     NodeKind::kFlash,
                               NodeKind::kI2s,  NodeKind::kTraffic, NodeKind::kTrafficGenerator};

}  // namespace

const char* to_string(NodeKind kind) {
  switch (kind) {
    case NodeKind::kCpus:
      return "/cpus";
    case NodeKind::kCpu:
      return "cpu";
    case NodeKind::kMemory:
      return "memory, mmio-sram";
    case NodeKind::kDmac:
      return "snps,axi-dma-1.01a";
    case NodeKind::kPlic:
      return "sifive,plic-1.0.0";
    case NodeKind::kBus:
      return "simple-bus";
    case NodeKind::kRequestSelect:
      return "dmavp,k210-dma-select";
    case NodeKind::kUart:
      return "snps,dw-apb-uart";
    case NodeKind::kSpi:
      return "snps,dw-apb-ssi";
    case NodeKind::kFlash:
      return "jedec,spi-nor";
    case NodeKind::kI2s:
      return "snps,designware-i2s";
    case NodeKind::kTraffic:
      return "dmavp,traffic";
    case NodeKind::kTrafficGenerator:
      return "dmavp,axi-traffic-generator";
  }
  return "?";
}

bool Property::required() const { return std::strcmp(default_text, "required") == 0; }
bool Property::has_default() const {
  return !required() && !derived(*this) && type != PropertyType::kFlag && type != PropertyType::kText;
}

const std::vector<Property>& property_table() {
  static const std::vector<Property> table = [] {
    std::vector<Property> all = make_table();
    add_peripheral_properties(all);
    return all;
  }();
  return table;
}

const Property* find_property(NodeKind kind, const std::string& name) {
  for (const Property& p : property_table()) {
    if (p.kind == kind && name == p.name) return &p;
  }
  return nullptr;
}

void print_properties(std::ostream& out) {
  for (const NodeKind kind : kKinds) {
    out << "node " << to_string(kind) << "\n";
    for (const Property& p : property_table()) {
      if (p.kind != kind) continue;
      out << "  " << p.name;
      if (p.type == PropertyType::kCells) out << "[channel]";
      out << "  (" << range_text(p) << (*p.unit != '\0' ? std::string(" ") + p.unit : std::string()) << "; "
          << (p.required() ? "" : "default ") << default_shown(p) << ")\n      " << p.text << "\n";
    }
  }
}

void write_properties_markdown(std::ostream& out) {
  out << "# Device-tree properties\n\nGenerated by `dmavp properties --format md`. A property sets reset "
         "values and limits; what "
         "software writes into a\nregister wins at run time. Set one with `--set "
         "ALIAS:PROPERTY[INDEX]=VALUE`.\n";
  for (const NodeKind kind : kKinds) {
    out << "\n## Node `" << to_string(kind)
        << "`\n\n| property | unit | range | default | meaning |\n| --- | --- | --- | --- | --- |\n";
    for (const Property& p : property_table()) {
      if (p.kind != kind) continue;
      out << "| `" << p.name << "` | " << p.unit << " | " << range_text(p) << " | " << default_shown(p)
          << " | " << p.text << " |\n";
    }
  }
}

}  // namespace dmavp::platform
