// What a job and its prediction engine say to each other, over a stream socket.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::tensorflow {

/// The job asks, the engine gives one answer to each question. A message is a head and a body.
enum class MessageKind : std::uint32_t {
  // Questions.
  kOpen = 1,  ///< body: an OpenRequest; answered once the model is loaded
  kBind = 2,  ///< body: a BindRequest; answered with the number of the call
  kRun = 3,   ///< number: that of the call; body: its inputs, as append_tensor() writes them
  // Answers.
  kDone = 11,    ///< to kOpen: body is TensorFlow's version; to kBind: number is the call's
  kResult = 12,  ///< to kRun; body: the outputs
  kFailed = 13,  ///< number: an ErrorCode; body: the message
};

struct MessageHead {
  static constexpr std::size_t kBytes = 16;

  MessageKind kind = MessageKind::kDone;
  std::uint32_t number = 0;
  std::uint64_t size = 0;  ///< bytes of the body
};

/// Load this model with that library.
struct OpenRequest {
  std::vector<std::string> library;  ///< LibraryFiles::files
  std::string model;                 ///< the folder of a SavedModel
  std::vector<std::string> tags;
  std::string config;  ///< a serialized tensorflow.ConfigProto

  void append_to(Buffer& out) const;
  static Result<OpenRequest> read(std::string_view bytes);
};

/// A call: from these tensors of the graph to those. Names as "x:0".
struct BindRequest {
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;

  void append_to(Buffer& out) const;
  static Result<BindRequest> read(std::string_view bytes);
};

/// Begin a message in `out`: room for its head.
void start_message(Buffer& out);

/// Complete the message that `out` holds, and send it. kWorker with errno if the peer has gone.
Result<void> send_message(int socket, MessageKind kind, std::uint32_t number, Buffer& out);

/// Wait for a message; its body goes to `body`. False if the peer has closed its end. kWorker if it
/// broke off in the middle of one.
///
/// For as long as `spin` it is asked for again and again: waking up from a wait in the kernel takes
/// longer than a small model does.
Result<bool> receive_message(int socket,
                             MessageHead& head,
                             Buffer& body,
                             std::chrono::microseconds spin = {});

/// A good `spin` for whoever wants short answers: none where the peer needs our only core.
std::chrono::microseconds prompt_spin();

}  // namespace alinktf::tensorflow
