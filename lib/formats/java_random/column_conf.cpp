#include "formats/java_random/column_conf.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace alinktf::java_random {

namespace {

using Kind = Distribution::Kind;

struct Form {
  std::string_view name;
  Kind kind;
  std::string_view example;
};

constexpr std::array<Form, 5> kForms{{{"uniform", Kind::kUniform, "uniform(a,b)"},
                                      {"uniform_open", Kind::kUniformOpen, "uniform_open(a,b)"},
                                      {"gauss", Kind::kGauss, "gauss(mean,variance)"},
                                      {"weight_set", Kind::kWeightSet, "weight_set(v1,w1,v2,w2,…)"},
                                      {"poisson", Kind::kPoisson, "poisson(lambda)"}}};

constexpr std::string_view kNullper = "nullper";
/// exp(-lambda) must not be 0, and a number takes lambda draws.
constexpr double kMaxLambda = 700;

/// Parses one "name:distribution(arguments)" of a text.
class Parser {
 public:
  /// `conf` is part of `text`.
  Parser(std::string_view text, std::string_view conf) : text_(text), conf_(conf) {}

  Result<RandomColumnConf> parse();

 private:
  /// An error at `part` of the text.
  [[nodiscard]] Error error(std::string_view part, std::string_view expected) const {
    return {ErrorCode::kSpec,
            fmt::format("outputColConfs: column {}: at character {}: found {}, expected {}",
                        quote(column_),
                        place(part),
                        quote(part),
                        expected)};
  }
  [[nodiscard]] std::size_t place(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data()) + 1;
  }

  Result<void> parse_distribution(std::string_view text);
  Result<void> parse_arguments(std::string_view text);
  Result<void> parse_number(std::string_view argument);
  Result<void> parse_nullper(std::string_view argument);
  Result<void> take_numbers(std::string_view arguments);
  Result<void> take_weights(std::string_view arguments);
  Result<void> check_range(std::string_view arguments) const;
  [[nodiscard]] Result<double> number(std::string_view argument) const;

  std::string_view text_;
  std::string_view conf_;
  std::string_view column_;
  const Form* form_ = nullptr;
  std::vector<double> numbers_;
  Distribution distribution_;
};

const Form* find_form(std::string_view name) {
  for (const Form& form : kForms) {
    if (equal_ignoring_case(form.name, name)) {
      return &form;
    }
  }
  return nullptr;
}

std::string known_forms(std::string_view name) {
  std::array<std::string_view, kForms.size()> names;
  std::string all;
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    names[i] = kForms[i].name;
    all += fmt::format("{}{}", i == 0 ? "" : i + 1 == kForms.size() ? " or " : ", ", names[i]);
  }
  return all + did_you_mean(name, names);
}

Result<RandomColumnConf> Parser::parse() {
  const std::size_t colon = conf_.find(':');
  if (colon == std::string_view::npos || trim(conf_.substr(0, colon)).empty()) {
    column_ = trim(conf_.substr(0, std::min(conf_.find('('), colon)));
    return error(trim(conf_), "NAME:DISTRIBUTION(ARGUMENTS)");
  }
  column_ = trim(conf_.substr(0, colon));
  ALINKTF_TRY(parse_distribution(trim(conf_.substr(colon + 1))));
  return RandomColumnConf{.column = std::string(column_),
                          .at = place(column_),
                          .distribution = std::move(distribution_)};
}

Result<void> Parser::parse_distribution(std::string_view text) {
  const std::string_view name = trim(text.substr(0, text.find('(')));
  form_ = find_form(name);
  if (form_ == nullptr) {
    return error(name.empty() ? text : name, known_forms(name));
  }
  if (name.size() == text.size() || text.back() != ')') {
    return error(text, fmt::format("{}, with its parentheses", form_->example));
  }
  const std::size_t open = text.find('(');
  distribution_.kind = form_->kind;
  return parse_arguments(text.substr(open + 1, text.size() - open - 2));
}

Result<void> Parser::parse_arguments(std::string_view text) {
  std::string_view rest = text;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string_view argument = trim(rest.substr(0, comma));
    ALINKTF_TRY(!more && argument.starts_with(kNullper) ? parse_nullper(argument)
                                                        : parse_number(argument));
    rest.remove_prefix(more ? comma + 1 : 0);
  }
  return form_->kind == Kind::kWeightSet ? take_weights(text) : take_numbers(text);
}

Result<void> Parser::parse_number(std::string_view argument) {
  ALINKTF_ASSIGN_OR_RETURN(const double value, number(argument));
  numbers_.push_back(value);
  return {};
}

Result<double> Parser::number(std::string_view argument) const {
  double value = 0;
  const char* const end = argument.data() + argument.size();
  const auto parsed = std::from_chars(argument.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(value)) {
    return error(argument, fmt::format("a number, as in {}", form_->example));
  }
  return value;
}

Result<void> Parser::parse_nullper(std::string_view argument) {
  const std::string_view after = trim(argument.substr(kNullper.size()));
  if (!after.starts_with('=')) {
    return error(argument, "nullper=x, x from 0 to 1");
  }
  ALINKTF_ASSIGN_OR_RETURN(const double share, number(trim(after.substr(1))));
  if (share < 0 || share > 1) {
    return error(argument, "nullper=x, x from 0 to 1");
  }
  distribution_.nullper = share;
  return {};
}

Result<void> Parser::take_numbers(std::string_view arguments) {
  const std::size_t wanted = form_->kind == Kind::kPoisson ? 1 : 2;
  if (numbers_.size() != wanted) {
    return error(
        arguments,
        fmt::format("{} number{}, as in {}", wanted, wanted == 1 ? "" : "s", form_->example));
  }
  ALINKTF_TRY(check_range(arguments));
  distribution_.a = numbers_[0];
  if (wanted == 2) {
    const bool gauss = form_->kind == Kind::kGauss;
    distribution_.b = gauss ? std::sqrt(numbers_[1]) : numbers_[1];
  }
  return {};
}

Result<void> Parser::check_range(std::string_view arguments) const {
  if (form_->kind == Kind::kGauss && numbers_[1] < 0) {
    return error(arguments, "a variance that is not below 0, as in gauss(mean,variance)");
  }
  if (form_->kind == Kind::kPoisson && !(numbers_[0] >= 0 && numbers_[0] <= kMaxLambda)) {
    return error(arguments, fmt::format("a lambda from 0 to {}", kMaxLambda));
  }
  return {};
}

Result<void> Parser::take_weights(std::string_view arguments) {
  if (numbers_.empty() || numbers_.size() % 2 != 0) {
    return error(arguments,
                 fmt::format("pairs of a value and its weight, as in {}", form_->example));
  }
  double total = 0;
  for (std::size_t i = 0; i < numbers_.size(); i += 2) {
    const double weight = numbers_[i + 1];
    if (weight < 0) {
      return error(arguments, fmt::format("weights that are not below 0 (found {})", weight));
    }
    total += weight;
    distribution_.values.push_back(numbers_[i]);
    distribution_.up_to.push_back(total);
  }
  if (!(total > 0 && std::isfinite(total))) {
    return error(arguments, "weights with a sum above 0");
  }
  for (double& up_to : distribution_.up_to) {
    up_to /= total;
  }
  return {};
}

}  // namespace

Result<std::vector<RandomColumnConf>> parse_col_confs(std::string_view text) {
  std::vector<RandomColumnConf> confs;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view conf = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (trim(conf).empty()) {
      continue;
    }
    ALINKTF_ASSIGN_OR_RETURN(RandomColumnConf parsed, Parser(text, conf).parse());
    for (const RandomColumnConf& other : confs) {
      if (equal_ignoring_case(other.column, parsed.column)) {
        return Error(ErrorCode::kSpec,
                     fmt::format("outputColConfs: column {}: at character {}: found it a second "
                                 "time, expected each column once",
                                 quote(parsed.column),
                                 parsed.at));
      }
    }
    confs.push_back(std::move(parsed));
  }
  return confs;
}

}  // namespace alinktf::java_random
