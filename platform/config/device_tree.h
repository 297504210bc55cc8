// The device tree as input: where it comes from, reading it with clear errors, and changing it by --set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmavp::platform {

/// One flattened device tree in memory. Offsets (`int node`) are those of libfdt and are void after an edit.
class DeviceTree {
 public:
  /// `source` names the tree in messages. Throws InputError when the blob is not a complete, well-formed
  /// tree.
  DeviceTree(std::vector<char> blob, std::string source);

  /// A built-in board's name, a .dts (compiled by dtc, whose errors are passed on) or a .dtb. Throws
  /// InputError.
  static DeviceTree load(const std::string& name_or_file);

  const void* blob() const { return blob_.data(); }
  const std::string& source() const { return source_; }

  // --- navigation
  // -------------------------------------------------------------------------------------------
  std::optional<int> node(std::string_view alias_or_path) const;
  std::string path(int node) const;
  std::vector<int> children(int node) const;
  std::vector<int> all() const;  ///< every node, parents before children
  int parent(int node) const;
  std::optional<int> by_phandle(std::uint32_t phandle) const;
  /// Short name for reports: the alias of the node, else its path.
  std::string label(int node) const;

  // --- properties
  // -------------------------------------------------------------------------------------------
  bool has(int node, const std::string& property) const;
  std::vector<std::string> property_names(int node) const;
  std::optional<std::string_view> bytes(int node, const std::string& property) const;
  std::vector<std::string> strings(int node, const std::string& property) const;
  /// The cells of a property; throws InputError when its length is not a multiple of four. Empty when absent.
  std::vector<std::uint32_t> cells(int node, const std::string& property) const;
  std::optional<std::uint32_t> cell(int node, const std::string& property) const;  ///< the first one
  bool compatible(int node, std::string_view with) const;
  bool enabled(int node) const;  ///< `status` is absent, "okay" or "ok"

  struct Range {
    std::uint64_t base = 0;
    std::uint64_t size = 0;
  };
  /// `reg`, translated to the root's addresses through every `ranges`. Throws InputError.
  std::vector<Range> reg(int node) const;
  /// Interrupt numbers of `interrupts`, by the parent's #interrupt-cells (1, or 3 of which type 0 counts from
  /// 32).
  std::vector<std::uint32_t> interrupts(int node) const;
  /// Rate in hertz of the clock named so, or of the first one; from a fixed-clock node or
  /// `dmavp,clock-frequency`.
  std::optional<std::uint64_t> clock_hz(int node, const std::string& name) const;

  /// Whether `clock-names` has the name.
  bool has_clock(int node, const std::string& name) const;

  // --- edits
  // ------------------------------------------------------------------------------------------------
  void set_bytes(const std::string& path, const std::string& property, const std::string& value);
  void set_cells(const std::string& path, const std::string& property,
                 const std::vector<std::uint32_t>& value);
  void remove(const std::string& path, const std::string& property);  ///< which may be absent

  /// "file: /node: property: text", the form of every message about the tree.
  std::string where(int node, std::string_view property, std::string_view text) const;

 private:
  std::uint32_t cells_of(int node, const char* property, std::uint32_t fallback) const;
  std::uint64_t translate(int bus, std::uint64_t address, std::uint64_t size, int reporter) const;

  std::vector<char> blob_;
  std::string source_;
};

struct BuiltInBoard {
  std::string name;
  std::string file;  ///< .dtb beside the program, or .dts in the source tree
};
std::vector<BuiltInBoard> built_in_boards();

}  // namespace dmavp::platform
