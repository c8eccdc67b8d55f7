// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream/workers.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "latchkey/secret.h"
#include "stream/progress.h"

namespace latchkey::stream {
namespace {

constexpr unsigned kMostThreads = 16;  // with more, memory is the limit

unsigned number_of_threads(unsigned wanted) {
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    return std::min(wanted != 0 ? wanted : processors, kMostThreads);
}

}  // namespace

bool Turnstile::wait_for(std::uint64_t turn) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return broken_ || next_ == turn; });
    return !broken_;
}

void Turnstile::pass() {
    const std::lock_guard lock(mutex_);
    ++next_;
    moved_.notify_all();
}

void Turnstile::break_it() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    moved_.notify_all();
}

Result<void> work_through(unsigned threads, std::uint64_t first_chunk,
                          const std::atomic<bool>& cancelled, Turnstile& order,
                          const ChunkWork& work) {
    std::atomic<std::uint64_t> next_chunk{first_chunk};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::optional<Error> first_error;

    const auto give_up = [&](Error error) {
        {
            const std::lock_guard lock(mutex);
            if (!first_error) first_error = std::move(error);
        }
        stop = true;
        order.break_it();
    };
    const auto run = [&] {
        SecretBuffer buffer(kChunkBytes);
        while (!stop.load(std::memory_order_relaxed)) {
            if (cancelled.load(std::memory_order_relaxed)) return give_up(stopped_early());
            auto more = work(next_chunk.fetch_add(1), buffer.bytes());
            if (!more) return give_up(std::move(more).error());
            if (*more == More::No) stop = true;
        }
    };

    std::vector<std::thread> others;
    try {
        for (unsigned i = 1; i < number_of_threads(threads); ++i) others.emplace_back(run);
    } catch (const std::system_error&) {
        // Fewer threads do the work.
    }
    run();
    for (std::thread& other : others) other.join();
    if (first_error) return std::move(*first_error);
    return {};
}

}  // namespace latchkey::stream
