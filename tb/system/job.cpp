#include "system/job.h"

#include <cstdlib>
#include <utility>

namespace dmavp::tb {

namespace json = boost::json;

Job run_job(Words arguments) {
  static int number = 0;
  const std::string file = test::scratch("job" + std::to_string(number++) + ".json");
  Job job;
  job.finished = test::run_program(std::move(arguments) + Words{"--quiet", "--json", file});
  const std::string text = test::read_file(file);
  if (!text.empty()) job.result = json::parse(text).as_object();
  return job;
}

Words only_cpus(const std::string& board, unsigned cpus) {
  Words words;
  const unsigned first = board == "jh7110" ? 1 : 0;  // the monitor core is off
  for (unsigned cpu = first + cpus; cpu < first + (board == "k210" ? 2u : 4u); ++cpu) {
    words.emplace_back("--set");
    words.push_back("cpu" + std::to_string(cpu) + ":status=disabled");
  }
  return words;
}

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::uint64_t software(const Job& job, const char* counter) {
  return job.result.at("software").at(counter).to_number<std::uint64_t>();
}

std::uint64_t note(const Job& job, const char* client, const char* key) {
  for (const json::value& c : job.result.at("clients").as_array()) {
    if (c.at("name").as_string() != client) continue;
    if (const json::value* text = c.at("notes").as_object().if_contains(key))
      return std::strtoull(text->as_string().c_str(), nullptr, 10);
  }
  return 0;
}

}  // namespace dmavp::tb
