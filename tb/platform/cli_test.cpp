// Wrong inputs: what is said and how the program exits. Lists: that they name what there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

using ::testing::HasSubstr;

struct WrongInput {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<const char*> says;  ///< all of these, in standard error
  std::function<void()> prepare = {};
};

std::string random_bytes() {
  std::string bytes;
  std::uint32_t state = 99;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return bytes;
}

void PrintTo(const WrongInput& input, std::ostream* out) { *out << input.name; }

class Cli : public ::testing::TestWithParam<WrongInput> {};

TEST_P(Cli, WrongInputIsExplainedAndExits2) {
  const WrongInput& input = GetParam();
  if (input.prepare) input.prepare();
  const Finished finished = run_program(input.arguments);
  EXPECT_EQ(finished.status, 2) << finished.err;
  EXPECT_EQ(finished.out, "");
  for (const char* text : input.says) EXPECT_THAT(finished.err, HasSubstr(text));
}

std::vector<WrongInput> wrong_inputs() {
  const auto file = [](const char* name, const std::string& text) {
    return [=] { write_file(scratch(name), text); };
  };
  return {
      // the command line
      {"no_command", {}, {"no command"}},
      {"unknown_command", {"frob"}, {"\"frob\" is no command"}},
      {"unknown_option", {"run", "--frob"}, {"--frob"}},
      {"abbreviated_option", {"run", "--boar", "k210"}, {"--boar"}},
      {"option_without_value", {"run", "--board"}, {"--board"}},
      {"two_scenarios", {"run", "memcpy", "dmatest"}, {"more than one scenario"}},
      {"argument_of_a_list", {"boards", "k210"}, {"unexpected argument"}},
      {"seed_not_a_number", {"run", "--seed", "x"}, {"--seed x: not a number"}},
      {"set_without_value", {"run", "--set", "a.b"}, {"--set", "not name=value"}},
      {"dram_of_three_banks",
       {"run", "--board", "generic32", "--set", "ram0:dmavp,memory-model=dram", "--set",
        "ram0:dmavp,dram-banks=3"},
       {"dmavp,dram-banks", "is not a power of two in 1 .. 256"}},
      {"dram_of_small_rows",
       {"run", "--board", "generic32", "--set", "ram0:dmavp,memory-model=dram", "--set",
        "ram0:dmavp,dram-row-bytes=4", "--set", "ram0:dmavp,dram-trfc=9999"},
       {"dmavp,dram-row-bytes", "at least channel_bytes"}},
      {"memory_port_of_three_bytes",
       {"run", "--board", "generic32", "--set", "ram0:dmavp,port-bytes=3"},
       {"dmavp,port-bytes", "is not a power of two"}},
      {"no_such_arbitration",
       {"run", "--board", "generic32", "--set", "soc:dmavp,arbitration=lottery"},
       {"dmavp,arbitration", "lottery"}},
      {"memory_of_three_ports",
       {"run", "--board", "generic32", "--set", "ram0:dmavp,data-ports=3"},
       {"dmavp,data-ports: 3 is out of range (1 .. 2)"}},
      {"calibrate_nothing", {"calibrate"}, {"one reference file is needed, 0 given"}},
      {"calibrate_two", {"calibrate", "a.csv", "b.csv"}, {"one reference file is needed, 2 given"}},
      {"calibrate_no_file", {"calibrate", "/no/such.csv"}, {"/no/such.csv: cannot be opened"}},
      {"calibrate_a_board", {"calibrate", DMAVP_SOURCE_DIR "/README.md"}, {"README.md:1: no column cfg"}},
      {"calibrate_json_nowhere",
       {"calibrate", DMAVP_SOURCE_DIR "/tb/calibrate/axi_cdma.csv", "--json", "/no/such/dir/x.json"},
       {"/no/such/dir/x.json: cannot be written"}},
      // what comes later
      {"later_diagnostics", {"diagnostics"}, {"diagnostics is not available"}},
      {"timing", {"run", "--timing", "xt"}, {"--timing xt: no such timing mode (lt, at)"}},
      {"later_expect_diagnostic",
       {"run", "--expect-diagnostic", "x"},
       {"--expect-diagnostic is not available"}},
      {"regs_unknown_format",
       {"regs", "--format", "x"},
       {"regs --format x: no such format (md, json, h, svd)"}},
      // the device tree
      {"board_unknown", {"run", "--board", "nope"}, {"no such board", "k210", "generic32"}},
      {"tree_missing", {"run", "--board", "/nope/a.dtb"}, {"/nope/a.dtb: cannot be read: No such file"}},
      {"tree_is_a_directory", {"run", "--board", "./"}, {"./: is a directory"}},
      {"tree_empty", {"run", "--board", scratch("e.dtb")}, {"e.dtb: the file is empty"}, file("e.dtb", "")},
      {"tree_random",
       {"run", "--board", scratch("r.dtb")},
       {"r.dtb: not a valid device tree"},
       file("r.dtb", random_bytes())},
      {"tree_syntax",
       {"run", "--board", scratch("s.dts")},
       {"s.dts:3", "syntax error"},
       file("s.dts", "/dts-v1/;\n/ {\n a = <1;\n};\n")},
      {"tree_of_nothing",
       {"run", "--board", scratch("n.dts")},
       {"n.dts: the tree has no node /cpus"},
       file("n.dts", "/dts-v1/;\n/ { };\n")},
      {"channels_0",
       {"run", "--set", "dmac0:dma-channels=0"},
       {"dma-controller@50000000: dma-channels: 0 is out of range (1 .. 32)"}},
      {"channels_33",
       {"run", "--set", "dmac0:dma-channels=33"},
       {"dma-channels: 33 is out of range (1 .. 32)"}},
      {"fifo_depth_0", {"run", "--set", "dmac0:dmavp,fifo-depth=0"}, {"dmavp,fifo-depth: 0 is out of range"}},
      {"overlap",
       {"run", "--set", "dmac0:reg[0]=0x80001000"},
       {"overlap", "dmac0 (0x80001000", "ram0 (0x80000000"}},
      // --set
      {"set_unknown_alias", {"run", "--set", "nope0:status=okay"}, {"no node or alias \"nope0\""}},
      {"set_unknown_property", {"run", "--set", "dmac0:nope=1"}, {"has no property \"nope\""}},
      {"set_index_too_large", {"run", "--set", "dmac0:snps,block-size[9]=4"}, {"only 6 entries"}},
      {"set_not_a_number", {"run", "--set", "dmac0:dmavp,fifo-depth=deep"}, {"\"deep\" is not a number"}},
      {"set_unknown_table", {"run", "--set", "nope.x=1"}, {"no such table"}},
      {"set_unknown_client", {"run", "--set", "client.nope.size=1"}, {"no client \"nope\""}},
      {"set_unknown_key", {"run", "--set", "scenario.nope=1"}, {"scenario.nope: unknown key"}},
      {"set_wrong_type", {"run", "--set", "scenario.duration=5"}, {"scenario.duration: must be a time"}},
      {"set_unknown_parameter",
       {"run", "memcpy", "--set", "client.copy.nope=1"},
       {"client.copy.nope", "no such parameter"}},
      {"set_parameter_of_wrong_type",
       {"run", "memcpy", "--set", "client.copy.size=big"},
       {"client.copy.size", "not a number"}},
      {"dmatest_unknown_parameter", {"dmatest", "nope=1"}, {"nope", "no such parameter"}},
      {"dmatest_no_value", {"dmatest", "iterations"}, {"not name=value"}},
      // the scenario
      {"scenario_unknown", {"run", "nope"}, {"nope: no such scenario", "default", "memcpy"}},
      {"scenario_missing", {"run", "/nope/a.toml"}, {"/nope/a.toml: cannot be read"}},
      {"scenario_syntax", {"run", scratch("s.toml")}, {"s.toml:2: "}, file("s.toml", "[scenario]\nseed =\n")},
      {"scenario_unknown_key",
       {"run", scratch("k.toml")},
       {"k.toml:2: scenario.sede: unknown key"},
       file("k.toml", "[scenario]\nsede = 1\n")},
      {"scenario_unknown_client",
       {"run", scratch("c.toml")},
       {"c.toml:2: client.a.module: no such module: nope"},
       file("c.toml", "[client.a]\nmodule = \"nope\"\n")},
      {"scenario_wrong_type",
       {"run", scratch("t.toml")},
       {"t.toml:2: scenario.name: must be a string"},
       file("t.toml", "[scenario]\nname = 1\n")},
      {"scenario_empty", {"run", scratch("m.toml")}, {"nothing to do"}, file("m.toml", "")},
      // files
      {"file_unreadable",
       {"run", "--set", "client.file.path=/nope/file"},
       {"client.file.path: /nope/file: No such file"}},
      {"file_is_a_directory",
       {"run", "--set", "client.file.path=" + scratch(".")},
       {"client.file.path: ", "Is a directory"}},
      {"file_without_a_name",
       {"run", "--set", "client.file.path="},
       {"client.file.path: \"\": the name of the file is empty"}},
      {"log_pattern_that_is_none",
       {"run", scratch("l.toml")},
       {"l.toml:2: expect.log_never: \"(\" is not a regular expression"},
       file("l.toml", "[expect]\nlog_never = \"(\"\n")},
      {"json_unwritable", {"run", "--json", "/nope/out.json"}, {"/nope/out.json: cannot be written"}},
      {"trace_unwritable", {"run", "--trace", "/nope/out.trace"}, {"/nope/out.trace: cannot be written"}},
      // modules
      {"json_without_a_name", {"run", "--json", ""}, {"--json: the name of the file is empty"}},
      {"filter_without_trace", {"run", "--trace-filter", "kind=burst"}, {"--trace-filter without --trace"}},
      {"vcd_filter_without_vcd", {"run", "--vcd-filter", "from=1us"}, {"--vcd-filter without --vcd"}},
      {"unknown_kind_of_event",
       {"run", "--trace", scratch("t"), "--trace-filter", "from=1us", "--trace-filter", "kind=brust"},
       {"--trace-filter \"kind=brust\": no kind \"brust\" (burst, "}},
      {"unknown_channel",
       {"run", "--board", "agilex5", "--trace", scratch("t"), "--trace-filter", "channel=dmac2.ch0"},
       {"no channel \"dmac2.ch0\" (dmac0.ch0 to dmac0.ch3, dmac1.ch0 to dmac1.ch3, or as software"}},
      {"unknown_source_of_a_waveform",
       {"run", "--vcd", scratch("v"), "--vcd-filter", "source=gpu0"},
       {"--vcd-filter \"source=gpu0\": no source \"gpu0\" (dmac0, "}},
      {"window_that_ends_before_it_begins",
       {"run", "--vcd", scratch("v"), "--vcd-filter", "from=2us,to=1us"},
       {"from is not before to"}},
      {"vcd_unwritable", {"run", "--vcd", "/nope/out.vcd"}, {"/nope/out.vcd: cannot be written"}},
      {"perfetto_unwritable", {"run", "--perfetto", "/nope/out.json"}, {"/nope/out.json: cannot be written"}},
      {"perfetto_filter_without_perfetto",
       {"run", "--perfetto-filter", "kind=burst"},
       {"--perfetto-filter without --perfetto"}},
      {"unknown_kind_of_a_timeline",
       {"run", "--perfetto", scratch("p"), "--perfetto-filter", "kind=block-done"},
       {"--perfetto-filter \"kind=block-done\": no kind \"block-done\" (transfer, burst, "}},
      {"timeline_and_waveform_in_one_file",
       {"run", "--vcd", scratch("two"), "--perfetto", scratch(".") + "/two"},
       {"two: two outputs cannot go to one file"}},
      {"trace_without_a_name", {"run", "--trace", ""}, {"--trace: the name of the file is empty"}},
      {"two_outputs_in_one_file",
       {"run", "--json", scratch("one"), "--trace", scratch(".") + "/one"},
       {"one: two outputs cannot go to one file"}},

      {"module_missing", {"run", "--insmod", "/nope/a.so"}, {"/nope/a.so: no such file"}},
      {"module_unknown_name", {"run", "--insmod", "nope"}, {"--insmod nope: no such file or module"}},
      {"module_is_none",
       {"run", "--insmod", scratch("text.so")},
       {"--insmod", "text.so: not an ELF file"},
       file("text.so", "not a module\n")},
      {"module_is_a_host_library",
       {"run", "--insmod", DMAVP_TEST_MODULES "/host_library.so"},
       {"host_library"}},
      {"module_lacks_a_symbol",
       {"run", "--insmod", DMAVP_TEST_MODULES "/faulty_lacking.so"},
       {"symbol_that_nobody_provides"}},
      {"module_number_too_large",
       {"run", "memcpy", "--set", "client.copy.size=4294967296"},
       {"client.copy.size: 4294967296 is not in 0..4294967295 (type uint)"}},
      {"module_number_negative",
       {"run", "--insmod", "memcpy,size=-1"},
       {"memcpy,size=-1: size: -1 is not in 0..4294967295"}},
      {"module_nothing_to_do",
       {"run", "memcpy", "--set", "client.copy.count=0"},
       {"size, count and depth must not be 0"}},
      {"module_wrong_parameter", {"run", "--insmod", "memcpy,nope=1"}, {"nope", "no such parameter"}},
  };
}

INSTANTIATE_TEST_SUITE_P(Wrong, Cli, ::testing::ValuesIn(wrong_inputs()),
                         [](const ::testing::TestParamInfo<WrongInput>& input) { return input.param.name; });

TEST(CliFiles, FullDiskUnderStandardOutputIsNotSilent) {
  const std::vector<std::string> full{"sh", "-c", "exec \"$0\" \"$@\" > /dev/full"};
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", "memcpy"}, {"boards"}, {"regs"}, {"--help"}}) {
    const Finished f = run_program(command, full);
    EXPECT_EQ(f.status, 3) << command[0];
    EXPECT_THAT(f.err, HasSubstr("standard output: writing failed")) << command[0];
  }
}

TEST(CliExpectations, LineOfTheKernelLogThatMustNotComeFailsTheRun) {
  const auto run = [](const char* pattern) {
    return run_program({"run", "memcpy", "-q", "--set", std::string("expect.log_never=") + pattern});
  };
  EXPECT_EQ(run("[0-9]+ channels, nonsense").status, 0);
  const Finished f = run("[1-9] channels, [0-9]+-bit");
  EXPECT_EQ(f.status, 1);
  EXPECT_THAT(f.err, HasSubstr("kernel log that match expect.log_never: 1, the first: dw_axi_dmac"));
}

TEST(CliFiles, NameOfATreeIsNoOptionOfItsCompiler) {
  write_file(scratch("-x.dts"), "/dts-v1/;\n/ {\n");
  const Finished f =
      run_program({"run", "--board=-x.dts"}, {"sh", "-c", "cd " + scratch("") + " && exec \"$0\" \"$@\""});
  EXPECT_EQ(f.status, 2);
  EXPECT_THAT(f.err, HasSubstr("./-x.dts:2"));
}

TEST(CliLists, NameWhatThereIs) {
  const auto expect = [](std::vector<std::string> arguments, std::vector<const char*> texts) {
    const Finished finished = run_program(arguments);
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.err, "");
    for (const char* text : texts) EXPECT_THAT(finished.out, HasSubstr(text));
  };
  expect({"--help"}, {"usage: dmavp", "dmatest", "exit status"});
  expect({"run", "--help"}, {"--board", "--set", "--insmod"});
  expect({"dmatest", "--help"}, {"NAME=VALUE", "--board"});
  expect({"regs", "--help"}, {"--format"});
  expect({"boards", "--help"}, {"usage: dmavp boards"});
  expect({"--version"}, {"dmavp 0."});
  expect({"boards"}, {"k210: ", "2 CPUs", "6 channels", "jh7110: ", "agilex5: ", "dmac1",
                      "generic16: ", "generic32: ", "32 channels", "uart0, uart1, spi0"});
  expect({"scenarios"}, {"default: ", "memcpy: ", "dmatest: "});
  expect({"modules"},
         {"dmaengine", "virt-dma", "dw-axi-dmac", "dmatest", "threads_per_chan", "filecopy", "memcpy"});
  expect({"properties"}, {"dma-channels", "1 .. 32", "dmavp,read-latency", "cycles"});
  expect({"properties", "--format", "md"}, {"| `snps,block-size` |"});
  expect({"regs", "--format", "md"}, {"DMAC_CFG", "CHn_SAR", "0x010"});
}

// More than eight channels have another layout, and the reference follows the board.
TEST(CliLists, RegisterReferenceFollowsTheBoard) {
  const Finished k210 = run_program({"regs"});
  const Finished generic = run_program({"regs", "--board", "generic32"});
  EXPECT_THAT(k210.out, HasSubstr("DMAC_CHEN |"));
  EXPECT_THAT(k210.out, ::testing::Not(HasSubstr("DMAC_CHSUSP")));
  EXPECT_THAT(generic.out, HasSubstr("DMAC_CHSUSP"));
  EXPECT_THAT(run_program({"regs", "--board", "jh7110", "--device", "serial0"}).out, HasSubstr("THR"));
  EXPECT_THAT(run_program({"regs", "--board", "agilex5", "--device", "/soc@0/spi@10da4000"}).out,
              HasSubstr("CTRLR0"));
  const Finished none = run_program({"regs", "--device", "ram0"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("no such device"), HasSubstr("dmac0, uart1")));
}

}  // namespace
}  // namespace dmavp::test
