#include "sys/event_loop.hpp"

#include "base/assert.hpp"

#include <array>
#include <cerrno>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

/// An event's tag: the watch's id above the descriptor, so that a reused descriptor is told apart.
std::uint64_t make_tag(std::uint64_t id, int fd) {
  return id << 32U | static_cast<std::uint32_t>(fd);
}

Result<void> control(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll, operation, fd, &event) != 0) {
    return os_error(ErrorCode::kInternal, "epoll_ctl");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) {
    return os_error(ErrorCode::kInternal, "epoll_create1");
  }
  Fd waker(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!waker) {
    return os_error(ErrorCode::kInternal, "eventfd");
  }
  const int waker_fd = waker.get();
  std::unique_ptr<EventLoop> loop(new EventLoop(std::move(epoll), std::move(waker)));
  ALINKTF_TRY(loop->watch(waker_fd, EPOLLIN, [loop = loop.get(), waker_fd](std::uint32_t) {
    std::uint64_t count = 0;
    static_cast<void>(!::read(waker_fd, &count, sizeof count));
    if (loop->on_wake_) {
      loop->on_wake_();
    }
  }));
  return loop;
}

Result<void> EventLoop::watch(int fd, std::uint32_t events, Handler handler) {
  ALINKTF_ASSERT(!watches_.contains(fd));
  auto watch = std::make_shared<Watch>();
  watch->id = next_id_++;
  watch->events = events;
  watch->handler = std::move(handler);
  ALINKTF_TRY(control(epoll_.get(), EPOLL_CTL_ADD, fd, events, make_tag(watch->id, fd)));
  watches_.emplace(fd, std::move(watch));
  return {};
}

void EventLoop::change(int fd, std::uint32_t events) {
  const auto found = watches_.find(fd);
  ALINKTF_ASSERT(found != watches_.end());
  if (found->second->events == events) {
    return;
  }
  found->second->events = events;
  const auto changed =
      control(epoll_.get(), EPOLL_CTL_MOD, fd, events, make_tag(found->second->id, fd));
  ALINKTF_ASSERT(changed.ok());
}

void EventLoop::forget(int fd) {
  if (watches_.erase(fd) != 0) {
    static_cast<void>(control(epoll_.get(), EPOLL_CTL_DEL, fd, 0, 0).ok());
  }
}

EventLoop::TimerId EventLoop::call_at(Clock::time_point when, Callback callback) {
  const TimerId id = next_id_++;
  timers_.emplace(when, std::make_pair(id, std::move(callback)));
  return id;
}

void EventLoop::cancel(TimerId timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.second.first == timer; });
}

void EventLoop::shift_deadlines(Clock::duration pause) {
  decltype(timers_) shifted;
  for (auto& [when, entry] : timers_) {
    shifted.emplace(when + pause, std::move(entry));
  }
  timers_ = std::move(shifted);
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(waker_.get(), &one, sizeof one));
}

Result<void> EventLoop::run(const std::function<bool()>& done) {
  std::array<epoll_event, 64> events{};
  while (!done()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), wait_milliseconds());
    if (count == -1 && errno != EINTR) {
      return os_error(ErrorCode::kInternal, "epoll_wait");
    }
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      serve(event.data.u64, event.events);
    }
    serve_deadlines();
  }
  return {};
}

int EventLoop::wait_milliseconds() const {
  if (timers_.empty()) {
    return -1;
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - Clock::now());
  constexpr std::chrono::milliseconds kLongest{std::chrono::hours(1)};
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), kLongest).count());
}

void EventLoop::serve(std::uint64_t tag, std::uint32_t events) {
  const int fd = static_cast<int>(tag & 0xFFFFFFFFU);
  const auto found = watches_.find(fd);
  if (found == watches_.end() || make_tag(found->second->id, fd) != tag) {
    return;  // forgotten by a handler of this round
  }
  const std::shared_ptr<Watch> alive = found->second;  // the handler may forget itself
  alive->handler(events);
}

void EventLoop::serve_deadlines() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Callback callback = std::move(timers_.begin()->second.second);
    timers_.erase(timers_.begin());
    callback();
  }
}

}  // namespace alinktf::sys
