// Everything that is wrong with one job file, collected and told at once.
#pragma once

#include "base/result.hpp"
#include "spec/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::spec {

class Problems {
 public:
  /// One problem of the value `at`, e.g. "expected an integer, found 'two'".
  /// A value whose key looks secret, or that lies in such a list or object, is masked in it.
  void add(const Node& at, std::string_view text);
  /// A problem of a member that `object` should have.
  void add_missing(const Node& object, std::string_view key, std::string_view text) {
    add(object.order, member_place(object, key), text);
  }
  void add(std::size_t order, std::string_view place, std::string_view text);

  [[nodiscard]] bool empty() const { return lines_.empty(); }

  /// kSpec with one line per problem, "FILE: PLACE: TEXT", in the order of the file; those of
  /// --set come last, without FILE.
  [[nodiscard]] Error error(std::string_view file) const;

 private:
  struct Line {
    std::size_t order;
    std::string place;
    std::string text;
  };
  std::vector<Line> lines_;
};

}  // namespace alinktf::spec
