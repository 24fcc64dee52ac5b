#include "formats/jsonl/writer.hpp"

#include "base/assert.hpp"
#include "formats/jsonl/text.hpp"
#include "formats/text_form/base64.hpp"
#include "table/nested.hpp"

#include <charconv>
#include <cmath>

namespace alinktf::jsonl {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using table::NestedKind;
using table::NestedView;

void append_integer(std::int64_t value, Buffer& out) {
  constexpr std::size_t kLongest = 20;
  char* const to = out.reserve(kLongest);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + kLongest, value).ptr - to));
}

template <typename T>
void append_real(T value, Buffer& out) {
  if (!std::isfinite(value)) {
    out.append(std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    return;
  }
  constexpr std::size_t kLongest = 32;
  char* const to = out.reserve(kLongest);
  const auto size = static_cast<std::size_t>(std::to_chars(to, to + kLongest, value).ptr - to);
  out.commit(size);
  if (std::string_view(to, size).find_first_of(".e") == std::string_view::npos) {
    out.append(".0");
  }
}

void append_item(const NestedView& view, std::size_t index, Buffer& out) {
  switch (view.element()) {
    case Element::kFloat:
      append_real(static_cast<float>(view.real(index)), out);
      break;
    case Element::kDouble:
      append_real(view.real(index), out);
      break;
    case Element::kBoolean:
      out.append(view.integer(index) != 0 ? "true" : "false");
      break;
    default:
      append_integer(view.integer(index), out);
      break;
  }
}

/// The arrays of a tensor, opened and closed value by value.
class Brackets {
 public:
  Brackets(const NestedView& view, Buffer& out) : out_(out) {
    // Of a level's arrays, how many values lie in each.
    std::size_t size = 1;
    for (std::size_t axis = view.rank(); axis-- > 0;) {
      size *= static_cast<std::size_t>(view.dim(axis));
      sizes_.push_back(size);
    }
  }

  void before(std::size_t index) {
    if (index != 0) {
      out_.push_back(',');
    }
    for (auto size = sizes_.rbegin(); size != sizes_.rend(); ++size) {
      if (index % *size == 0) {
        out_.push_back('[');
      }
    }
  }

  void after(std::size_t index) {
    for (const std::size_t size : sizes_) {
      if ((index + 1) % size == 0) {
        out_.push_back(']');
      }
    }
  }

 private:
  Buffer& out_;
  std::vector<std::size_t> sizes_;  ///< Innermost first.
};

/// The arrays of a tensor without values, down to the first of length 0.
void append_empty(const NestedView& view, std::size_t axis, Buffer& out) {
  out.push_back('[');
  for (std::int64_t i = 0; i < view.dim(axis); ++i) {
    if (i != 0) {
      out.push_back(',');
    }
    append_empty(view, axis + 1, out);
  }
  out.push_back(']');
}

void append_tensor(const NestedView& view, Buffer& out) {
  if (view.count() == 0) {
    append_empty(view, 0, out);
    return;
  }
  Brackets brackets(view, out);
  std::size_t index = 0;
  if (view.element() == Element::kString) {
    view.for_each_text([&](std::string_view text, bool null) {
      brackets.before(index);
      if (null) {
        out.append("null");
      } else {
        append_text(text, out);
      }
      brackets.after(index++);
    });
    return;
  }
  for (; index < view.count(); ++index) {
    brackets.before(index);
    append_item(view, index, out);
    brackets.after(index);
  }
}

void append_reals(const NestedView& view, Buffer& out) {
  out.push_back('[');
  for (std::size_t i = 0; i < view.count(); ++i) {
    if (i != 0) {
      out.push_back(',');
    }
    append_real(view.real(i), out);
  }
  out.push_back(']');
}

void append_sparse(const NestedView& view, Buffer& out) {
  out.push_back('{');
  if (view.dim(0) != NestedView::kUnknownSize) {
    out.append("\"size\":");
    append_integer(view.dim(0), out);
    out.push_back(',');
  }
  out.append("\"indices\":[");
  for (std::size_t i = 0; i < view.count(); ++i) {
    if (i != 0) {
      out.push_back(',');
    }
    append_integer(view.position(i), out);
  }
  out.append("],\"values\":");
  append_reals(view, out);
  out.push_back('}');
}

void append_nested(const NestedView& view, Buffer& out) {
  switch (view.kind()) {
    case NestedKind::kDenseVector:
      append_reals(view, out);
      break;
    case NestedKind::kSparseVector:
      append_sparse(view, out);
      break;
    default:
      append_tensor(view, out);
      break;
  }
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
        append_real(static_cast<float>(cell.real), out);
      } else {
        append_real(cell.real, out);
      }
      break;
    case table::Storage::kNested:
      append_nested(NestedView(cell.bytes()), out);
      break;
    default:
      if (type == ColumnType::kDecimal) {
        out.append(cell.bytes());
      } else if (type == ColumnType::kVarbinary) {
        out.push_back('"');
        text_form::append_base64(cell.bytes(), out);
        out.push_back('"');
      } else {
        append_text(cell.bytes(), out);
      }
      break;
  }
}

}  // namespace

Writer::Writer(table::Schema schema) : schema_(std::move(schema)) {
  for (const table::Column& column : schema_) {
    Buffer head;
    head.push_back(heads_.empty() ? '{' : ',');
    append_text(column.name, head);
    head.push_back(':');
    heads_.emplace_back(head.view());
  }
}

void Writer::append_row(std::span<const Cell> row, Buffer& out) const {
  ALINKTF_ASSERT(row.size() == schema_.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    out.append(heads_[i]);
    append_cell(schema_[i].type, row[i], out);
  }
  out.append("}\n");
}

}  // namespace alinktf::jsonl
