#include "linux/played.h"

#include <cstdlib>
#include <sstream>

namespace dmavp::tb {

std::uint64_t TraceLine::number(const std::string& key) const {
  const std::size_t at = (" " + details).find(" " + key + "=");
  return at == std::string::npos ? 0 : std::strtoull(details.c_str() + at + key.size() + 1, nullptr, 0);
}

std::int64_t Played::note(const char* key) const {
  if (!job.result.contains("clients")) return -1;
  for (const auto& client : job.result.at("clients").as_array()) {
    if (const auto* text = client.at("notes").as_object().if_contains(key))
      return std::strtoll(text->as_string().c_str(), nullptr, 10);
  }
  return -1;
}

std::vector<TraceLine> Played::all(const std::string& event, const std::string& text) const {
  std::vector<TraceLine> found;
  for (const TraceLine& line : trace)
    if (line.event == event && line.has(text)) found.push_back(line);
  return found;
}

Played play_client(const std::string& client, const std::string& modules, bool linux_provider,
                   const Words& words) {
  const std::string provider = linux_provider ? "\"" LINUX_MODULE_DIR
                                                "/linux-virt-dma.so\", \"" LINUX_MODULE_DIR
                                                "/linux-dw-axi-dmac.so\""
                                              : "\"virt-dma\", \"dw-axi-dmac\"";
  const std::string file = test::scratch("played.trace");
  Played played;
  played.job = run_text(
      "[scenario]\nduration = \"1s\"\nmodules = [\"dmaengine\", " + provider + modules + "]\n" + client,
      words + Words{"--trace", file});
  std::istringstream lines(test::read_file(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    TraceLine t;
    std::istringstream words_of_line(line);
    words_of_line >> t.time_ps >> t.source >> t.event >> std::ws;
    std::getline(words_of_line, t.details);
    played.trace.push_back(t);
  }
  return played;
}

Played play(const std::string& scenario, bool linux_provider, const std::string& board, unsigned cpus,
            const Words& words) {
  return play_client("[client.judge]\nmodule = \"" JUDGE_MODULE "\"\nplay = \"" + scenario + "\"\n", "",
                     linux_provider, Words{"--board", board} + only_cpus(board, cpus) + words);
}

}  // namespace dmavp::tb
