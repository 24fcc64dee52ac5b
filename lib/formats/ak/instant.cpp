// Dates and times as counts of milliseconds.
#include "formats/ak/value.hpp"
#include "formats/text_form/temporal.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace alinktf::ak {

namespace {

using table::ColumnType;

constexpr std::int64_t kPerSecond = 1000;
constexpr std::int64_t kPerDay = std::int64_t{24} * 3600 * kPerSecond;
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;
constexpr std::int32_t kNanosPerMilli = 1'000'000;

struct Split {
  std::int64_t whole;
  std::int64_t rest;
};

/// `value` = whole * unit + rest, with rest from 0 on.
Split split(std::int64_t value, std::int64_t unit) {
  const std::int64_t rest = ((value % unit) + unit) % unit;
  return {.whole = value / unit - (value % unit < 0 ? 1 : 0), .rest = rest};
}

std::int64_t number_at(std::string_view text, std::size_t at, std::size_t size) {
  std::int64_t value = 0;
  std::from_chars(text.data() + at, text.data() + at + size, value);
  return value;
}

// What follows are canonical texts: the places of their digits are known.

std::int64_t days_of(std::string_view date) {
  namespace chrono = std::chrono;
  const chrono::year_month_day day(chrono::year(static_cast<int>(number_at(date, 0, 4))),
                                   chrono::month(static_cast<unsigned>(number_at(date, 5, 2))),
                                   chrono::day(static_cast<unsigned>(number_at(date, 8, 2))));
  return chrono::sys_days(day).time_since_epoch().count();
}

std::int64_t seconds_of(std::string_view time) {
  return (number_at(time, 0, 2) * 60 + number_at(time, 3, 2)) * 60 + number_at(time, 6, 2);
}

std::int32_t nanoseconds_of(std::string_view digits) {
  auto value = static_cast<std::int32_t>(number_at(digits, 0, digits.size()));
  for (std::size_t i = digits.size(); i < 9; ++i) {
    value *= 10;
  }
  return value;
}

bool append_date(std::int64_t days, Buffer& out) {
  namespace chrono = std::chrono;
  constexpr std::int64_t kFirst = -719528;  // 0000-01-01
  constexpr std::int64_t kLast = 2932896;   // 9999-12-31
  if (days < kFirst || days > kLast) {
    return false;
  }
  const chrono::year_month_day day{chrono::sys_days(chrono::days(days))};
  constexpr std::size_t kSize = 10;
  fmt::format_to_n(out.reserve(kSize),
                   kSize,
                   "{:04}-{:02}-{:02}",
                   static_cast<int>(day.year()),
                   static_cast<unsigned>(day.month()),
                   static_cast<unsigned>(day.day()));
  out.commit(kSize);
  return true;
}

void append_time(std::int64_t seconds, Buffer& out) {
  constexpr std::size_t kSize = 8;
  fmt::format_to_n(out.reserve(kSize),
                   kSize,
                   "{:02}:{:02}:{:02}",
                   seconds / 3600,
                   seconds / 60 % 60,
                   seconds % 60);
  out.commit(kSize);
}

void append_fraction(std::int32_t nanoseconds, Buffer& out) {
  constexpr std::size_t kSize = 10;
  fmt::format_to_n(out.reserve(kSize), kSize, ".{:09}", nanoseconds);
  out.commit(kSize);
  std::size_t zeros = 0;
  while (zeros < 8 && out.data()[out.size() - 1 - zeros] == '0') {
    ++zeros;
  }
  out.truncate(out.size() - zeros);
}

}  // namespace

std::optional<Instant> parse_instant(ColumnType type, std::string_view text) {
  text_form::TemporalText room;
  if (type == ColumnType::kDate) {
    const auto date = text_form::parse_date(text, room);
    return date ? std::optional(Instant{.milliseconds = days_of(*date) * kPerDay}) : std::nullopt;
  }
  if (type == ColumnType::kTime) {
    const auto time = text_form::parse_time(text, room);
    return time ? std::optional(Instant{.milliseconds = seconds_of(*time) * kPerSecond})
                : std::nullopt;
  }
  const auto timestamp = text_form::parse_timestamp(text, room);
  if (!timestamp) {
    return std::nullopt;
  }
  constexpr std::size_t kTime = 11;
  constexpr std::size_t kFraction = 20;
  const std::int32_t nanoseconds = nanoseconds_of(timestamp->substr(kFraction));
  return Instant{.milliseconds = days_of(*timestamp) * kPerDay +
                                 seconds_of(timestamp->substr(kTime)) * kPerSecond +
                                 nanoseconds / kNanosPerMilli,
                 .nanoseconds = nanoseconds};
}

std::optional<std::string_view> print_instant(ColumnType type,
                                              const Instant& instant,
                                              Buffer& room) {
  room.clear();
  const Split day = split(instant.milliseconds, kPerDay);
  if (type == ColumnType::kTime) {
    append_time(day.rest / kPerSecond, room);
    return room.view();
  }
  if (!append_date(day.whole, room)) {
    return std::nullopt;
  }
  if (type == ColumnType::kTimestamp) {
    if (instant.nanoseconds < 0 || instant.nanoseconds >= kNanosPerSecond) {
      return std::nullopt;
    }
    room.push_back(' ');
    append_time(day.rest / kPerSecond, room);
    append_fraction(instant.nanoseconds, room);
  }
  return room.view();
}

}  // namespace alinktf::ak
