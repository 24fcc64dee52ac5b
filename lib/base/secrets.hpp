// What must not be shown: passwords and keys in addresses, settings and JSON texts.
#pragma once

#include <string>
#include <string_view>

namespace alinktf {

/// Stands where a secret was.
inline constexpr std::string_view kMask = "***";

/// True if the value of something called `name` is not to be shown: password, api_key, AccessKeyId,
/// X-Amz-Signature, github_token … but not max_tokens or tokenizer.
bool is_secret_name(std::string_view name);

/// `text` with *** for what is secret in it: user names and passwords of addresses, by the name of
/// the value NAME=VALUE (queries, --set userParams.NAME=VALUE) and JSON ("NAME": VALUE, also inside
/// a JSON string), of lists and objects all that is in them. For everything that people see: logs,
/// messages, reports.
std::string mask_secrets(std::string_view text);

}  // namespace alinktf
