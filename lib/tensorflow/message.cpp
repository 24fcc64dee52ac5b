#include "tensorflow/message.hpp"

#include "sys/fd.hpp"

#include <cerrno>
#include <utility>

#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::tensorflow {

namespace {

constexpr std::chrono::microseconds kPromptSpin{100};

Error broken() {
  return {ErrorCode::kInternal, "a message between the job and its prediction engine is broken"};
}

void append_text(std::string_view text, Buffer& out) {
  store_le(out.reserve(sizeof(std::uint64_t)), static_cast<std::uint64_t>(text.size()));
  out.commit(sizeof(std::uint64_t));
  out.append(text);
}

void append_texts(const std::vector<std::string>& texts, Buffer& out) {
  append_text(std::to_string(texts.size()), out);
  for (const std::string& text : texts) {
    append_text(text, out);
  }
}

/// Takes texts off the front of `bytes`; ok() is false once one did not fit.
class TextReader {
 public:
  explicit TextReader(std::string_view bytes) : bytes_(bytes) {}

  std::string text() {
    if (bytes_.size() < sizeof(std::uint64_t)) {
      ok_ = false;
      return {};
    }
    const auto size = load_le<std::uint64_t>(bytes_.data());
    bytes_.remove_prefix(sizeof(std::uint64_t));
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (auto left = std::strtoull(text().c_str(), nullptr, 10); left > 0 && ok_; --left) {
      all.push_back(text());
    }
    return all;
  }

  [[nodiscard]] bool ok() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

/// Read `size` bytes: how many there were before the end.
Result<std::size_t> read_all(int fd, char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(fd, to + done, size - done);
    if (got == 0) {
      break;
    }
    if (got < 0 && errno == ECONNRESET) {
      break;
    }
    if (got < 0 && errno != EINTR) {
      return os_error(ErrorCode::kWorker, "reading from the prediction engine's socket");
    }
    done += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return done;
}

/// Until there is something to read, or `limit` has passed.
void spin_for_input(int socket, std::chrono::microseconds limit) {
  using Clock = std::chrono::steady_clock;
  char byte = 0;
  for (const auto until = Clock::now() + limit; Clock::now() < until;) {
    if (::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN) {
      return;
    }
  }
}

}  // namespace

void OpenRequest::append_to(Buffer& out) const {
  append_texts(library, out);
  append_text(model, out);
  append_texts(tags, out);
  append_text(config, out);
}

Result<OpenRequest> OpenRequest::read(std::string_view bytes) {
  TextReader reader(bytes);
  OpenRequest request;
  request.library = reader.texts();
  request.model = reader.text();
  request.tags = reader.texts();
  request.config = reader.text();
  return reader.ok() ? Result<OpenRequest>(std::move(request)) : broken();
}

void BindRequest::append_to(Buffer& out) const {
  append_texts(inputs, out);
  append_texts(outputs, out);
}

Result<BindRequest> BindRequest::read(std::string_view bytes) {
  TextReader reader(bytes);
  BindRequest request;
  request.inputs = reader.texts();
  request.outputs = reader.texts();
  return reader.ok() ? Result<BindRequest>(std::move(request)) : broken();
}

void start_message(Buffer& out) {
  out.clear();
  out.reserve(MessageHead::kBytes);
  out.commit(MessageHead::kBytes);
}

Result<void> send_message(int socket, MessageKind kind, std::uint32_t number, Buffer& out) {
  store_le(out.data(), static_cast<std::uint32_t>(kind));
  store_le(out.data() + 4, number);
  store_le(out.data() + 8, static_cast<std::uint64_t>(out.size() - MessageHead::kBytes));
  auto sent = sys::write_all(socket, out.view());
  if (!sent.ok()) {
    return Error(
        ErrorCode::kWorker, "writing to the prediction engine's socket", sent.error().cause());
  }
  return {};
}

std::chrono::microseconds prompt_spin() {
  cpu_set_t cores;
  const bool several = ::sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 1;
  return several ? kPromptSpin : std::chrono::microseconds{0};
}

Result<bool> receive_message(int socket,
                             MessageHead& head,
                             Buffer& body,
                             std::chrono::microseconds spin) {
  spin_for_input(socket, spin);
  char bytes[MessageHead::kBytes];
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, read_all(socket, bytes, sizeof bytes));
  if (got == 0) {
    return false;
  }
  if (got == sizeof bytes) {
    head.kind = static_cast<MessageKind>(load_le<std::uint32_t>(bytes));
    head.number = load_le<std::uint32_t>(bytes + 4);
    head.size = load_le<std::uint64_t>(bytes + 8);
    body.clear();
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t size,
                             read_all(socket, body.reserve(head.size), head.size));
    if (size == head.size) {
      body.commit(size);
      return true;
    }
  }
  return Error(ErrorCode::kWorker, "a message of the prediction engine broke off");
}

}  // namespace alinktf::tensorflow
