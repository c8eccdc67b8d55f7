// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/derive_ahead.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

namespace latchkey::crypto {
namespace {

constexpr std::chrono::milliseconds kGlance{5};  // between checks for a cancellation

}  // namespace

DeriveAhead::DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted,
                         const std::atomic<bool>& cancelled, unsigned processors)
    : passphrase_(passphrase), cancelled_(cancelled) {
    jobs_.reserve(wanted.size());
    for (Wanted& each : wanted) jobs_.emplace_back().wanted = std::move(each);
    if (jobs_.size() < 2 || processors < 2) return;
    const std::size_t workers = std::min<std::size_t>(jobs_.size(), processors);
    threads_.reserve(workers);
    try {
        while (threads_.size() < workers) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
        // Fewer threads (a limit on processes) only make it slower.
    } catch (const std::bad_alloc&) {
        // The same holds for lack of memory.
    }
}

DeriveAhead::~DeriveAhead() {
    stopping_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_) thread.join();
}

bool DeriveAhead::wants(int keyslot) const {
    return std::ranges::any_of(jobs_,
                               [keyslot](const Job& job) { return job.wanted.keyslot == keyslot; });
}

Result<SecretBuffer> DeriveAhead::derive_now(const Wanted& wanted,
                                             const std::atomic<bool>& cancelled) const {
    return derive(wanted.params, passphrase_, wanted.salt, wanted.length, cancelled);
}

Result<SecretBuffer> DeriveAhead::derive_for(int keyslot) {
    std::unique_lock lock(mutex_);
    const auto job =
        std::ranges::find(jobs_, keyslot, [](const Job& each) { return each.wanted.keyslot; });
    if (job == jobs_.end()) return fail(Errc::InvalidArgument, "keyslot %d is not wanted", keyslot);
    // Without workers no other thread starts the job.  A job that failed in a worker for lack of memory is tried again
    // here, or the error is reported here.
    if (threads_.empty()) {
        lock.unlock();
        return derive_now(job->wanted, cancelled_);
    }
    while (!ended_.wait_for(lock, kGlance, [&job] { return job->ended; }))
        if (cancelled_.load(std::memory_order_relaxed))
            return fail(Errc::Interrupted, "stopped while a key was derived");
    // A repeated request derives the key again.
    if (auto outcome = std::exchange(job->outcome, std::nullopt)) return std::move(*outcome);
    lock.unlock();
    return derive_now(job->wanted, cancelled_);
}

void DeriveAhead::work() {
    std::unique_lock lock(mutex_);
    while (!stopping_.load(std::memory_order_relaxed)) {
        const auto next = std::ranges::find(jobs_, false, &Job::begun);
        if (next == jobs_.end()) return;
        next->begun = true;
        lock.unlock();
        std::optional<Result<SecretBuffer>> outcome;
        try {
            outcome.emplace(derive_now(next->wanted, stopping_));
        } catch (const std::bad_alloc&) {
            outcome.reset();
        }
        lock.lock();
        next->outcome = std::move(outcome);
        next->ended = true;
        ended_.notify_all();
    }
}

}  // namespace latchkey::crypto
