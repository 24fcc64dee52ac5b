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

}  // namespace

bool Causes::add(Cause cause) {
  if ((stopped_at_ && cause.at >= *stopped_at_) || (first_ && cause.at >= first_->at)) {
    return false;
  }
  first_ = std::move(cause);
  return true;
}

Error tell(const Cause& cause, const TaskFacts& task) {
  std::string text = fmt::format("{} (pid {}): {}", task.name, task.pid, cause.error.str());
  if (!cause.traceback.empty()) {
    text += "\n  traceback:" + indented(cause.traceback);
  }
  std::string lines;
  for (const std::string& line : task.log->lines()) {
    lines += line + "\n";
  }
  text += lines.empty() ? std::string("\n  its log is empty")
                        : fmt::format("\n  last log lines of {}:{}", task.name, indented(lines));
  text += fmt::format("\n  rows so far: {} in, {} out", task.rows_in, task.rows_out);
  return {cause.error.code(), std::move(text)};
}

}  // namespace alinktf::job
