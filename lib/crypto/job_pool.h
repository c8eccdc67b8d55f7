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

// Threads kept for one computation.  The waiting thread works, too, so `workers` jobs run at once with `workers - 1`
// threads.  If no thread can be created, wait() runs all jobs.
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

    // Returns false if there is no memory to queue the job.
    [[nodiscard]] bool submit(Job job) noexcept;
    // Returns true when all jobs are done.  After a cancellation, drops the jobs that have not started and returns
    // false.
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
