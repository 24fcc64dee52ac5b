#include "fetch/download.hpp"

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "sys/fd.hpp"
#include "sys/shared_library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include <curl/curl.h>
#include <fcntl.h>
#include <md5.h>

namespace alinktf::fetch {

namespace {

using Clock = std::chrono::steady_clock;

constexpr long kMostRedirects = 10;
constexpr long kOk = 200;           // HTTP's status of an answer that is the whole file
constexpr int kLongestWait = 1000;  // ms between two looks at the clock

/// The functions of libcurl that we use, each called curl_NAME there. The library is loaded for the
/// first download: linked, it and the twenty others that it needs would cost every start of the
/// program some milliseconds.
struct Library {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_info_read) multi_info_read;
};

Result<Library> load() {
  ALINKTF_ASSIGN_OR_RETURN(const auto shared, sys::SharedLibrary::open("libcurl.so.4", "libcurl4"));
  Library out{};
  ALINKTF_TRY(shared.find("curl_global_init", out.global_init));
  ALINKTF_TRY(shared.find("curl_easy_init", out.easy_init));
  ALINKTF_TRY(shared.find("curl_easy_cleanup", out.easy_cleanup));
  ALINKTF_TRY(shared.find("curl_easy_setopt", out.easy_setopt));
  ALINKTF_TRY(shared.find("curl_easy_getinfo", out.easy_getinfo));
  ALINKTF_TRY(shared.find("curl_easy_strerror", out.easy_strerror));
  ALINKTF_TRY(shared.find("curl_multi_init", out.multi_init));
  ALINKTF_TRY(shared.find("curl_multi_cleanup", out.multi_cleanup));
  ALINKTF_TRY(shared.find("curl_multi_add_handle", out.multi_add_handle));
  ALINKTF_TRY(shared.find("curl_multi_remove_handle", out.multi_remove_handle));
  ALINKTF_TRY(shared.find("curl_multi_perform", out.multi_perform));
  ALINKTF_TRY(shared.find("curl_multi_poll", out.multi_poll));
  ALINKTF_TRY(shared.find("curl_multi_info_read", out.multi_info_read));
  if (out.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error(ErrorCode::kInternal, "libcurl cannot be set up");
  }
  return out;
}

Result<const Library*> library() {
  static const Result<Library> loaded = load();
  if (!loaded.ok()) {
    return loaded.error();
  }
  return &loaded.value();
}

/// The file being written, what it hashes to, and why it was given up.
class Target {
 public:
  static Result<Target> open(const std::string& path, std::uint64_t most_bytes) {
    ALINKTF_ASSIGN_OR_RETURN(sys::Fd file,
                             sys::Fd::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    return Target(std::move(file), most_bytes);
  }

  /// libcurl's write function: fewer bytes than `size * count` end the transfer.
  static std::size_t write(const char* bytes, std::size_t size, std::size_t count, void* self) {
    return static_cast<Target*>(self)->add({bytes, size * count});
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  Result<void> close() { return file_.close(); }

  std::string md5() {
    std::array<char, MD5_DIGEST_STRING_LENGTH> text{};
    ::MD5End(&md5_, text.data());
    return text.data();
  }

 private:
  Target(sys::Fd file, std::uint64_t most_bytes) : file_(std::move(file)), most_(most_bytes) {
    ::MD5Init(&md5_);
  }

  std::size_t add(std::string_view bytes) {
    if (bytes.size() > most_ - bytes_) {
      error_.emplace(ErrorCode::kSpec,
                     fmt::format("expected a file of at most {} bytes, found a larger one", most_));
      return 0;
    }
    if (auto wrote = sys::write_all(file_.get(), bytes); !wrote.ok()) {
      error_ = std::move(wrote).error();
      return 0;
    }
    ::MD5Update(&md5_,
                reinterpret_cast<const std::uint8_t*>(bytes.data()),  // NOLINT: bytes
                bytes.size());
    bytes_ += bytes.size();
    return bytes.size();
  }

  sys::Fd file_;
  std::uint64_t most_;
  std::uint64_t bytes_ = 0;
  MD5_CTX md5_{};
  std::optional<Error> error_;
};

class Transfer {
 public:
  Transfer(const Library& curl, Target& target)
      : curl_(curl),
        target_(target),
        easy_(curl.easy_init(), curl.easy_cleanup),
        multi_(curl.multi_init(), curl.multi_cleanup) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;
  ~Transfer() {
    if (added_) {
      curl_.multi_remove_handle(multi_.get(), easy_.get());
    }
  }

  Result<void> run(const std::string& url,
                   std::chrono::milliseconds timeout,
                   const sys::Interruption& interruption) {
    if (!set_up(url)) {
      return Error(ErrorCode::kInternal, "libcurl refuses what it is told to do; is it very old?");
    }
    Clock::time_point since = Clock::now();
    std::uint64_t bytes = 0;
    for (int running = 1; running != 0;) {
      if (curl_.multi_perform(multi_.get(), &running) != CURLM_OK) {
        return Error(ErrorCode::kInternal, "libcurl cannot go on");
      }
      ALINKTF_TRY(interruption.check());
      if (target_.bytes() - bytes >= kLeastBytes) {
        since = Clock::now();
        bytes = target_.bytes();
      }
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(since + timeout - Clock::now());
      if (running != 0 && left.count() <= 0) {
        return too_slow(target_.bytes() - bytes, timeout);
      }
      if (running != 0) {
        wait(interruption.fd, static_cast<int>(std::min<std::int64_t>(left.count(), kLongestWait)));
      }
    }
    return outcome();
  }

 private:
  bool set_up(const std::string& url) {
    CURL* const easy = easy_.get();
    if (easy == nullptr || multi_ == nullptr) {
      return false;
    }
    const bool tls = to_lower(url.substr(0, 6)) == "https:";
    bool done = true;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): libcurl's interface
    const auto set = [&](CURLoption option, auto value) {
      done = done && curl_.easy_setopt(easy, option, value) == CURLE_OK;
    };
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMostRedirects);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_CONNECTTIMEOUT, 0L);  // we keep the time
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server when we are to end
    set(CURLOPT_USERAGENT, "alinktf");
    set(CURLOPT_ERRORBUFFER, message_.data());
    set(CURLOPT_WRITEFUNCTION, &Target::write);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&target_));
    added_ = done && curl_.multi_add_handle(multi_.get(), easy) == CURLM_OK;
    return added_;
  }

  /// Until something comes, `fd` is readable, or the time is over.
  void wait(int fd, int milliseconds) {
    curl_waitfd extra{.fd = fd, .events = CURL_WAIT_POLLIN, .revents = 0};
    curl_.multi_poll(multi_.get(), &extra, fd >= 0 ? 1U : 0U, milliseconds, nullptr);
  }

  static Error too_slow(std::uint64_t bytes, std::chrono::milliseconds timeout) {
    return {ErrorCode::kSpec,
            fmt::format("{} bytes came in {} s, expected at least {}: the server is too slow or "
                        "does not answer; try again, or give it more time with downloadTimeout",
                        bytes,
                        std::chrono::duration<double>(timeout).count(),
                        kLeastBytes)};
  }

  Result<void> outcome() {
    if (target_.error()) {
      return *target_.error();
    }
    int left = 0;
    const CURLMsg* const message = curl_.multi_info_read(multi_.get(), &left);
    const CURLcode code = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
    long status = 0;
    curl_.easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);  // NOLINT: its interface
    if (code == CURLE_OK && status == kOk) {
      return {};
    }
    if (code == CURLE_OK || code == CURLE_HTTP_RETURNED_ERROR) {  // of 400 and more
      return Error(ErrorCode::kSpec,
                   fmt::format("the server answered with status {}, expected 200", status));
    }
    const std::string_view why =
        message_.front() != '\0' ? message_.data() : curl_.easy_strerror(code);
    return Error(ErrorCode::kSpec, mask_secrets(why));
  }

  const Library& curl_;
  Target& target_;
  std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> easy_;
  std::unique_ptr<CURLM, decltype(&::curl_multi_cleanup)> multi_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  bool added_ = false;
};

}  // namespace

Result<void> download(const Download& what,
                      const Limits& limits,
                      const sys::Interruption& interruption) {
  const auto place = [&] { return "download " + quote(mask_secrets(what.url)); };
  ALINKTF_ASSIGN_OR_RETURN(const Library* const curl, library());
  ALINKTF_ASSIGN_OR_RETURN(Target target, Target::open(what.to, limits.bytes));
  ALINKTF_TRY(Transfer(*curl, target).run(what.url, limits.timeout, interruption).context(place));
  ALINKTF_TRY(target.close().context(place));
  const std::string md5 = target.md5();
  if (!what.md5.empty() && !equal_ignoring_case(md5, what.md5)) {
    return Error(ErrorCode::kSpec,
                 fmt::format("{}: expected a file whose MD5 is {}, found {} of {} bytes",
                             place(),
                             what.md5,
                             md5,
                             target.bytes()));
  }
  return {};
}

}  // namespace alinktf::fetch
