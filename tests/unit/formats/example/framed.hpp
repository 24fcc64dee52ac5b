// TFRecord files in tests.
#pragma once

#include "base/bytes.hpp"
#include "formats/tfrecord/framing.hpp"

#include <string>
#include <string_view>

namespace alinktf::example {

/// `record` in its frame.
inline std::string framed(std::string_view record) {
  std::string frame(tfrecord::kHeaderBytes + record.size() + tfrecord::kFooterBytes, '\0');
  record.copy(frame.data() + tfrecord::kHeaderBytes, record.size());
  tfrecord::write_frame(frame.data(), record.size());
  return frame;
}

}  // namespace alinktf::example
