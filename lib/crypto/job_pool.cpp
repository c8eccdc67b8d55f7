// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/job_pool.h"

#include <new>
#include <system_error>

namespace latchkey::crypto {

JobPool::JobPool(std::size_t workers, const std::atomic<bool>& cancelled) : cancelled_(cancelled) {
    threads_.reserve(workers);
    for (std::size_t i = 1; i < workers; ++i) {
        try {
            threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            break;  // fewer threads (a limit on processes) only make it slower
        }
    }
}

JobPool::~JobPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
    }
    jobs_changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool JobPool::submit(Job job) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(job);
    } catch (const std::bad_alloc&) {
        return false;
    }
    jobs_changed_.notify_one();
    return true;
}

bool JobPool::run_one(std::unique_lock<std::mutex>& lock) {
    if (jobs_.empty()) return false;
    const Job job = jobs_.front();
    jobs_.pop_front();
    ++running_;
    lock.unlock();
    if (!cancelled_.load(std::memory_order_relaxed)) job.run(job.argument);
    lock.lock();
    if (--running_ == 0 && jobs_.empty()) idle_.notify_all();
    return true;
}

bool JobPool::wait() {
    std::unique_lock lock(mutex_);
    while (run_one(lock)) {
    }
    idle_.wait(lock, [this] { return jobs_.empty() && running_ == 0; });
    return !cancelled_.load(std::memory_order_relaxed);
}

void JobPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        jobs_changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        run_one(lock);
    }
}

}  // namespace latchkey::crypto
