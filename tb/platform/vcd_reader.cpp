#include "platform/vcd_reader.h"

#include <sstream>
#include <stdexcept>

namespace dmavp::test {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& text) : in_(text) {}

  Waves read() {
    declarations();
    std::string word;
    while (in_ >> word) {
      if (word[0] == '#') {
        advance(std::stoull(word.substr(1)));
      } else if (word == "$dumpvars") {
        if (!timed_) fail("$dumpvars without a time");
      } else if (word == "$end") {
        complete();
      } else {
        change(word);
      }
    }
    if (!complete_) fail("no initial values");
    waves_.end = now_;
    return waves_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) {
    in_.clear();
    const auto at = in_.tellg();
    throw std::runtime_error("byte " + std::to_string(static_cast<long long>(at)) + ": " + what);
  }

  std::string next() {
    std::string word;
    if (!(in_ >> word)) fail("ends too early");
    return word;
  }

  void expect(const std::string& wanted) {
    const std::string word = next();
    if (word != wanted) fail("\"" + word + "\" instead of \"" + wanted + "\"");
  }

  void declarations() {
    std::vector<std::string> scopes;
    bool scale = false;
    for (;;) {
      const std::string word = next();
      if (word == "$enddefinitions") {
        expect("$end");
        if (!scopes.empty()) fail("a scope is still open");
        if (!scale) fail("no $timescale");
        return;
      }
      if (word == "$version") {
        while (next() != "$end") {
        }
      } else if (word == "$timescale") {
        expect("1");
        expect("ps");
        expect("$end");
        scale = true;
      } else if (word == "$scope") {
        expect("module");
        scopes.push_back(next());
        expect("$end");
      } else if (word == "$upscope") {
        if (scopes.empty()) fail("$upscope without a scope");
        scopes.pop_back();
        expect("$end");
      } else if (word == "$var") {
        variable(scopes);
      } else {
        fail("unknown declaration " + word);
      }
    }
  }

  void variable(const std::vector<std::string>& scopes) {
    Signal signal;
    const std::string type = next();
    if (type != "wire" && type != "string") fail("type " + type);
    signal.text = type == "string";
    signal.bits = static_cast<unsigned>(std::stoul(next()));
    const std::string id = next();
    std::string path;
    for (const std::string& scope : scopes) path += scope + ".";
    path += next();
    std::string word = next();
    if (signal.bits > 1) {
      if (word != "[" + std::to_string(signal.bits - 1) + ":0]") fail("range " + word);
      word = next();
    }
    if (word != "$end") fail("\"" + word + "\" behind a variable");
    for (const char c : id) {
      if (c < '!' || c > '~') fail("identifier of " + path);
    }
    const auto [at, added] = waves_.signals.emplace(path, signal);
    if (!added || !by_id_.emplace(id, &at->second).second) fail(path + " is declared twice");
  }

  void advance(std::uint64_t time) {
    if (timed_ && time <= now_) fail("time " + std::to_string(time) + " behind " + std::to_string(now_));
    if (timed_ && !complete_) fail("time goes on before all initial values are there");
    if (!timed_) waves_.start = time;
    timed_ = true;
    now_ = time;
  }

  void change(const std::string& word) {
    if (!timed_) fail("a value without a time");
    const bool vector = word[0] == 'b';
    const bool text = word[0] == 's';
    const std::string value = vector || text ? word.substr(1) : word.substr(0, 1);
    const std::string id = vector || text ? next() : word.substr(1);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) fail("unknown identifier " + id);
    Signal& signal = *found->second;
    if (signal.text != text || (!text && (signal.bits > 1) != vector)) fail("form of the value " + word);
    if (value.empty() || (!text && value != "z" && value.find_first_not_of("01") != std::string::npos))
      fail("value " + word);
    if (vector && value.size() > signal.bits) fail("value too wide: " + word);
    if (!signal.changes.empty() && signal.changes.back().second == value)
      fail("no change: " + word + " " + id);
    if (!signal.changes.empty() && signal.changes.back().first == now_) fail("two values at one time: " + id);
    signal.changes.emplace_back(now_, value);
  }

  void complete() {
    for (const auto& [path, signal] : waves_.signals) {
      if (signal.changes.empty()) fail(path + " has no initial value");
    }
    complete_ = true;
  }

  std::istringstream in_;
  Waves waves_;
  std::map<std::string, Signal*> by_id_;
  std::uint64_t now_ = 0;
  bool timed_ = false;
  bool complete_ = false;
};

}  // namespace

const std::string& Signal::at(std::uint64_t time) const {
  std::size_t low = 0;
  std::size_t high = changes.size();
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (changes[middle].first <= time ? low : high) = middle;
  }
  return changes[low].second;
}

const Signal& Waves::of(const std::string& path) const {
  const auto found = signals.find(path);
  if (found == signals.end()) throw std::runtime_error("no variable " + path);
  return found->second;
}

Waves read_vcd(const std::string& text) { return Reader(text).read(); }

}  // namespace dmavp::test
