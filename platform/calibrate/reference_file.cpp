#include "platform/calibrate/reference_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "platform/config/problem.h"

namespace dmavp::platform {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string::npos; at = text.find(separator, from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

class Row {
 public:
  Row(const std::string& file, unsigned line, const std::vector<std::string>& names, const std::string& text)
      : where_(file + ":" + std::to_string(line) + ": "), names_(names), values_(split(text, ',')) {
    if (values_.size() != names_.size())
      fail("has " + std::to_string(values_.size()) + " columns, the header has " +
           std::to_string(names_.size()));
  }

  const std::string& text(const char* name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    return values_[static_cast<std::size_t>(at - names_.begin())];
  }
  std::uint64_t number(const char* name, std::uint64_t low, std::uint64_t high) const {
    return parse(name, text(name), low, high);
  }
  std::uint64_t parse(const std::string& name, const std::string& value, std::uint64_t low,
                      std::uint64_t high) const {
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || rest != end || value.empty())
      fail(name + " is '" + value + "', not a number");
    if (number < low || number > high)
      fail(name + " is " + value + ", must be " + std::to_string(low) + ".." + std::to_string(high));
    return number;
  }
  [[noreturn]] void fail(const std::string& problem) const { throw InputError(where_ + problem); }

 private:
  std::string where_;
  const std::vector<std::string>& names_;
  std::vector<std::string> values_;
};

std::map<std::string, unsigned> configuration_of(const Row& row) {
  std::map<std::string, unsigned> result;
  const std::string& text = row.text("cfg");
  if (text.empty() || text == "-") return result;
  for (const std::string& part : split(text, ';')) {
    const std::size_t at = part.find('=');
    if (at == std::string::npos || at == 0) row.fail("cfg has '" + part + "', not key=value");
    const std::string key = part.substr(0, at);
    const auto value = static_cast<unsigned>(row.parse("cfg " + key, part.substr(at + 1), 0, 1'000'000));
    if (!result.emplace(key, value).second) row.fail("cfg has '" + key + "' twice");
  }
  return result;
}

ReferencePoint point_of(const Row& row, unsigned line) {
  constexpr std::uint64_t kCycles = 1'000'000'000'000;
  ReferencePoint p;
  p.line = line;
  p.configuration = configuration_of(row);
  p.width_bytes = static_cast<unsigned>(row.number("dw_bits", 8, 1024) / 8);
  if ((p.width_bytes & (p.width_bytes - 1)) != 0 || row.text("dw_bits") != std::to_string(p.width_bytes * 8))
    row.fail("dw_bits is " + row.text("dw_bits") + ", must be 8 times a power of two");
  p.max_burst = static_cast<unsigned>(row.number("max_burst", 1, 256));
  const std::string& memory = row.text("mem");
  if (memory != "dual" && memory != "shared") row.fail("mem is '" + memory + "', must be dual or shared");
  p.memory.shared = memory == "shared";
  p.memory.read_latency = row.number("L", 1, 1'000'000);
  p.memory.write_latency = row.number("Lw", 1, 1'000'000);
  p.memory.outstanding = static_cast<unsigned>(row.number("N", 1, 1'000'000));
  p.bytes = static_cast<std::uint32_t>(row.number("len_bytes", 1, 1u << 22));
  p.source = row.number("src_off", 0, 4095);
  p.destination = row.number("dst_off", 0, 4095);
  p.transfers = static_cast<unsigned>(row.number("ndesc", 1, 1'000'000));
  if (p.bytes % p.width_bytes != 0 || p.source % p.width_bytes != 0 || p.destination % p.width_bytes != 0)
    row.fail("length and offsets must be multiples of dw_bits");
  TransferFigures& m = p.measured;
  m.cycles = row.number("cycles", 1, kCycles);
  m.read_bursts = row.number("n_ar", 1, kCycles);
  m.write_bursts = row.number("n_aw", 1, kCycles);
  m.reads_outstanding = static_cast<unsigned>(row.number("max_rd_out", 1, 1'000'000));
  m.writes_outstanding = static_cast<unsigned>(row.number("max_wr_out", 1, 1'000'000));
  m.first_address = row.number("t_first_ar", 0, kCycles);
  m.first_read = row.number("t_first_r", 0, kCycles);
  m.first_write = row.number("t_first_w", 0, kCycles);
  return p;
}

void strip(std::string& line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
}

}  // namespace

std::vector<ReferencePoint> read_reference(std::istream& in, const std::string& name) {
  static constexpr const char* kColumns[] = {
      "cfg",        "dw_bits",    "max_burst",  "mem",       "L",        "Lw",   "N",
      "len_bytes",  "src_off",    "dst_off",    "ndesc",     "cycles",   "n_ar", "n_aw",
      "max_rd_out", "max_wr_out", "t_first_ar", "t_first_r", "t_first_w"};
  std::string line;
  std::getline(in, line);
  strip(line);
  const std::vector<std::string> names = split(line, ',');
  for (const char* column : kColumns) {
    const auto times = std::count(names.begin(), names.end(), column);
    if (times != 1)
      throw InputError(name + ":1: " + (times == 0 ? "no column " : "more than one column ") + column);
  }
  std::vector<ReferencePoint> points;
  for (unsigned number = 2; std::getline(in, line); ++number) {
    strip(line);
    if (line.empty()) continue;
    points.push_back(point_of(Row(name, number, names, line), number));
  }
  if (in.bad()) throw InputError(name + ": reading failed");
  if (points.empty()) throw InputError(name + ": no rows");
  return points;
}

std::vector<ReferencePoint> read_reference(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw InputError(file + ": cannot be opened");
  return read_reference(in, file);
}

}  // namespace dmavp::platform
