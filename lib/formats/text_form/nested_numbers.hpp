// The single values in the texts of vectors and tensors.
#pragma once

#include "base/result.hpp"
#include "base/text.hpp"
#include "formats/text_form/number.hpp"
#include "formats/text_form/plain_number.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace alinktf::text_form {

/// A number of type T, by Java's rules: parseInt() and its like take a '+', too. bool stands for
/// BOOLEAN. `readable` bytes can be read from the text's start.
template <typename T>
std::optional<T> parse_token(std::string_view token, std::size_t readable) {
  if constexpr (std::is_same_v<T, bool>) {
    const bool is_true = equal_ignoring_case(token, "true");
    return is_true || equal_ignoring_case(token, "false") ? std::optional(is_true) : std::nullopt;
  } else if constexpr (std::is_floating_point_v<T>) {
    // scan_real() may look at some bytes behind the token, and stops at its end if that is no
    // digit.
    constexpr std::size_t kBehind = 24;
    T value = 0;
    if (readable >= token.size() + kBehind &&
        scan_real(token.data(), value) == token.data() + token.size()) {
      return value;
    }
    if constexpr (std::is_same_v<T, float>) {
      return parse_float(token);
    } else {
      return parse_double(token);
    }
  } else {
    if (token.size() > 1 && token[0] == '+' && plain::is_digit(token[1])) {
      token.remove_prefix(1);
    }
    const auto value =
        parse_integer(token, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    return value ? std::optional(static_cast<T>(*value)) : std::nullopt;
  }
}

template <typename T>
std::string token_expectation() {
  if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "a number";
  } else {
    return fmt::format("a whole number from {} to {}",
                       std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::max());
  }
}

template <typename T>
Error bad_token(std::size_t index, std::string_view token) {
  return {
      ErrorCode::kInput,
      fmt::format("value {} is {}, expected {}", index + 1, quote(token), token_expectation<T>())};
}

/// Call `take(token, readable)`, which returns a Result<void>, for each part of `text` between
/// blanks and, if `commas`, commas. An error if nothing stands before a comma.
template <typename Take>
Result<void> for_each_token(std::string_view text, bool commas, Take&& take) {
  bool value_before = false;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    if (commas && text.front() == ',') {
      if (!value_before) {
        return Error(ErrorCode::kInput, "there is no value before a comma");
      }
      value_before = false;
      text.remove_prefix(1);
      continue;
    }
    std::size_t size = 1;
    while (size < text.size() && text[size] != ' ' && !(commas && text[size] == ',')) {
      ++size;
    }
    ALINKTF_TRY(take(text.substr(0, size), text.size()));
    value_before = true;
    text.remove_prefix(size);
  }
  return {};
}

}  // namespace alinktf::text_form
