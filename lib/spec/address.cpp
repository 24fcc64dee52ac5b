#include "spec/address.hpp"

#include "base/secrets.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::spec {

namespace {

constexpr std::string_view kAfterScheme = "://";

bool is_md5(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// `query` without its md5, which goes to `md5`: servers sign queries, and that one is ours.
Result<std::string> take_md5(std::string_view query, std::string& md5) {
  constexpr std::string_view kKey = "md5=";
  std::string rest;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (!part.starts_with(kKey)) {
      rest += (rest.empty() ? "" : "&") + std::string(part);
      continue;
    }
    md5 = part.substr(kKey.size());
    if (!is_md5(md5)) {
      return Error(ErrorCode::kSpec,
                   fmt::format("expected 32 hexadecimal digits as md5, found {}", quote(md5)));
    }
  }
  return rest;
}

}  // namespace

std::string_view scheme_of(std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find(kAfterScheme));
  const bool plain = scheme.size() < text.size() && !scheme.empty() &&
                     std::all_of(scheme.begin(), scheme.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
                     });
  return plain ? scheme : std::string_view();
}

bool is_web_address(std::string_view text) {
  const std::string scheme = to_lower(scheme_of(text));
  return scheme == "http" || scheme == "https";
}

Result<WebAddress> parse_web_address(std::string_view text) {
  const std::string shown = quote(mask_secrets(text));
  if (std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
      })) {
    return Error(
        ErrorCode::kSpec,
        fmt::format("expected an address without blanks (%20 stands for one), found {}", shown));
  }
  const std::string_view whole = text.substr(0, text.find('#'));
  const std::string_view before = whole.substr(0, whole.find('?'));
  const std::size_t host = before.find(kAfterScheme) + kAfterScheme.size();
  const std::size_t path = std::min(before.find('/', host), before.size());
  if (path == host || before[path - 1] == '@') {
    return Error(ErrorCode::kSpec,
                 fmt::format("expected an address such as https://host/file, found {}", shown));
  }
  WebAddress out;
  ALINKTF_ASSIGN_OR_RETURN(
      const std::string query,
      take_md5(whole.substr(std::min(before.size() + 1, whole.size())), out.md5));
  out.url = std::string(before) + (query.empty() ? "" : "?" + query);
  out.name = path == before.size() ? "" : before.substr(before.rfind('/') + 1);
  if (out.name == "." || out.name == "..") {
    out.name.clear();  // a directory's
  }
  return out;
}

}  // namespace alinktf::spec
