// One file, standard output or a FIFO.
#pragma once

#include "base/bytes.hpp"
#include "sink/output.hpp"
#include "sink/packer.hpp"
#include "sink/row_format.hpp"
#include "sys/atomic_file.hpp"

#include <memory>
#include <span>

namespace alinktf::sink {

/// Writes rows in pieces of about 256 KiB.
class FileOutput final : public Output {
 public:
  /// `compression`: as compression_of() says.
  FileOutput(sys::AtomicFile file,
             std::unique_ptr<RowFormat> format,
             spec::Compression compression,
             Life life);

  Result<void> append(std::span<const table::Cell> row) override;
  Result<void> flush() override;
  [[nodiscard]] std::string growing_path() const override { return file_.growing_path(); }
  void discard() override { file_.discard(); }
  Result<void> finish() override;

 private:
  Result<void> write();

  sys::AtomicFile file_;
  std::unique_ptr<RowFormat> format_;
  std::unique_ptr<Packer> packer_;
  Life life_;
  Buffer buffer_;
  Buffer packed_;
};

}  // namespace alinktf::sink
