#include "platform/config/scenario.h"

#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>

#include "platform/config/fault_reader.h"
#include "platform/config/module_parameters.h"
#include "platform/config/paths.h"
#include "platform/config/problem.h"
#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

constexpr std::uint64_t kDefaultDuration = 60'000'000'000'000;  // 60 s

bool is_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

// A --set value as TOML would have it: true and 12 are typed, everything else is a string.
template <class Use>
void with_value(const std::string& value, Use use) {
  const bool digits =
      !value.empty() && value.find_first_not_of("0123456789") == std::string::npos && value.size() < 19;
  if (value == "true" || value == "false") {
    use(value == "true");
  } else if (digits) {
    use(static_cast<std::int64_t>(std::stoll(value)));
  } else {
    use(value);
  }
}

// "key", or "key[2]" for a member of an array. Empty, or what is wrong.
std::string set_value(toml::table& table, const std::string& key, const std::string& value) {
  const std::size_t bracket = key.find('[');
  if (bracket == std::string::npos || key.back() != ']') {
    with_value(value, [&](const auto& typed) { table.insert_or_assign(key, typed); });
    return "";
  }
  toml::array* list = table[key.substr(0, bracket)].as_array();
  const auto index = parse_size(key.substr(bracket + 1, key.size() - bracket - 2));
  if (list == nullptr) return key.substr(0, bracket) + " is no array there";
  if (!index || *index >= list->size())
    return "the array has members 0 to " + std::to_string(list->size() - 1);
  const auto at = list->cbegin() + static_cast<std::ptrdiff_t>(*index);
  with_value(value, [&](const auto& typed) { list->replace(at, typed); });
  return "";
}

class Parser {
 public:
  Parser(std::string file, const std::vector<Setting>& settings)
      : file_(std::move(file)), settings_(settings) {}

  Scenario parse(const std::string& text) {
    try {
      root_ = toml::parse(text);
    } catch (const toml::parse_error& error) {
      throw InputError(file_ + ":" + std::to_string(error.source().begin.line) + ": " +
                       std::string(error.description()));
    }
    for (const Setting& setting : settings_) apply(setting);
    for (auto&& [key, node] : root_) {
      const std::string name(key.str());
      if (name == "fault") continue;
      if (name != "scenario" && name != "client" && name != "expect") {
        complain(node, name, "unknown table or key (known: scenario, client, expect, fault)");
      } else if (!node.is_table()) {
        complain(node, name, "must be a table");
      }
    }
    if (problems_.empty()) read();
    if (!problems_.empty()) throw InputError(problems_);
    return std::move(scenario_);
  }

 private:
  using Handler = std::function<void(const toml::node&, const std::string&)>;

  std::string place(const toml::node& node) const {
    const auto line = node.source().begin.line;
    return line == 0 ? "--set" : file_ + ":" + std::to_string(line);
  }
  void complain(const toml::node& node, const std::string& key, const std::string& text) {
    problems_.push_back(place(node) + ": " + key + ": " + text);
  }

  void apply(const Setting& setting) {
    const std::string& path = setting.path;
    const std::size_t first = path.find('.');
    const std::string table_name = path.substr(0, first);
    std::string key = first == std::string::npos ? "" : path.substr(first + 1);
    toml::table* table = root_[table_name].as_table();
    if (table_name == "scenario" || table_name == "expect") {
      if (table == nullptr)
        table = root_.insert_or_assign(table_name, toml::table{}).first->second.as_table();
    } else if (table_name == "client" && table != nullptr) {
      const std::size_t second = key.find('.');
      const std::string client = key.substr(0, second);
      table = (*table)[client].as_table();
      if (table == nullptr)
        throw InputError("--set " + path + ": the scenario has no client \"" + client + "\"");
      key = second == std::string::npos ? "" : key.substr(second + 1);
    } else {
      table = fault_table(table_name);
    }
    if (table == nullptr)
      throw InputError("--set " + path + ": no such table in " + file_ +
                       " (scenario, expect, client.NAME, fault[N])");
    if (key.empty()) throw InputError("--set " + path + ": a table cannot be set, name a key in it");
    const std::string wrong = set_value(*table, key, setting.value);
    if (!wrong.empty()) throw InputError("--set " + path + ": " + wrong);
  }

  // The table that "fault[3]" names, or null.
  toml::table* fault_table(const std::string& name) {
    toml::array* faults = root_["fault"].as_array();
    if (faults == nullptr || name.substr(0, 6) != "fault[" || name.back() != ']') return nullptr;
    const auto index = parse_size(name.substr(6, name.size() - 7));
    if (!index || *index >= faults->size()) return nullptr;
    return faults->get(static_cast<std::size_t>(*index))->as_table();
  }

  // Every key of `table` must have a handler.
  void read_table(const char* name, const std::map<std::string, Handler>& handlers) {
    const toml::table* table = root_[name].as_table();
    if (table == nullptr) return;
    for (auto&& [key, node] : *table) {
      const std::string full = std::string(name) + "." + std::string(key.str());
      const auto handler = handlers.find(std::string(key.str()));
      if (handler == handlers.end()) {
        std::string known;
        for (const auto& [known_name, unused] : handlers) known += (known.empty() ? "" : ", ") + known_name;
        complain(node, full, "unknown key (known: " + known + ")");
      } else {
        handler->second(node, full);
      }
    }
  }

  Handler text(std::string& into) {
    return [this, &into](const toml::node& node, const std::string& key) {
      if (const auto value = node.value_exact<std::string>()) {
        into = *value;
      } else {
        complain(node, key, "must be a string");
      }
    };
  }
  Handler pattern(std::optional<std::string>& into) {
    return [this, &into](const toml::node& node, const std::string& key) {
      const auto value = node.value_exact<std::string>();
      if (!value || value->empty()) return complain(node, key, "must be a regular expression (a string)");
      try {
        std::regex{*value};
        into = *value;
      } catch (const std::regex_error& error) {
        complain(node, key, "\"" + *value + "\" is not a regular expression: " + error.what());
      }
    };
  }
  Handler number(std::function<void(std::uint64_t)> set) {
    return [this, set](const toml::node& node, const std::string& key) {
      std::optional<std::uint64_t> value;
      if (const auto integer = node.value_exact<std::int64_t>(); integer && *integer >= 0) {
        value = static_cast<std::uint64_t>(*integer);
      }
      if (const auto word = node.value_exact<std::string>()) value = parse_size(*word);
      if (!value)
        return complain(node, key, "must be a number of 0 or more (sizes such as \"64KiB\" are numbers)");
      set(*value);
    };
  }
  Handler time(std::function<void(std::uint64_t)> set) {
    return [this, set](const toml::node& node, const std::string& key) {
      const auto word = node.value_exact<std::string>();
      const auto value = word ? parse_time_ps(*word) : std::nullopt;
      if (!value || *value == 0)
        return complain(node, key, "must be a time with a unit, such as \"10us\" or \"2s\"");
      set(*value);
    };
  }

  void read() {
    scenario_.source = file_;
    scenario_.duration_ps = kDefaultDuration;
    std::string timing = "lt";
    read_table(
        "scenario",
        {{"name", text(scenario_.name)},
         {"text", text(scenario_.text)},
         {"seed", number([this](std::uint64_t v) { scenario_.seed = v; })},
         {"timing", text(scenario_.timing)},
         {"duration", time([this](std::uint64_t v) { scenario_.duration_ps = v; })},
         {"modules", [this](const toml::node& node, const std::string& key) { read_modules(node, key); }}});
    if (scenario_.timing != "lt" && scenario_.timing != "at") {
      problems_.push_back(file_ + ": scenario.timing: \"" + scenario_.timing +
                          "\" is no timing mode (lt, at)");
    }
    read_table("expect",
               {{"errors", number([this](std::uint64_t v) { scenario_.expect.errors = v; })},
                {"bytes_min", number([this](std::uint64_t v) { scenario_.expect.bytes_min = v; })},
                {"duration_max", time([this](std::uint64_t v) { scenario_.expect.duration_max_ps = v; })},
                {"halts_max", number([this](std::uint64_t v) { scenario_.expect.halts_max = v; })},
                {"losses_max", number([this](std::uint64_t v) { scenario_.expect.losses_max = v; })},
                {"log_never", pattern(scenario_.expect.log_never)},
                {"failing_clients",
                 [this](const toml::node& node, const std::string& key) {
                   scenario_.expect.failing_clients = words(node, key, "an array of names of clients");
                 }},
                {"diagnostics", [this](const toml::node& node, const std::string& key) {
                   scenario_.expect.diagnostics = words(node, key, "an array of kinds of diagnostics");
                 }}});
    read_clients();
    if (const toml::node* faults = root_.get("fault")) {
      const FaultReaderContext context{[this](const toml::node& node) { return place(node); },
                                       [this](const toml::node& node, const std::string& key,
                                              const std::string& text) { complain(node, key, text); }};
      scenario_.faults = read_faults(*faults, context);
    }
  }

  void add_module(const std::string& name, ModuleSpec spec, const toml::node& node, const std::string& key) {
    spec.origin = place(node) + ": " + key;
    spec.file = find_module(name);
    if (spec.file.empty()) {
      const bool path = name.find('/') != std::string::npos;
      complain(node, key, "no such module: " + name + (path ? "" : " (see dmavp modules)"));
      return;
    }
    scenario_.modules.push_back(std::move(spec));
  }

  void read_modules(const toml::node& node, const std::string& key) {
    for (const std::string& name : words(node, key, "an array of module names"))
      add_module(name, {}, node, key);
  }

  std::vector<std::string> words(const toml::node& node, const std::string& key, const char* what) {
    std::vector<std::string> found;
    const toml::array* list = node.as_array();
    bool good = list != nullptr;
    for (std::size_t i = 0; good && i < list->size(); ++i) {
      const auto word = list->get(i)->value_exact<std::string>();
      good = word.has_value();
      if (good) found.push_back(*word);
    }
    if (!good) complain(node, key, std::string("must be ") + what);
    return found;
  }

  // A table's members as the file has them (toml++ keeps them by name); those of --set come last.
  static std::vector<std::pair<std::string, const toml::node*>> in_file_order(const toml::table& table) {
    std::vector<std::pair<std::string, const toml::node*>> members;
    for (auto&& [key, node] : table) members.emplace_back(std::string(key.str()), &node);
    const auto position = [](const toml::node* node) {
      const auto at = node->source().begin;
      return at.line == 0 ? std::make_pair(~toml::source_index{0}, at.column)
                          : std::make_pair(at.line, at.column);
    };
    std::stable_sort(members.begin(), members.end(),
                     [&](const auto& a, const auto& b) { return position(a.second) < position(b.second); });
    return members;
  }

  void read_clients() {
    const toml::table* clients = root_["client"].as_table();
    if (clients == nullptr) return;
    for (const auto& [name, node] : in_file_order(*clients)) {
      const toml::table* table = node->as_table();
      if (table == nullptr || !is_name(name)) {
        complain(*node, "client." + name, "must be a table [client.NAME]");
        continue;
      }
      read_client(name, *table);
    }
  }

  void read_client(const std::string& name, const toml::table& table) {
    const std::string prefix = "client." + name;
    const auto module = table["module"].value_exact<std::string>();
    if (!module) return complain(table, prefix + ".module", "required, the name of a module");
    ModuleSpec spec;
    spec.client = name;
    const auto known = module_parameters(find_module(*module));
    for (const auto& [parameter, entry] : in_file_order(table)) {
      if (parameter == "module") continue;
      const toml::node& node = *entry;
      std::string value;
      if (!parameter_text(node, value)) {
        complain(node, prefix + "." + parameter,
                 "must be a string, a number, true or false, or an array of these");
        continue;
      }
      std::string reason;
      if (!normalise_parameter(known, *module, parameter, value, reason)) {
        complain(node, prefix + "." + parameter, reason);
        continue;
      }
      spec.parameters.emplace_back(parameter, value);
    }
    add_module(*module, std::move(spec), *table.get("module"), prefix + ".module");
  }

  static bool parameter_text(const toml::node& node, std::string& value) {
    if (const auto word = node.value_exact<std::string>()) {
      value = *word;
    } else if (const auto flag = node.value_exact<bool>()) {
      value = *flag ? "1" : "0";
    } else if (const auto integer = node.value_exact<std::int64_t>()) {
      value = std::to_string(*integer);
    } else if (const toml::array* list = node.as_array()) {
      for (const toml::node& entry : *list) {
        std::string one;
        if (entry.is_array() || !parameter_text(entry, one)) return false;
        value += (value.empty() ? "" : ",") + one;
      }
    } else {
      return false;
    }
    return true;
  }

  std::string file_;
  const std::vector<Setting>& settings_;
  toml::table root_;
  Scenario scenario_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<ScenarioInfo> built_in_scenarios() {
  std::vector<ScenarioInfo> infos;
  for (const Found& found : find_all("scenarios", {".toml"})) {
    ScenarioInfo info{found.name, found.file, ""};
    try {
      info.text = toml::parse(read_text(found.file))["scenario"]["text"].value_or(std::string());
    } catch (const std::exception&) {
      info.text = "(does not parse)";
    }
    infos.push_back(info);
  }
  return infos;
}

Scenario load_scenario(const std::string& name_or_file, const std::vector<Setting>& settings) {
  std::string file = name_or_file;
  const bool is_file =
      file.find('/') != std::string::npos || (file.size() > 5 && file.substr(file.size() - 5) == ".toml");
  if (!is_file) {
    file.clear();
    std::string names;
    for (const Found& found : find_all("scenarios", {".toml"})) {
      names += (names.empty() ? "" : ", ") + found.name;
      if (found.name == name_or_file) file = found.file;
    }
    if (file.empty()) {
      throw InputError(name_or_file + ": no such scenario (built in: " + names + "; a file ends in .toml)");
    }
  }
  Scenario scenario = Parser(file, settings).parse(read_text(file));
  if (scenario.name.empty()) scenario.name = name_or_file;
  return scenario;
}

ModuleSpec parse_insmod(const std::string& text) {
  ModuleSpec spec;
  spec.origin = "--insmod " + text;
  std::size_t at = text.find(',');
  const std::string name = text.substr(0, at);
  spec.file = find_module(name);
  if (spec.file.empty()) throw InputError("--insmod " + name + ": no such file or module");
  const auto known = module_parameters(spec.file);
  while (at != std::string::npos) {
    const std::size_t end = text.find(',', at + 1);
    const std::string pair = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw InputError(spec.origin + ": \"" + pair + "\" is not name=value");
    std::string value = pair.substr(equals + 1);
    std::string reason;
    if (!normalise_parameter(known, name, pair.substr(0, equals), value, reason)) {
      throw InputError(spec.origin + ": " + pair.substr(0, equals) + ": " + reason);
    }
    spec.parameters.emplace_back(pair.substr(0, equals), value);
    at = end;
  }
  return spec;
}

}  // namespace dmavp::platform
