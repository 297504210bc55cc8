// Runs of the dmavp program with Linux's modules.
#pragma once

#include <boost/json.hpp>
#include <sstream>
#include <string>

#include "linux/dmatest_log.h"
#include "platform/program.h"
#include "system/job.h"

namespace dmavp::tb {

struct LinuxJob {
  int status;
  std::string err;  ///< the kernel log and the program's messages
  DmatestLog log;
  boost::json::object result;
};

/// The drivers of a scenario, with `virt_dma` as the module for virtual channels.
inline std::string linux_scenario(const std::string& virt_dma) {
  return "[scenario]\nduration = \"60s\"\nmodules = [\"dmaengine\", \"" + virt_dma + "\", \"dw-axi-dmac\"]\n";
}

/// Runs `words` with a scenario of `text`, which has the drivers.
inline LinuxJob run_text(const std::string& text, const Words& words) {
  const std::string scenario = test::scratch("linux.toml");
  const std::string json = test::scratch("linux.json");
  test::write_file(scenario, text);
  test::write_file(json, "");
  const test::Finished finished = test::run_program(Words{"run", scenario, "--json", json} + words);
  LinuxJob job = {finished.status, finished.err, read_dmatest_log(finished.err), {}};
  const std::string result = test::read_file(json);
  if (!result.empty()) job.result = boost::json::parse(result).as_object();
  return job;
}

/// Linux's dmatest as the client "judge", so that the run goes on until its threads have ended. `words`:
/// --board NAME and further options; `parameters` as in --insmod.
inline LinuxJob run_linux(const Words& words, unsigned cpus, const std::string& parameters,
                          const std::string& virt_dma = LINUX_MODULE_DIR "/linux-virt-dma.so") {
  std::string text =
      linux_scenario(virt_dma) + "[client.judge]\nmodule = \"" LINUX_MODULE_DIR "/linux-dmatest.so\"\n";
  std::istringstream pairs(parameters);
  for (std::string pair; std::getline(pairs, pair, ',');) {
    const std::size_t equals = pair.find('=');
    text += pair.substr(0, equals) + " = \"" + pair.substr(equals + 1) + "\"\n";
  }
  return run_text(text, words + only_cpus(words.at(1), cpus));
}

/// The same by --insmod: unloaded as soon as its initialisation is over.
inline LinuxJob insert_linux(const Words& words, const std::string& parameters) {
  return run_text(linux_scenario(LINUX_MODULE_DIR "/linux-virt-dma.so"),
                  words + Words{"--insmod", LINUX_MODULE_DIR "/linux-dmatest.so," + parameters});
}

}  // namespace dmavp::tb
