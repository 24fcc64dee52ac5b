// Model tables: a SavedModel as rows.
#pragma once

#include "base/result.hpp"
#include "model/tree.hpp"
#include "sys/spool_file.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alinktf::model {

/// kInput, naming `name`, unless the first two columns of `schema` can be those of a model table:
/// an integer and a text, whatever they are called. More columns are ignored, as in Alink.
Result<void> check_table_schema(const table::Schema& schema, std::string_view name);

/// Puts the rows of a model table together: row 0 names a zip archive, and the rows from 1 on hold
/// its pieces in base64. Rows come in any order. Row 0 may also be the list of two archives, a
/// model and a checkpoint (A§7.3): the checkpoint is checked for being there, and left out. The
/// pieces are put aside on the disk: memory is a piece, whatever the size of the model. Errors are
/// kInput, and name the table and the row's id.
class TableUnpacker {
 public:
  /// `name` is what messages call the table, `directory` where to put pieces aside.
  static Result<TableUnpacker> create(std::string name, const std::string& directory);

  /// Take a row: its id and what stands beside it.
  Result<void> add(const table::Cell& id, const table::Cell& info);

  /// All rows are there: write the files of the model, and check that they are a SavedModel. Gives
  /// the name of the archive without its ending. Last call.
  Result<std::string> unpack(TreeWriter& tree);

 private:
  struct Piece {
    std::int64_t id;
    std::uint64_t offset;
    std::size_t size;
  };
  class Archive;

  TableUnpacker(std::string name, sys::SpoolFile spool)
      : name_(std::move(name)), spool_(std::move(spool)) {}

  Result<void> set_archive_name(std::string_view info);
  Result<std::string> read_list(std::string_view json);
  Result<void> check_ids();
  [[nodiscard]] Error bad_row(std::int64_t id, std::string_view what) const;
  [[nodiscard]] Error bad(std::string_view what) const;

  std::string name_;
  sys::SpoolFile spool_;
  std::optional<std::string> archive_name_;
  /// What a list in row 0 says of the pieces: those of the model, and all.
  struct Listed {
    std::size_t model = 0;
    std::size_t all = 0;
  };
  std::optional<Listed> listed_;
  std::vector<Piece> pieces_;
  std::string decoded_;
};

/// Unpack all of `rows`, a model table called `name`, below the folder `directory`. Gives the name
/// of the model.
Result<std::string> unpack_table(table::RowReader& rows,
                                 const std::string& name,
                                 const std::string& directory);

}  // namespace alinktf::model
