#include "job/pump.hpp"

#include "log/log.hpp"
#include "worker/tensor_files.hpp"

#include <fmt/format.h>

namespace alinktf::job {

namespace {

std::string end_text(const FeedTotals& totals) {
  return worker::end_text({.shapes = totals.tensor_shapes_json, .types = totals.tensor_types_json});
}

}  // namespace

Result<void> Pump::feed(std::size_t number) {
  TaskState& state = tasks_[number];
  worker::Task& task = *state.task;
  if (!state.hello || state.end_fed) {
    return {};
  }
  if (!state.data) {
    return feed_other(state);
  }
  feed_.give_back(task.take_spare());
  while (task.hungry() || task.feed_refused() || state.ended) {
    auto item = feed_.pop(number);
    if (!item) {
      break;
    }
    if (task.hungry()) {
      task.feed(std::move(item->chunk), item->records);
    } else {
      state.discarded += item->records;
      feed_.give_back(std::move(item->chunk));
    }
  }
  const auto result = feed_.result();
  if (!result) {
    return {};
  }
  ALINKTF_TRY(*result);
  // The result comes after the last chunk, so a queue that is empty now stays so.
  if (task.hungry() && !feed_.waiting(number)) {
    feed_end(state, result->value().split.sent[number], end_text(result->value()));
  }
  return {};
}

/// A task that gets no rows: its end is all of its feed.
Result<void> Pump::feed_other(TaskState& state) {
  const auto result = feed_.result();
  if (result) {
    ALINKTF_TRY(*result);
  }
  if (result || feed_.others_released()) {
    feed_end(state, 0, result ? end_text(result->value()) : std::string());
  }
  return {};
}

void Pump::feed_end(TaskState& state, std::uint64_t total, std::string_view text) {
  Buffer end;
  chunk::append_end(end, total, text);
  state.end_fed = true;
  state.task->feed_last(std::move(end));
}

Result<void> Pump::on_wake() {
  if (auto error = sink_.error()) {
    return *std::move(error);
  }
  if (results_paused_ && !sink_.full()) {
    pause_results(false);
  }
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    ALINKTF_TRY(feed(number));
  }
  return {};
}

Result<void> Pump::take_results(std::size_t number,
                                const chunk::Header& header,
                                std::string_view payload) {
  const TaskState& state = tasks_[number];
  if (header.kind != chunk::Kind::kRecords && header.kind != chunk::Kind::kColumns) {
    return Error(ErrorCode::kWorker, "the results hold a chunk of an unexpected kind");
  }
  if (!state.data) {
    if (!others_wrote_) {
      log::message(
          log::Level::kWarn,
          fmt::format("{} writes rows: rows of parameter servers are dropped", state.name));
    }
    others_wrote_ = true;
    return {};
  }
  const std::uint64_t first_row = state.task->counts().records_received - header.records + 1;
  sink_.add(state.name, first_row, header, payload);
  if (!results_paused_ && sink_.full()) {
    pause_results(true);
  }
  return {};
}

void Pump::pause_results(bool pause) {
  results_paused_ = pause;
  for (std::size_t number = 0; number < workers_; ++number) {
    tasks_[number].task->pause_results(pause);
  }
}

bool Pump::waits_for_source() {
  if (feed_.result()) {
    return false;
  }
  for (std::size_t number = 0; number < workers_; ++number) {
    if (feed_.waiting(number)) {
      return false;
    }
  }
  return true;
}

}  // namespace alinktf::job
