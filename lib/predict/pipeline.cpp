#include "predict/pipeline.hpp"

#include "sys/thread.hpp"

#include <utility>

namespace alinktf::predict {

Result<std::unique_ptr<Pipeline>> Pipeline::start(std::vector<Work> scorers, Work write) {
  std::unique_ptr<Pipeline> started(new Pipeline(scorers.size() + 2));  // private constructor
  Pipeline& pipeline = *started;
  for (Work& each : scorers) {
    ALINKTF_ASSIGN_OR_RETURN(auto thread, sys::start_thread([&pipeline, work = std::move(each)] {
                               pipeline.score(work);
                             }));
    pipeline.threads_.push_back(std::move(thread));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto thread, sys::start_thread([&pipeline, work = std::move(write)] {
                             pipeline.write(work);
                           }));
  pipeline.threads_.push_back(std::move(thread));
  return started;
}

Pipeline::~Pipeline() {
  stop();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void Pipeline::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  filled_.notify_all();
  scored_.notify_all();
  free_.notify_all();
}

bool Pipeline::put(Batch& batch) {
  {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [&] { return stopped_ || put_ - written_ < slots_.size(); });
    if (stopped_) {
      return false;
    }
    Slot& slot = slot_of(put_);
    std::swap(slot.batch, batch);
    slot.state = Slot::State::kFilled;
    ++put_;
  }
  filled_.notify_one();
  return true;
}

void Pipeline::score(const Work& work) {
  for (;;) {
    Slot* slot = nullptr;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [&] { return stopped_ || ended_ || taken_ < put_; });
      if (stopped_ || taken_ == put_) {
        return;
      }
      slot = &slot_of(taken_++);
    }
    auto done = work(slot->batch);
    {
      const std::lock_guard lock(mutex_);
      slot->state = Slot::State::kScored;
      slot->error = done.ok() ? std::nullopt : std::optional(std::move(done).error());
    }
    scored_.notify_one();
  }
}

void Pipeline::write(const Work& work) {
  for (;;) {
    Slot* slot = nullptr;
    {
      std::unique_lock lock(mutex_);
      scored_.wait(lock, [&] {
        return stopped_ || slot_of(written_).state == Slot::State::kScored ||
               (ended_ && written_ == put_);
      });
      if (stopped_ || slot_of(written_).state != Slot::State::kScored) {
        return;
      }
      slot = &slot_of(written_);
    }
    auto done = slot->error ? Result<void>(*std::move(slot->error)) : work(slot->batch);
    slot->batch.clear();
    if (!done.ok()) {
      {
        const std::lock_guard lock(mutex_);
        error_ = std::move(done).error();
      }
      stop();
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      slot->state = Slot::State::kFree;
      ++written_;
    }
    free_.notify_one();
  }
}

Result<void> Pipeline::finish() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  filled_.notify_all();
  scored_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  return error_ ? Result<void>(*std::exchange(error_, std::nullopt)) : Result<void>();
}

}  // namespace alinktf::predict
