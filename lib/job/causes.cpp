#include "job/causes.hpp"

#include <fmt/format.h>

namespace alinktf::job {

namespace {

/// `text` with every line indented, without a newline at its end.
std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += fmt::format("\n    {}", text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

/// The lines of `log` without the traceback that a failing script prints last: it is told already.
std::string lines_before(std::string_view traceback, const LogTail& log) {
  std::string lines;
  for (const std::string& line : log.lines()) {
    lines += line + "\n";
  }
  while (traceback.ends_with('\n')) {
    traceback.remove_suffix(1);
  }
  if (const std::size_t at = traceback.empty() ? std::string::npos : lines.rfind(traceback);
      at != std::string::npos) {
    lines.resize(at);
  }
  return lines;
}

}  // namespace

bool Causes::add(Cause cause) {
  if (stopped_at_ && cause.at >= *stopped_at_) {
    return false;
  }
  if (first_) {
    const bool both_silent = cause.kind != Cause::Kind::kTold && first_->kind != Cause::Kind::kTold;
    const bool earlier = both_silent && cause.kind != first_->kind
                             ? cause.kind == Cause::Kind::kKilled
                             : cause.at < first_->at;
    if (!earlier) {
      return false;
    }
  }
  first_ = std::move(cause);
  return true;
}

Error tell(const Cause& cause, const TaskFacts& task) {
  std::string text = fmt::format("{} (pid {}): {}", task.name, task.pid, cause.error.str());
  if (!cause.traceback.empty()) {
    text += "\n  traceback:" + indented(cause.traceback);
  }
  const std::string lines = lines_before(cause.traceback, *task.log);
  if (!lines.empty()) {
    text += fmt::format("\n  last log lines of {}:{}", task.name, indented(lines));
  }
  text += fmt::format("\n  rows so far: {} in, {} out", task.rows_in, task.rows_out);
  return {cause.error.code(), std::move(text)};
}

}  // namespace alinktf::job
