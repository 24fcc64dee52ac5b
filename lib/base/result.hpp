// Error and Result<T>: how every room reports a failure that can happen at run time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace alinktf {

/// What kind of failure this is. Callers branch on it; cmd/exit_status maps it to an exit status.
enum class ErrorCode {
  kInternal,   ///< A fault of ours, or the machine refused (ports, fork, work dir full).
  kUsage,      ///< The command line.
  kSpec,       ///< The job file, the interpreter, TensorFlow's version, user files.
  kInput,      ///< Input or model unreadable.
  kWorker,     ///< A worker failed.
  kOutput,     ///< The output cannot be written.
  kTimeout,    ///< Time-out or stall.
  kCancelled,  ///< A signal asked us to stop.
};

/// A failure: a kind, a message, the OS cause if there was one, and the context frames added on
/// the way up (innermost first).
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message, std::error_code cause = {})
      : code_(code), message_(std::move(message)), cause_(cause) {}

  /// Add one frame: what the caller was doing, e.g. "worker:2".
  Error context(std::string_view frame) && {
    frames_.emplace_back(frame);
    return std::move(*this);
  }

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] std::error_code cause() const { return cause_; }

  /// Outermost frame first: "job 'iris': worker:2: record 17: CRC mismatch".
  [[nodiscard]] std::string str() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::error_code cause_;
  std::vector<std::string> frames_;
};

/// The error of a system call that has just failed: `what` plus the text of errno. Call directly
/// after the failing call, before anything else may change errno.
Error os_error(ErrorCode code, std::string what);
Error os_error(ErrorCode code, std::string what, int error_number);

/// Either a T or an Error. Reading the wrong side is a programming error.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error(...);` both read naturally.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error error() && { return std::get<1>(std::move(state_)); }

  /// Add a frame if this is an error. `frame` is called only then, so it may format freely.
  template <typename Frame>
  Result context(Frame&& frame) && {
    if (ok()) {
      return std::move(*this);
    }
    return std::move(*this).error().context(std::forward<Frame>(frame)());
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): as in the primary template.
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  [[nodiscard]] const Error& error() const& { return *error_; }
  [[nodiscard]] Error error() && { return *std::move(error_); }

  template <typename Frame>
  Result context(Frame&& frame) && {
    if (ok()) {
      return {};
    }
    return std::move(*this).error().context(std::forward<Frame>(frame)());
  }

 private:
  std::optional<Error> error_;
};

}  // namespace alinktf

#define ALINKTF_CONCAT_INNER(a, b) a##b
#define ALINKTF_CONCAT(a, b) ALINKTF_CONCAT_INNER(a, b)

/// Return the error of `expr` to the caller, or go on.
#define ALINKTF_TRY(expr)                       \
  do {                                          \
    auto alinktf_result = (expr);               \
    if (!alinktf_result.ok()) {                 \
      return std::move(alinktf_result).error(); \
    }                                           \
  } while (false)

/// Bind `decl` to the value of `expr`, or return its error to the caller.
#define ALINKTF_ASSIGN_OR_RETURN(decl, expr) \
  ALINKTF_ASSIGN_OR_RETURN_IMPL(ALINKTF_CONCAT(alinktf_result_, __LINE__), decl, expr)
#define ALINKTF_ASSIGN_OR_RETURN_IMPL(tmp, decl, expr) \
  auto tmp = (expr);                                   \
  if (!(tmp).ok()) {                                   \
    return std::move(tmp).error();                     \
  }                                                    \
  decl = std::move(tmp).value()
