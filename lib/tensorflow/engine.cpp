#include "tensorflow/engine.hpp"

#include "sys/thread.hpp"
#include "tensorflow/library.hpp"
#include "tensorflow/message.hpp"
#include "tensorflow/session.hpp"

#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>

#include <unistd.h>

namespace alinktf::tensorflow {

namespace {

/// What the channels share.
class Engine {
 public:
  Result<std::string> open(const OpenRequest& request) {
    ALINKTF_ASSIGN_OR_RETURN(api_, load_library({request.library}));
    const std::string version = api_.version();
    ALINKTF_ASSIGN_OR_RETURN(
        session_, Session::load(api_, request).context([&] { return "TensorFlow " + version; }));
    return version;
  }

  Result<std::uint32_t> bind(const BindRequest& request) {
    if (session_ == nullptr) {
      return not_open();
    }
    const std::lock_guard lock(mutex_);
    Call& call = calls_.emplace_back();
    if (auto bound = session_->bind(request, call); !bound.ok()) {
      calls_.pop_back();
      return std::move(bound).error();
    }
    return static_cast<std::uint32_t>(calls_.size() - 1);
  }

  Result<void> run(std::uint32_t number, const std::vector<TensorView>& inputs, Buffer& out) {
    const Call* call = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (number >= calls_.size()) {
        return not_open();
      }
      call = &calls_[number];
    }
    return session_->run(*call, inputs, out);
  }

 private:
  static Error not_open() { return {ErrorCode::kInternal, "the engine has no such call yet"}; }

  CApi api_;
  std::unique_ptr<Session> session_;
  std::mutex mutex_;
  std::deque<Call> calls_;  ///< a deque: calls stay where they are
};

/// Answers the questions of one channel.
class Channel {
 public:
  Channel(Engine& engine, int socket, std::chrono::microseconds spin)
      : engine_(engine), socket_(socket), spin_(spin) {}

  /// Until the channel is closed.
  void serve() {
    MessageHead head;
    for (;;) {
      const auto received = receive_message(socket_, head, body_, spin_);
      if (!received.ok() || !received.value() || !answer(head).ok()) {
        return;
      }
    }
  }

 private:
  Result<void> answer(const MessageHead& head) {
    start_message(out_);
    std::uint32_t number = 0;
    auto done = handle(head, number);
    if (!done.ok()) {
      start_message(out_);
      out_.append(done.error().str());
      return send_message(
          socket_, MessageKind::kFailed, static_cast<std::uint32_t>(done.error().code()), out_);
    }
    const bool ran = head.kind == MessageKind::kRun;
    return send_message(socket_, ran ? MessageKind::kResult : MessageKind::kDone, number, out_);
  }

  Result<void> handle(const MessageHead& head, std::uint32_t& number) {
    if (head.kind == MessageKind::kRun) {
      ALINKTF_TRY(read_tensors(body_.view(), inputs_));
      return engine_.run(head.number, inputs_, out_);
    }
    if (head.kind == MessageKind::kBind) {
      ALINKTF_ASSIGN_OR_RETURN(const auto request, BindRequest::read(body_.view()));
      ALINKTF_ASSIGN_OR_RETURN(number, engine_.bind(request));
      return {};
    }
    ALINKTF_ASSIGN_OR_RETURN(const auto request, OpenRequest::read(body_.view()));
    ALINKTF_ASSIGN_OR_RETURN(const std::string version, engine_.open(request));
    out_.append(version);
    return {};
  }

  Engine& engine_;
  int socket_;
  std::chrono::microseconds spin_;
  Buffer body_;
  Buffer out_;
  std::vector<TensorView> inputs_;
};

}  // namespace

void serve_engine(int channels, bool prompt) {
  const auto spin = prompt ? prompt_spin() : std::chrono::microseconds{0};
  // Neither is ever destroyed: TensorFlow's threads may still run when the process ends.
  auto* const engine = new Engine;  // NOLINT(cppcoreguidelines-owning-memory)
  for (int i = 1; i < channels; ++i) {
    auto thread =
        sys::start_thread([engine, i, spin] { Channel(*engine, kFirstChannel + i, spin).serve(); });
    if (!thread.ok()) {
      static_cast<void>(std::fprintf(stderr, "%s\n", thread.error().str().c_str()));
      ::_exit(1);
    }
    std::move(thread).value().detach();
  }
  Channel(*engine, kFirstChannel, spin).serve();
  ::_exit(0);
}

}  // namespace alinktf::tensorflow
