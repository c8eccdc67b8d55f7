// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/helpers.h"

#include <algorithm>
#include <new>
#include <system_error>

namespace latchkey {

namespace {

// No exception may leave a thread.
Result<void> try_to(const Helpers::Work& work, std::size_t begin, std::size_t length) {
    try {
        return work(begin, length);
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, {}};
    }
}

}  // namespace

struct Helpers::Request {
    const Work& work;
    std::size_t length;
    std::size_t next = 0;  // the first byte that no thread has taken
    unsigned under_way = 0;
    std::optional<Error> error = {};
};

unsigned Helpers::spare_processors() {
    return std::min(std::max(1U, std::thread::hardware_concurrency()) - 1, 7U);
}

Helpers::~Helpers() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    offered_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Helpers::start() {
    try {
        threads_.reserve(wanted_);
        while (threads_.size() < wanted_) threads_.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
        // Fewer threads do the work.
    }
}

// Takes parts until none are left.
void Helpers::work_on(Request& request, std::unique_lock<std::mutex>& lock) {
    while (request.next < request.length) {
        const std::size_t begin = request.next;
        const std::size_t length = std::min(kPartBytes, request.length - begin);
        request.next += length;
        if (request.next == request.length) std::erase(open_, &request);
        ++request.under_way;
        lock.unlock();
        auto done = try_to(request.work, begin, length);
        lock.lock();
        --request.under_way;
        if (done) continue;
        if (!request.error) request.error = std::move(done).error();
        request.next = request.length;
        std::erase(open_, &request);
    }
    if (request.under_way == 0) finished_.notify_all();
}

void Helpers::help() {
    std::unique_lock lock(mutex_);
    for (;;) {
        offered_.wait(lock, [this] { return stopping_ || !open_.empty(); });
        if (stopping_) return;
        Request& request = *open_.front();
        // Each helper wakes the next while there is work left.
        if (request.length - request.next > kPartBytes) offered_.notify_one();
        work_on(request, lock);
    }
}

Result<void> Helpers::share(std::size_t length, const Work& work) {
    if (length < 2 * kPartBytes || wanted_ == 0) return work(0, length);
    std::call_once(started_, [this] { start(); });
    Request request{.work = work, .length = length};
    std::unique_lock lock(mutex_);
    // If callers already keep all processors busy, helpers would only be in their way.
    if (inside_++ < wanted_) {
        open_.push_back(&request);
        offered_.notify_one();
    }
    work_on(request, lock);
    finished_.wait(lock, [&request] { return request.under_way == 0; });
    --inside_;
    if (request.error) return std::move(*request.error);
    return {};
}

}  // namespace latchkey
