// A SavedModel's directory as the rows of a model table.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/zip/writer.hpp"
#include "sys/file_source.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::model {

/// Packs a directory while its rows are read, in the layout that TableUnpacker reads: the archive's
/// name, then pieces of 1 MiB in base64. Memory is a few pieces.
class PackedModel final : public table::RowReader {
 public:
  /// kInput unless `directory` is a SavedModel of files and directories alone.
  static Result<std::unique_ptr<PackedModel>> open(const std::string& directory);

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override;

 private:
  PackedModel(std::string directory, std::string name);

  Result<void> list(const std::string& below);
  Result<void> pack_some();

  table::Schema schema_;
  std::string directory_;
  std::string archive_name_;
  std::vector<std::string> paths_;  ///< below the directory; those of directories end with '/'
  std::size_t next_ = 0;            ///< of paths_
  std::unique_ptr<sys::FileSource> file_;
  zip::Writer zip_;
  Buffer packed_;
  Buffer text_;
  std::string piece_;
  std::int64_t row_ = 0;
  bool finished_ = false;
};

}  // namespace alinktf::model
