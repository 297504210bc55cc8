// Two results of `dmavp run` compared field by field (`dmavp diff`).
#pragma once

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace dmavp::platform {

/// How far fields may be apart. The last rule whose pattern matches a field decides; without one it has to be
/// equal.
struct Tolerance {
  /// A field as it is printed: `sim_time_ps`, `channels[dmac0.ch0].reader.fifo`. `*` stands for any
  /// characters. A pattern that names an object or array means everything below it.
  std::string pattern;
  bool ignore = false;    ///< not compared at all
  bool relative = false;  ///< `limit` is a fraction of A's value
  double limit = 0;       ///< greatest distance allowed, in the field's unit or as a fraction; >= 0
  std::string text;       ///< as written, for the table: "1%"
};

/// "FIELD=NUMBER" or "FIELD=NUMBER%". Throws InputError.
Tolerance parse_threshold(const std::string& text);

/// Every scalar of a result by the path of its field. Elements of an array are called by their `name`, an
/// interrupt by its CPU and number, everything else by its position.
struct Fields {
  struct Value {
    std::string text;     ///< as JSON
    bool number = false;  ///< `value` counts
    long double value = 0;
  };
  std::string source;  ///< name of the file, for messages
  std::map<std::string, Value> values;
};

/// Throws InputError naming file and line: not JSON, or not a result of this schema (dmavp.run/1).
Fields read_fields(const std::string& source, const std::string& text);

struct Difference {
  std::string field;
  std::string a, b;   ///< as JSON, empty: the field is not there
  std::string delta;  ///< B - A with its sign, and in percent of A; empty for what is no number
  std::string allowed;
};

struct Comparison {
  std::vector<Difference> beyond;  ///< in the order of the fields
  std::size_t fields = 0;          ///< compared
  std::size_t within = 0;          ///< different, but not further than allowed
};

/// `wall_s` is compared only if a threshold has it for its pattern. Throws InputError for a pattern that
/// matches no field of either result, or for a threshold that matches no number.
Comparison compare(const Fields& a, const Fields& b, const std::vector<Tolerance>& tolerances);

void write_comparison(std::ostream& out, const Fields& a, const Fields& b, const Comparison& comparison);

/// The whole command: 0 equal within the thresholds, 1 different. Throws InputError.
int diff_results(std::ostream& out, const std::string& file_a, const std::string& file_b,
                 const std::vector<Tolerance>& tolerances);

}  // namespace dmavp::platform
