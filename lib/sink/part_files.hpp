// The many files of one output.
#pragma once

#include "base/bytes.hpp"
#include "sink/packer.hpp"
#include "sink/row_format.hpp"
#include "sys/atomic_directory.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::sink {

/// The most files of one output, and the most of one that packs them (.ak files are packed): each
/// of those keeps a state of about 256 KiB until the end.
constexpr std::size_t kMostPartFiles = 65535;
constexpr std::size_t kMostPackedPartFiles = 256;

/// Files below a directory that appears whole or not at all. Rows are buffered by file, 8 MiB in
/// all, so that neither open descriptors nor memory grow with the number of files.
class PartFiles {
 public:
  PartFiles(sys::AtomicDirectory directory,
            std::unique_ptr<RowFormat> format,
            spec::Compression compression);

  /// True for the names that files and folders of such an output have: the numbers from 1, and
  /// NAME=VALUE.
  static bool ours(std::string_view name, bool directory);

  /// Begin the file `path`, below the directory, and give its number, from 0 upwards. kOutput if
  /// there are too many.
  Result<std::size_t> add(std::string path);

  [[nodiscard]] std::size_t count() const { return parts_.size(); }

  Result<void> append(std::size_t part, std::span<const table::Cell> row);

  /// All rows are there: write what is buffered and give the directory its name.
  Result<void> finish();

 private:
  struct Part {
    std::string path;
    Buffer buffer;
    std::unique_ptr<Packer> packer;
  };

  /// Write what is buffered of `part`; `last`: all of it has come.
  Result<void> flush(Part& part, bool last);
  Result<std::string_view> pack(Part& part, bool last);
  Result<void> flush_all();
  [[nodiscard]] std::size_t most() const;

  sys::AtomicDirectory directory_;
  std::unique_ptr<RowFormat> format_;
  spec::Compression compression_;
  bool packed_files_;
  std::vector<Part> parts_;
  std::size_t buffered_ = 0;  ///< bytes in all buffers
  Buffer packed_;
};

}  // namespace alinktf::sink
