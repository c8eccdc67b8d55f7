// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace latchkey::crypto {

// Threads kept for the length of one computation.  The thread that waits works too, so that `workers`
// jobs run at once with `workers - 1` threads; where none can be made, everything runs in wait().
class JobPool {
  public:
    struct Job {
        void (*run)(void*);
        void* argument;
    };

    JobPool(std::size_t workers, const std::atomic<bool>& cancelled);
    JobPool(const JobPool&) = delete;
    JobPool& operator=(const JobPool&) = delete;
    ~JobPool();

    // False if there is no memory to remember the job.
    [[nodiscard]] bool submit(Job job) noexcept;
    // Returns when no job is left.  Once cancelled, jobs that have not begun are dropped: false.
    [[nodiscard]] bool wait();

  private:
    void work();
    bool run_one(std::unique_lock<std::mutex>& lock);

    const std::atomic<bool>& cancelled_;
    std::mutex mutex_;
    std::condition_variable jobs_changed_;
    std::condition_variable idle_;
    std::deque<Job> jobs_;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey::crypto
