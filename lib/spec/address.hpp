// Addresses of files: what has a scheme.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace alinktf::spec {

/// "https" of "https://…"; empty if `text` has no scheme.
std::string_view scheme_of(std::string_view text);

/// True for http:// and https://.
bool is_web_address(std::string_view text);

/// A file on the web, as Alink writes it.
struct WebAddress {
  std::string url;   ///< what to ask the server for: without ?md5= and #…
  std::string name;  ///< the last part of its path; may be empty
  std::string md5;   ///< of ?md5=, 32 hexadecimal digits; empty: not there
};

/// Take `text` apart. kSpec, with secrets masked, if no machine is named, characters are in it that
/// no address has, or its md5 is none.
Result<WebAddress> parse_web_address(std::string_view text);

}  // namespace alinktf::spec
