#include "formats/tfrecord/framing.hpp"

#include "base/bytes.hpp"
#include "formats/tfrecord/crc32c.hpp"

namespace alinktf::tfrecord {

void write_frame(char* at, std::size_t length) {
  store_le(at, std::uint64_t{length});
  store_le(at + sizeof(std::uint64_t), masked(crc32c(at, sizeof(std::uint64_t))));
  char* const payload = at + kHeaderBytes;
  store_le(payload + length, masked(crc32c(payload, length)));
}

}  // namespace alinktf::tfrecord
