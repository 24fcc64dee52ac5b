#include "sink/partitioned_output.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace alinktf::sink {

namespace {

constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";

bool unsafe(char c) {
  constexpr std::string_view kUnsafe = "\"#%'*/:=?\\{}[]^\x7F";  // Hive's set
  return static_cast<unsigned char>(c) < 0x20 || kUnsafe.find(c) != std::string_view::npos;
}

void append_hex(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0xFU];
}

/// Append `text` so that it can be part of a file's name.
void append_escaped(std::string_view text, std::string& out) {
  if (text == kNull) {  // a text of that name is no null
    append_hex(text.front(), out);
    text.remove_prefix(1);
  }
  for (const char c : text) {
    if (unsafe(c)) {
      append_hex(c, out);
    } else {
      out += c;
    }
  }
}

}  // namespace

Result<PartitionColumns> PartitionColumns::find(const table::Schema& schema,
                                                std::span<const std::string> names) {
  PartitionColumns found;
  for (const std::string& name : names) {
    const auto column = table::find_column(schema, trim(name));
    if (!column || std::find(found.keys.begin(), found.keys.end(), *column) != found.keys.end()) {
      std::vector<std::string_view> known;
      std::transform(schema.begin(), schema.end(), std::back_inserter(known), [](const auto& each) {
        return std::string_view(each.name);
      });
      return Error(ErrorCode::kSpec,
                   fmt::format("partitionCols: found {}{}, expected columns of the output, each "
                               "once{}",
                               quote(name),
                               column ? " a second time" : "",
                               column ? "" : did_you_mean(trim(name), known)));
    }
    found.keys.push_back(*column);
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (std::find(found.keys.begin(), found.keys.end(), i) == found.keys.end()) {
      found.rest.push_back(i);
      found.file_schema.push_back(schema[i]);
    }
  }
  if (found.rest.empty()) {
    return Error(ErrorCode::kSpec,
                 "partitionCols: found all columns of the output, expected one at least to be left "
                 "for the files");
  }
  return found;
}

PartitionedOutput::PartitionedOutput(PartFiles files,
                                     const table::Schema& schema,
                                     PartitionColumns columns,
                                     std::size_t num_files)
    : files_(std::move(files)), columns_(std::move(columns)), num_files_(num_files) {
  for (const std::size_t key : columns_.keys) {
    std::string head = heads_.empty() ? "" : "/";
    append_escaped(schema[key].name, head);
    heads_.push_back(head + "=");
    writers_.emplace_back(table::Schema{schema[key]}, csv::Options{.quote_char = std::nullopt});
  }
  rest_.resize(columns_.rest.size());
}

void PartitionedOutput::make_path(std::span<const table::Cell> row) {
  path_.clear();
  for (std::size_t i = 0; i < columns_.keys.size(); ++i) {
    const table::Cell& cell = row[columns_.keys[i]];
    path_ += heads_[i];
    if (cell.null) {
      path_ += kNull;
      continue;
    }
    value_.clear();
    writers_[i].append_row({&cell, 1}, value_);
    append_escaped(value_.view().substr(0, value_.size() - 1), path_);  // without the line's end
  }
}

Result<std::size_t> PartitionedOutput::next_part() {
  auto found = partitions_.find(std::string_view(path_));
  if (found == partitions_.end()) {
    found = partitions_.try_emplace(path_).first;
  }
  Partition& partition = found->second;
  if (partition.next == partition.parts.size()) {
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t part,
                             files_.add(fmt::format("{}/{}", path_, partition.next + 1)));
    partition.parts.push_back(part);
  }
  const std::size_t part = partition.parts[partition.next];
  partition.next = partition.next + 1 == num_files_ ? 0 : partition.next + 1;
  return part;
}

Result<void> PartitionedOutput::append(std::span<const table::Cell> row) {
  make_path(row);
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t part, next_part());
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    rest_[i] = row[columns_.rest[i]];
  }
  return files_.append(part, rest_);
}

}  // namespace alinktf::sink
