// Rows in a tree of directories by the values of some columns.
#pragma once

#include "base/bytes.hpp"
#include "formats/csv/writer.hpp"
#include "sink/output.hpp"
#include "sink/part_files.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alinktf::sink {

/// Which columns of a schema name directories, and which ones the files hold.
struct PartitionColumns {
  std::vector<std::size_t> keys;  ///< in the order of the directories
  std::vector<std::size_t> rest;
  table::Schema file_schema;  ///< of `rest`

  /// kSpec if a name is no column or stands twice, or none is left for the files.
  static Result<PartitionColumns> find(const table::Schema& schema,
                                       std::span<const std::string> names);
};

/// Writes c1=v1/c2=v2/1 to N. Values have their CSV text; bytes that file names or other readers of
/// such trees do not bear are %XX, and null is __HIVE_DEFAULT_PARTITION__. Row k of a directory
/// goes to its file k mod N + 1, so that a small one may have fewer files.
class PartitionedOutput final : public Output {
 public:
  PartitionedOutput(PartFiles files,
                    const table::Schema& schema,
                    PartitionColumns columns,
                    std::size_t num_files);

  Result<void> append(std::span<const table::Cell> row) override;
  Result<void> finish() override { return files_.finish(); }

 private:
  struct Partition {
    std::vector<std::size_t> parts;  ///< numbers of its files so far
    std::size_t next = 0;            ///< which of its files is next, from 0
  };
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  /// Write the directory of `row` to path_.
  void make_path(std::span<const table::Cell> row);
  Result<std::size_t> next_part();

  PartFiles files_;
  PartitionColumns columns_;
  std::size_t num_files_;
  std::vector<std::string> heads_;    ///< "c1=", "/c2=", …
  std::vector<csv::Writer> writers_;  ///< one a key, for the texts of its values
  std::unordered_map<std::string, Partition, Hash, std::equal_to<>> partitions_;
  std::vector<table::Cell> rest_;
  Buffer value_;
  std::string path_;
};

}  // namespace alinktf::sink
