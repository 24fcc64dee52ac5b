#include "model/table.hpp"

#include "base/byte_source.hpp"
#include "base/text.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/zip/reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace alinktf::model {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;
constexpr std::string_view kEnding = ".zip";
constexpr std::string_view kFiles[] = {"saved_model.pb", "saved_model.pbtxt"};

bool is_saved_model_file(std::string_view name) {
  return std::find(std::begin(kFiles), std::end(kFiles), name) != std::end(kFiles);
}

/// What an archive holds, in its order.
class Unzipper {
 public:
  Unzipper(std::unique_ptr<ByteSource> source, TreeWriter& tree)
      : archive_(std::move(source)), tree_(tree) {}

  Result<void> run() {
    while (true) {
      ALINKTF_ASSIGN_OR_RETURN(const auto entry, archive_.next());
      if (!entry) {
        break;
      }
      ALINKTF_TRY(add(*entry));
    }
    return is_saved_model_ ? Result<void>()
                           : Error(ErrorCode::kInput,
                                   fmt::format("the archive holds {}, expected saved_model.pb and "
                                               "what belongs to it",
                                               first_.empty() ? "nothing" : quote(first_)));
  }

 private:
  Result<void> add(const zip::Entry& entry) {
    first_ = first_.empty() ? entry.name : first_;
    if (!is_safe_path(entry.name)) {
      return Error(ErrorCode::kInput,
                   fmt::format("the archive holds {}, expected paths that stay inside it",
                               quote(entry.name)));
    }
    if (entry.directory) {
      return tree_.add_directory(entry.name);
    }
    if (!seen_.insert(entry.name).second) {
      return Error(ErrorCode::kInput, fmt::format("the archive holds {} twice", quote(entry.name)));
    }
    is_saved_model_ = is_saved_model_ || is_saved_model_file(entry.name);
    ALINKTF_TRY(tree_.append(entry.name, ""));  // an empty file is one, too
    std::string piece(kPieceBytes, '\0');
    while (true) {
      ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, fill(piece));
      if (got == 0) {
        return {};
      }
      ALINKTF_TRY(tree_.append(entry.name, std::string_view(piece).substr(0, got)));
    }
  }

  Result<std::size_t> fill(std::string& piece) {
    std::size_t size = 0;
    for (std::size_t got = 1; got != 0 && size < piece.size(); size += got) {
      ALINKTF_ASSIGN_OR_RETURN(got, archive_.read(piece.data() + size, piece.size() - size));
    }
    return size;
  }

  zip::Reader archive_;
  TreeWriter& tree_;
  std::set<std::string> seen_;
  std::string first_;
  bool is_saved_model_ = false;
};

}  // namespace

Result<void> check_table_schema(const table::Schema& schema, std::string_view name) {
  if (schema.size() >= 2 && table::storage(schema[0].type) == table::Storage::kInteger &&
      schema[1].type == table::ColumnType::kString) {
    return {};
  }
  return Error(ErrorCode::kInput,
               fmt::format("model table {}: has the columns {}, expected {}",
                           quote(name),
                           quote(table::to_string(schema)),
                           table::to_string(table::model_table_schema())));
}

/// The pieces in the order of their ids.
class TableUnpacker::Archive final : public ByteSource {
 public:
  Archive(const TableUnpacker& table, std::int64_t& row) : table_(table), row_(row) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    while (next_ < table_.pieces_.size()) {
      const Piece& piece = table_.pieces_[next_];
      row_ = piece.id;
      const std::size_t some = std::min(size, piece.size - used_);
      if (some != 0) {
        ALINKTF_ASSIGN_OR_RETURN(const std::size_t got,
                                 table_.spool_.read(piece.offset + used_, to, some));
        used_ += got;
        return got;
      }
      ++next_;
      used_ = 0;
    }
    return std::size_t{0};
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  const TableUnpacker& table_;
  std::int64_t& row_;
  std::string name_ = "the zip archive in it";
  std::size_t next_ = 0;
  std::size_t used_ = 0;  ///< of that piece
};

Result<TableUnpacker> TableUnpacker::create(std::string name, const std::string& directory) {
  ALINKTF_ASSIGN_OR_RETURN(auto spool, sys::SpoolFile::create(directory));
  return TableUnpacker(std::move(name), std::move(spool));
}

Error TableUnpacker::bad(std::string_view what) const {
  return {ErrorCode::kInput, fmt::format("model table {}: {}", quote(name_), what)};
}

Error TableUnpacker::bad_row(std::int64_t id, std::string_view what) const {
  return bad(fmt::format("row id {}: {}", id, what));
}

Result<void> TableUnpacker::add(const table::Cell& id, const table::Cell& info) {
  if (id.null) {
    return bad("found a row without an id, expected 0, 1, 2 and so on");
  }
  if (info.null) {
    return bad_row(id.integer, "found null beside it, expected a text");
  }
  if (id.integer == 0) {
    return set_archive_name(info.bytes());
  }
  if (id.integer < 0) {
    return bad_row(id.integer, "expected ids from 0 on; this is no model table");
  }
  decoded_.resize(info.bytes().size() / 4 * 3 + 2);
  const auto size = text_form::decode_base64(info.bytes(), decoded_.data());
  if (!size) {
    return bad_row(id.integer,
                   fmt::format("found {} ({} bytes), expected a piece of a zip archive in base64",
                               quote(info.bytes().substr(0, 40)),
                               info.size));
  }
  pieces_.push_back({.id = id.integer, .offset = spool_.size(), .size = *size});
  return spool_.append(std::string_view(decoded_).substr(0, *size));
}

Result<void> TableUnpacker::set_archive_name(std::string_view info) {
  if (archive_name_) {
    return bad_row(0, "stands twice; are there two models in one table?");
  }
  std::string model;
  if (info.starts_with("[{")) {
    ALINKTF_ASSIGN_OR_RETURN(model, read_list(info));
    info = model;
  }
  if (!info.ends_with(kEnding) || info.find('/') != std::string_view::npos) {
    return bad_row(0,
                   fmt::format("found {}, expected the name of a zip archive, such as "
                               "'1617959973.zip'; this is the table of another kind of model",
                               quote(info)));
  }
  archive_name_ = info.substr(0, info.size() - kEnding.size());
  return {};
}

/// The name of the model's archive in the list of a model and a checkpoint.
Result<std::string> TableUnpacker::read_list(std::string_view json) {
  constexpr std::uint64_t kMostPieces = std::uint64_t{1} << 31U;
  const auto list = nlohmann::json::parse(json, nullptr, false);
  std::string name;
  Listed listed;
  for (const auto& entry : list.is_array() ? list : nlohmann::json::array()) {
    const auto chunks = entry.find("chunks");
    const auto path = entry.find("name");
    if (chunks == entry.end() || !chunks->is_number_unsigned() ||
        chunks->get<std::uint64_t>() - 1 >= kMostPieces || path == entry.end() ||
        !path->is_string()) {
      name.clear();
      break;
    }
    listed.all += chunks->get<std::size_t>();
    if (name.empty()) {
      const auto& file = path->get_ref<const std::string&>();
      name = file.substr(file.rfind('/') + 1);
      listed.model = listed.all;
    }
  }
  if (name.empty()) {
    return bad_row(0,
                   fmt::format("found {}, expected a list such as "
                               R"([{{"name":"/tmp/1617959973.zip","size":9,"chunks":1}},{{...}}]))",
                               quote(json)));
  }
  listed_ = listed;
  return name;
}

Result<void> TableUnpacker::check_ids() {
  if (!archive_name_) {
    return bad(pieces_.empty() ? "has no rows, expected a name and the pieces of a zip archive"
                               : "row id 0 is missing, expected the name of a zip archive");
  }
  std::sort(
      pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) { return a.id < b.id; });
  std::int64_t expected = 1;
  for (const Piece& piece : pieces_) {
    if (piece.id < expected) {
      return bad_row(piece.id, "stands twice; are there two models in one table?");
    }
    if (piece.id > expected) {
      return bad_row(
          expected,
          fmt::format("is missing, the next one is {}; the table is incomplete", piece.id));
    }
    ++expected;
  }
  if (pieces_.empty()) {
    return bad_row(1, "is missing, expected the first piece of a zip archive");
  }
  if (listed_ && listed_->all != pieces_.size()) {
    return bad_row(0,
                   fmt::format("says that the model and its checkpoint have {} pieces, found {}; "
                               "the table is {}",
                               listed_->all,
                               pieces_.size(),
                               listed_->all > pieces_.size() ? "incomplete" : "of several models"));
  }
  pieces_.resize(listed_ ? listed_->model : pieces_.size());
  return {};
}

Result<std::string> TableUnpacker::unpack(TreeWriter& tree) {
  ALINKTF_TRY(check_ids());
  std::int64_t row = 1;
  Result<void> done = Unzipper(std::make_unique<Archive>(*this, row), tree).run();
  if (!done.ok() && done.error().code() == ErrorCode::kInput) {
    return bad_row(
        row,
        fmt::format(
            "{}{}", done.error().str(), row == pieces_.back().id ? " (that is the last row)" : ""));
  }
  ALINKTF_TRY(std::move(done));
  return *archive_name_;
}

Result<std::string> unpack_table(table::RowReader& rows,
                                 const std::string& name,
                                 const std::string& directory) {
  ALINKTF_TRY(check_table_schema(rows.schema(), name));
  ALINKTF_ASSIGN_OR_RETURN(auto unpacker, TableUnpacker::create(name, directory));
  table::RowBlock block(rows.schema().size());
  while (true) {
    ALINKTF_TRY(rows.read(block));
    if (block.rows() == 0) {
      break;
    }
    for (std::size_t i = 0; i < block.rows(); ++i) {
      ALINKTF_TRY(unpacker.add(block.row(i)[0], block.row(i)[1]));
    }
  }
  FolderWriter tree(directory);
  return unpacker.unpack(tree);
}

}  // namespace alinktf::model
