#include "serve/http_server.hpp"

#include "base/text.hpp"
#include "sys/thread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::serve {

namespace {

constexpr std::size_t kLongestHead = std::size_t{64} << 10U;
constexpr std::size_t kLongestBody = std::size_t{1} << 30U;
constexpr std::size_t kMostConnections = 256;
/// A client that stops in the middle of a request is given up after this long.
constexpr int kPatienceMilliseconds = 30000;
constexpr int kLingerMilliseconds = 1000;

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Payload Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

HttpResponse refusal(int status, std::string_view why) {
  return {.status = status, .body = fmt::format(R"({{"error": "{}"}})", why)};
}

std::string text_of(const HttpResponse& response, bool keep) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
      response.status,
      reason_of(response.status),
      response.body.size(),
      keep ? "" : "Connection: close\r\n",
      response.body);
}

/// The line that ends at `end` in `text` from `begin` on.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

/// What the head of a request says about it.
struct Head {
  HttpRequest request;
  std::optional<std::size_t> length;
  bool chunked = false;
  bool keep = true;
  bool wants_continue = false;
};

/// Nothing if `text` is no head of a request.
std::optional<Head> parse_head(std::string_view text) {
  std::string_view line = take_line(text);
  Head head;
  head.request.method = take_word(line);
  head.request.path = take_word(line);
  head.request.path.resize(std::min(head.request.path.find('?'), head.request.path.size()));
  if (!line.starts_with("HTTP/1.") || head.request.path.empty()) {
    return std::nullopt;
  }
  head.keep = line != "HTTP/1.0";
  while (!text.empty()) {
    line = take_line(text);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string name = to_lower(line.substr(0, colon));
    const std::string value = to_lower(trim(line.substr(std::min(colon + 1, line.size()))));
    if (name == "content-length") {
      std::size_t length = 0;
      const char* const end = value.data() + value.size();
      if (value.empty() || std::from_chars(value.data(), end, length).ptr != end) {
        return std::nullopt;
      }
      head.length = length;
    } else if (name == "transfer-encoding") {
      head.chunked = value == "chunked";
    } else if (name == "connection") {
      head.keep = value == "keep-alive" || (head.keep && value != "close");
    } else if (name == "expect") {
      head.wants_continue = value == "100-continue";
    }
  }
  return head;
}

/// One client.
class Connection {
 public:
  Connection(sys::Fd socket, int stop_fd, const HttpServer::Handler& handler)
      : socket_(std::move(socket)), stop_fd_(stop_fd), handler_(handler) {
    const int yes = 1;
    static_cast<void>(::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes));
  }

  void serve() {
    while (serve_one()) {
    }
    if (refused_) {
      linger();
    }
  }

  /// Answer the first request, unread, with 503.
  void refuse(std::string_view why) {
    answer_refusal(503, why);
    linger();
  }

 private:
  /// Answer the next request. False if the connection is to be closed.
  bool serve_one() {
    std::size_t end = 0;
    while ((end = text_.find("\r\n\r\n")) == std::string::npos) {
      if (text_.size() > kLongestHead) {
        return answer_refusal(400, "the head of the request is too long");
      }
      if (!receive(text_.empty())) {
        return false;
      }
    }
    auto head = parse_head(std::string_view(text_).substr(0, end));
    text_.erase(0, end + 4);
    if (!head) {
      return answer_refusal(400, "this is no HTTP request");
    }
    if (head->wants_continue && !send("HTTP/1.1 100 Continue\r\n\r\n")) {
      return false;
    }
    if (head->length.value_or(0) > kLongestBody) {
      return answer_refusal(413, "the body is longer than 1 GiB");
    }
    if (head->chunked ? !receive_chunks(head->request.body)
                      : !receive_body(head->length.value_or(0), head->request.body)) {
      return false;
    }
    return send(text_of(handler_(head->request), head->keep)) && head->keep;
  }

  bool receive_body(std::size_t size, std::string& body) {
    while (text_.size() < size) {
      if (!receive(false)) {
        return false;
      }
    }
    body += text_.substr(0, size);
    text_.erase(0, size);
    return true;
  }

  bool receive_chunks(std::string& body) {
    for (;;) {
      std::size_t end = 0;
      while ((end = text_.find("\r\n")) == std::string::npos) {
        if (!receive(false)) {
          return false;
        }
      }
      std::size_t size = 0;
      const auto parsed = std::from_chars(text_.data(), text_.data() + end, size, 16);
      if (parsed.ec != std::errc() || size > kLongestBody || body.size() > kLongestBody) {
        return false;
      }
      text_.erase(0, end + 2);
      std::string line_end;
      if (!receive_body(size, body) || !receive_body(2, line_end)) {
        return false;
      }
      if (size == 0) {
        return line_end == "\r\n";  // trailers are not supported
      }
    }
  }

  /// Wait for more bytes. `idle`: between two requests, when stopping ends the connection.
  bool receive(bool idle) {
    std::array<pollfd, 2> fds{pollfd{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = idle ? stop_fd_ : -1, .events = POLLIN, .revents = 0}};
    const int ready = ::poll(fds.data(), fds.size(), idle ? -1 : kPatienceMilliseconds);
    if (ready < 0 && errno == EINTR) {
      return true;
    }
    if (ready <= 0 || (fds[0].revents == 0 && fds[1].revents != 0)) {
      return false;
    }
    std::array<char, 16384> bytes{};
    const ssize_t got = ::read(socket_.get(), bytes.data(), bytes.size());
    if (got <= 0) {
      return got < 0 && errno == EINTR;
    }
    text_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }

  /// The last answer on this connection: false.
  bool answer_refusal(int status, std::string_view why) {
    send(text_of(refusal(status, why), false));
    refused_ = true;
    return false;
  }

  /// Take in what the client still sends until it has read our last answer, for a while: closed
  /// with bytes unread, the connection would be reset, and the answer might be lost.
  void linger() const {
    ::shutdown(socket_.get(), SHUT_WR);
    std::array<char, 16384> bytes{};
    pollfd more{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    for (std::size_t left = kLongestHead * 16; left >= bytes.size(); left -= bytes.size()) {
      if (::poll(&more, 1, kLingerMilliseconds) != 1 ||
          ::read(socket_.get(), bytes.data(), bytes.size()) <= 0) {
        return;
      }
    }
  }

  /// False if the client has gone.
  bool send(std::string_view text) const {  // NOLINT(modernize-use-nodiscard): refusals are tried
    return sys::write_all(socket_.get(), text).ok();
  }

  sys::Fd socket_;
  int stop_fd_;
  const HttpServer::Handler& handler_;
  std::string text_;  ///< received, not yet used
  bool refused_ = false;
};

Result<sys::Fd> listen_on(std::uint16_t port) {
  sys::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  static_cast<void>(::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener.get(),
             reinterpret_cast<const sockaddr*>(&address),  // NOLINT: the socket API's way
             sizeof address) != 0 ||
      ::listen(listener.get(), SOMAXCONN) != 0) {
    return os_error(ErrorCode::kInternal, fmt::format("--http: cannot listen on port {}", port));
  }
  return listener;
}

}  // namespace

/// Accepts connections, and counts those that are open.
class HttpServer::Connections {
 public:
  Connections(int listener, int stop_fd, Handler handler)
      : listener_(listener), stop_fd_(stop_fd), handler_(std::move(handler)) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  Connections(Connections&&) = delete;
  Connections& operator=(Connections&&) = delete;
  /// After stopping: waits for all.
  ~Connections() {
    if (thread_.joinable()) {
      thread_.join();
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
  }

  Result<void> start() {
    ALINKTF_ASSIGN_OR_RETURN(thread_, sys::start_thread([this] { accept(); }));
    return {};
  }

 private:
  void accept() {
    std::array<pollfd, 2> fds{pollfd{.fd = listener_, .events = POLLIN, .revents = 0},
                              pollfd{.fd = stop_fd_, .events = POLLIN, .revents = 0}};
    while (fds[1].revents == 0) {
      static_cast<void>(::poll(fds.data(), fds.size(), -1));
      accept_one();
    }
    // Who had connected before the end is answered too; who goes on connecting cannot put it off.
    for (int late = 0; late < SOMAXCONN && accept_one(); ++late) {
    }
  }

  /// False if nobody waits.
  bool accept_one() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return open_ < kMostConnections; });
    }
    sys::Fd socket(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    const bool found = static_cast<bool>(socket);
    if (found) {
      serve(std::make_shared<Connection>(std::move(socket), stop_fd_, handler_));
    }
    return found;
  }

  void serve(const std::shared_ptr<Connection>& client) {
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    auto thread = sys::start_thread([this, own = client]() mutable {
      own->serve();
      own.reset();
      closed();
    });
    if (thread.ok()) {
      std::move(thread).value().detach();
    } else {
      client->refuse(thread.error().str());
      closed();
    }
  }

  void closed() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();  // with the lock: this object goes once open_ is 0
  }

  int listener_;
  int stop_fd_;
  Handler handler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
  std::thread thread_;
};

HttpServer::HttpServer(sys::Fd listener, std::uint16_t port, sys::Pipe stop)
    : listener_(std::move(listener)), port_(port), stop_(std::move(stop)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(std::uint16_t port, Handler handler) {
  ALINKTF_ASSIGN_OR_RETURN(auto listener, listen_on(port));
  ALINKTF_ASSIGN_OR_RETURN(auto stop, sys::Pipe::create());
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(listener.get(),
                    reinterpret_cast<sockaddr*>(&address),  // NOLINT: the socket API's way
                    &size) != 0) {
    return os_error(ErrorCode::kInternal, "getsockname");
  }
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(listener), ntohs(address.sin_port), std::move(stop)));
  server->connections_ = std::make_unique<Connections>(
      server->listener_.get(), server->stop_.read.get(), std::move(handler));
  ALINKTF_TRY(server->connections_->start());
  return server;
}

void HttpServer::stop() {
  stop_.write = sys::Fd();
  connections_.reset();
  listener_ = sys::Fd();
}

}  // namespace alinktf::serve
