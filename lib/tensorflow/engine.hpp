// The process that runs a model: what is behind `alinktf engine`.
#pragma once

namespace alinktf::tensorflow {

/// The first descriptor of an engine's channels.
constexpr int kFirstChannel = 3;

/// Answer the messages (message.hpp) on the sockets kFirstChannel, kFirstChannel + 1 …, each in a
/// thread of its own, until the first is closed. The model is shared: kOpen and kBind come on the
/// first channel, and no kRun before them. `prompt`: rather busy than late, see
/// prompt_spin(). Does not return.
[[noreturn]] void serve_engine(int channels, bool prompt);

}  // namespace alinktf::tensorflow
