// Value change dump (IEEE 1364, clause 18) with text variables as GTKWave reads them.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

namespace dmavp::platform {

/// Takes changes of variables in any order of time, keeps them until their order is certain, and writes them
/// sorted. What is told of a time already written counts from there on.
class Vcd {
 public:
  using Variable = unsigned;
  static constexpr std::uint64_t kUndriven = ~std::uint64_t{0};  ///< shown as z; no value has 64 ones

  /// Nothing outside [from, to) picoseconds is written; at `from` everything has the value it had before.
  Vcd(std::uint64_t from, std::uint64_t to) : from_(from), to_(to) {}

  /// The value that stands for a text; blanks, which would end it in the file, become underscores.
  std::uint64_t text(const std::string& text);

  /// Before the first flush. `scope` is a path ("dmac0.ch3"); variables of one scope are added together.
  Variable add_bits(const std::string& scope, const std::string& name, unsigned bits, std::uint64_t initial);
  Variable add_text(const std::string& scope, const std::string& name, const std::string& initial);

  void set(Variable variable, std::uint64_t time, std::uint64_t value);
  void add(Variable variable, std::uint64_t time, int difference);
  /// Takes back what has been told of `from` and later. For variables whose changes come in order.
  void supersede(Variable variable, std::uint64_t from);

  std::size_t size() const { return size_; }  ///< changes kept
  /// Writes everything before `time` and forgets it.
  void flush(std::ostream& out, std::uint64_t time);
  /// Writes the rest up to and including `end`, and the end.
  void finish(std::ostream& out, std::uint64_t end);

 private:
  struct Change {
    std::uint64_t time;
    std::uint64_t value;
    bool relative;
  };
  struct State {
    std::string scope, name, id;
    unsigned bits = 0;  ///< 0: text, `value` is an index of texts_
    std::uint64_t value = 0;
    std::vector<Change> pending;
  };
  struct Line {
    std::uint64_t time;
    Variable variable;
    std::uint64_t value;
  };

  void push(Variable variable, Change change);
  void take(Variable variable, std::uint64_t before, std::vector<Line>* lines);
  void start(std::ostream& out, std::uint64_t time);
  void print(std::ostream& out, const State& variable, std::uint64_t value) const;

  const std::uint64_t from_, to_;
  std::vector<State> variables_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint64_t> index_of_;
  std::size_t size_ = 0;
  std::uint64_t written_ = 0;  ///< changes before it are out
  std::uint64_t shown_ = 0;    ///< time of the last line
  bool started_ = false;
};

}  // namespace dmavp::platform
