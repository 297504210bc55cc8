#include "platform/config/paths.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "platform/config/problem.h"

namespace dmavp::platform {
namespace fs = std::filesystem;

namespace {

struct Places {
  std::string data;
  std::string modules;
};

bool has_data(const fs::path& directory) {
  std::error_code error;
  return fs::is_directory(directory / "boards", error) && fs::is_directory(directory / "scenarios", error);
}

Places find_places() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path here = error ? fs::path(".") : self.parent_path();
  const auto together = [](const fs::path& p) { return Places{p.string(), (p / "modules").string()}; };
  if (has_data(here)) return together(here);
  const fs::path prefix = here.parent_path();
  if (has_data(prefix / "share/dmavp")) {
    return {(prefix / "share/dmavp").string(), (prefix / "lib/dmavp/modules").string()};
  }
  for (fs::path above = prefix; above.has_relative_path(); above = above.parent_path()) {
    if (has_data(above)) return together(above);
  }
  return together(here);
}

const Places& places() {
  static const Places kPlaces = find_places();
  return kPlaces;
}

}  // namespace

const std::string& data_directory() { return places().data; }
const std::string& module_directory() { return places().modules; }

std::vector<Found> find_all(const std::string& room, const std::vector<std::string>& endings) {
  std::map<std::string, std::string> files;
  for (const std::string& ending : endings) {
    std::error_code error;
    for (fs::directory_iterator it(data_directory() + "/" + room, error), end; !error && it != end;
         it.increment(error)) {
      if (it->path().extension() == ending) files.emplace(it->path().stem().string(), it->path().string());
    }
  }
  std::vector<Found> found;
  for (const auto& [name, file] : files) found.push_back({name, file});
  return found;
}

std::vector<Found> all_modules() {
  std::map<std::string, std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(module_directory(), error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".so") files.emplace(it->path().stem().string(), it->path().string());
  }
  std::vector<Found> found;
  for (const auto& [name, file] : files) found.push_back({name, file});
  return found;
}

std::string find_module(const std::string& name) {
  if (name.find('/') != std::string::npos || (name.size() > 3 && name.substr(name.size() - 3) == ".so")) {
    return fs::exists(name) ? name : std::string();
  }
  const auto canonical = [](std::string text) {
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
  };
  for (const Found& module : all_modules()) {
    if (canonical(module.name) == canonical(name)) return module.file;
  }
  return {};
}

bool readable(const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return false;
  return std::ifstream(file, std::ios::binary).good();
}

std::string read_text(const std::string& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) throw InputError(file + ": is a directory");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(file + ": cannot be read: " + std::strerror(errno != 0 ? errno : EIO));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace dmavp::platform
