#include "sys/signals.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <set>

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

namespace alinktf::sys {
namespace {

bool blocked(int signo) {
  sigset_t set;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &set);
  return ::sigismember(&set, signo) == 1;
}

bool readable(int fd) {
  pollfd state{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&state, 1, 0) == 1;
}

/// What is done with a signal, restored at the end.
class Disposition {
 public:
  Disposition(int signo, void (*handler)(int)) : signo_(signo) {
    struct sigaction action {};
    action.sa_handler = handler;
    REQUIRE(::sigaction(signo, &action, &before_) == 0);
  }
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;
  Disposition(Disposition&&) = delete;
  Disposition& operator=(Disposition&&) = delete;
  ~Disposition() { ::sigaction(signo_, &before_, nullptr); }

 private:
  int signo_;
  struct sigaction before_ {};
};

TEST_CASE("Signals arrive as events instead of ending the program", "[sys][signals]") {
  const Signals signals = take(Signals::block());
  CHECK_FALSE(signals.next().has_value());
  CHECK_FALSE(readable(signals.fd()));
  std::set<int> sent{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD};
  for (const int signo : sent) {
    if (signo != SIGTSTP) {  // a CONT takes back a pending stop
      REQUIRE(::pthread_kill(::pthread_self(), signo) == 0);
    }
  }
  sent.erase(SIGTSTP);
  CHECK(readable(signals.fd()));
  std::set<int> received;
  while (const auto signo = signals.next()) {
    received.insert(*signo);
  }
  CHECK(received == sent);
}

TEST_CASE("A stop from the terminal arrives as an event", "[sys][signals]") {
  const Signals signals = take(Signals::block());
  REQUIRE(::pthread_kill(::pthread_self(), SIGTSTP) == 0);
  CHECK(signals.next() == SIGTSTP);
}

TEST_CASE("The signal mask is as before when signals are no longer events", "[sys][signals]") {
  REQUIRE_FALSE(blocked(SIGTERM));
  {
    Signals signals = take(Signals::block());
    CHECK(blocked(SIGTERM));
    CHECK_FALSE(blocked(SIGUSR1));
    const Signals moved = std::move(signals);
    CHECK(blocked(SIGTERM));
  }
  CHECK_FALSE(blocked(SIGTERM));
}

TEST_CASE("A signal that comes when all is decided changes nothing", "[sys][signals]") {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  {
    auto signals = take(Signals::block());
    signals.leave_blocked();
    ::raise(SIGINT);
  }
  CHECK(blocked(SIGINT));
  int taken = 0;
  ::sigwait(&interrupt, &taken);  // or it would end this test
  CHECK(taken == SIGINT);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

TEST_CASE("A signal that was ignored stays ignored", "[sys][signals]") {
  const Disposition ignore(SIGHUP, SIG_IGN);
  const Signals signals = take(Signals::block());
  CHECK_FALSE(blocked(SIGHUP));
  REQUIRE(::pthread_kill(::pthread_self(), SIGHUP) == 0);
  CHECK_FALSE(signals.next().has_value());
}

TEST_CASE("A reader that has gone is an error of write and no signal", "[sys][signals]") {
  const Signals signals = take(Signals::block());
  Pipe pipe = take(Pipe::create());
  take(pipe.read.close());
  CHECK_FALSE(write_all(pipe.write.get(), "x").ok());
}

}  // namespace
}  // namespace alinktf::sys
