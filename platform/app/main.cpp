// The dmavp program.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <systemc>
#include <vector>

#include "platform/app/lists.h"
#include "platform/app/options.h"
#include "platform/config/fault_kinds.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"

namespace {

using namespace dmavp::platform;

int execute(const CommandLine& line) {
  switch (line.command) {
    case Command::kHelp:
      std::cout << line.help;
      break;
    case Command::kVersion:
      std::cout << "dmavp " DMAVP_VERSION "\n";
      break;
    case Command::kRun:
      return run(line.run);
    case Command::kDiff: {
      const int status = diff_results(std::cout, line.file_a, line.file_b, line.tolerances);
      std::cout.flush();
      if (std::cout) return status;
      break;
    }
    case Command::kSweep:
      return sweep(line.sweep);
    case Command::kCalibrate:
      return calibrate(line.calibrate);
    case Command::kRegs:
      print_registers(std::cout, line.board, line.run.settings, line.device, line.format);
      break;
    case Command::kBoards:
      list_boards(std::cout);
      break;
    case Command::kScenarios:
      list_scenarios(std::cout);
      break;
    case Command::kModules:
      list_modules(std::cout);
      break;
    case Command::kFaults:
      if (line.format == "md") {
        write_faults_markdown(std::cout);
      } else {
        print_faults(std::cout);
      }
      break;
    case Command::kProperties:
      if (line.format == "md") {
        write_properties_markdown(std::cout);
      } else {
        print_properties(std::cout);
      }
      break;
  }
  std::cout.flush();
  if (std::cout) return 0;
  std::cerr << "dmavp: standard output: writing failed\n";
  return 3;
}

}  // namespace

// libsystemc refers to it; the simulation is started from main().
int sc_main(int, char*[]) { return 0; }

int main(int argc, char* argv[]) {
  try {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    return execute(parse_command_line({argv + 1, argv + argc}));
  } catch (const InputError& error) {
    std::cout.flush();
    std::string text = error.what();
    std::size_t at = 0;
    while (at <= text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::cerr << "dmavp: " << text.substr(at, end - at) << "\n";
      at = end + 1;
    }
    return 2;
  } catch (const std::exception& error) {
    std::cout.flush();
    std::cerr << "dmavp: internal fault: " << error.what() << "\n";
    return 3;
  }
}
