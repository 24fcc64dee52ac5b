#include "source/broadcast.hpp"

#include "base/bytes.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_text.hpp"
#include "source/input_reader.hpp"
#include "sys/fd.hpp"

#include <fmt/format.h>

#include <charconv>

#include <fcntl.h>
#include <poll.h>

namespace alinktf::source {

namespace {

using table::Cell;
using table::ColumnType;

constexpr std::size_t kFlushBytes = std::size_t{256} << 10U;

void append_integer(std::int64_t value, Buffer& out) {
  constexpr std::size_t kLongest = 20;
  char* const to = out.reserve(kLongest);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + kLongest, value).ptr - to));
}

void append_cell(ColumnType type, const Cell& cell, Buffer& out) {
  if (cell.null) {
    out.append("null");
    return;
  }
  switch (table::storage(type)) {
    case table::Storage::kInteger:
      if (type == ColumnType::kBoolean) {
        out.append(cell.integer != 0 ? "true" : "false");
      } else {
        append_integer(cell.integer, out);
      }
      break;
    case table::Storage::kReal:
      if (type == ColumnType::kFloat) {
        text_form::append_java_float(static_cast<float>(cell.real), out);
      } else {
        text_form::append_java_double(cell.real, out);
      }
      break;
    case table::Storage::kNested:
      text_form::append_nested(cell.bytes(), out);
      break;
    case table::Storage::kBytes:
      if (type == ColumnType::kVarbinary) {
        text_form::append_base64(cell.bytes(), out);
      } else {
        out.append(cell.bytes());
      }
      break;
  }
}

void append_rows(const table::Schema& schema, const table::RowBlock& block, Buffer& out) {
  for (std::size_t row = 0; row < block.rows(); ++row) {
    const auto cells = block.row(row);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out.append(i == 0 ? "" : " ");
      append_cell(schema[i].type, cells[i], out);
    }
    out.push_back('\n');
  }
}

Result<void> flush(Buffer& text, int fd) {
  ALINKTF_TRY(sys::write_all(fd, text.view()));
  text.clear();
  return {};
}

bool readable(int fd) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return fd >= 0 && ::poll(&one, 1, 0) > 0;
}

Result<void> write(InputReader& rows, int fd, int cancel_fd) {
  table::RowBlock block(rows.schema().size());
  Buffer text;
  for (;;) {
    ALINKTF_TRY(rows.read(block));
    if (readable(cancel_fd)) {
      return Error(ErrorCode::kCancelled, "no longer wanted");
    }
    if (block.rows() == 0) {
      return flush(text, fd);
    }
    append_rows(rows.schema(), block, text);
    ALINKTF_TRY(text.size() < kFlushBytes ? Result<void>() : flush(text, fd));
  }
}

}  // namespace

Result<void> write_broadcast(const spec::InputSpec& input, const std::string& path, int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(const auto rows, InputReader::open(input, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd file,
                           sys::Fd::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  auto written = write(*rows, file.get(), cancel_fd);
  auto finished = rows->finish();
  ALINKTF_TRY(std::move(written).context([&] { return fmt::format("broadcast file '{}'", path); }));
  ALINKTF_TRY(finished);
  return file.close();
}

}  // namespace alinktf::source
