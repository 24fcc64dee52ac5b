#include "job/progress.hpp"

#include "log/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace alinktf::job {

namespace {

using std::chrono::duration;

constexpr std::chrono::milliseconds kRedraw{200};

/// Three digits and a unit of thousands: "1.23 M".
std::string short_number(double value) {
  constexpr const char* kUnits[] = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < std::size(kUnits); ++unit) {
    value /= 1000;
  }
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}{}", value, decimals, kUnits[unit]);
}

std::string short_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  return bytes < 1000 ? fmt::format("{} B", bytes) : short_number(value) + "B";
}

std::string short_time(double seconds) {
  if (seconds < 99.5) {
    return fmt::format("{:.0f} s", seconds);
  }
  const auto minutes = std::llround(seconds / 60);
  return minutes < 100 ? fmt::format("{} min", minutes)
                       : fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

/// "2" of "worker:2".
std::string_view number_of(const ProgressFacts::Task& task) {
  const std::string_view name = task.name;
  return name.substr(name.find(':') + 1);
}

/// True if `next` has the same role and the same state.
bool follows(const ProgressFacts::Task& task, const ProgressFacts::Task& next) {
  const auto role = [](const ProgressFacts::Task& each) {
    return std::string_view(each.name).substr(0, each.name.find(':'));
  };
  return task.state == next.state && role(task) == role(next);
}

/// "chief:0, worker:0-6 running  worker:7 ready", in the order of the tasks.
std::string describe_tasks(const std::vector<ProgressFacts::Task>& tasks) {
  std::vector<std::pair<std::string_view, std::string>> states;  ///< a state and who is in it
  for (std::size_t i = 0; i < tasks.size();) {
    std::size_t end = i + 1;
    while (end < tasks.size() && follows(tasks[end - 1], tasks[end])) {
      ++end;
    }
    const std::string names = end - i > 1
                                  ? fmt::format("{}-{}", tasks[i].name, number_of(tasks[end - 1]))
                                  : tasks[i].name;
    const auto state = std::find_if(states.begin(), states.end(), [&](const auto& each) {
      return each.first == tasks[i].state;
    });
    if (state == states.end()) {
      states.emplace_back(tasks[i].state, names);
    } else {
      state->second += ", " + names;
    }
    i = end;
  }
  std::string text;
  for (const auto& [state, names] : states) {
    text += fmt::format("  {} {}", names, state);
  }
  return text;
}

}  // namespace

std::string progress_line(const ProgressFacts& facts,
                          duration<double> elapsed,
                          double rows_per_second) {
  std::string line = fmt::format("{}  {} rows in ({}, {}/s",
                                 short_time(elapsed.count()),
                                 short_number(static_cast<double>(facts.rows_in)),
                                 short_bytes(facts.bytes_in),
                                 short_number(rows_per_second));
  if (facts.share) {
    line += fmt::format(", {:.0f} %", *facts.share * 100);
    if (*facts.share > 0 && *facts.share < 1) {
      const double left = elapsed.count() * (1 - *facts.share) / *facts.share;
      line += fmt::format(", {} left", short_time(left));
    }
  }
  return line + fmt::format(")  {} rows out", short_number(static_cast<double>(facts.rows_out))) +
         describe_tasks(facts.tasks);
}

Progress::Progress(sys::EventLoop& loop,
                   std::function<ProgressFacts()> facts,
                   std::chrono::milliseconds message_interval)
    : loop_(loop),
      facts_(std::move(facts)),
      interval_(log::has_terminal() ? kRedraw : message_interval),
      timer_(loop_.call_after(interval_, [this] { show(); })) {}

Progress::~Progress() {
  loop_.cancel(timer_);
  log::status("");
}

void Progress::show() {
  const ProgressFacts facts = facts_();
  const auto now = Clock::now();
  const duration<double> step = now - last_at_;
  const double rate = static_cast<double>(facts.rows_in - last_rows_) / step.count();
  // Smoothed over about two seconds of a terminal; messages tell the rate since the last one.
  const double weight = std::min(1.0, step.count() / 2);
  rate_ += (rate - rate_) * weight;
  last_at_ = now;
  last_rows_ = facts.rows_in;
  const std::string line = progress_line(facts, now - began_, rate_);
  if (log::has_terminal()) {
    log::status(line);
  } else {
    log::message(log::Level::kInfo, line);
  }
  timer_ = loop_.call_after(interval_, [this] { show(); });
}

}  // namespace alinktf::job
