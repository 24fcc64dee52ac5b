// The parts that Kryo's objects are made of.
#pragma once

#include "base/bytes.hpp"
#include "formats/ak/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::ak {

/// The names of classes in an object: each is written once.
struct ClassNames {
  std::array<Buffer, 8> names;
  std::size_t count = 0;
};

/// Takes Kryo's values off a record. Once something is not what was expected, failed() stays true,
/// and values mean nothing.
class KryoReader {
 public:
  /// Forgets the `names` of the object before.
  KryoReader(Fields& fields, ClassNames& names) : fields_(fields), names_(names) {
    names_.count = 0;
  }

  [[nodiscard]] bool failed() const { return failed_; }
  void fail() { failed_ = true; }
  void expect(bool good) { failed_ = failed_ || !good; }

  std::uint32_t varint();
  /// Signed numbers: small ones take few bytes, whatever their sign.
  std::int64_t integer();
  bool boolean();
  /// The length of an array, which has `bytes` or more for each value; so it is no more than there
  /// can be.
  std::size_t length(std::size_t bytes);
  std::string_view bytes(std::size_t size);
  /// What stands before an object that has not occurred before.
  void new_object() { expect(varint() == kNewObject); }
  /// The name of a class that is written by its name.
  std::string_view class_name();
  void expect_class(std::string_view name) { expect(class_name() == name); }
  /// The number of a class that is known to both sides.
  void known_class() { expect(varint() > kNamedClass); }
  /// A text as UTF-8, appended to `out`.
  void text(Buffer& out);

  static constexpr std::uint32_t kNewObject = 1;
  static constexpr std::uint32_t kNamedClass = 1;

 private:
  std::size_t text_units();
  std::uint32_t text_unit();

  Fields& fields_;
  ClassNames& names_;
  bool failed_ = false;
};

/// Appends what KryoReader reads.
class KryoWriter {
 public:
  explicit KryoWriter(Buffer& out) : out_(out) {}

  void varint(std::uint32_t value) { append_varint(value, out_); }
  void integer(std::int64_t value);
  void boolean(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void length(std::size_t count) { varint(static_cast<std::uint32_t>(count) + 1); }
  void bytes(std::string_view bytes) { out_.append(bytes); }
  void new_object() { varint(KryoReader::kNewObject); }
  /// A class that has not been named before.
  void class_name(std::string_view prefix, std::string_view name);
  /// The class that was named last.
  void same_class();
  void text(std::string_view text);

 private:
  void text_length(std::uint32_t units);

  Buffer& out_;
  std::uint32_t names_ = 0;
};

}  // namespace alinktf::ak
