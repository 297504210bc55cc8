// The SystemC module: time of accesses and interrupt lines, direct memory and transactions, re-entrance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/axi_extension.h"
#include "base/sim_time.h"
#include "dmac/dw_axi_dmac.h"

namespace dmavp {

extern std::size_t allocations;  // allocations.cpp

namespace {

using sc_core::SC_NS;
using sc_core::sc_time;

constexpr std::uint64_t kRegisters = 0x4000'0000;
constexpr std::uint64_t kBroken = 0x8000'0000;

/// 1 MiB of memory at 0, the controller's own registers, a device that answers `broken`, and nothing else.
struct World : sc_core::sc_module {
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<World>> in;
  tlm_utils::simple_initiator_socket<World> to_registers;
  std::vector<unsigned char> memory = std::vector<unsigned char>(1 << 20);
  bool grants_dmi = true;
  tlm::tlm_response_status broken = tlm::TLM_GENERIC_ERROR_RESPONSE;
  unsigned transactions = 0;
  unsigned probes = 0;
  std::vector<unsigned> streaming_widths;
  sc_time latency{40, SC_NS};

  World(sc_core::sc_module_name name, unsigned ports)
      : sc_module(name), in("in", ports), to_registers("to_registers") {
    for (unsigned i = 0; i < ports; ++i) {
      in[i].register_b_transport(this, &World::b_transport, static_cast<int>(i));
      in[i].register_get_direct_mem_ptr(this, &World::direct, static_cast<int>(i));
    }
  }

  void b_transport(int, tlm::tlm_generic_payload& p, sc_time& delay) {
    const AxiExtension* axi = p.get_extension<AxiExtension>();
    ASSERT_NE(axi, nullptr);
    const std::uint64_t address = p.get_address();
    if (address >= kRegisters && address < kRegisters + 0x1000) {
      p.set_address(address - kRegisters);
      to_registers->b_transport(p, delay);
      p.set_address(address);
      return;
    }
    if (p.get_command() == tlm::TLM_IGNORE_COMMAND) {
      ++probes;
      delay += latency;
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    }
    ++transactions;
    if (address >= kBroken) {
      p.set_response_status(broken);
      return;
    }
    if (address + p.get_data_length() > memory.size()) {
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    streaming_widths.push_back(p.get_streaming_width());
    for (unsigned i = 0; i < p.get_data_length(); ++i) {
      unsigned char& place = memory[address + i % p.get_streaming_width()];
      (p.is_write() ? place : p.get_data_ptr()[i]) = p.is_write() ? p.get_data_ptr()[i] : place;
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  bool direct(int, tlm::tlm_generic_payload& p, tlm::tlm_dmi& dmi) {
    if (!grants_dmi || p.get_address() >= memory.size()) return false;
    dmi.allow_read_write();
    dmi.set_dmi_ptr(memory.data());
    dmi.set_start_address(0);
    dmi.set_end_address(memory.size() - 1);
    dmi.set_read_latency(latency);
    dmi.set_write_latency(latency);
    return true;
  }
};

dmac::Parameters default_parameters() {
  dmac::Parameters p;
  p.num_channels = 4;
  p.num_masters = 2;
  p.register_latency = 3;
  return p;
}

struct Rig {
  // Tests run in one process as well as each in its own.
  struct Context {
    Context() {
      sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
    }
    ~Context() {
      delete sc_core::sc_curr_simcontext;
      sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = outer;
    }
    sc_core::sc_simcontext* outer = sc_core::sc_get_curr_simcontext();
  } context;
  const Clock clock{100'000'000};  // 10 ns
  World world;
  DwAxiDmac dmac;
  sc_core::sc_vector<sc_core::sc_signal<bool>> lines;
  sc_core::sc_signal<bool> combined{"combined"};

  explicit Rig(const dmac::Parameters& p = default_parameters(), DmacTiming timing = DmacTiming::kLoose)
      : world("world", p.num_masters), dmac("dmac", p, clock, timing), lines("lines", p.num_channels) {
    for (unsigned i = 0; i < p.num_masters; ++i) dmac.masters[i].bind(world.in[i]);
    for (unsigned i = 0; i < p.num_channels; ++i) dmac.channel_irq[i].bind(lines[i]);
    dmac.combined_irq.bind(combined);  // common_irq stays open
    world.to_registers.bind(dmac.regs);
  }

  std::uint64_t access(bool write, std::uint64_t offset, std::uint64_t value,
                       sc_time delay = sc_core::SC_ZERO_TIME, unsigned bytes = 8) {
    tlm::tlm_generic_payload p;
    p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(offset);
    p.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    p.set_data_length(bytes);
    p.set_streaming_width(bytes);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    used = delay;
    world.to_registers->b_transport(p, used);
    response = p.get_response_status();
    return value;
  }
  void write(const char* name, std::uint64_t value, sc_time delay = sc_core::SC_ZERO_TIME) {
    access(true, dmac.bank().offset_of(name), value, delay);
  }
  std::uint64_t read(const char* name, sc_time delay = sc_core::SC_ZERO_TIME) {
    return access(false, dmac.bank().offset_of(name), 0, delay);
  }
  void run(double ns) { sc_core::sc_start(sc_time(ns, SC_NS)); }

  /// One block of `items` of 64 bits on channel 0.
  void copy(std::uint64_t from, std::uint64_t to, unsigned items, std::uint64_t ctl = 0x1B00) {
    write("DMAC_CFG", 3);
    write("CH0_INTCLEAR", ~std::uint64_t{0});
    write("CH0_CFG", 0);
    write("CH0_SAR", from);
    write("CH0_DAR", to);
    write("CH0_BLOCK_TS", items - 1);
    write("CH0_CTL", ctl);
    write("DMAC_CHEN", 0x101);
  }
  /// Runs until line 0 is high; its time in ns.
  double wait_for_line() {
    for (int i = 0; i == 0 || (i < 1000000 && !lines[0].read()); ++i) run(10);
    return sc_core::sc_time_stamp().to_seconds() * 1e9;
  }

  sc_time used;
  tlm::tlm_response_status response = tlm::TLM_INCOMPLETE_RESPONSE;
};

void fill(std::vector<unsigned char>& memory, std::size_t at, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) memory[at + i] = static_cast<unsigned char>(i * 7 + 1);
}

TEST(DmacModule, CopiesTheSameInTheSameTimeByDirectMemoryAndByTransactions) {
  double done[3] = {};
  for (const int how : {0, 1, 2}) {  // direct; refused by the target; not asked for
    Rig rig;
    rig.world.grants_dmi = how != 1;
    rig.dmac.set_dmi_allowed(how != 2);
    fill(rig.world.memory, 0x100, 8000);
    rig.copy(0x100, 0x10000, 1000);
    done[how] = rig.wait_for_line();
    EXPECT_EQ(std::memcmp(&rig.world.memory[0x100], &rig.world.memory[0x10000], 8000), 0);
    EXPECT_EQ(rig.world.memory[0x10000 + 8000], 0);
    EXPECT_EQ(rig.world.transactions == 0, how == 0);
    EXPECT_LT(rig.world.probes, 12u) << "at most one per page and direction";
    EXPECT_EQ(rig.read("CH0_INTSTATUS"), dmac::kDmaTfrDone);
  }
  EXPECT_GT(done[0], 1000 * 10.0) << "a beat is a cycle";
  EXPECT_EQ(done[0], done[1]);
  EXPECT_EQ(done[0], done[2]);
}

TEST(DmacModule, InvalidatedDirectMemoryIsNotUsedAgain) {
  Rig rig;
  fill(rig.world.memory, 0, 0x8000);
  rig.copy(0, 0x20000, 0x1000);
  rig.run(20000);
  EXPECT_EQ(rig.world.transactions, 0u);
  rig.world.grants_dmi = false;
  rig.world.in[0]->invalidate_direct_mem_ptr(0, ~sc_dt::uint64{0});
  rig.wait_for_line();
  EXPECT_GT(rig.world.transactions, 0u);
  EXPECT_EQ(std::memcmp(&rig.world.memory[0], &rig.world.memory[0x20000], 0x8000), 0);
}

TEST(DmacModule, AccessesTakeEffectAtNowPlusDelayAndCostTheRegisterLatency) {
  Rig rig;
  rig.run(100);
  rig.read("DMAC_ID", sc_time(70, SC_NS));
  EXPECT_EQ(rig.used, sc_time(100, SC_NS)) << "70 ns and three cycles";
  rig.copy(0x100, 0x1000, 64);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 1u);
  EXPECT_EQ(rig.read("DMAC_CHEN", sc_time(100'000, SC_NS)), 0u) << "by then it is done";
  EXPECT_EQ(rig.world.memory[0x1000], rig.world.memory[0x100]);
}

/// A blocking target is reached by the adapter of its socket; the data and the interrupt are the same.
TEST(DmacModule, TimedBurstsReachBlockingTargets) {
  // Lives on: SystemC loses the threads of the adapter when its socket is gone.
  static Rig& rig = *new Rig(default_parameters(), DmacTiming::kApproximate);
  fill(rig.world.memory, 0x100, 8000);
  rig.copy(0x100, 0x10000, 1000);
  EXPECT_GT(rig.wait_for_line(), 1000 * 10.0) << "a beat is a cycle";
  EXPECT_EQ(std::memcmp(&rig.world.memory[0x100], &rig.world.memory[0x10000], 8000), 0);
  EXPECT_EQ(rig.read("CH0_INTSTATUS"), dmac::kDmaTfrDone);
}

TEST(DmacModule, LinesChangeAtTheirTimeEvenIfAskedForAhead) {
  Rig rig;
  rig.copy(0x100, 0x1000, 64);
  const double rise = rig.wait_for_line();
  EXPECT_TRUE(rig.combined.read());
  rig.write("CH0_INTCLEAR", 0xFF, sc_time(1000, SC_NS));
  EXPECT_EQ(rig.read("CH0_INTSTATUS", sc_time(1000, SC_NS)), 0u);
  rig.run(999);
  EXPECT_TRUE(rig.lines[0].read()) << "not before the time of the access";
  rig.run(2);
  EXPECT_FALSE(rig.lines[0].read());
  EXPECT_FALSE(rig.combined.read());

  // Asking for the state long after the end does not move the rise of the line.
  Rig ahead;
  ahead.copy(0x100, 0x1000, 64);
  EXPECT_EQ(ahead.read("DMAC_CHEN", sc_time(50'000, SC_NS)), 0u);
  EXPECT_EQ(ahead.wait_for_line(), rise);
}

TEST(DmacModule, LinesDoNotChangeBeforeAnAccessBetweenTwoEdges) {
  Rig rig;
  rig.copy(0x100, 0x1000, 64);
  rig.wait_for_line();
  rig.write("CH0_INTCLEAR", 0xFF, sc_time(1007, SC_NS));
  rig.run(1006);
  EXPECT_TRUE(rig.lines[0].read()) << "the edge before the access is at 1000 ns";
  rig.run(2);
  EXPECT_FALSE(rig.lines[0].read());
}

TEST(DmacModule, LevelsWithinOneRunAheadKeepTheirOrder) {
  Rig rig;
  rig.write("DMAC_CFG", 3);
  rig.read("CH0_INTCLEAR", sc_time(100, SC_NS));  // raises
  rig.write("CH0_INTCLEAR", ~std::uint64_t{0}, sc_time(200, SC_NS));
  rig.read("CH0_INTCLEAR", sc_time(300, SC_NS));
  std::string seen;
  for (int i = 0; i < 8; ++i) {
    rig.run(50);
    seen += rig.lines[0].read() ? '1' : '0';
  }
  EXPECT_EQ(seen, "00110011") << "at 50, 100, ... 400 ns, before the changes of that instant";
}

TEST(DmacModule, DebugAccessSeesTheTruthAndChangesNothing) {
  Rig rig;
  rig.copy(0x100, 0x1000, 4096);
  rig.run(5000);
  const auto debug = [&rig](tlm::tlm_command command, std::uint64_t offset) {
    std::uint64_t value = ~std::uint64_t{0};
    tlm::tlm_generic_payload p;
    p.set_command(command);
    p.set_address(offset);
    p.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    p.set_data_length(8);
    const unsigned moved = rig.world.to_registers->transport_dbg(p);
    return command == tlm::TLM_READ_COMMAND ? value : moved;
  };
  const std::uint64_t sar = debug(tlm::TLM_READ_COMMAND, 0x100);
  EXPECT_GT(sar, 0x100u);
  EXPECT_EQ(sar, rig.read("CH0_SAR"));
  EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, 0x198), 0u) << "write-only";
  EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, 0x068), 0u) << "hole";
  EXPECT_EQ(debug(tlm::TLM_WRITE_COMMAND, 0x010), 0u) << "debug writes are refused";
  EXPECT_EQ(rig.read("CH0_INTSTATUS"), 0u);
  EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 0u);
  EXPECT_EQ(rig.read("DMAC_CFG"), 3u);
}

TEST(DmacModule, BusErrorsBecomeDecodeAndSlaveErrors) {
  struct Case {
    std::uint64_t from, to;
    tlm::tlm_response_status answer;
    dmac::IntStatus bit;
  };
  for (const Case& c : {Case{0x100, 0x20'0000, tlm::TLM_OK_RESPONSE, dmac::kDstDecErr},
                        Case{0x20'0000, 0x100, tlm::TLM_OK_RESPONSE, dmac::kSrcDecErr},
                        Case{kBroken, 0x100, tlm::TLM_GENERIC_ERROR_RESPONSE, dmac::kSrcSlvErr},
                        Case{0x100, kBroken, tlm::TLM_COMMAND_ERROR_RESPONSE, dmac::kDstSlvErr},
                        Case{0x100, kBroken, tlm::TLM_INCOMPLETE_RESPONSE, dmac::kDstSlvErr},
                        Case{kBroken, 0x100, tlm::TLM_ADDRESS_ERROR_RESPONSE, dmac::kSrcDecErr}}) {
    Rig rig;
    rig.world.broken = c.answer;
    rig.copy(c.from, c.to, 32);
    rig.wait_for_line();
    EXPECT_EQ(rig.read("CH0_INTSTATUS"), c.bit);
    EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
  }
}

TEST(DmacModule, FixedBurstsStreamOneBeat) {
  Rig rig;
  rig.dmac.set_dmi_allowed(false);
  fill(rig.world.memory, 0x100, 256);
  rig.copy(0x100, 0x1000, 32, 0x1B00 | 1 << 6);  // fixed destination
  rig.wait_for_line();
  EXPECT_EQ(std::memcmp(&rig.world.memory[0x1000], &rig.world.memory[0x100 + 248], 8), 0)
      << "the last item stays";
  EXPECT_EQ(rig.world.memory[0x1008], 0);
  EXPECT_THAT(rig.world.streaming_widths, testing::Contains(8u));
}

TEST(DmacModule, ABurstMayHitTheControllersOwnRegisters) {
  Rig rig;
  const std::uint64_t values[2] = {0x1234'5678, 0x9ABC'DEF0};
  std::memcpy(&rig.world.memory[0x100], values, 16);
  rig.copy(0x100, kRegisters + 0x300, 2);  // SAR and DAR of channel 2
  rig.wait_for_line();
  EXPECT_EQ(rig.read("CH2_SAR"), values[0]);
  EXPECT_EQ(rig.read("CH2_DAR"), values[1]);
  EXPECT_EQ(rig.read("CH0_INTSTATUS"), dmac::kDmaTfrDone);

  rig.copy(kRegisters + 0x300, 0x2000, 2);
  rig.wait_for_line();
  EXPECT_EQ(std::memcmp(&rig.world.memory[0x2000], values, 16), 0) << "and read them";
}

TEST(DmacModule, AChannelMayAbortDisableOrResetItself) {
  struct Case {
    std::uint64_t offset, value;
    dmac::IntStatus status;
  };
  for (const Case& c : {Case{0x018, 0x101ull << 32, dmac::kChAborted}, Case{0x018, 0x100, dmac::kChDisabled},
                        Case{0x058, 1, 0}}) {
    Rig rig;
    std::memcpy(&rig.world.memory[0x100], &c.value, 8);
    rig.copy(0x100, kRegisters + c.offset, 64,
             0x1B00 | 1 << 6 | 1 << 4);  // both sides fixed: writes it 64 times
    rig.run(100'000);
    EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
    EXPECT_EQ(rig.read("CH0_INTSTATUS"), c.status) << std::hex << c.offset << " " << c.value;
  }
}

TEST(DmacModule, IllegalAccessesAnswerAsTheParameterSays) {
  for (const bool errors : {false, true}) {
    dmac::Parameters p = default_parameters();
    p.slvif_error_response = errors;
    Rig rig(p);
    rig.access(false, 0x068, 0);
    EXPECT_EQ(rig.response, errors ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE);
    rig.write("DMAC_ID", 1);
    EXPECT_EQ(rig.response, errors ? tlm::TLM_COMMAND_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(rig.read("CH0_INTCLEAR"), 0u);
    EXPECT_EQ(rig.response, errors ? tlm::TLM_COMMAND_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE);
    rig.access(false, 0x100, 0, sc_core::SC_ZERO_TIME, 2);
    EXPECT_EQ(rig.response, tlm::TLM_BURST_ERROR_RESPONSE) << "narrow accesses always";
    rig.access(false, 0x104, 0, sc_core::SC_ZERO_TIME, 8);
    EXPECT_EQ(rig.response, tlm::TLM_BURST_ERROR_RESPONSE) << "and misaligned ones";
  }
}

TEST(DmacModule, ABurstAllocatesNothing) {
  for (const bool direct : {true, false}) {
    Rig rig;
    rig.world.grants_dmi = direct;
    rig.world.streaming_widths.reserve(100000);
    rig.copy(0, 0x40000, 0x8000);
    rig.run(30'000);
    const std::size_t before = allocations;
    const std::uint64_t moved = rig.dmac.engine().channel_statistics(0).bytes_written;
    rig.run(100'000);
    rig.dmac.synchronize();
    EXPECT_EQ(allocations, before);
    EXPECT_GT(rig.dmac.engine().channel_statistics(0).bytes_written, moved + 0x4000);
  }
}

TEST(DmacModule, SocketsHaveFaultPoints) {
  struct Hook : FaultPoint {
    unsigned seen = 0;
    bool before(tlm::tlm_generic_payload& p, sc_time& delay) override {
      if (p.get_command() == tlm::TLM_IGNORE_COMMAND) return false;
      delay += sc_time(10, SC_NS);
      if (++seen != 3) return false;
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return true;
    }
    void after(tlm::tlm_generic_payload& p, sc_time&) override {
      if (p.is_read() && p.get_data_length() == 8) p.get_data_ptr()[0] ^= 1;
    }
  };
  Rig rig;
  Hook on_registers;
  rig.dmac.set_register_fault_point(&on_registers);
  EXPECT_EQ(rig.read("DMAC_CFG"), 1u) << "corrupted";
  EXPECT_EQ(rig.used, sc_time(40, SC_NS)) << "delayed";
  rig.read("DMAC_CFG");
  rig.read("DMAC_CFG");
  EXPECT_EQ(rig.response, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "refused";
  rig.dmac.set_register_fault_point(nullptr);
  EXPECT_EQ(rig.read("DMAC_CFG"), 0u);

  Hook on_master;
  rig.dmac.set_master_fault_point(0, &on_master);  // withholds direct memory
  rig.copy(0x100, 0x1000, 64);
  rig.wait_for_line();
  EXPECT_NE(rig.read("CH0_INTSTATUS") & (dmac::kSrcDecErr | dmac::kDstDecErr), 0u);
  EXPECT_GE(on_master.seen, 3u);
}

TEST(DmacModule, ObserverHearsAccessesAndLinesWithTheirTime) {
  struct Ears : Observer {
    std::vector<std::string> heard;
    void register_access(const RegisterEvent& e) override {
      heard.push_back(std::string(e.write ? "W " : "R ") + e.name + " " + std::to_string(e.time / 1000));
    }
    void interrupt(const InterruptEvent& e) override {
      heard.push_back("I " + std::to_string(e.line) + (e.level ? " up " : " down ") +
                      std::to_string(e.time / 1000));
    }
    void diagnostic(const DiagnosticEvent& e) override { heard.push_back(std::string("D ") + e.kind); }
  } ears;
  Rig rig;
  rig.dmac.set_observer(&ears);
  rig.write("DMAC_CFG", 3, sc_time(40, SC_NS));
  rig.access(false, 0x0F8, 0, sc_time(60, SC_NS));
  rig.access(false, 0x0, 0, sc_time(60, SC_NS), 2);
  rig.run(200);
  EXPECT_THAT(ears.heard, testing::ElementsAre("W DMAC_CFG 40", "D dmac.register-hole", "R ? 60",
                                               "D dmac.register-access-size", "I 32 up 60", "I 33 up 60"));
}

TEST(DmacModule, WrongParametersAreNamedAllTogether) {
  dmac::Parameters p = default_parameters();
  p.num_masters = 3;
  p.fifo_depth = 0;
  try {
    Rig rig(p);
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr("dmac: "), testing::HasSubstr("num_masters is 3"),
                                         testing::HasSubstr("fifo_depth is 0")));
  }
}

}  // namespace
}  // namespace dmavp
