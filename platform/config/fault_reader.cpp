#include "platform/config/fault_reader.h"

#include <algorithm>
#include <cstdlib>

#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

template <class Names>
std::string join(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string kind_names() {
  std::vector<std::string> names;
  for (const FaultKindInfo& info : fault_kinds()) names.emplace_back(info.name);
  return join(names);
}

/// One [[fault]] table.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string name, const FaultReaderContext& context)
      : table_(table), name_(std::move(name)), context_(context) {
    fault_.origin = context.place(table) + ": " + name_;
  }

  /// False when the kind is not known: nothing else can be judged then.
  bool read(FaultSpec& into) {
    const auto word = table_["kind"].value_exact<std::string>();
    info_ = word ? find_fault_kind(*word) : nullptr;
    if (info_ == nullptr) {
      const toml::node* node = table_.get("kind");
      complain(node != nullptr ? *node : table_, "kind", "required, one of " + kind_names());
      return false;
    }
    fault_.kind = info_->kind;
    bool any_chance = false;
    for (auto&& [key, node] : table_) {
      const std::string name(key.str());
      any_chance = any_chance || name == "probability";
      if (name != "kind") read_key(name, node);
    }
    check(any_chance);
    into = fault_;
    return true;
  }

 private:
  void complain(const toml::node& node, const std::string& key, const std::string& text) {
    context_.complain(node, name_ + "." + key, text);
  }

  std::optional<std::uint64_t> number(const toml::node& node) const {
    if (const auto integer = node.value_exact<std::int64_t>(); integer && *integer >= 0)
      return static_cast<std::uint64_t>(*integer);
    if (const auto word = node.value_exact<std::string>()) return parse_size(*word);
    return std::nullopt;
  }

  std::uint64_t number_in(const std::string& key, const toml::node& node, std::uint64_t min,
                          std::uint64_t max) {
    const auto value = number(node);
    if (value && *value >= min && *value <= max) return *value;
    complain(node, key,
             "must be a number from " + std::to_string(min) +
                 (max == ~std::uint64_t{0} ? " on" : " to " + std::to_string(max)));
    return min;
  }

  std::uint64_t time(const std::string& key, const toml::node& node) {
    const auto word = node.value_exact<std::string>();
    const auto value = word ? parse_time_ps(*word) : std::nullopt;
    if (!value) complain(node, key, "must be a time with a unit, such as \"10us\"");
    return value.value_or(0);
  }

  std::string word(const std::string& key, const toml::node& node, const std::vector<std::string>& allowed) {
    const auto text = node.value_exact<std::string>();
    if (text && std::find(allowed.begin(), allowed.end(), *text) != allowed.end()) return *text;
    complain(node, key, "must be one of " + join(allowed));
    return {};
  }

  void read_address(const toml::node& node) {
    std::vector<std::uint64_t> ends;
    const auto add = [&](const toml::node& end) {
      if (const auto address = number(end)) ends.push_back(*address);
    };
    if (const toml::array* range = node.as_array()) {
      for (const toml::node& end : *range) add(end);
      if (ends.size() != 2 || range->size() != 2) ends.clear();
    } else {
      add(node);
    }
    if (ends.empty() || ends.back() < ends.front())
      return complain(node, "address", "must be a bus address or [first, last], such as \"0x80000000\"");
    fault_.first = ends.front();
    fault_.last = ends.back();
  }

  double chance(const toml::node& node) {
    double value = -1;
    if (const auto real = node.value<double>()) {
      value = *real;
    } else if (const auto text = node.value_exact<std::string>(); text && !text->empty()) {
      char* end = nullptr;
      value = std::strtod(text->c_str(), &end);
      if (*end != '\0') value = -1;
    }
    if (!(value >= 0 && value <= 1)) complain(node, "probability", "must be from 0 to 1");
    return value;
  }

  unsigned key_bit(const std::string& key) const {
    static const std::pair<const char*, unsigned> kKeys[] = {
        {"on", kKeyOn},       {"channel", kKeyChannel},   {"address", kKeyAddress},
        {"nth", kKeyNth},     {"count", kKeyCount},       {"probability", kKeyProbability},
        {"delay", kKeyDelay}, {"duration", kKeyDuration}, {"bit", kKeyBit}};
    for (const auto& [name, bit] : kKeys) {
      if (key == name) return bit;
    }
    return 0;
  }

  void read_key(const std::string& key, const toml::node& node) {
    const unsigned bit = key_bit(key);
    if (bit != 0) {
      if ((info_->keys & bit) == 0)
        return complain(node, key, "means nothing for " + std::string(info_->name) + " (see dmavp faults)");
      given_ |= bit;
      return read_kind_key(bit, key, node);
    }
    if (key == "target") {
      fault_.target = node.value_exact<std::string>().value_or("");
      if (fault_.target.empty()) complain(node, key, "must be a name, such as \"dmac0\"");
    } else if (key == "time") {
      timed_ = true;
      fault_.time_ps = time(key, node);
    } else if (key == "fired") {
      const std::string text = word(key, node, {"yes", "no", "any"});
      fired_ = true;
      fault_.fired = text == "no"    ? FaultSpec::Fired::kNo
                     : text == "any" ? FaultSpec::Fired::kAny
                                     : FaultSpec::Fired::kYes;
    } else if (key == "outcome") {
      std::vector<std::string> words;
      for (const FaultOutcome& outcome : fault_outcomes()) words.emplace_back(outcome.name);
      fault_.outcome = word(key, node, words);
    } else {
      complain(node, key, "unknown key (see dmavp faults)");
    }
  }

  void read_kind_key(unsigned bit, const std::string& key, const toml::node& node) {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    switch (bit) {
      case kKeyOn:
        fault_.on = word(key, node, {info_->on.begin(), info_->on.end()});
        break;
      case kKeyChannel:
        fault_.channel = static_cast<unsigned>(number_in(key, node, 0, 31));
        break;
      case kKeyAddress:
        read_address(node);
        break;
      case kKeyNth:
        fault_.nth = number_in(key, node, 1, kAll);
        break;
      case kKeyCount:
        fault_.count = number_in(key, node, 0, kAll);
        break;
      case kKeyProbability:
        fault_.probability = chance(node);
        break;
      case kKeyDelay:
        fault_.delay_ps = time(key, node);
        break;
      case kKeyDuration:
        fault_.duration_ps = time(key, node);
        break;
      default:
        fault_.bit = static_cast<unsigned>(number_in(key, node, 0, highest_bit()));
        break;
    }
  }

  std::uint64_t highest_bit() const {
    if (fault_.kind == FaultKind::kMemoryFlip) return 7;
    return fault_.kind == FaultKind::kCorruptDescriptor ? 511 : 32767;
  }

  void check(bool any_chance) {
    if (table_.get("target") == nullptr) complain(table_, "target", "required");
    static const std::pair<unsigned, const char*> kRequired[] = {
        {kKeyOn, "on"}, {kKeyAddress, "address"}, {kKeyDelay, "delay"}, {kKeyDuration, "duration"}};
    for (const auto& [bit, name] : kRequired) {
      if ((info_->required & bit) != 0 && (given_ & bit) == 0)
        complain(table_, name, std::string("required for ") + info_->name);
    }
    const bool only_time = (info_->keys & kKeyNth) == 0;
    if (only_time && !timed_) complain(table_, "time", std::string("required for ") + info_->name);
    // Of what can start either way, a time without anything to count starts it.
    const bool lasts = (info_->keys & kKeyDuration) != 0 && fault_.kind != FaultKind::kRequestDropped;
    const bool counting = (given_ & (kKeyNth | kKeyCount | kKeyProbability)) != 0;
    fault_.counted = !only_time && !(lasts && timed_ && !counting);
    if (!fired_ && any_chance) fault_.fired = FaultSpec::Fired::kAny;
  }

  const toml::table& table_;
  std::string name_;
  const FaultReaderContext& context_;
  const FaultKindInfo* info_ = nullptr;
  FaultSpec fault_;
  unsigned given_ = 0;
  bool timed_ = false;
  bool fired_ = false;
};

}  // namespace

std::vector<FaultSpec> read_faults(const toml::node& faults, const FaultReaderContext& context) {
  std::vector<FaultSpec> plan;
  const toml::array* list = faults.as_array();
  if (list == nullptr) {
    context.complain(faults, "fault", "must be an array of tables [[fault]]");
    return plan;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string name = "fault[" + std::to_string(i) + "]";
    const toml::table* table = list->get(i)->as_table();
    FaultSpec fault;
    if (table == nullptr) {
      context.complain(*list->get(i), name, "must be a table [[fault]]");
    } else if (TableReader(*table, name, context).read(fault)) {
      plan.push_back(fault);
    }
  }
  return plan;
}

}  // namespace dmavp::platform
