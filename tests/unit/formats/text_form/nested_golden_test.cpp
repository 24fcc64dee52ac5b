// The texts of vectors and tensors as Alink reads them, and where we differ on purpose.
#include "formats/text_form/nested_text.hpp"
#include "unit/golden.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alinktf::text_form {
namespace {

struct Difference {
  const char* text;
  const char* ours;
};

/// Check `rows` (text, …) against `theirs(row)`, but for the `differences`, which must be some.
template <std::size_t N, typename Theirs>
void check_texts(table::ColumnType type,
                 const std::vector<std::vector<std::string>>& rows,
                 const std::array<Difference, N>& differences,
                 Theirs&& theirs) {
  std::size_t differing = 0;
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    Buffer bytes;
    const Result<void> result = parse_nested(type, golden::unescape(row[0]).value(), bytes);
    Buffer text;
    text.append(result.ok() ? "" : "error");
    if (result.ok()) {
      append_nested(bytes.view(), text);
    }
    const auto* const difference =
        std::find_if(differences.begin(), differences.end(), [&](const Difference& known) {
          return row[0] == known.text;
        });
    if (difference == differences.end()) {
      CHECK(text.view() == theirs(row));
    } else {
      CHECK(text.view() == difference->ours);
      CHECK(text.view() != theirs(row));
      ++differing;
    }
  }
  CHECK(differing == N);
}

TEST_CASE("Vectors are what Alink reads from their texts", "[text_form][golden]") {
  // Alink drops what is no pair, and keeps two values for one position.
  constexpr std::array kDifferences = {Difference{R"("0:1 2")", "error"},
                                       Difference{R"("0:1 0:2")", "error"}};
  const auto rows = golden::read_tsv("text/vector_text.tsv");
  CHECK(rows.size() == 14);
  check_texts(table::ColumnType::kVector, rows, kDifferences, [](const auto& row) {
    return row[1] == "ERR" ? "error" : golden::unescape(row[3]).value();
  });
}

TEST_CASE("Tensors are what Alink reads from their texts", "[text_form][golden]") {
  // Alink takes every text but "true" for false.
  constexpr std::array kDifferences = {Difference{R"("BOOLEAN#3#true false 1 ")", "error"}};
  auto rows = golden::read_tsv("text/tensor_text.tsv");
  std::erase_if(rows, [](const auto& row) { return row[0].starts_with("OBJ"); });
  CHECK(rows.size() == 15);
  check_texts(table::ColumnType::kTensor, rows, kDifferences, [](const auto& row) {
    return row[1] == "ERR" ? "error" : golden::unescape(row[3]).value();
  });
}

TEST_CASE("Tensors that Alink wrote have the same text after they were read",
          "[text_form][golden]") {
  int checked = 0;
  for (const auto& row : golden::read_tsv("text/tensor_text.tsv")) {
    if (row[0].starts_with("OBJ")) {
      const std::string text = golden::unescape(row[2]).value();
      CAPTURE(text);
      Buffer bytes;
      REQUIRE(parse_nested(table::ColumnType::kTensor, text, bytes).ok());
      Buffer out;
      append_nested(bytes.view(), out);
      CHECK(out.view() == text);
      ++checked;
    }
  }
  CHECK(checked == 5);
}

}  // namespace
}  // namespace alinktf::text_form
