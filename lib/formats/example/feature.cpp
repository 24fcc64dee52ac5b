#include "formats/example/feature.hpp"

#include "formats/example/wire.hpp"

namespace alinktf::example {

namespace {

Kind kind_of(std::uint32_t tag) {
  return wire::is(tag, wire::kBytesList)   ? Kind::kBytesList
         : wire::is(tag, wire::kFloatList) ? Kind::kFloatList
         : wire::is(tag, wire::kInt64List) ? Kind::kInt64List
                                           : Kind::kNone;
}

/// How many values of `kind` are in the item `piece`, or false.
bool count_values_in(Kind kind, std::string_view piece, std::size_t& count) {
  bool ok = true;
  switch (kind) {
    case Kind::kBytesList:
      count = 1;
      break;
    case Kind::kFloatList:
      count = piece.size() / sizeof(float);
      ok = piece.size() % sizeof(float) == 0;
      break;
    default:
      count = wire::count_varints(piece, ok);
      break;
  }
  return ok;
}

/// The values of a list's field `tag`, which begin at `at`: a piece of them, or nothing if the
/// field is unknown.
const char* read_item(
    Kind kind, std::uint32_t tag, const char* at, const char* end, std::string_view& piece) {
  piece = {};
  if (wire::is(tag, wire::kItem)) {
    return wire::read_delimited(at, end, piece);
  }
  const bool is_float = kind == Kind::kFloatList && wire::is(tag, wire::kLoneFloat);
  const bool is_integer = kind == Kind::kInt64List && wire::is(tag, wire::kLoneVarint);
  const char* const after = wire::skip_field(tag, at, end, wire::kListDepth);
  if (!is_float && !is_integer) {
    return after;
  }
  piece = {at, after == nullptr ? 0 : static_cast<std::size_t>(after - at)};
  return after;
}

/// Calls `visit(piece)` for each item of `list`; false if it is no list or `visit` says so.
template <typename Visit>
bool walk_list(Kind kind, std::string_view list, Visit&& visit) {
  const char* at = list.data();
  const char* const end = at + list.size();
  while (at != end) {
    std::uint32_t tag = 0;
    std::string_view piece;
    at = wire::read_tag(at, end, tag);
    at = at == nullptr ? nullptr : read_item(kind, tag, at, end, piece);
    const bool is_text = kind == Kind::kBytesList && wire::is(tag, wire::kItem);
    if (at == nullptr || ((is_text || !piece.empty()) && !visit(piece))) {
      return false;
    }
  }
  return true;
}

/// Calls `visit(kind, field, list)` for each list of `message`; `field` is where its tag stands.
template <typename Visit>
bool walk_feature(std::string_view message, Visit&& visit) {
  const char* at = message.data();
  const char* const end = at + message.size();
  while (at != end) {
    const char* const field = at;
    std::uint32_t tag = 0;
    at = wire::read_tag(at, end, tag);
    if (at == nullptr) {
      return false;
    }
    const Kind kind = kind_of(tag);
    std::string_view list;
    at = kind == Kind::kNone ? wire::skip_field(tag, at, end, wire::kFeatureDepth)
                             : wire::read_delimited(at, end, list);
    if (at == nullptr || (kind != Kind::kNone && !visit(kind, field, list))) {
      return false;
    }
  }
  return true;
}

/// A Feature of one list in one piece.
bool scan_canonical(std::string_view message, Feature& feature) {
  if (message.empty()) {
    return false;
  }
  const char* const end = message.data() + message.size();
  const Kind kind = kind_of(static_cast<unsigned char>(message.front()));
  std::string_view list;
  std::string_view piece;
  if (kind == Kind::kNone || wire::read_delimited(message.data() + 1, end, list) != end ||
      list.empty() || list.front() != wire::kItem ||
      wire::read_delimited(list.data() + 1, end, piece) != end) {
    return false;
  }
  std::size_t count = 0;
  if (!count_values_in(kind, piece, count)) {
    return false;
  }
  feature = {.kind = kind,
             .canonical = true,
             .pieces = count == 0 ? std::size_t{0} : std::size_t{1},
             .count = count,
             .first = piece,
             .message = message};
  return true;
}

}  // namespace

bool count_values(Feature& feature) {
  return count_values_in(feature.kind, feature.first, feature.count);
}

bool scan_feature(std::string_view message, Feature& feature) {
  if (scan_canonical(message, feature)) {
    return true;
  }
  feature = {};
  const char* const end = message.data() + message.size();
  return walk_feature(message, [&](Kind kind, const char* field, std::string_view list) {
    if (feature.kind != kind) {
      feature = {};
      feature.kind = kind;
      feature.message = {field, static_cast<std::size_t>(end - field)};
    }
    return walk_list(kind, list, [&](std::string_view piece) {
      std::size_t count = 0;
      if (!count_values_in(kind, piece, count)) {
        return false;
      }
      feature.first = feature.pieces == 0 ? piece : feature.first;
      feature.pieces += 1;
      feature.count += count;
      return true;
    });
  });
}

void list_pieces(const Feature& feature, std::vector<std::string_view>& pieces) {
  pieces.clear();
  if (feature.pieces == 1) {
    pieces.push_back(feature.first);
    return;
  }
  walk_feature(feature.message, [&](Kind kind, const char* /*field*/, std::string_view list) {
    return walk_list(kind, list, [&](std::string_view piece) {
      pieces.push_back(piece);
      return true;
    });
  });
}

}  // namespace alinktf::example
