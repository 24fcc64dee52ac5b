#include "source/sql_database.hpp"

#include "base/text.hpp"
#include "source/sql_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

constexpr std::string_view kSelect = "SELECT ";
constexpr std::string_view kFrom = "\nFROM input";
constexpr std::string_view kWhere = "\nWHERE (";

/// SplitMix64 (Steele, Lea, Flood 2014): one draw per call of RAND(), uniform in [0, 1).
void draw(sqlite3_context* context, int /*count*/, sqlite3_value** /*values*/) {
  auto& state = *static_cast<std::uint64_t*>(sqlite3_user_data(context));
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  sqlite3_result_double(context, static_cast<double>(z >> 11U) * 0x1.0p-53);
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

/// One step of SQLite's program for a statement.
struct Instruction {
  std::string opcode;
  int p2 = 0;
  std::string p4;
};
using Program = std::vector<Instruction>;

Program program_of(sqlite3_stmt* explain) {
  const auto text = [&](int column) {
    const unsigned char* found = sqlite3_column_text(explain, column);
    return std::string(found == nullptr ? "" : reinterpret_cast<const char*>(found));  // NOLINT
  };
  Program program;
  while (sqlite3_step(explain) == SQLITE_ROW) {  // addr, opcode, p1, p2, p3, p4, p5, comment
    program.push_back({.opcode = text(1), .p2 = sqlite3_column_int(explain, 3), .p4 = text(5)});
  }
  return program;
}

/// The address of the only such instruction; the program's size if there is none or more than one.
std::size_t only(const Program& program, std::string_view opcode) {
  const auto is_it = [&](const Instruction& step) { return step.opcode == opcode; };
  if (std::count_if(program.begin(), program.end(), is_it) != 1) {
    return program.size();
  }
  return static_cast<std::size_t>(std::find_if(program.begin(), program.end(), is_it) -
                                  program.begin());
}

bool collects_rows(const Instruction& step) {
  return step.opcode.starts_with("Agg") || step.opcode.starts_with("Sorter") ||
         step.opcode == "OpenAutoindex" || step.opcode == "InitCoroutine" || step.opcode == "Yield";
}

/// A pass over a block does anew what a statement does once, such as filling the set of an IN.
/// That must not show in the result, and must be cheap.
bool may_run_again(const Program& program) {
  constexpr std::size_t kCheap = 200;
  const auto is = [](std::string_view opcode) {
    return [opcode](const Instruction& step) { return step.opcode == opcode; };
  };
  if (std::none_of(program.begin(), program.end(), is("Once"))) {
    return true;
  }
  return program.size() <= kCheap &&
         std::none_of(program.begin(), program.end(), [](const Instruction& step) {
           return step.p4.starts_with("rand");
         });
}

}  // namespace

void FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::string SelectSql::text() const {
  return fmt::format("{}{}{}{}",
                     kSelect,
                     list,
                     kFrom,
                     condition.empty() ? "" : fmt::format("{}{}\n)", kWhere, condition));
}

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(InputTable& input, std::uint64_t seed) {
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(input, seed));
  sqlite3*& opened = database->database_;
  const int code =
      sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    return Error(ErrorCode::kInternal, "cannot open SQLite");
  }
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  for (const char* name : {"rand", "random"}) {
    sqlite3_create_function(
        opened, name, 0, SQLITE_UTF8, &database->random_, draw, nullptr, nullptr);
  }
  ALINKTF_TRY(input.register_in(opened));
  return database;
}

SqlDatabase::~SqlDatabase() {
  sqlite3_close(database_);
}

std::string SqlDatabase::message() const {
  return one_line(sqlite3_errmsg(database_));
}

SqlStatement SqlDatabase::try_prepare(const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(
      database_, text.c_str(), static_cast<int>(text.size()) + 1, &statement, nullptr);
  return SqlStatement(statement);
}

SqlStatement SqlDatabase::try_prepare(const SelectSql& sql) {
  return try_prepare(sql.text());
}

Result<SqlStatement> SqlDatabase::prepare(const SelectSql& sql) {
  const SelectSql list{.list = sql.list, .condition = {}};
  SqlStatement statement = try_prepare(list);
  if (!statement) {
    return refused(list, false);
  }
  if (!sql.condition.empty()) {
    statement = try_prepare(sql);
    if (!statement) {
      return refused(sql, true);
    }
  }
  return statement;
}

Error SqlDatabase::refused(const SelectSql& sql, bool in_condition) const {
  const std::string what = message();
  const std::string& part = in_condition ? sql.condition : sql.list;
  const auto before = static_cast<int>(in_condition ? kSelect.size() + sql.list.size() +
                                                          kFrom.size() + kWhere.size()
                                                    : kSelect.size());
  const int offset = sqlite3_error_offset(database_) - before;
  std::vector<std::string_view> columns;
  for (const table::Column& column : input_.schema()) {
    columns.emplace_back(column.name);
  }
  constexpr std::string_view kNoColumn = "no such column: ";
  const std::string guess =
      what.starts_with(kNoColumn)
          ? did_you_mean(std::string_view(what).substr(kNoColumn.size()), columns)
          : std::string();
  return {ErrorCode::kSpec,
          fmt::format(
              "/{}: SQL error{}: {}{}; the statement is: {}",
              in_condition ? "where" : "select",
              offset < 0 ? std::string() : " " + sql_place(part, static_cast<std::size_t>(offset)),
              what,
              guess,
              one_line(sql.text()))};
}

bool SqlDatabase::streams(const SelectSql& sql) {
  const SqlStatement explain = try_prepare("EXPLAIN " + sql.text());
  if (!explain) {
    return false;
  }
  const Program program = program_of(explain.get());
  const std::size_t result = only(program, "ResultRow");
  const std::size_t next = only(program, "VNext");
  const std::size_t end = program.size();
  if (result == end || next == end || only(program, "VFilter") == end) {
    return false;
  }
  // VNext jumps back to where a row begins.
  const bool in_loop = static_cast<std::size_t>(program[next].p2) <= result && result < next;
  return in_loop && std::none_of(program.begin(), program.end(), collects_rows) &&
         may_run_again(program);
}

}  // namespace alinktf::source
