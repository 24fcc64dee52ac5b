#include "source/files.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <fnmatch.h>

namespace alinktf::source {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The digits at the front of `text`, without zeros before them; `text` goes on behind.
std::string_view take_digits(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) {
    ++end;
  }
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

/// Below 0, 0 or above 0 as `a` comes before `b`, nowhere different or behind.
int natural_compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view number_a = take_digits(a);
      const std::string_view number_b = take_digits(b);
      if (number_a.size() != number_b.size()) {
        return number_a.size() < number_b.size() ? -1 : 1;
      }
      if (const int order = number_a.compare(number_b); order != 0) {
        return order;
      }
    } else if (a.front() != b.front()) {
      return a.substr(0, 1).compare(b.substr(0, 1));
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
}

Error input_error(const std::string& path, std::string_view what, std::error_code cause = {}) {
  return {ErrorCode::kInput, fmt::format("input {}: {}", quote(path), what), cause};
}

bool is_hidden(std::string_view name) {
  return name.starts_with('_') || name.starts_with('.');
}

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool matches(const std::string& pattern, const std::string& name) {
  return (!is_hidden(name) || pattern.front() == name.front()) &&
         ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

/// `text` cut at each `separator`, without empty pieces.
Names split(std::string_view text, char separator) {
  Names pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end != 0) {
      pieces.emplace_back(trim(text.substr(0, end)));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

/// What lies in `directory`, in natural order.
Result<Names> names_in(const fs::path& directory) {
  std::error_code error;
  Names names;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) {
    return input_error(directory.string(), "cannot list the directory", error);
  }
  std::sort(names.begin(), names.end(), natural_less);
  return names;
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// Gathers the files of one input.
class Expansion {
 public:
  explicit Expansion(std::string_view partitions) {
    for (const std::string& partition : split(partitions, ',')) {
      partitions_.push_back(split(partition, '/'));
    }
  }

  Result<void> add(const std::string& entry) {
    if (entry == "-") {
      files_.push_back(entry);
      return {};
    }
    if (!is_pattern(entry) || is_there(entry)) {
      return add_path(entry);
    }
    Names levels = split(entry, '/');
    std::reverse(levels.begin(), levels.end());
    const std::size_t before = files_.size();
    ALINKTF_TRY(add_matches(entry.starts_with('/') ? "/" : "", std::move(levels)));
    if (files_.size() == before) {
      return input_error(entry, "the pattern matches no file");
    }
    return {};
  }

  Names take() { return std::move(files_); }

 private:
  /// Add what the pattern `levels` (last one first) matches below `base`.
  Result<void> add_matches(const fs::path& base, Names levels) {
    if (levels.empty()) {
      return is_folder(base) ? add_directory(base) : add_path(base.string());
    }
    const std::string level = std::move(levels.back());
    levels.pop_back();
    if (!is_pattern(level)) {
      return is_there(base / level) ? add_matches(base / level, std::move(levels)) : Result<void>();
    }
    const fs::path directory = base.empty() ? fs::path(".") : base;
    if (!is_folder(directory)) {
      return {};
    }
    ALINKTF_ASSIGN_OR_RETURN(Names names, names_in(directory));
    std::erase_if(names, [&](const std::string& name) {
      return !matches(level, name) || (!levels.empty() && !is_folder(base / name));
    });
    for (const std::string& name : names) {
      ALINKTF_TRY(add_matches(base / name, levels));
    }
    return {};
  }

  Result<void> add_path(const std::string& path) {
    if (!is_folder(path)) {
      if (!partitions_.empty()) {
        return input_error(path, "partitions choose folders below a directory; this is a file");
      }
      files_.push_back(path);
      return {};
    }
    const std::size_t before = files_.size();
    ALINKTF_TRY(add_directory(path));
    if (files_.size() == before) {
      return input_error(path,
                         partitions_.empty()
                             ? "the directory holds no file (names that begin with _ or . do not "
                               "count)"
                             : "the directory holds no file in one of the partitions");
    }
    return {};
  }

  Result<void> add_directory(const fs::path& directory) {
    std::error_code error;
    const fs::path real = fs::canonical(directory, error);
    if (std::find(above_.begin(), above_.end(), real) != above_.end()) {
      return {};  // a symbolic link back to where we are
    }
    above_.push_back(real);
    ALINKTF_ASSIGN_OR_RETURN(Names names, names_in(directory));
    std::erase_if(names, is_hidden);
    for (const std::string& name : names) {
      ALINKTF_TRY(add_entry(directory / name));
    }
    above_.pop_back();
    return {};
  }

  Result<void> add_entry(const fs::path& path) {
    if (!is_folder(path)) {
      if (wanted()) {
        files_.push_back(path.string());
      }
      return {};
    }
    levels_.push_back(path.filename().string());
    ALINKTF_TRY(add_directory(path));
    levels_.pop_back();
    return {};
  }

  /// True if the files of the folder at levels_ belong to a partition.
  [[nodiscard]] bool wanted() const {
    const auto holds = [this](const Names& partition) {
      return partition.size() <= levels_.size() &&
             std::equal(partition.begin(), partition.end(), levels_.begin(), matches);
    };
    return partitions_.empty() || std::any_of(partitions_.begin(), partitions_.end(), holds);
  }

  std::vector<Names> partitions_;  ///< Each as the patterns of its levels.
  Names files_;
  Names levels_;                 ///< The folders between the given directory and the one at hand.
  std::vector<fs::path> above_;  ///< The directories that we are in, without symbolic links.
};

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  const int order = natural_compare(a, b);
  return order != 0 ? order < 0 : a < b;
}

Result<std::vector<std::string>> expand_files(const spec::InputSpec& input) {
  Expansion expansion(input.partitions);
  for (const std::string& entry : input.file_paths) {
    ALINKTF_TRY(expansion.add(entry));
  }
  return expansion.take();
}

}  // namespace alinktf::source
