// Examples for tests, made by protobuf.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include <formats/example/example.pb.h>

namespace alinktf::example {

/// A tf.train.Example, put together feature by feature.
class Sample {
 public:
  Sample& floats(const std::string& name, std::initializer_list<float> values) {
    auto* const list = feature(name).mutable_float_list();
    for (const float value : values) {
      list->add_value(value);
    }
    return *this;
  }
  Sample& ints(const std::string& name, std::initializer_list<std::int64_t> values) {
    auto* const list = feature(name).mutable_int64_list();
    for (const std::int64_t value : values) {
      list->add_value(value);
    }
    return *this;
  }
  Sample& bytes(const std::string& name, std::initializer_list<std::string> values) {
    auto* const list = feature(name).mutable_bytes_list();
    for (const std::string& value : values) {
      list->add_value(value);
    }
    return *this;
  }
  Sample& nothing(const std::string& name) {
    feature(name);
    return *this;
  }
  [[nodiscard]] std::string serialized() const { return example_.SerializeAsString(); }

 private:
  proto::Feature& feature(const std::string& name) {
    return (*example_.mutable_features()->mutable_feature())[name];
  }

  proto::Example example_;
};

}  // namespace alinktf::example
