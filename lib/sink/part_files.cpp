#include "sink/part_files.hpp"

#include "sink/compression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace alinktf::sink {

namespace {

constexpr std::size_t kWriteBytes = 256U << 10U;
constexpr std::size_t kMostBuffered = 8U << 20U;

}  // namespace

PartFiles::PartFiles(sys::AtomicDirectory directory,
                     std::unique_ptr<RowFormat> format,
                     spec::Compression compression)
    : directory_(std::move(directory)),
      format_(std::move(format)),
      compression_(compression),
      packed_files_(make_packer(*format_, compression) != nullptr) {}

bool PartFiles::ours(std::string_view name, bool directory) {
  if (directory) {
    return name.find('=') != std::string_view::npos && name.front() != '=';
  }
  return name.front() != '0' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t PartFiles::most() const {
  return packed_files_ ? kMostPackedPartFiles : kMostPartFiles;
}

Result<std::size_t> PartFiles::add(std::string path) {
  if (parts_.size() == most()) {
    return Error(
        ErrorCode::kOutput,
        fmt::format("output '{}': '{}' is one file too many, expected at most {}{}; lower "
                    "numFiles, or leave out a column of partitionCols{}",
                    directory_.name(),
                    path,
                    most(),
                    packed_files_ ? " compressed ones" : "",
                    compression_ != spec::Compression::kNone ? " or the compression" : ""));
  }
  Part part{.path = std::move(path), .buffer = {}, .packer = make_packer(*format_, compression_)};
  format_->append_head(part.buffer);
  buffered_ += part.buffer.size();
  parts_.push_back(std::move(part));
  return parts_.size() - 1;
}

Result<void> PartFiles::append(std::size_t part, std::span<const table::Cell> row) {
  Buffer& buffer = parts_[part].buffer;
  const std::size_t before = buffer.size();
  ALINKTF_TRY(format_->append_row(row, buffer));
  buffered_ += buffer.size() - before;
  if (buffer.size() >= kWriteBytes) {
    return flush(parts_[part], false);
  }
  return buffered_ < kMostBuffered ? Result<void>() : flush_all();
}

Result<std::string_view> PartFiles::pack(Part& part, bool last) {
  packed_.clear();
  ALINKTF_TRY(part.packer->add(part.buffer.view(), packed_));
  if (last) {
    ALINKTF_TRY(part.packer->finish(packed_));
  }
  return packed_.view();
}

Result<void> PartFiles::flush(Part& part, bool last) {
  std::string_view bytes = part.buffer.view();
  if (part.packer) {
    ALINKTF_ASSIGN_OR_RETURN(bytes, pack(part, last));
  }
  if (!bytes.empty() || last) {  // at the last an empty file is made, too
    ALINKTF_TRY(directory_.append(part.path, bytes));
  }
  buffered_ -= part.buffer.size();
  part.buffer.clear();
  return {};
}

Result<void> PartFiles::flush_all() {
  for (Part& part : parts_) {
    ALINKTF_TRY(flush(part, false));
    part.buffer = Buffer();  // or the storage of rarely used ones would pile up
  }
  return {};
}

Result<void> PartFiles::finish() {
  for (Part& part : parts_) {
    ALINKTF_TRY(flush(part, true));
    part = Part{};
  }
  return directory_.commit();
}

}  // namespace alinktf::sink
