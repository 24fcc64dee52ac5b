#include "base/secrets.hpp"

#include <catch2/catch.hpp>

namespace alinktf {
namespace {

TEST_CASE("Names of secrets are known in every spelling", "[base][secrets]") {
  for (const auto* name : {"password",
                           "db_password",
                           "PASSWD",
                           "pwd",
                           "secret",
                           "clientSecret",
                           "token",
                           "githubToken",
                           "hf_token",
                           "X-Amz-Security-Token",
                           "api_key",
                           "API-KEY",
                           "AccessKeyId",
                           "access_key_secret",
                           "OSSAccessKeyId",
                           "X-Amz-Signature",
                           "Signature",
                           "sig",
                           "X-Amz-Credential",
                           "private_key",
                           "Authorization"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
}

TEST_CASE("Names that only look like secrets are none", "[base][secrets]") {
  for (const auto* name : {"max_tokens",
                           "tokenizer",
                           "key",
                           "keys",
                           "author",
                           "sigma",
                           "passes",
                           "signatureDefKey",
                           "inputSignatureDefs",
                           "batch_size",
                           "",
                           "_"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("Passwords of addresses are masked", "[base][secrets]") {
  CHECK(mask_secrets("get https://me:p:w@d@host:8080/a.zip failed") ==
        "get https://me:***@host:8080/a.zip failed");
  CHECK(mask_secrets("https://ghp_123@host/x") == "https://***@host/x");
  CHECK(mask_secrets("'https://me:pw@h' and 'ftp://a:b@c/d'") ==
        "'https://me:***@h' and 'ftp://a:***@c/d'");
  CHECK(mask_secrets("http://host/a@b:c") == "http://host/a@b:c");
  CHECK(mask_secrets("http://host:80/x, mail to a:b@c") == "http://host:80/x, mail to a:b@c");
}

TEST_CASE("Secret parts of queries are masked and others stay", "[base][secrets]") {
  CHECK(mask_secrets("https://h/a?md5=12&token=abc%20d&x=1#f") ==
        "https://h/a?md5=12&token=***&x=1#f");
  CHECK(mask_secrets("found 'https://h/?X-Amz-Signature=ab/c+d=='") ==
        "found 'https://h/?X-Amz-Signature=***'");
  CHECK(mask_secrets("oss://b/k?host=h&access_key_id=i&access_key_secret=s&security_token=t") ==
        "oss://b/k?host=h&access_key_id=***&access_key_secret=***&security_token=***");
}

TEST_CASE("Settings of the command line are masked", "[base][secrets]") {
  CHECK(mask_secrets("--set userParams.password=hunter2 --set seed=7") ==
        "--set userParams.password=*** --set seed=7");
  CHECK(mask_secrets("--set /userParams/api_key=k") == "--set /userParams/api_key=***");
  CHECK(mask_secrets("password=\"two words\" x") == "password=\"***\" x");
  CHECK(mask_secrets("password= x, token=") == "password= x, token=");
  CHECK(mask_secrets("max_tokens=5 a=b") == "max_tokens=5 a=b");
}

TEST_CASE("Secret members of JSON are masked", "[base][secrets]") {
  CHECK(mask_secrets(R"({"lr": 1, "password": "a\"b\\", "token":42, "x": "y"})") ==
        R"({"lr": 1, "password": "***", "token":***, "x": "y"})");
  CHECK(mask_secrets(R"({"params": "{\"secret\":\"a\\\"b\",\"n\":1}"})") ==
        R"({"params": "{\"secret\":\"***\",\"n\":1}"})");
  CHECK(mask_secrets("{'password': 'x', 'y': 2}") == "{'password': '***', 'y': 2}");
  CHECK(mask_secrets(R"("token": tf.io.FixedLenFeature([]))") ==
        R"("token": tf.io.FixedLenFeature([]))");
  CHECK(mask_secrets(R"({"token": "cut)") == R"({"token": "***)");
}

TEST_CASE("Lists and objects of a secret name are masked whole", "[base][secrets]") {
  CHECK(mask_secrets(R"({"password": ["a", "b]"], "x": ["y"]})") ==
        R"({"password": "***", "x": ["y"]})");
  CHECK(mask_secrets(R"({"credentials":{"user":"a\"}","keys":[1,{"b":"c"}]},"n":1})") ==
        R"({"credentials":"***","n":1})");
  CHECK(mask_secrets(R"({"params": "{\"tokens\":[1],\"token\":[\"a\\\"]\",\"b\"],\"n\":1}"})") ==
        R"({"params": "{\"tokens\":[1],\"token\":\"***\",\"n\":1}"})");
  CHECK(mask_secrets("{'password': ['x', 'y'], 'z': 2}") == "{'password': \"***\", 'z': 2}");
  CHECK(mask_secrets("--set userParams.password=[\"a b\", \"c\"] --set seed=7") ==
        "--set userParams.password=*** --set seed=7");
  CHECK(mask_secrets(R"(["userParams.auth={\"user\":\"a\"}", "seed=7"])") ==
        R"(["userParams.auth=***", "seed=7"])");
}

TEST_CASE("A list of a secret name that is cut off is masked as far as it goes",
          "[base][secrets]") {
  CHECK(mask_secrets(R"({"token": ["a", "b)") == R"({"token": "***")");
  CHECK(mask_secrets(R"({"text": "{\"token\": [\"a\", ", "n": 1})") ==
        R"({"text": "{\"token\": \"***\"", "n": 1})");
}

TEST_CASE("What is masked stays as it is", "[base][secrets]") {
  const std::string once =
      mask_secrets(R"(https://a:b@c/?sig=d "token": "e" "auth": ["g"] --set x.password=f)");
  CHECK(mask_secrets(once) == once);
  CHECK(mask_secrets("") == "");
  CHECK(mask_secrets("= : \" ' ://") == "= : \" ' ://");
}

}  // namespace
}  // namespace alinktf
