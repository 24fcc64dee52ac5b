#include "job/pump.hpp"

#include "log/log.hpp"
#include "worker/message.hpp"
#include "worker/tensor_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::job {

namespace {

std::string end_text(const FeedTotals& totals) {
  return worker::end_text({.shapes = totals.tensor_shapes_json, .types = totals.tensor_types_json});
}

}  // namespace

Result<void> Pump::open(std::size_t number, const FeedRequest& request) {
  const auto earlier = feed_.request();
  if (earlier && *earlier != request) {
    return Error(ErrorCode::kWorker,
                 "all tasks must read their rows in the same form: format and batch_size of "
                 "stream_dataset must be the same in all of them");
  }
  feed_.open(request);
  tasks_[number].wants_columns = request.columns;
  tell_columns();
  return {};
}

void Pump::tell_columns() {
  const auto columns = feed_.columns();
  if (!columns && !input_error_told_) {
    return;
  }
  for (TaskState& state : tasks_) {
    if (state.wants_columns) {
      state.task->send(columns ? worker::opened_line(*columns) : worker::line_of("not_opened"));
      state.wants_columns = false;
    }
  }
}

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
  const bool done = state.ended || (options_.stream && state.main_done);
  while (task.hungry() || task.feed_refused() || done) {
    auto item = feed_.pop(number);
    if (!item) {
      feed_.set_hungry(number, task.hungry() && !done);
      break;
    }
    if (task.hungry() && !done) {
      task.feed(std::move(item->chunk), item->records);
    } else {
      state.discarded += item->records;
      feed_.give_back(std::move(item->chunk));
    }
  }
  if (auto failure = feed_.failure()) {
    return std::move(failure->error).context(tasks_[failure->worker].name);
  }
  const auto result = feed_.result();
  if (!result) {
    return {};
  }
  if (!options_.stream) {
    ALINKTF_TRY(*result);
  }
  // The result comes after the last chunk, so a queue that is empty now stays so.
  if (task.hungry() && !feed_.waiting(number)) {
    end_feed_of(number, *result);
  }
  return {};
}

/// All rows of task `number` are in its pipe: what comes behind them.
void Pump::end_feed_of(std::size_t number, const Result<FeedTotals>& result) {
  TaskState& state = tasks_[number];
  if (result.ok()) {
    if (!holds_end_of(number)) {
      feed_end(state, result.value().split.sent[number], end_text(result.value()));
    }
  } else if (input_error_told_) {
    Buffer error;
    chunk::append_error(error, result.error().str());
    state.end_fed = true;
    state.task->feed_last(std::move(error));
  }
}

std::optional<Error> Pump::input_error() const {
  const auto result = feed_.result();
  return options_.stream && result && !result->ok() ? std::optional(result->error()) : std::nullopt;
}

bool Pump::holds_end_of(std::size_t number) const {
  return options_.hold_chief && number == 0 &&
         !std::all_of(tasks_.begin() + 1, tasks_.end(), [](const TaskState& state) {
           return !state.data || state.main_done || state.ended;
         });
}

/// A task that gets no rows: its end is all of its feed.
Result<void> Pump::feed_other(TaskState& state) {
  if (options_.stream) {
    feed_end(state, 0, {});
    return {};
  }
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
  tell_columns();
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
          fmt::format("{} writes rows: they are dropped, as it gets none itself", state.name));
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
  for (std::size_t number = 0; number < readers_; ++number) {
    tasks_[number].task->pause_results(pause);
  }
}

bool Pump::waits_for_source() {
  if (feed_.result() || (options_.stream && !feed_.request())) {
    return false;
  }
  for (std::size_t number = 0; number < readers_; ++number) {
    if (feed_.waiting(number)) {
      return false;
    }
  }
  return true;
}

}  // namespace alinktf::job
