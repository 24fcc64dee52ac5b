#include "tensorflow/message.hpp"

#include "sys/fd.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

namespace tensorflow = alinktf::tensorflow;
using alinktf::Buffer;
using tensorflow::MessageKind;

TEST_CASE("A message arrives as it was sent, and then the end", "[tensorflow][message]") {
  auto pair = alinktf::take(alinktf::sys::SocketPair::create());
  const tensorflow::OpenRequest request{.library = {"a.so", "b.so"},
                                        .model = "model",
                                        .tags = {},
                                        .config = std::string("\x10\x04\0", 3)};
  Buffer out;
  tensorflow::start_message(out);
  request.append_to(out);
  REQUIRE(tensorflow::send_message(pair.ours.get(), MessageKind::kOpen, 7, out).ok());
  pair.ours = {};
  tensorflow::MessageHead head;
  Buffer body;
  REQUIRE(alinktf::take(tensorflow::receive_message(pair.theirs.get(), head, body)));
  CHECK(head.kind == MessageKind::kOpen);
  CHECK(head.number == 7);
  const auto read = alinktf::take(tensorflow::OpenRequest::read(body.view()));
  CHECK(read.library == request.library);
  CHECK(read.tags.empty());
  CHECK(read.config == request.config);
  CHECK_FALSE(alinktf::take(tensorflow::receive_message(pair.theirs.get(), head, body)));
}

TEST_CASE("A message that breaks off is an error", "[tensorflow][message]") {
  auto pair = alinktf::take(alinktf::sys::SocketPair::create());
  Buffer out;
  tensorflow::start_message(out);
  out.append("body");
  REQUIRE(tensorflow::send_message(pair.ours.get(), MessageKind::kDone, 0, out).ok());
  // The same message again, but for its last byte.
  REQUIRE(alinktf::sys::write_all(pair.ours.get(), out.view().substr(0, out.size() - 1)).ok());
  pair.ours = {};
  tensorflow::MessageHead head;
  Buffer body;
  REQUIRE(alinktf::take(tensorflow::receive_message(pair.theirs.get(), head, body)));
  CHECK_FALSE(tensorflow::receive_message(pair.theirs.get(), head, body).ok());
}

TEST_CASE("Who spins for a message gets it, or the end, as who waits", "[tensorflow][message]") {
  constexpr std::chrono::microseconds kSpin = std::chrono::hours(1);
  auto pair = alinktf::take(alinktf::sys::SocketPair::create());
  bool sent = false;
  std::thread other([&] {
    Buffer out;
    tensorflow::start_message(out);
    out.append("body");
    sent = tensorflow::send_message(pair.ours.get(), MessageKind::kRun, 1, out).ok();
    pair.ours = {};
  });
  tensorflow::MessageHead head;
  Buffer body;
  CHECK(alinktf::take(tensorflow::receive_message(pair.theirs.get(), head, body, kSpin)));
  CHECK(body.view() == "body");
  CHECK_FALSE(alinktf::take(tensorflow::receive_message(pair.theirs.get(), head, body, kSpin)));
  other.join();
  CHECK(sent);
}

TEST_CASE("Requests that are cut are refused", "[tensorflow][message]") {
  Buffer out;
  tensorflow::BindRequest{.inputs = {"x:0"}, .outputs = {"y:0", "z:1"}}.append_to(out);
  CHECK(alinktf::take(tensorflow::BindRequest::read(out.view())).outputs.size() == 2);
  for (std::size_t size = 0; size < out.size(); ++size) {
    CHECK_FALSE(tensorflow::BindRequest::read(out.view().substr(0, size)).ok());
  }
}
